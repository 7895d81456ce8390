// SPDX-License-Identifier: Apache-2.0
package tepal.bench;

import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Measures the operations: in each round every subject in turn, each in a process of its own.
final class OperationRounds {
  private static final TimeValue ITERATION = TimeValue.milliseconds(250);
  private static final int WARMUP_ITERATIONS = 5;
  private static final int ITERATIONS = 4;
  /// Room for new objects that the warm-up has gone through: the first use of a page of memory
  /// costs
  /// as much as ten small tasks, which belongs to the start of a program and not to an operation.
  static final String STEADY = "-Xmn64m";

  private static final String PYTHON_SECONDS = "1.2";

  private final @Nullable Python python;
  private final Map<Operation, Samples> cpuNanos = new EnumMap<>(Operation.class);
  private final Map<Operation, Samples> elapsedNanos = new EnumMap<>(Operation.class);
  private final Map<Operation, Samples> bytes = new EnumMap<>(Operation.class);

  OperationRounds(@Nullable Python python) {
    this.python = python;
  }

  /// The processor time of an operation.
  Samples cpuNanos(Operation operation) {
    return of(cpuNanos, operation);
  }

  /// The elapsed time of an operation.
  Samples elapsedNanos(Operation operation) {
    return of(elapsedNanos, operation);
  }

  /// What an operation allocates, of the subjects in Java.
  Samples bytes(Operation operation) {
    return of(bytes, operation);
  }

  private static Samples of(Map<Operation, Samples> all, Operation operation) {
    return all.computeIfAbsent(operation, _ -> new Samples());
  }

  void measure(Operation operation) throws RunnerException {
    measureJava(operation, Subject.OPENED);
    measureJava(operation, Subject.PORTABLE);
    if (python != null) {
      measurePython(python, operation, Subject.CPYTHON);
      if (python.hasUvloop()) {
        measurePython(python, operation, Subject.UVLOOP);
      }
    }
  }

  private void measureJava(Operation operation, Subject subject) throws RunnerException {
    var options = new OptionsBuilder()
        .include("^tepal\\.bench\\." + operation.benchmark.replace(".", "\\.") + "$")
        .mode(Mode.AverageTime)
        .timeUnit(TimeUnit.NANOSECONDS)
        .forks(1)
        .warmupIterations(WARMUP_ITERATIONS)
        .warmupTime(ITERATION)
        .measurementIterations(ITERATIONS)
        .measurementTime(ITERATION)
        .addProfiler(CpuTimeProfiler.class)
        .addProfiler(GCProfiler.class)
        .jvmArgs(subject.flags().toArray(String[]::new))
        .jvmArgsAppend(STEADY, "--sun-misc-unsafe-memory-access=allow")
        .shouldFailOnError(true)
        .verbosity(VerboseMode.SILENT)
        .build();
    Collection<RunResult> results = new Runner(options).run();
    if (results.size() != 1) {
      throw new IllegalStateException("Expected one benchmark, found " + results);
    }
    RunResult result = results.iterator().next();
    elapsedNanos(operation).add(subject, result.getPrimaryResult().getScore());
    cpuNanos(operation).add(subject, secondary(result, CpuTimeProfiler.LABEL));
    bytes(operation).add(subject, secondary(result, "gc.alloc.rate.norm"));
  }

  private static double secondary(RunResult result, String label) {
    var results = result.getSecondaryResults();
    Result<?> found = results.get(label);
    if (found == null) {
      throw new IllegalStateException("Expected " + label + ", found " + results.keySet());
    }
    return found.getScore();
  }

  private void measurePython(Python interpreter, Operation operation, Subject subject) {
    List<String> command =
        interpreter.command(subject.flags(), "operations.py", operation.benchmark, PYTHON_SECONDS);
    JsonNode result =
        JsonMapper.shared().readTree(Processes.run(command).output().getLast());
    cpuNanos(operation).add(subject, result.get("cpu").asDouble());
    elapsedNanos(operation).add(subject, result.get("elapsed").asDouble());
  }
}

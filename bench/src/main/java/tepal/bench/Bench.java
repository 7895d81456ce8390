// SPDX-License-Identifier: Apache-2.0
package tepal.bench;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.runner.RunnerException;

/// The program behind `bench/run`.
///
/// Measures in rounds, and in each round every subject in turn, so that a machine that slows down
/// for a while does so for all; prints medians as Markdown.
public final class Bench {
  private static final int ROUNDS = 3;
  private static final int HELLO_ROUNDS = 5;
  private static final int TASKS = 1_000_000;
  private static final int QUICK_TASKS = 200_000;

  private Bench() {}

  /// Runs the benchmarks.
  ///
  /// @param arguments `--quick`; `--operations` or `--programs` for only these; words that the
  ///     names of the operations must contain
  /// @throws RunnerException if a benchmark fails
  public static void main(String... arguments) throws RunnerException {
    List<String> options =
        Arrays.stream(arguments).filter(it -> it.startsWith("-")).toList();
    List<String> words =
        Arrays.stream(arguments).filter(it -> !it.startsWith("-")).toList();
    if (!List.of("--quick", "--operations", "--programs").containsAll(options)) {
      System.err.println("Usage: bench/run [--quick] [--operations | --programs] [WORD...]");
      System.exit(2);
    }
    boolean quick = options.contains("--quick");
    Python python = Python.find();
    int rounds = quick ? 1 : ROUNDS;
    String command = String.join(" ", "bench/run", String.join(" ", arguments)).strip();
    Report report = new Report(command, rounds, python);
    if (!options.contains("--programs")) {
      List<Operation> operations = Arrays.stream(Operation.values())
          .filter(it -> words.isEmpty() || words.stream().anyMatch(it.benchmark::contains))
          .toList();
      report.operations(measureOperations(operations, rounds, python), operations);
    }
    if (!options.contains("--operations") && words.isEmpty()) {
      report.programs(measurePrograms(quick ? QUICK_TASKS : TASKS, rounds, python));
    }
    System.out.print(report.text());
  }

  private static OperationRounds measureOperations(
      List<Operation> operations, int rounds, @Nullable Python python) throws RunnerException {
    OperationRounds measured = new OperationRounds(python);
    for (int round = 1; round <= rounds; round++) {
      for (Operation operation : operations) {
        say("round %d of %d: %s".formatted(round, rounds, operation.title));
        measured.measure(operation);
      }
    }
    return measured;
  }

  private static ProgramRounds measurePrograms(int tasks, int rounds, @Nullable Python python) {
    ProgramRounds measured = new ProgramRounds(python, tasks);
    say("the heap of %d sleeping tasks".formatted(tasks));
    measured.measureHeap();
    for (int round = 1; round <= rounds; round++) {
      say("round %d of %d: %d tasks".formatted(round, rounds, tasks));
      measured.measureSleepers();
      say("round %d of %d: child processes".formatted(round, rounds));
      measured.measureChildren();
    }
    say("Hello");
    measured.prepareHello();
    for (int round = 0; round < HELLO_ROUNDS; round++) {
      measured.measureHello();
    }
    return measured;
  }

  private static void say(String line) {
    System.err.println(line);
  }
}

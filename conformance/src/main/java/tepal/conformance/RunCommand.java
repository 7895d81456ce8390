// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tepal.LoopMode;
import tepal.conformance.SampleFile.Entry;

/// Runs the programs of some files and compares their traces with CPython's.
@Command(
    name = "run",
    description = {
      "Runs programs and compares their traces with CPython's.",
      "Prints the id of every program that differs with the first line that does, and at the end"
          + " how many passed. The status is 0 only if all did."
    },
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec = CommandSpec.create(); // set by picocli

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "Programs and their traces, one JSON object a line.")
  private List<Path> files = new ArrayList<>();

  @Option(
      names = "--explain",
      paramLabel = "ID",
      description = "Shows one program in a readable form, and both its traces side by side.")
  private @Nullable String explained; // null without the option

  @Option(
      names = "--mode",
      description = "How the loop runs: ${COMPLETION-CANDIDATES}. By default what the JVM allows.")
  private @Nullable LoopMode mode; // null without the option

  // what has been seen so far
  private int total;
  private int passed;
  private boolean unusable;
  private boolean found;

  @Override
  public Integer call() {
    try (var watch = new HangWatch(spec.commandLine().getErr())) {
      return explained == null ? runAll(watch) : explain(explained, watch);
    }
  }

  private int runAll(HangWatch watch) {
    for (Path file : files) {
      int before = total;
      read(file, entry -> check(entry, watch));
      if (total == before && !unusable) {
        unusable("No programs in " + file);
      }
    }
    out().println("passed " + passed + " of " + total);
    if (unusable) {
      return Conformance.UNUSABLE;
    }
    return passed == total ? Conformance.HOLDS : Conformance.FAILS;
  }

  private void check(Entry entry, HangWatch watch) {
    total++;
    switch (entry) {
      case Entry.Illegible illegible -> complain(illegible);
      case Entry.Legible legible -> {
        Comparison comparison = run(legible.sample(), watch);
        if (comparison.same()) {
          passed++;
        } else {
          report(legible.sample().id(), comparison);
        }
      }
    }
  }

  private Comparison run(Sample sample, HangWatch watch) {
    watch.begin(sample.id());
    return new Comparison(sample.trace(), trace(sample));
  }

  /// Returns the trace of a program; a loop that fails is a difference and not the end of the
  /// others.
  private List<String> trace(Sample sample) {
    try {
      return ProgramRun.trace(sample.program(), mode);
    } catch (RuntimeException | StackOverflowError | AssertionError e) {
      return List.of("(the loop failed with " + e + ")");
    }
  }

  private void report(String id, Comparison comparison) {
    int index = comparison.firstDifference();
    out().println(id + " differs in line " + (index + 1));
    out().println("  CPython: " + comparison.expectedAt(index));
    out().println("  Tepal:   " + comparison.foundAt(index));
  }

  private int explain(String id, HangWatch watch) {
    for (Path file : files) {
      read(file, entry -> {
        switch (entry) {
          case Entry.Legible(Sample sample)
          when sample.id().equals(id) && !found -> explain(sample, watch);
          case Entry.Illegible illegible
          when illegible.id().equals(id) && !found -> {
            found = true;
            complain(illegible);
          }
          default -> {
            // Another program.
          }
        }
      });
    }
    if (!found) {
      unusable("No program " + id + " in " + files);
    }
    if (unusable) {
      return Conformance.UNUSABLE;
    }
    return passed == 1 ? Conformance.HOLDS : Conformance.FAILS;
  }

  private void explain(Sample sample, HangWatch watch) {
    found = true;
    Comparison comparison = run(sample, watch);
    Explanation.print(out(), sample, comparison);
    passed = comparison.same() ? 1 : 0;
  }

  private void read(Path file, Consumer<Entry> action) {
    try {
      SampleFile.forEach(file, action);
    } catch (NoSuchFileException e) {
      unusable("There is no file " + file);
    } catch (IOException e) {
      unusable("Cannot read " + file + ": " + e);
    }
  }

  private void complain(Entry.Illegible illegible) {
    err().println(illegible.id() + " cannot be read: " + illegible.reason());
  }

  private void unusable(String message) {
    unusable = true;
    err().println(message);
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }
}

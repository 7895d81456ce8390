// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Makes up programs and checks what must hold for all of them.
@Command(
    name = "fuzz",
    description = {
      "Makes up programs and checks what must hold for every program.",
      "A program that breaks a property is printed with its seed, made as small as possible."
    },
    mixinStandardHelpOptions = true)
final class FuzzCommand implements Callable<Integer> {
  /// How many smaller programs to try for each failure.
  private static final int SHRINK_TRIES = 3_000;

  @Spec
  private CommandSpec spec = CommandSpec.create(); // set by picocli

  @Option(
      names = "--seed",
      required = true,
      description = "The seed of the first program; each further one has the next.")
  private long seed;

  @Option(names = "--count", defaultValue = "1000", description = "How many programs (1000).")
  private int count;

  @Option(
      names = "--failures",
      defaultValue = "5",
      description = "After how many failures to give up (5); more seldom say anything new.")
  private int maxFailures;

  @Option(
      names = "--print",
      description = "Prints each program as a line of JSON with the trace that it gave, to be"
          + " compared with another implementation.")
  private boolean print;

  @Override
  public Integer call() {
    int failures = 0;
    int checked = 0;
    try (var watch = new HangWatch(err())) {
      while (checked < count && failures < maxFailures) {
        long current = seed + checked++;
        watch.begin("seed " + current);
        Fuzzed fuzzed = Fuzzed.of(current);
        if (print) {
          out().println(ProgramWriter.line(fuzzed.sample()));
        }
        if (fuzzed.verdict().violation().isPresent()) {
          failures++;
          report(current, fuzzed, watch);
        }
      }
    }
    err().println("checked %d programs, %d failed".formatted(checked, failures));
    return failures == 0 ? Conformance.HOLDS : Conformance.FAILS;
  }

  private void report(long failing, Fuzzed fuzzed, HangWatch watch) {
    Property.Violation violation = fuzzed.verdict().violation().orElseThrow();
    err().println("seed " + failing + ": " + violation);
    Program smallest = Shrinker.shrink(
        fuzzed.program(),
        program -> {
          watch.begin("a smaller program of seed " + failing);
          return breaksToo(program, violation.property());
        },
        SHRINK_TRIES);
    Property.Verdict verdict = Property.check(smallest);
    verdict.violation().ifPresent(found -> err().println("made smaller, " + found));
    err().println();
    err().print(Listing.of(smallest));
    err().println();
    var sample =
        new Sample("fuzz-" + failing + "-small", smallest, verdict.first().trace());
    err().println(ProgramWriter.line(sample));
    err().println("again: conformance/fuzz --seed " + failing + " --count 1");
    err().println();
  }

  private static boolean breaksToo(Program program, Property property) {
    return Property.check(program)
        .violation()
        .filter(violation -> violation.property() == property)
        .isPresent();
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }
}

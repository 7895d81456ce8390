// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import java.util.List;
import java.util.Optional;
import tepal.LoopMode;

/// What must hold for every program of the grammar, whatever CPython would print for it.
enum Property {
  MAIN_ENDS("the main task ends"),
  ONLY_KNOWN_EXCEPTIONS("no exception leaves the runtime that is not of the grammar"),
  NOBODY_IS_OVERLOOKED("nobody waits for what is free when the loop has nothing to run"),
  NOTHING_IS_LEFT("nothing is left when all tasks have ended"),
  TWO_RUNS_AGREE("two runs give the same trace"),
  BOTH_MODES_AGREE("opened and portable mode give the same trace");

  private final String claim;

  Property(String claim) {
    this.claim = claim;
  }

  /// A property that does not hold.
  ///
  /// @param property which one
  /// @param detail what was found instead
  record Violation(Property property, String detail) {
    @Override
    public String toString() {
      return "not true that " + property.claim + ": " + detail;
    }
  }

  /// What a check gave.
  ///
  /// @param first the first run of the program
  /// @param violation the first property that does not hold
  record Verdict(ProgramRun.Result first, Optional<Violation> violation) {}

  /// Checks all properties.
  static Verdict check(Program program) {
    ProgramRun.Result first = ProgramRun.of(program, null);
    return new Verdict(first, violation(program, first));
  }

  private static Optional<Violation> violation(Program program, ProgramRun.Result first) {
    if (first.stuck()) {
      return violation(MAIN_ENDS, "it waits for nothing after " + last(first.trace()));
    }
    Optional<String> unknown =
        first.trace().stream().filter(line -> line.contains(Texts.UNEXPECTED)).findFirst();
    if (unknown.isPresent()) {
      return violation(ONLY_KNOWN_EXCEPTIONS, unknown.get());
    }
    if (!first.overlooked().isEmpty()) {
      return violation(NOBODY_IS_OVERLOOKED, String.join("; ", first.overlooked()));
    }
    if (!first.leftovers().isEmpty()) {
      return violation(NOTHING_IS_LEFT, String.join("; ", first.leftovers()));
    }
    var again = new Comparison(first.trace(), ProgramRun.of(program, null).trace());
    if (!again.same()) {
      return violation(TWO_RUNS_AGREE, difference(again, "then"));
    }
    if (first.mode() == LoopMode.OPENED) {
      var other = new Comparison(
          first.trace(), ProgramRun.of(program, LoopMode.PORTABLE).trace());
      if (!other.same()) {
        return violation(BOTH_MODES_AGREE, difference(other, "portable"));
      }
    }
    return Optional.empty();
  }

  private static Optional<Violation> violation(Property property, String detail) {
    return Optional.of(new Violation(property, detail));
  }

  private static String last(List<String> trace) {
    return trace.isEmpty() ? "no line at all" : trace.getLast();
  }

  private static String difference(Comparison comparison, String other) {
    int index = comparison.firstDifference();
    return "line %d is first [%s], %s [%s]"
        .formatted(index + 1, comparison.expectedAt(index), other, comparison.foundAt(index));
  }
}

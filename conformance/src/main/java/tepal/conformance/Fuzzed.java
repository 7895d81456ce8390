// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

/// A program that was made up, and what checking it gave.
///
/// @param seed its seed
/// @param program the program
/// @param verdict what holds for it
record Fuzzed(long seed, Program program, Property.Verdict verdict) {
  /// Between the seeds of the attempts for one program, so that they are not those of its
  /// neighbours.
  private static final long ATTEMPT_STEP = 0x9E37_79B9_7F4A_7C15L;

  /// Makes up the program of a seed and checks it. One that depends on what asyncio leaves open is
  /// none of the grammar, and the next attempt is made.
  static Fuzzed of(long seed) {
    long attempt = seed;
    while (true) {
      Program program = Generator.program(attempt);
      Property.Verdict verdict = Property.check(program);
      if (!verdict.first().leftToChance()) {
        return new Fuzzed(seed, program, verdict);
      }
      attempt += ATTEMPT_STEP;
    }
  }

  /// Returns the program with the trace of its first run.
  Sample sample() {
    return new Sample("fuzz-" + seed, program, verdict.first().trace());
  }
}

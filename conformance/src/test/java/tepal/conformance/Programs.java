// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import tepal.conformance.SampleFile.Entry;

/// Programs written by hand for tests.
final class Programs {
  private static final String OBJECTS = """
      {"locks": ["L0"], "semaphores": {"S0": [1, false], "S1": [1, true]}, "events": ["E0"],\
       "conditions": ["C0"], "queues": {"Q0": ["fifo", 0]}, "barriers": {"B0": 2},\
       "futures": ["F0"], "vars": ["V0"]}""";

  private Programs() {}

  /// Returns the program with a few objects of each kind and this main body, in JSON.
  static Program of(String main) {
    String line = "{\"id\": \"test\", \"program\": {\"objects\": %s, \"main\": %s}, \"trace\": []}"
        .formatted(OBJECTS, main.replace("\n", " "));
    return switch (SampleFile.entry(line, "test")) {
      case Entry.Legible legible -> legible.sample().program();
      case Entry.Illegible illegible -> throw new IllegalArgumentException(illegible.reason());
    };
  }
}

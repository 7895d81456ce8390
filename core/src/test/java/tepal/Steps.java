// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// What happened in a test, step by step: the order of events, written down in words.
///
/// Tasks, callbacks and other threads add steps; the test asserts all of them at once, so that
/// what happened too often, too early or not at all shows as well.
final class Steps {
  private final List<String> taken = Collections.synchronizedList(new ArrayList<>());

  /// Notes that something happened. May be called from any thread.
  ///
  /// @param step the word for it
  void add(String step) {
    taken.add(step);
  }

  /// Returns a callback or body that notes a step and does nothing else.
  ///
  /// @param step the word for it
  /// @return the callback
  Runnable adding(String step) {
    return () -> add(step);
  }

  /// Asserts what happened since the last assertion, in order.
  ///
  /// @param expected the words; none for nothing
  void assertAre(String... expected) {
    assertThat(taken).containsExactly(expected);
    taken.clear();
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal;

/// The JDK's own threads that wait for the sockets of virtual threads.
///
/// They start with the first blocking socket call of a virtual thread and would inherit its
/// scheduler, so that the first task to use one would become theirs. So they are started
/// from an ordinary virtual thread first.
final class PollerThreads {
  private PollerThreads() {}

  /// Starts them, once, without waiting for it. Called before the first loop runs.
  static void startElsewhere() {
    Thread _ = Once.STARTER;
  }

  private static final class Once {
    static final Thread STARTER = Thread.ofVirtual().start(() -> {
      try {
        Class<?> _ = Class.forName("sun.nio.ch.Poller");
      } catch (ClassNotFoundException e) {
        // A JDK without it has nothing to inherit either.
      }
    });
  }
}

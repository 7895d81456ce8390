// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import java.io.PrintWriter;
import java.time.Duration;

/// Ends the JVM if one program takes too long in real time, which is a loop that no longer turns:
/// virtual time passes by itself.
///
/// The limit is far from what any program needs, so that a slow machine does not matter.
final class HangWatch implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int HANGING = 3;

  private final PrintWriter err;
  private final Thread thread;

  // guarded by this
  private String current = "";
  private long begunNanos;

  HangWatch(PrintWriter err) {
    this.err = err;
    thread = Thread.ofPlatform().daemon().name("hang-watch").start(this::watch);
  }

  /// Notes that a program begins, and that the one before has ended.
  synchronized void begin(String id) {
    current = id;
    begunNanos = System.nanoTime();
  }

  @Override
  public void close() {
    thread.interrupt();
  }

  private void watch() {
    try {
      while (true) {
        Thread.sleep(Duration.ofSeconds(1));
        haltIfHanging();
      }
    } catch (InterruptedException _) {
      // Closed.
    }
  }

  private synchronized void haltIfHanging() {
    long lastedNanos = System.nanoTime() - begunNanos;
    if (!current.isEmpty() && lastedNanos > LIMIT.toNanos()) {
      err.println(current + " hangs: its loop has not ended after " + LIMIT.toSeconds() + " s");
      err.flush();
      Runtime.getRuntime().halt(HANGING);
    }
  }
}

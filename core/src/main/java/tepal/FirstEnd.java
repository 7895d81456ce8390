// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.concurrent.Executor;

/// A virtual thread that has come to its end before the tasks of a loop begin to wait.
///
/// The JIT leaves out of `VirtualThread.run` what no thread has come to yet. Where a program
/// lets a million tasks wait before the first virtual thread has ended, each of them has to be
/// deoptimised when it comes back, which takes 10 µs.
final class FirstEnd {
  private FirstEnd() {}

  /// Lets a virtual thread end that the current thread, a platform thread, carries.
  static void onThisThread() {
    boolean _ = Carried.ENDED;
  }

  /// Lets a virtual thread of the JDK's scheduler end, without waiting for it.
  static void elsewhere() {
    Thread _ = Scheduled.THREAD;
  }

  private static final class Carried {
    static final boolean ENDED = end();

    private static boolean end() {
      Executor carrier = Runnable::run;
      Thread thread = VirtualThreads.builder(carrier).start(() -> {});
      return !thread.isAlive();
    }
  }

  private static final class Scheduled {
    static final Thread THREAD = Thread.ofVirtual().start(() -> {});
  }
}

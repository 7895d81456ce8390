// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.concurrent.atomic.AtomicReference;

/// The platform thread that runs a loop which was started on a virtual thread.
///
/// A daemon, as virtual threads are: a loop that one of them started keeps no process alive.
/// Its stack, on which the tasks of the loop run, is 64 MiB unless the system property
/// `tepal.carrierStackSize` (bytes) says otherwise.
final class CarrierThread {
  private static final long STACK_SIZE = Long.getLong("tepal.carrierStackSize", 64L << 20);

  private CarrierThread() {}

  /// Runs what lets strands take turns on the current thread, or on a carrier made for it if
  /// that is a virtual thread, which cannot carry others.
  static void run(Turns turns, Runnable action) {
    if (turns.mode() == LoopMode.OPENED && Thread.currentThread().isVirtual()) {
      runOnCarrier(action);
    } else {
      action.run();
    }
  }

  private static void runOnCarrier(Runnable action) {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread carrier = start(() -> {
      try {
        action.run();
      } catch (Throwable e) {
        failure.set(e);
      }
    });
    joinUninterruptibly(carrier);
    Throwable thrown = failure.get();
    if (thrown != null) {
      throw Thrown.sneak(thrown);
    }
  }

  /// Starts a carrier that ends with `action`.
  static Thread start(Runnable action) {
    Thread carrier = new Thread(
        null, action, "tepal-carrier", STACK_SIZE, /* inheritInheritableThreadLocals= */ false);
    carrier.setDaemon(true);
    carrier.start();
    return carrier;
  }

  private static void joinUninterruptibly(Thread carrier) {
    boolean interrupted = false;
    while (carrier.isAlive()) {
      try {
        carrier.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

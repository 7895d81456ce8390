// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.concurrent.locks.ReentrantLock;

/// A handle that any thread may cancel. Cancelling waits while the callback runs, so that once
/// it has returned the callback is not running and will not.
///
/// Mirrors CPython 3.14's `_ThreadSafeHandle`.
final class ThreadsafeHandle extends Handle {
  // reentrant, so that the callback may cancel itself
  private final ReentrantLock lock = new ReentrantLock();

  ThreadsafeHandle(Scheduler scheduler, Runnable callback, Context context) {
    super(scheduler, callback, context);
  }

  @Override
  public void cancel() {
    lock.lock();
    try {
      super.cancel();
    } finally {
      lock.unlock();
    }
  }

  @Override
  void run() {
    lock.lock();
    try {
      super.run();
    } finally {
      lock.unlock();
    }
  }
}

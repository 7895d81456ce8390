// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.lang.ref.Cleaner;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/// An exception of a future that nobody has asked for yet.
///
/// Reported when the future is garbage-collected, as in asyncio, or when its loop is closed,
/// so that none is lost. Holds what the report needs, but not the future. Made only for
/// failures that no task was waiting for.
final class UnretrievedFailure implements Runnable {
  private final Registry registry;
  private final ExceptionContext context;
  private Cleaner.Cleanable cleanable = () -> {};

  private UnretrievedFailure(Registry registry, ExceptionContext context) {
    this.registry = registry;
    this.context = context;
  }

  /// Watches over a future that has just failed.
  static UnretrievedFailure of(Future<?> future, Throwable exception) {
    // The carrier may come here, so the text has nothing in it that user code would have to
    // make.
    String message = future instanceof Task<?> task
        ? "Task exception was never retrieved: Task[" + task.getName() + "]"
        : "Future exception was never retrieved";
    ExceptionContext context =
        new ExceptionContext(message, exception, null, null, future.origin());
    Registry registry = future.scheduler.unretrieved;
    UnretrievedFailure failure = new UnretrievedFailure(registry, context);
    registry.add(failure);
    failure.cleanable = Registry.CLEANER.register(future, failure);
    return failure;
  }

  /// Forgets it: somebody has asked for the exception.
  void retrieved() {
    if (registry.remove(this)) {
      cleanable.clean();
    }
  }

  /// Reports it: the future is gone. Called by the cleaner's thread, or by [#retrieved()],
  /// which has removed it first.
  @Override
  public void run() {
    if (registry.remove(this)) {
      registry.report(context);
    }
  }

  /// The failures of one loop, used by the loop and the cleaner's thread.
  static final class Registry {
    static final Cleaner CLEANER = Cleaner.create();

    // guarded by the lock, for which nobody queues: whoever turns the loop would stand behind
    // a strand that it would have to carry
    private final Set<UnretrievedFailure> failures = new LinkedHashSet<>();
    private final AtomicBoolean locked = new AtomicBoolean();
    private final EventLoop loop;

    Registry(EventLoop loop) {
      this.loop = loop;
    }

    private void add(UnretrievedFailure failure) {
      lock();
      boolean _ = failures.add(failure);
      locked.set(false);
    }

    private boolean remove(UnretrievedFailure failure) {
      lock();
      boolean removed = failures.remove(failure);
      locked.set(false);
      return removed;
    }

    private void lock() {
      while (!locked.compareAndSet(false, true)) {
        Thread.onSpinWait();
      }
    }

    private void report(ExceptionContext context) {
      if (!loop.callIfOpen(() -> loop.callExceptionHandler(context))) {
        loop.defaultExceptionHandler(context);
      }
    }

    /// Reports what is there; called on the loop, or on the thread that closes it.
    void reportAll() {
      lock();
      List<UnretrievedFailure> left = List.copyOf(failures);
      failures.clear();
      locked.set(false);
      for (UnretrievedFailure failure : left) {
        loop.callExceptionHandler(failure.context);
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One call of `asCompleted`: its futures in the order in which they are done.
///
/// The queue inside is asyncio's: a waiting `next` is woken by a future of its own, and looks
/// again.
final class AsCompleted<T extends @Nullable Object> extends Observer
    implements Iterator<Future<T>> {
  private final Scheduler scheduler;
  private final Set<Future<T>> todo;

  // done futures; an empty entry for each one that was not done in time
  private final ArrayDeque<Optional<Future<T>>> done = new ArrayDeque<>();
  private final ArrayDeque<Future<@Nullable Void>> getters = new ArrayDeque<>();
  private final @Nullable LoopTimer timer;
  private int left;

  @SuppressWarnings("unchecked")
  AsCompleted(
      EventLoop loop,
      Collection<? extends Awaitable<? extends T>> awaitables,
      @Nullable Duration timeout) {
    this.scheduler = loop.scheduler;
    this.todo = new LinkedHashSet<>();
    awaitables.forEach(each -> todo.add((Future<T>) Asyncio.ensureFuture(loop, each)));
    this.left = todo.size();
    todo.forEach(future -> future.addCompletion(this));
    this.timer = timeout == null || todo.isEmpty() ? null : new Deadline();
    if (timer != null && timeout != null) {
      timer.startIn(Nanos.of(timeout));
    }
  }

  @Override
  public boolean hasNext() {
    return left > 0;
  }

  @Override
  public Future<T> next() {
    if (left == 0) {
      throw new NoSuchElementException("Expected a future that was not returned yet, but all were");
    }
    left--;
    return take()
        .orElseThrow(
            () -> new TimeoutException("The timeout expired before all futures were done"));
  }

  private Optional<Future<T>> take() {
    while (done.isEmpty()) {
      Future<@Nullable Void> getter = new Future<>(scheduler, this);
      getters.add(getter);
      try {
        getter.await();
      } catch (Throwable e) {
        boolean _ = getter.requestCancel(null);
        boolean _ = getters.remove(getter);
        if (!done.isEmpty() && !getter.cancelled()) {
          wakeUpNext();
        }
        throw e;
      }
    }
    return done.remove();
  }

  private void put(Optional<Future<T>> item) {
    done.add(item);
    wakeUpNext();
  }

  private void wakeUpNext() {
    for (Future<@Nullable Void> getter = getters.poll(); getter != null; getter = getters.poll()) {
      if (!getter.done()) {
        getter.complete(null);
        return;
      }
    }
  }

  @Override
  public void awaiters(Consumer<? super Future<?>> found) {
    for (Object each : getters.toArray()) {
      if (each instanceof Future<?> getter) {
        getter.awaiters(found);
      }
    }
  }

  @Override
  @SuppressWarnings("unchecked")
  void done(Future<?> future) {
    if (todo.remove(future)) {
      put(Optional.of((Future<T>) future));
      if (todo.isEmpty() && timer != null) {
        timer.cancel();
      }
    }
  }

  @Override
  public String toString() {
    return "AsCompleted[" + todo.size() + " pending]";
  }

  private final class Deadline extends LoopTimer {
    @Override
    Scheduler scheduler() {
      return scheduler;
    }

    @Override
    void fire() {
      for (Future<T> future : todo) {
        future.removeCompletion(AsCompleted.this);
        put(Optional.empty());
      }
      todo.clear();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One call of `gather`: completes its future when the children are done, or the first has
/// failed.
final class Gathering<T extends @Nullable Object, R extends @Nullable Object> extends Observer {
  private final List<Future<T>> children = new ArrayList<>();
  private final GatheringFuture<R> outer;
  private final boolean returnExceptions;

  // distinct children, and how many of them are done
  private int count;
  private int finished;

  private Gathering(Scheduler scheduler, boolean returnExceptions) {
    this.outer = new GatheringFuture<>(scheduler, children);
    this.returnExceptions = returnExceptions;
  }

  static <T extends @Nullable Object> Future<List<T>> values(
      Collection<? extends Awaitable<? extends T>> awaitables) {
    return Gathering.<T, T>gather(awaitables, /* returnExceptions= */ false);
  }

  static <T extends @Nullable Object> Future<List<Outcome<T>>> outcomes(
      Collection<? extends Awaitable<? extends T>> awaitables) {
    return Gathering.<T, Outcome<T>>gather(awaitables, /* returnExceptions= */ true);
  }

  /// Starts what is not a future yet, in order, and waits for everything. A future that is
  /// given more than once counts once.
  @SuppressWarnings("unchecked")
  private static <T extends @Nullable Object, R extends @Nullable Object> Future<List<R>> gather(
      Collection<? extends Awaitable<? extends T>> awaitables, boolean returnExceptions) {
    EventLoop loop = Asyncio.loopOf(awaitables);
    loop.scheduler.requireLoopThread("gather()");
    if (awaitables.isEmpty()) {
      Future<List<R>> done = new Future<>(loop.scheduler);
      done.complete(List.of());
      return done;
    }
    var gathering = new Gathering<T, R>(loop.scheduler, returnExceptions);
    gathering.begin(loop, awaitables);
    return gathering.outer;
  }

  @SuppressWarnings("unchecked")
  private void begin(EventLoop loop, Collection<? extends Awaitable<? extends T>> awaitables) {
    Set<Future<T>> distinct = new HashSet<>();
    List<Future<T>> done = new ArrayList<>();
    for (Awaitable<? extends T> awaitable : awaitables) {
      Future<T> child = (Future<T>) Asyncio.ensureFuture(loop, awaitable);
      children.add(child);
      if (!distinct.add(child)) {
        continue;
      }
      if (child.done()) {
        done.add(child);
      } else {
        child.addCompletion(this);
      }
    }
    count = distinct.size();
    done.forEach(this::done);
  }

  @Override
  public void awaiters(Consumer<? super Future<?>> found) {
    found.accept(outer);
  }

  @Override
  void done(Future<?> child) {
    finished++;
    if (outer.done()) {
      child.retrieved();
      return;
    }
    if (!returnExceptions) {
      Throwable failure = child.cancelled() ? child.makeCancelledError() : child.exception();
      if (failure != null) {
        outer.completeExceptionally(failure);
        return;
      }
    }
    if (finished == count) {
      finish();
    }
  }

  @SuppressWarnings("unchecked")
  private void finish() {
    if (outer.isCancelRequested()) {
      children.forEach(Future::retrieved);
      outer.completeExceptionally(children.getLast().makeCancelledError());
      return;
    }
    List<R> results = new ArrayList<>(children.size());
    for (Future<T> child : children) {
      results.add((R) (returnExceptions ? outcome(child) : child.result()));
    }
    outer.complete(Collections.unmodifiableList(results));
  }

  private Outcome<T> outcome(Future<T> child) {
    if (child.cancelled()) {
      // asyncio makes it anew, with '' for no message
      String message = child.cancelMessage();
      return new Outcome.Failure<>(new CancelledError(message == null ? "" : message));
    }
    Throwable failure = child.exception();
    return failure == null ? new Outcome.Value<>(child.result()) : new Outcome.Failure<>(failure);
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal.bridges;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tepal.Asyncio;

/// The subscriber and the iterator between which items wait.
final class Receiver<T> implements Flow.Subscriber<T>, Iterator<T> {
  /*
   * The publisher's thread notes what it signals and wakes the task that waits, if one does; it calls
   * nothing else. All calls of the subscription are made by tasks of the loop, which run one at a time:
   * so they are serial, as rule 2.7 asks, whatever threads the publisher has.
   *
   * No wake-up is lost: the task publishes how to wake it, then looks once more; a signal is noted first
   * and then looks for somebody to wake. All these variables are volatile.
   */
  private static final Flow.Subscription CLOSED = new Flow.Subscription() {
    @Override
    public void request(long n) {}

    @Override
    public void cancel() {}
  };

  private final int prefetch;

  // after how many items that were read as many are asked for again
  private final int batch;

  // added by the publisher's thread, taken by the task; at most `prefetch` items
  private final ConcurrentLinkedQueue<T> items = new ConcurrentLinkedQueue<>();

  // null before onSubscribe; CLOSED after close()
  private final AtomicReference<Flow.@Nullable Subscription> subscription = new AtomicReference<>();

  // how to wake the task that waits; null if none does
  private final AtomicReference<@Nullable CompletableFuture<@Nullable Void>> waiting =
      new AtomicReference<>();

  // how many items were asked for; added to by the task
  private final AtomicLong requested = new AtomicLong();

  // set by the publisher's thread, after the items; null while there may be more
  private volatile @Nullable End end;

  // how many items came; the publisher's thread's, whose signals are serial
  private long received;

  // the loop's: what hasNext has found, and how many items were read since the last request
  private @Nullable T next;
  private int read;

  Receiver(int prefetch) {
    this.prefetch = prefetch;
    this.batch = prefetch - prefetch / 4;
  }

  /// How the items ended.
  ///
  /// @param failure null if they were complete
  /// @param bySource whether the publisher has said so, and needs no cancellation
  private record End(@Nullable Throwable failure, boolean bySource) {}

  // ---- Signals, on any thread, one at a time

  @Override
  public void onSubscribe(Flow.Subscription given) {
    Objects.requireNonNull(given, "subscription");
    if (subscription.compareAndSet(null, given)) {
      wake();
    } else {
      given.cancel();
    }
  }

  @Override
  public void onNext(T item) {
    Objects.requireNonNull(item, "item");
    if (end != null || isClosed()) {
      return;
    }
    if (received == requested.get()) {
      end = new End(tooMany(received), /* bySource= */ false);
    } else {
      received++;
      items.add(item);
    }
    wake();
  }

  private static IllegalStateException tooMany(long asked) {
    return new IllegalStateException(
        "Expected a publisher that sends what it is asked for, %d items, but it sent one more"
            .formatted(asked));
  }

  @Override
  public void onError(Throwable failure) {
    Objects.requireNonNull(failure, "failure");
    end(new End(failure, /* bySource= */ true));
  }

  @Override
  public void onComplete() {
    end(new End(null, /* bySource= */ true));
  }

  private void end(End how) {
    if (end == null) {
      end = how;
      wake();
    }
  }

  private void wake() {
    CompletableFuture<@Nullable Void> waker = waiting.get();
    if (waker != null) {
      boolean _ = waker.complete(null);
    }
  }

  // ---- Reading, in a task

  @Override
  public boolean hasNext() {
    while (next == null) {
      if (isClosed()) {
        return false;
      }
      End seen = end; // before the items are looked at: they came first
      next = items.poll();
      if (next != null) {
        itemRead();
      } else if (seen != null) {
        leave(seen);
        return false;
      } else if (!requestFirst()) {
        awaitSignal();
      }
    }
    return true;
  }

  @Override
  public T next() {
    T item = hasNext() ? next : null;
    if (item == null) {
      throw new NoSuchElementException("Expected another item, but the publisher has no more");
    }
    next = null;
    return item;
  }

  private boolean requestFirst() {
    Flow.Subscription present = subscription.get();
    if (present == null || requested.get() > 0) {
      return false;
    }
    request(present, prefetch);
    return true;
  }

  private void itemRead() {
    read++;
    Flow.Subscription present = subscription.get();
    if (read == batch && end == null && present != null) {
      read = 0;
      request(present, batch);
    }
  }

  private void request(Flow.Subscription from, int count) {
    long _ = requested.addAndGet(count);
    from.request(count);
  }

  private void awaitSignal() {
    CompletableFuture<@Nullable Void> waker = new CompletableFuture<>();
    if (!waiting.compareAndSet(null, waker)) {
      throw new IllegalStateException(
          "Expected one task at a time to read a publisher's items, but another one waits for one");
    }
    try {
      if (items.isEmpty() && end == null && !isClosed() && !canRequestFirst()) {
        Object _ = Asyncio.<@Nullable Object>await(waker);
      }
    } finally {
      waiting.set(null);
    }
  }

  private boolean canRequestFirst() {
    return subscription.get() != null && requested.get() == 0;
  }

  /// Throws what the items ended with, if it was a failure.
  private void leave(End how) {
    if (!how.bySource()) {
      close();
    }
    Throwable failure = how.failure();
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure != null) {
      throw failure instanceof RuntimeException e ? e : new CompletionException(failure);
    }
  }

  // ---- Closing

  void close() {
    Flow.Subscription present = subscription.getAndSet(CLOSED);
    End how = end;
    if (present != null && (how == null || !how.bySource())) {
      present.cancel();
    }
    next = null;
    items.clear();
    wake();
  }

  private boolean isClosed() {
    return subscription.get() == CLOSED;
  }

  String describe() {
    End how = end;
    String state = isClosed() ? "closed" : how == null ? "open" : "ended";
    return "%s, %d of %d buffered"
        .formatted(state, items.size() + (next == null ? 0 : 1), prefetch);
  }
}

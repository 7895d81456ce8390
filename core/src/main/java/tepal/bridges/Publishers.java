// SPDX-License-Identifier: Apache-2.0
package tepal.bridges;

import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.Flow;
import tepal.Asyncio;
import tepal.EventLoop;

/// Publishers of [Flow] as iterables in a task, and iterables of a task as publishers.
///
/// ```java
/// try (var prices = Publishers.iterate(publisher)) {
///   for (Price price : prices) {
///     show(price);
///   }
/// }
/// ```
///
/// Both ways there is back-pressure: a task that reads slowly asks for less, and a task that
/// publishes waits until it is asked.
///
/// They keep the rules of [Reactive Streams
/// 1.0.4](https://github.com/reactive-streams/reactive-streams-jvm/blob/v1.0.4/README.md).
public final class Publishers {
  /// How many items [#iterate(Flow.Publisher)] asks for in advance.
  public static final int DEFAULT_PREFETCH = 256;

  private Publishers() {}

  /// Subscribes to a publisher and returns an iterable of its items; see
  /// [#iterate(Flow.Publisher, int)].
  ///
  /// @param publisher where the items come from
  /// @param <T> the type of the items
  /// @return the items, to be closed
  /// @throws IllegalStateException if no loop runs here
  public static <T> Subscribed<T> iterate(Flow.Publisher<? extends T> publisher) {
    return iterate(publisher, DEFAULT_PREFETCH);
  }

  /// Subscribes to a publisher and returns an iterable of its items.
  ///
  /// The publisher may signal from any thread. Nothing is asked for before the first
  /// `hasNext`; from then on at most `prefetch` items are on their way or wait to be read.
  ///
  /// @param publisher where the items come from
  /// @param prefetch how many items to ask for in advance, at least 1; so many are buffered
  ///     at most
  /// @param <T> the type of the items
  /// @return the items, to be closed
  /// @throws IllegalArgumentException if `prefetch` is not positive
  /// @throws IllegalStateException if no loop runs here
  public static <T> Subscribed<T> iterate(Flow.Publisher<? extends T> publisher, int prefetch) {
    if (prefetch < 1) {
      throw new IllegalArgumentException("Expected a prefetch of at least 1, got " + prefetch);
    }
    EventLoop _ = Asyncio.getRunningLoop();
    Receiver<T> receiver = new Receiver<>(prefetch);
    try {
      publisher.subscribe(receiver);
    } catch (Throwable e) {
      receiver.close(); // a cancellation, for one, after the publisher has begun
      throw e;
    }
    return new Subscribed<>(receiver);
  }

  /// Returns a publisher of what `items` iterates over, on the current loop; see
  /// [#publish(Iterable, EventLoop)].
  ///
  /// @param items what to publish; its iterators may suspend the task that iterates
  /// @param <T> the type of the items
  /// @return the publisher
  /// @throws IllegalStateException if no loop runs here
  public static <T> Flow.Publisher<T> publish(Iterable<? extends T> items) {
    return publish(items, Asyncio.getRunningLoop());
  }

  /// Returns a publisher of what `items` iterates over, on a loop.
  ///
  /// Each subscription iterates from the beginning, in a task of its own, one item ahead of
  /// what the subscriber has asked for. An iterator that is [AutoCloseable] is closed at the
  /// end of its subscription. See [#generate(Generating, EventLoop)] for everything else.
  ///
  /// @param items what to publish; its iterators may suspend the task that iterates
  /// @param loop the loop
  /// @param <T> the type of the items
  /// @return the publisher, which may be subscribed to from any thread
  public static <T> Flow.Publisher<T> publish(Iterable<? extends T> items, EventLoop loop) {
    Objects.requireNonNull(items, "items");
    return generate(emitter -> emitAll(items.iterator(), emitter), loop);
  }

  private static <T> void emitAll(Iterator<? extends T> items, Emitter<T> emitter)
      throws Exception {
    try (AutoCloseable _ = items instanceof AutoCloseable closeable ? closeable : () -> {}) {
      while (items.hasNext()) {
        emitter.emit(items.next());
      }
    }
  }

  /// Returns a publisher of what `body` emits, on the current loop; see
  /// [#generate(Generating, EventLoop)].
  ///
  /// @param body what emits the items
  /// @param <T> the type of the items
  /// @return the publisher
  /// @throws IllegalStateException if no loop runs here
  public static <T> Flow.Publisher<T> generate(Generating<T> body) {
    return generate(body, Asyncio.getRunningLoop());
  }

  /// Returns a publisher of what `body` emits, on a loop.
  ///
  /// Each subscription runs the body in a task of its own, which calls the subscriber: its
  /// methods may suspend that task. The end of the body is the end of the items; what it
  /// throws arrives in `onError` as it is. Cancelling the subscription cancels the task, and
  /// so does a request for less than one item, which `onError` is told of with an
  /// [IllegalArgumentException]. If something else cancels the task, such as the end of the
  /// loop, `onError` gets a [java.util.concurrent.CancellationException]. What the subscriber
  /// throws goes to the loop's exception handler and counts as a cancellation.
  ///
  /// On a loop that is closed a subscription fails at once, on the thread that subscribes;
  /// one that had not begun when the loop closed fails on the thread that closes it.
  ///
  /// @param body what emits the items
  /// @param loop the loop
  /// @param <T> the type of the items
  /// @return the publisher, which may be subscribed to from any thread
  public static <T> Flow.Publisher<T> generate(Generating<T> body, EventLoop loop) {
    Objects.requireNonNull(body, "body");
    Objects.requireNonNull(loop, "loop");
    return subscriber -> {
      Objects.requireNonNull(subscriber, "subscriber");
      new TaskSubscription<T>(body, loop, subscriber).start();
    };
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal.bridges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.currentTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.run;
import static tepal.Asyncio.sleep;
import static tepal.sync.NamedTasks.onLoop;
import static tepal.sync.NamedTasks.settle;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tepal.Asyncio;
import tepal.CancelledError;
import tepal.EventLoop;
import tepal.Task;

/// Tasks that publish items.
class PublishTest {
  private final Recorder recorder = new Recorder();

  /// A subscriber that writes down its signals.
  private static final class Recorder implements Flow.Subscriber<Object> {
    final List<String> signals = new CopyOnWriteArrayList<>();
    Flow.@Nullable Subscription subscription;
    Runnable onNext = () -> {};

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      signals.add("subscribed");
    }

    @Override
    public void onNext(Object item) {
      signals.add(item.toString());
      onNext.run();
    }

    @Override
    public void onError(Throwable failure) {
      signals.add(failure.getClass().getSimpleName());
    }

    @Override
    public void onComplete() {
      signals.add("complete");
    }

    Flow.Subscription subscription() {
      return Objects.requireNonNull(subscription);
    }

    void assertGot(String... expected) {
      assertThat(signals).containsExactly(expected);
      signals.clear();
    }
  }

  // ---- Demand

  @Test
  void items_come_as_they_are_asked_for_and_the_end_without_being_asked() {
    onLoop(() -> {
      Publishers.publish(List.of("a", "b", "c")).subscribe(recorder);
      settle();
      recorder.assertGot("subscribed");
      recorder.subscription().request(1);
      settle();
      recorder.assertGot("a");
      recorder.subscription().request(2);
      settle();
      recorder.assertGot("b", "c", "complete");
    });
  }

  @Test
  void the_body_is_one_item_ahead() {
    onLoop(() -> {
      List<String> made = new ArrayList<>();
      Flow.Publisher<String> publisher = Publishers.generate(emitter -> {
        for (String each : List.of("a", "b", "c")) {
          made.add(each);
          emitter.emit(each);
        }
      });
      publisher.subscribe(recorder);
      settle();
      assertThat(made).containsExactly("a");
      recorder.subscription().request(1);
      settle();
      assertThat(made).containsExactly("a", "b");
      recorder.subscription().cancel();
      settle();
    });
  }

  @Test
  void demand_adds_up_and_saturates() {
    onLoop(() -> {
      Publishers.publish(List.of("a", "b")).subscribe(recorder);
      settle();
      recorder.subscription().request(Long.MAX_VALUE);
      recorder.subscription().request(Long.MAX_VALUE);
      settle();
      recorder.assertGot("subscribed", "a", "b", "complete");
      recorder.subscription().request(1);
      recorder.subscription().cancel();
      settle();
      recorder.assertGot();
    });
  }

  @Test
  void each_subscription_is_a_task_of_its_own_which_may_suspend() {
    onLoop(() -> {
      Flow.Publisher<String> names = Publishers.generate(emitter -> {
        sleep(Duration.ofMillis(1));
        emitter.emit(Objects.requireNonNull(currentTask()).getName());
      });
      assertThat(Publishers.<String>iterate(names).iterator().next())
          .isNotEqualTo(Publishers.<String>iterate(names).iterator().next())
          .startsWith("Task-");
    });
  }

  @Test
  void a_subscriber_may_suspend_the_task_that_publishes() {
    onLoop(() -> {
      recorder.onNext = () -> {
        sleep(Duration.ofHours(1));
        recorder.signals.add("at " + getRunningLoop().time().toHours());
      };
      Publishers.publish(List.of("a", "b")).subscribe(recorder);
      settle();
      recorder.subscription().request(2);
      sleep(Duration.ofHours(3));
      recorder.assertGot("subscribed", "a", "at 1", "b", "at 2", "complete");
    });
  }

  @Test
  void processors_of_the_jdk_on_other_threads_take_the_items() throws Exception {
    List<Integer> seen = new CopyOnWriteArrayList<>();
    run(() -> {
      CompletableFuture<?> over;
      try (var processor = new SubmissionPublisher<Integer>()) {
        over = processor.consume(seen::add);
        try (var items = Publishers.iterate(
            Publishers.publish(() -> IntStream.range(0, 5_000).iterator()), 16)) {
          items.forEach(processor::submit);
        }
      }
      Object _ = Asyncio.<Object>await(over);
    });
    assertThat(seen).hasSize(5_000).isSorted();
  }

  // ---- Failures

  @Test
  void what_the_body_throws_arrives_as_it_is() {
    onLoop(() -> {
      Publishers.generate(emitter -> {
            emitter.emit("a");
            throw new IOException("no route");
          })
          .subscribe(recorder);
      settle();
      recorder.subscription().request(5);
      settle();
      recorder.assertGot("subscribed", "a", "IOException");
    });
  }

  @Test
  void a_request_for_less_than_one_ends_the_body_where_it_waits() {
    onLoop(() -> {
      Publishers.generate(_ -> cleanUp(() -> sleep(Duration.ofHours(1)))).subscribe(recorder);
      sleep(Duration.ofMillis(1));
      recorder.subscription().request(0);
      sleep(Duration.ofMinutes(1));
      recorder.assertGot("subscribed", "cleaned up", "IllegalArgumentException");
      assertThat(getRunningLoop().time()).isLessThan(Duration.ofHours(1));
    });
  }

  @Test
  void a_null_item_is_refused() {
    onLoop(() -> {
      Publishers.generate(emitter -> emitter.emit(absent())).subscribe(recorder);
      settle();
      recorder.assertGot("subscribed", "NullPointerException");
      assertThatThrownBy(() -> Publishers.publish(List.of()).subscribe(absent()))
          .isInstanceOf(NullPointerException.class);
    });
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // what is refused
  private static <T> T absent() {
    return null;
  }

  @Test
  void what_a_subscriber_throws_is_reported_and_cancels_the_task() {
    onLoop(() -> {
      List<String> reported = new ArrayList<>();
      getRunningLoop().setExceptionHandler((_, error) -> reported.add(error.message()));
      recorder.onNext = () -> {
        throw new IllegalStateException("of the subscriber");
      };
      Publishers.generate(emitter -> cleanUp(() -> {
            emitter.emit("a");
            emitter.emit("b");
          }))
          .subscribe(recorder);
      settle();
      recorder.subscription().request(2);
      settle();
      recorder.assertGot("subscribed", "a", "cleaned up");
      assertThat(reported).hasSize(1).first().asString().startsWith("Exception in a subscriber");
    });
  }

  @Test
  void a_failure_after_the_cancellation_is_reported() {
    onLoop(() -> {
      List<String> reported = new ArrayList<>();
      getRunningLoop().setExceptionHandler((_, error) -> reported.add(error.message()));
      Publishers.generate(_ -> {
            try {
              sleep(Duration.ofHours(1));
            } finally {
              List.of().getFirst();
            }
          })
          .subscribe(recorder);
      settle();
      recorder.subscription().cancel();
      settle();
      recorder.assertGot("subscribed");
      assertThat(reported)
          .containsExactly("Exception in a publisher whose subscription was cancelled");
    });
  }

  // ---- Cancelling

  @Test
  void cancelling_ends_the_body_where_it_waits_and_lets_it_clean_up() {
    onLoop(() -> {
      Publishers.generate(_ -> cleanUp(() -> sleep(Duration.ofHours(1)))).subscribe(recorder);
      sleep(Duration.ofMillis(1));
      recorder.subscription().cancel();
      recorder.subscription().cancel();
      settle();
      recorder.assertGot("subscribed", "cleaned up");
    });
  }

  @Test
  void cancelling_within_a_signal_ends_the_body_there_and_its_clean_up_may_wait() {
    onLoop(() -> {
      recorder.onNext = () -> recorder.subscription().cancel();
      Publishers.generate(emitter -> cleanUp(() -> {
            emitter.emit("a");
            recorder.signals.add("not reached");
          }))
          .subscribe(recorder);
      settle();
      recorder.subscription().request(5);
      settle();
      recorder.assertGot("subscribed", "a", "cleaned up");
    });
  }

  @Test
  void cancelling_while_the_body_cleans_up_does_not_disturb_it() {
    onLoop(() -> {
      recorder.onNext = () -> recorder.subscription().request(-1);
      Publishers.generate(emitter -> cleanUp(() -> emitter.emit("a"))).subscribe(recorder);
      settle();
      recorder.subscription().request(5);
      sleep(Duration.ofNanos(500_000));
      recorder.subscription().cancel();
      settle();
      recorder.assertGot("subscribed", "a", "cleaned up");
    });
  }

  @Test
  void cancelling_from_another_thread_works_at_any_moment() {
    for (int round = 0; round < 100; round++) {
      run(() -> {
        var items = Publishers.publish(() -> IntStream.iterate(0, i -> i + 1).iterator());
        var cancelled = new CompletableFuture<@Nullable Void>();
        items.subscribe(recorder);
        recorder.onNext = () -> sleep(Duration.ZERO);
        sleep(Duration.ofMillis(1));
        Thread _ = Thread.ofPlatform().daemon().start(() -> {
          recorder.subscription().request(Long.MAX_VALUE);
          recorder.subscription().cancel();
          cancelled.complete(null);
        });
        Object _ = Asyncio.<@Nullable Object>await(cancelled);
        while (Asyncio.allTasks().size() > 1) {
          sleep(Duration.ZERO);
        }
      });
      assertThat(recorder.signals).doesNotContain("complete");
    }
  }

  @Test
  void the_iterator_is_closed_with_its_subscription() {
    onLoop(() -> {
      Publishers.publish(() -> new ClosingIterator()).subscribe(recorder);
      settle();
      recorder.subscription().request(1);
      settle();
      recorder.subscription().cancel();
      settle();
      recorder.assertGot("subscribed", "item", "closed");
    });
  }

  private final class ClosingIterator implements Iterator<String>, AutoCloseable {
    @Override
    public boolean hasNext() {
      return true;
    }

    @Override
    public String next() {
      return "item";
    }

    @Override
    public void close() {
      recorder.signals.add("closed");
    }
  }

  // ---- The loop

  @Test
  void a_loop_that_ends_fails_its_subscriptions() {
    run(() -> {
      Publishers.publish(List.of("a", "b")).subscribe(recorder);
      sleep(Duration.ofMillis(1));
      recorder.subscription().request(1);
      sleep(Duration.ofMillis(1));
    });
    recorder.assertGot("subscribed", "a", "CancellationException");
  }

  @Test
  void a_subscription_that_has_not_begun_when_its_loop_closes_fails() {
    var loop = EventLoop.builder().build();
    Publishers.publish(List.of("a"), loop).subscribe(recorder);
    loop.close();
    recorder.assertGot("subscribed", "CancellationException");
  }

  @Test
  void a_subscription_on_a_closed_loop_fails_at_once() {
    var loop = EventLoop.builder().build();
    loop.close();
    Publishers.publish(List.of("a"), loop).subscribe(recorder);
    recorder.assertGot("subscribed", "IllegalStateException");
  }

  @Test
  void only_the_task_of_the_subscription_emits() {
    onLoop(() -> {
      var helper = new CompletableFuture<Task<@Nullable Void>>();
      Publishers.generate(emitter -> {
            helper.complete(createTask(() -> emitter.emit("a")));
            sleep(Duration.ofMillis(1));
          })
          .subscribe(recorder);
      settle();
      assertThatThrownBy(() -> helper.join().await()).isInstanceOf(IllegalStateException.class);
      recorder.assertGot("subscribed", "complete");
    });
  }

  private interface Part {
    void run() throws Exception;
  }

  /// Runs a part of a body whose clean-up waits.
  private void cleanUp(Part part) throws Exception {
    try {
      part.run();
    } catch (CancelledError e) {
      sleep(Duration.ofMillis(1));
      recorder.signals.add("cleaned up");
      throw e;
    }
  }
}

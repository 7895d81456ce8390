// SPDX-License-Identifier: Apache-2.0
package tepal.bridges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.run;
import static tepal.Asyncio.sleep;
import static tepal.Asyncio.timeout;
import static tepal.sync.NamedTasks.onLoop;
import static tepal.sync.NamedTasks.pass;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tepal.CancelledError;
import tepal.Task;
import tepal.TimeoutException;
import tepal.testing.Trail;

/// Publishers whose items a task reads.
class IterateTest {
  private final Trail trail = new Trail();
  private final Source source = new Source();

  /// A publisher that does what a test tells it.
  private final class Source implements Flow.Publisher<String>, Flow.Subscription {
    private Flow.@Nullable Subscriber<? super String> subscriber;

    @Override
    public void subscribe(Flow.Subscriber<? super String> given) {
      subscriber = given;
      given.onSubscribe(this);
    }

    @Override
    public void request(long count) {
      trail.add("request " + count);
    }

    @Override
    public void cancel() {
      trail.add("cancel");
    }

    void send(String... items) {
      for (String each : items) {
        to().onNext(each);
      }
    }

    Flow.Subscriber<? super String> to() {
      return Objects.requireNonNull(subscriber);
    }
  }

  // ---- Items

  @Test
  void the_items_of_another_thread_are_read_in_a_loop() {
    List<Integer> read = new ArrayList<>();
    run(() -> {
      var publisher = new SubmissionPublisher<Integer>();
      try (var items = Publishers.iterate(publisher, 8)) {
        Thread _ = Thread.ofPlatform().daemon().start(() -> {
          try (publisher) {
            IntStream.range(0, 10_000).forEach(publisher::submit);
          }
        });
        for (int each : items) {
          read.add(each);
        }
      }
    });
    assertThat(read).hasSize(10_000).isSorted();
  }

  @Test
  void others_run_while_a_task_waits_for_an_item() {
    onLoop(() -> {
      var items = Publishers.iterate(source);
      var reader = createTask(() -> items.forEach(trail::add));
      pass();
      trail.add("other");
      source.send("a", "b");
      source.to().onComplete();
      reader.await();
      trail.assertIs("request 256", "other", "a", "b");
    });
  }

  @Test
  void nothing_is_asked_for_before_the_first_look_and_then_a_bounded_number() {
    onLoop(() -> {
      var items = Publishers.iterate(source, 4).iterator();
      trail.assertIs();
      var first = createTask(items::next);
      pass();
      trail.assertIs("request 4");
      source.send("a", "b", "c", "d");
      trail.add(first.await());
      trail.add(items.next());
      trail.assertIs("a", "b");
      trail.add(items.next());
      trail.assertIs("request 3", "c");
    });
  }

  @Test
  void a_prefetch_of_one_asks_for_one_at_a_time() {
    onLoop(() -> {
      var items = Publishers.iterate(source, 1).iterator();
      var first = createTask(items::next);
      pass();
      source.send("a");
      trail.add(first.await());
      trail.assertIs("request 1", "request 1", "a");
    });
  }

  @Test
  void a_publisher_that_sends_within_its_request_is_read_too() {
    onLoop(() -> {
      var items = Publishers.iterate(Publishers.publish(List.of("a", "b", "c")), 2);

      assertThat(items).containsExactly("a", "b", "c");
    });
  }

  @Test
  void a_second_loop_goes_on_where_the_first_one_stopped() {
    onLoop(() -> {
      var items = Publishers.iterate(Publishers.publish(List.of("a", "b", "c")));
      for (String each : items) {
        trail.add(each);
        break;
      }
      items.forEach(trail::add);
      trail.assertIs("a", "b", "c");
    });
  }

  // ---- The end

  @Test
  void the_end_comes_after_the_items() {
    onLoop(() -> {
      var items = Publishers.iterate(source).iterator();
      var looking = createTask(items::hasNext);
      pass();
      source.send("a");
      source.to().onComplete();

      assertThat(looking.await()).isTrue();
      assertThat(items.next()).isEqualTo("a");
      assertThat(items.hasNext()).isFalse();
      assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(items::next);
    });
  }

  @Test
  void a_failure_comes_after_the_items_unchecked_as_it_is_checked_in_a_wrapper() {
    onLoop(() -> {
      var unchecked = new ArithmeticException("/");
      var items = Publishers.iterate(source).iterator();
      var looking = createTask(items::hasNext);
      pass();
      source.send("a");
      source.to().onError(unchecked);
      looking.await();
      assertThat(items.next()).isEqualTo("a");
      assertThatThrownBy(items::hasNext).isSameAs(unchecked);

      var others = Publishers.iterate(source).iterator();
      source.to().onError(new IOException("no route"));
      assertThatThrownBy(others::hasNext)
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(IOException.class);
      trail.assertIs("request 256");
    });
  }

  @Test
  void a_publisher_that_sends_too_much_is_cancelled() {
    onLoop(() -> {
      var items = Publishers.iterate(source, 2).iterator();
      var first = createTask(items::next);
      pass();
      source.send("a", "b", "c", "d");
      first.await();
      assertThat(items.next()).isEqualTo("b");
      assertThatIllegalStateException()
          .isThrownBy(items::hasNext)
          .withMessageContaining("2 items, but it sent one more");
      trail.assertIs("request 2", "cancel");
    });
  }

  // ---- Closing

  @Test
  void closing_a_half_read_one_cancels_the_subscription_once() {
    onLoop(() -> {
      var items = Publishers.iterate(source, 4);
      try (items) {
        var first = createTask(items.iterator()::next);
        pass();
        source.send("a", "b");
        trail.add(first.await());
        assertThat(items).hasToString("Subscribed[open, 1 of 4 buffered]");
      }
      items.close();
      trail.assertIs("request 4", "a", "cancel");
      source.send("late");
      assertThat(items.iterator().hasNext()).isFalse();
      assertThat(items).hasToString("Subscribed[closed, 0 of 4 buffered]");
    });
  }

  @Test
  void closing_one_that_was_read_to_its_end_cancels_nothing() {
    onLoop(() -> {
      try (var items = Publishers.iterate(source)) {
        source.to().onComplete();
        assertThat(items.iterator().hasNext()).isFalse();
      }
      trail.assertIs();
    });
  }

  @Test
  void closing_lets_a_task_that_waits_go() {
    onLoop(() -> {
      var items = Publishers.iterate(source);
      Task<Boolean> looking = createTask(items.iterator()::hasNext);
      pass();
      items.close();

      assertThat(looking.await()).isFalse();
    });
  }

  @Test
  void a_subscription_that_comes_after_the_close_is_cancelled_and_so_is_a_second_one() {
    onLoop(() -> {
      Receiver<String> receiver = new Receiver<>(1);
      receiver.close();
      receiver.onSubscribe(source);
      trail.assertIs("cancel");

      Publishers.iterate(source);
      source.to().onSubscribe(source);
      trail.assertIs("cancel");
    });
  }

  // ---- Cancelling

  @Test
  void a_cancelled_wait_loses_no_item_and_the_iteration_can_go_on() {
    onLoop(() -> {
      var items = Publishers.iterate(source).iterator();
      assertThatExceptionOfType(TimeoutException.class)
          .isThrownBy(() -> timeout(Duration.ofSeconds(1), items::next));
      var next = createTask(items::next);
      pass();
      source.send("a");
      next.cancel();
      assertThatExceptionOfType(CancelledError.class).isThrownBy(next::await);
      trail.add(items.next());
      trail.assertIs("request 256", "a");
    });
  }

  @Test
  void a_task_that_is_cancelled_in_its_loop_cancels_the_subscription_as_it_leaves() {
    onLoop(() -> {
      var reader = createTask(() -> {
        try (var items = Publishers.iterate(source)) {
          items.forEach(trail::add);
        }
      });
      pass();
      reader.cancel();
      assertThatExceptionOfType(CancelledError.class).isThrownBy(reader::await);
      trail.assertIs("request 256", "cancel");
    });
  }

  // ---- Wrong use

  @Test
  void two_tasks_cannot_wait_at_a_time() {
    onLoop(() -> {
      var items = Publishers.iterate(source).iterator();
      var first = createTask(items::hasNext);
      pass();
      assertThatIllegalStateException()
          .isThrownBy(items::hasNext)
          .withMessageStartingWith("Expected one task at a time");
      source.to().onComplete();
      assertThat(first.await()).isFalse();
    });
  }

  @Test
  void a_prefetch_below_one_is_refused_and_a_thread_without_a_loop_too() {
    onLoop(() -> {
      assertThatIllegalArgumentException().isThrownBy(() -> Publishers.iterate(source, 0));
      assertThatIllegalStateException()
          .isThrownBy(() -> tepal.Asyncio.toThread(() -> Publishers.iterate(source)));
      sleep(Duration.ZERO);
    });
  }
}

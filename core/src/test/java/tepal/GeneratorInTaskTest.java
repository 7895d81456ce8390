// SPDX-License-Identifier: Apache-2.0
package tepal;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofSeconds;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.currentTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;
import static tepal.Asyncio.timeout;
import static tepal.InTask.me;
import static tepal.InTask.outcome;
import static tepal.InTask.pass;
import static tepal.InTask.started;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import tepal.queues.Queue;
import tepal.testing.Trail;

/// Generators whose bodies wait: in place of the task that drives them.
@OnLoop
class GeneratorInTaskTest {
  private final Trail trail = new Trail();

  // ---- Waiting

  @Test
  void a_body_that_sleeps_suspends_the_task_that_reads() {
    var other = createTask(() -> {
      for (int i = 1; i <= 3; i++) {
        sleep(ofSeconds(1));
        trail.add("other " + i);
      }
    });
    for (int tick : ticker(ofSeconds(1), 3)) {
      trail.add("tick " + tick);
    }
    other.await();

    trail.assertIs("tick 1", "other 1", "tick 2", "other 2", "tick 3", "other 3");
    assertThat(now()).isEqualTo(ofSeconds(3));
  }

  @Test
  void a_step_that_does_not_wait_does_not_give_up_the_turn() {
    getRunningLoop().callSoon(() -> trail.add("callback"));
    for (int i : counting(3)) {
      trail.add("read " + i);
    }
    trail.add("done");
    pass(1);

    trail.assertIs("read 0", "read 1", "read 2", "done", "callback");
  }

  @Test
  void a_body_waits_for_queues_futures_and_tasks() {
    Queue<String> queue = new Queue<>(1);
    Future<String> future = getRunningLoop().createFuture();
    Generator<String> generator = Generator.of(self -> {
      self.yield(queue.get());
      self.yield(future.await());
      self.yield(createTask(() -> sleep(ofSeconds(1), "task")).await());
      self.yield(timeout(ofSeconds(2), () -> sleep(ofSeconds(1), "timeout")));
    });
    createTask(() -> {
      queue.put("queue");
      sleep(ofSeconds(1));
      future.setResult("future");
    });

    assertThat(generator.stream()).containsExactly("queue", "future", "task", "timeout");
  }

  @Test
  void a_generator_that_a_body_reads_waits_in_place_of_the_task_as_well() {
    Generator<String> outer = Generator.of(self -> {
      for (int tick : ticker(ofSeconds(1), 2)) {
        sleep(ofSeconds(1));
        self.yield("outer " + tick);
      }
    });

    assertThat(outer.stream()).containsExactly("outer 1", "outer 2");
    assertThat(now()).isEqualTo(ofSeconds(4));
  }

  @Test
  void many_tasks_read_a_generator_each() {
    List<Task<Integer>> readers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      readers.add(createTask(() -> {
        int sum = 0;
        for (int tick : ticker(ofSeconds(1), 10)) {
          sum += tick;
        }
        return sum;
      }));
    }

    assertThat(readers).allSatisfy(each -> assertThat(each.await()).isEqualTo(55));
    assertThat(now()).isEqualTo(ofSeconds(10));
  }

  // ---- Who drives

  @Test
  void the_current_task_of_a_body_is_the_one_that_drives_it() {
    Generator<String> names = Generator.of(self -> {
      while (true) {
        String before = me().getName();
        sleep(ZERO);
        self.yield(before + me().getName());
      }
    });

    assertThat(inTaskNamed("a", names::next)).isEqualTo("aa");
    assertThat(inTaskNamed("b", names::next)).isEqualTo("bb");
    names.close();
  }

  @Test
  void the_context_of_a_body_is_that_of_whoever_drives_it() {
    ContextVar<String> user = new ContextVar<>("user", "nobody");
    Generator<String> users = Generator.of(self -> {
      while (true) {
        self.yield(user.get());
        user.set("set by the body");
      }
    });

    assertThat(inTaskNamed("a", () -> {
          user.set("anna");
          return users.next() + ", " + users.next() + ", " + user.get();
        }))
        .isEqualTo("anna, set by the body, set by the body");
    assertThat(inTaskNamed("b", () -> {
          user.set("bert");
          return users.next();
        }))
        .isEqualTo("set by the body");
    assertThat(user.get()).isEqualTo("nobody");
    users.close();
  }

  @Test
  void a_body_that_has_entered_a_context_of_its_own_stays_in_it() {
    ContextVar<String> user = new ContextVar<>("user", "nobody");
    Generator<String> users = Generator.of(self -> {
      new Context().run(() -> {
        user.set("own");
        self.yield(user.get());
        self.yield(user.get());
      });
      self.yield(user.get());
    });
    user.set("driver");

    assertThat(users.stream()).containsExactly("own", "own", "driver");
    assertThat(user.get()).isEqualTo("driver");
  }

  @Test
  void a_generator_that_another_task_executes_cannot_be_driven() {
    Generator<Integer> slow = ticker(ofSeconds(1), 3);
    var reader = started(() -> trail.add("read " + slow.next()));

    assertThatIllegalStateException()
        .isThrownBy(slow::next)
        .withMessage("Expected a generator that is suspended, but it is already executing:"
            + " Generator[GeneratorInTaskTest, executing]");
    assertThatIllegalStateException().isThrownBy(slow::close);
    reader.await();

    trail.assertIs("read 1");
    assertThat(slow.next()).isEqualTo(2);
    slow.close();
  }

  @Test
  void a_generator_can_be_driven_in_a_loop_and_outside_and_in_another_loop() {
    Generator<Integer> generator = counting(100);
    Supplier<Integer> outside =
        () -> CompletableFuture.supplyAsync(generator::next).join();

    assertThat(generator.next()).isZero();
    assertThat(Asyncio.<Integer, RuntimeException>toThread(generator::next)).isEqualTo(1);
    assertThat(generator.next()).isEqualTo(2);
    assertThat(Asyncio.<Integer, RuntimeException>toThread(
            () -> Asyncio.<Integer, RuntimeException>run(() -> {
              pass(1);
              return generator.next();
            })))
        .isEqualTo(3);
    assertThat(Asyncio.<Integer, RuntimeException>toThread(outside::get)).isEqualTo(4);
    assertThat(generator.next()).isEqualTo(5);
    generator.close();
  }

  @Test
  void a_callback_can_drive_a_generator_that_does_not_wait() {
    Generator<Integer> generator = counting(3);
    Generator<Integer> waiting = ticker(ofSeconds(1), 1);
    Future<String> called = getRunningLoop().createFuture();
    getRunningLoop().callSoon(() -> {
      int sum = generator.next() + generator.next() + generator.next();
      called.setResult(sum + ", " + outcome(waiting::next));
    });

    assertThat(called.await()).isEqualTo("3, IllegalStateException");
  }

  @Test
  void a_task_that_starts_eagerly_reads_a_generator_before_its_maker_goes_on() {
    Task<?> task = createTask(
        () -> {
          for (int i : ticker(ofSeconds(1), 2)) {
            trail.add("tick " + i);
          }
        },
        TaskOptions.eager());
    trail.add("maker");
    task.await();

    createTask(() -> counting(2).forEach(i -> trail.add("read " + i)), TaskOptions.eager());
    trail.add("maker");

    trail.assertIs("maker", "tick 1", "tick 2", "read 0", "read 1", "maker");
  }

  @Test
  void a_body_starts_tasks_eagerly() {
    Generator<String> generator = Generator.of(self -> {
      Task<?> task = createTask(
          () -> {
            trail.add("eager");
            sleep(ofSeconds(1));
            trail.add("slept");
          },
          TaskOptions.eager());
      trail.add("body");
      task.await();
      self.yield("value");
    });

    trail.add(generator.next());
    generator.close();

    trail.assertIs("eager", "body", "slept", "value");
  }

  // ---- Cancelling

  @Test
  void a_cancellation_is_thrown_where_the_body_waits_and_passes_out() {
    Generator<Integer> generator = Generator.of(self -> {
      try {
        sleep(ofHours(1));
      } catch (CancelledError e) {
        trail.add("cancelled: " + e.getMessage());
        throw e;
      } finally {
        sleep(ofSeconds(1));
        trail.add("finally");
      }
    });
    var reader = started(() -> {
      try {
        generator.next();
      } finally {
        trail.add("reader");
      }
    });

    assertThat(reader.cancel("enough")).isTrue();
    trail.add(outcome(reader::await));

    trail.assertIs("cancelled: enough", "finally", "reader", "CancelledError");
    assertThat(generator.hasNext()).isFalse();
    assertThat(now()).isEqualTo(ofSeconds(1));
  }

  @Test
  void a_task_that_was_cancelled_before_it_reads_is_told_at_the_first_wait_of_the_body() {
    Generator<String> generator = Generator.of(self -> {
      self.yield("no wait");
      self.yield(outcome(() -> sleep(ofHours(1))));
      sleep(ZERO);
      self.yield("goes on");
    });
    Task<List<String>> reader = createTask(() -> {
      me().cancel();
      return generator.stream().toList();
    });

    assertThat(reader.await()).containsExactly("no wait", "CancelledError", "goes on");
  }

  @Test
  void a_cancellation_that_comes_after_the_wake_up_is_thrown_all_the_same() {
    Future<String> future = getRunningLoop().createFuture();
    Generator<String> generator = Generator.of(self -> self.yield(outcome(future::await)));
    var reader = started(() -> trail.add(generator.next()));

    future.setResult("value");
    reader.cancel();
    reader.await();

    trail.assertIs("CancelledError");
    generator.close();
  }

  @Test
  void a_body_can_catch_a_cancellation_and_yield() {
    Generator<String> generator = Generator.of(self -> {
      try {
        sleep(ofHours(1));
      } catch (CancelledError e) {
        me().uncancel();
        self.yield("caught");
      }
      sleep(ofSeconds(1));
      self.yield("slept");
    });
    var reader = started(() -> generator.forEach(trail::add));

    reader.cancel();
    reader.await();

    trail.assertIs("caught", "slept");
  }

  @Test
  void a_generator_whose_reader_was_cancelled_elsewhere_goes_on_with_another_one() {
    Generator<Integer> generator = ticker(ofSeconds(1), 5);
    var reader = started(() -> {
      generator.next();
      sleep(ofHours(1));
    });
    sleep(ofSeconds(2));
    reader.cancel();
    trail.add(outcome(reader::await));

    assertThat(generator.next()).isEqualTo(2);
    generator.close();
    trail.assertIs("CancelledError");
  }

  @Test
  void a_timeout_around_a_step_ends_the_generator() {
    Generator<Integer> generator = ticker(ofHours(1), 5);

    assertThatThrownBy(() -> timeout(ofSeconds(1), generator::next))
        .isInstanceOf(TimeoutException.class);

    assertThat(generator.hasNext()).isFalse();
    assertThat(me().cancelling()).isZero();
  }

  @Test
  void a_group_whose_body_reads_a_generator_is_cancelled_where_that_one_waits() {
    assertThatThrownBy(() -> TaskGroup.run(group -> {
          group.createTask(() -> {
            sleep(ofSeconds(1));
            throw new IllegalStateException("sibling");
          });
          Generator<Integer> generator = Generator.of(_ -> {
            try {
              sleep(ofHours(1));
            } finally {
              trail.add("cancelled");
            }
          });
          generator.next();
        }))
        .isInstanceOf(ExceptionGroup.class);

    trail.assertIs("cancelled");
  }

  // ---- Closing

  @Test
  void the_finally_blocks_of_a_body_that_is_closed_may_wait() {
    Generator<Integer> generator = Generator.of(self -> {
      try {
        self.yield(1);
      } finally {
        trail.add("closing for " + requireNonNull(currentTask()).getName());
        sleep(ofSeconds(1));
        trail.add("closed");
      }
    });
    assertThat(inTaskNamed("reader", generator::next)).isEqualTo(1);

    inTaskNamed("closer", () -> {
      generator.close();
      return 0;
    });

    trail.assertIs("closing for closer", "closed");
    assertThat(now()).isEqualTo(ofSeconds(1));
  }

  @Test
  void a_task_that_is_cancelled_while_it_closes_tells_the_finally_block() {
    Generator<Integer> generator = Generator.of(self -> {
      try {
        self.yield(1);
      } finally {
        trail.add(outcome(() -> sleep(ofHours(1))));
      }
    });
    generator.next();
    var closer = started(generator::close);

    closer.cancel();
    closer.await();

    trail.assertIs("CancelledError");
    assertThat(generator.hasNext()).isFalse();
  }

  @Test
  void a_body_that_swallows_the_exit_and_yields_is_an_error_in_a_task_too() {
    Generator<Integer> generator = Generator.of(self -> {
      try {
        self.yield(1);
      } finally {
        sleep(ZERO);
        self.yield(2);
      }
    });
    generator.next();

    assertThatIllegalStateException().isThrownBy(generator::close);
    assertThatThrownBy(generator::next).isInstanceOf(GeneratorExit.class);
  }

  // ---- Bodies

  private Generator<Integer> ticker(Duration period, int count) {
    return Generator.of(self -> {
      for (int i = 1; i <= count; i++) {
        sleep(period);
        self.yield(i);
      }
    });
  }

  private static Generator<Integer> counting(int count) {
    return Generator.of(self -> {
      for (int i = 0; i < count; i++) {
        self.yield(i);
      }
    });
  }

  private static <T> T inTaskNamed(String name, Awaitable<T> body) {
    return Asyncio.<T>createTask(body, TaskOptions.named(name)).await();
  }

  private static Duration now() {
    return getRunningLoop().time();
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.currentTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;
import static tepal.Asyncio.toThread;
import static tepal.InTask.outcome;
import static tepal.InTask.started;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;
import tepal.testing.VirtualClock;

/// The generators that a loop closes because nobody has read them to their end.
class ShutdownAsyncgensTest {
  private final Trail trail = new Trail();
  private final List<Generator<?>> kept = new ArrayList<>();

  @Test
  @OnLoop
  void a_half_read_generator_is_closed_and_its_finally_block_may_wait() {
    Generator<Integer> generator = waitingAtItsEnd("a");
    generator.next();

    getRunningLoop().shutdownAsyncgens();

    trail.assertIs("closing a", "closed a");
    assertThat(generator.hasNext()).isFalse();
    assertThat(getRunningLoop().time()).isEqualTo(ofSeconds(1));
  }

  @Test
  @OnLoop
  void generators_are_closed_at_the_same_time_each_in_a_task_of_its_own() {
    for (String name : List.of("a", "b")) {
      kept.add(waitingAtItsEnd(name));
    }
    kept.forEach(Generator::next);

    getRunningLoop().shutdownAsyncgens();

    trail.assertIs("closing a", "closing b", "closed a", "closed b");
    assertThat(getRunningLoop().time()).isEqualTo(ofSeconds(1));
  }

  @Test
  @OnLoop
  void generators_that_were_not_started_or_have_ended_are_left_alone() {
    Generator<Integer> fresh = waitingAtItsEnd("fresh");
    Generator<Integer> ended = Generator.of(self -> self.yield(1));
    ended.forEach(_ -> {});

    getRunningLoop().shutdownAsyncgens();

    trail.assertIs();
    assertThat(fresh).hasToString("Generator[ShutdownAsyncgensTest, not started]");
  }

  @Test
  @OnLoop
  void a_delegate_is_closed_once_by_the_one_that_has_delegated_to_it() {
    Generator<Integer> outer = Generator.of(self -> {
      try {
        self.yieldFrom(waitingAtItsEnd("inner"));
      } finally {
        trail.add("outer");
      }
    });
    outer.next();

    getRunningLoop().shutdownAsyncgens();

    trail.assertIs("closing inner", "closed inner", "outer");
  }

  @Test
  @OnLoop
  void what_a_generator_throws_when_it_is_closed_goes_to_the_exception_handler() {
    getRunningLoop()
        .setExceptionHandler((_, error) -> trail.add(error.message() + ": " + error.exception()));
    for (RuntimeException failure :
        List.of(new IllegalArgumentException("one"), new IllegalStateException("two"))) {
      Generator<Integer> generator = Generator.of(self -> {
        try {
          self.yield(1);
        } finally {
          fail(failure);
        }
      });
      generator.next();
      kept.add(generator);
    }

    getRunningLoop().shutdownAsyncgens();

    trail.assertIs(
        "an error occurred during closing of Generator[ShutdownAsyncgensTest, ended]:"
            + " java.lang.IllegalArgumentException: one",
        "an error occurred during closing of Generator[ShutdownAsyncgensTest, ended]:"
            + " java.lang.IllegalStateException: two");
  }

  @Test
  @OnLoop
  void a_generator_that_is_executing_is_reported() {
    getRunningLoop()
        .setExceptionHandler((_, error) -> trail.add(error.message() + ": " + error.exception()));
    Generator<Integer> slow = Generator.of(_ -> sleep(ofHours(1)));
    var reader = started(slow::hasNext);

    getRunningLoop().shutdownAsyncgens();

    reader.cancel();
    assertThat(outcome(reader::await)).isEqualTo("CancelledError");
    trail.assertIs("an error occurred during closing of"
        + " Generator[ShutdownAsyncgensTest, executing]: java.lang.IllegalStateException: Expected a"
        + " generator that is suspended, but it is already executing:"
        + " Generator[ShutdownAsyncgensTest, executing]");
  }

  @Test
  @OnLoop
  void a_shutdown_that_is_cancelled_cancels_the_closing() {
    Generator<Integer> generator = Generator.of(self -> {
      try {
        self.yield(1);
      } finally {
        trail.add(outcome(() -> sleep(ofHours(1))));
      }
    });
    generator.next();
    var shutdown = started(() -> getRunningLoop().shutdownAsyncgens());

    shutdown.cancel();

    assertThat(outcome(shutdown::await)).isEqualTo("CancelledError");
    trail.assertIs("CancelledError");
  }

  @Test
  @OnLoop
  void a_generator_that_is_started_after_the_shutdown_is_warned_of() {
    getRunningLoop().shutdownAsyncgens();
    Generator<Integer> late = Generator.of(self -> self.yield(1));
    try (LogRecords log = LogRecords.ofTepal()) {
      late.next();

      assertThat(log.messages()).hasSize(1);
    }
    late.close();
  }

  @Test
  @OnLoop
  void one_that_another_thread_has_read_to_its_end_is_closed_no_more() {
    Generator<Integer> generator = waitingAtItsEnd("a");
    generator.next();
    toThread(() -> trail.add(outcome(() -> generator.forEach(_ -> {}))));

    getRunningLoop().shutdownAsyncgens();

    trail.assertIs("closing a", "IllegalStateException");
  }

  @Test
  void the_end_of_a_program_closes_what_is_left_when_all_tasks_have_ended() {
    Runner runner = new Runner(EventLoop.builder().clock(new VirtualClock()));
    try (runner) {
      runner.getLoop().setExceptionHandler((_, error) -> trail.add(error.message()));
      runner.run(() -> {
        for (int value : waitingAtItsEnd("a")) {
          trail.add("read " + value);
          break;
        }
        createTask(() -> {
          try {
            kept.add(waitingAtItsEnd("b"));
            kept.getFirst().next();
            sleep(ofHours(1));
          } finally {
            trail.add("task");
          }
        });
        sleep(ofSeconds(1));
      });
    }

    trail.assertIs("read 1", "task", "closing a", "closing b", "closed a", "closed b");
  }

  @Test
  void a_closing_generator_may_use_threads_as_these_end_last() {
    Asyncio.run(() -> {
      Generator<Integer> generator = Generator.of(self -> {
        try {
          self.yield(1);
        } finally {
          toThread(() -> trail.add("in a thread"));
        }
      });
      generator.next();
      kept.add(generator);
    });

    trail.assertIs("in a thread");
  }

  @Test
  void a_loop_that_is_only_closed_leaves_generators_to_their_users() {
    EventLoop loop = EventLoop.builder().build();
    Generator<Integer> generator = Generator.of(self -> {
      try {
        self.yield(1);
        self.yield(2);
      } finally {
        trail.add("closed in " + currentTask());
      }
    });
    assertThat(loop.<Integer>runUntilComplete(generator::next)).isEqualTo(1);

    loop.close();

    assertThat(generator.next()).isEqualTo(2);
    generator.close();
    trail.assertIs("closed in null");
  }

  @Test
  void a_shutdown_is_called_in_a_task() {
    try (EventLoop loop = EventLoop.builder().build()) {
      assertThatIllegalStateException()
          .isThrownBy(loop::shutdownAsyncgens)
          .withMessageStartingWith("shutdownAsyncgens() must be called in a task");
    }
  }

  private Generator<Integer> waitingAtItsEnd(String name) {
    return Generator.of(self -> {
      try {
        self.yield(1);
      } finally {
        trail.add("closing " + name);
        sleep(ofSeconds(1));
        trail.add("closed " + name);
      }
    });
  }

  private static void fail(RuntimeException failure) {
    throw failure;
  }
}

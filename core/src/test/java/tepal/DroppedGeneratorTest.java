// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;
import static tepal.Asyncio.currentTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.run;
import static tepal.Asyncio.sleep;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

/// Generators that nobody has read to their end and nobody has any more.
class DroppedGeneratorTest {
  private static final int MANY = 100_000;
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final Trail trail = new Trail();
  private final AtomicInteger closed = new AtomicInteger();

  @Test
  void one_that_a_task_has_dropped_is_closed_in_a_new_task_of_its_loop() {
    run(() -> {
      InTask.me().setName("reader");
      readHalf(() -> {
        sleep(Duration.ofMillis(1));
        trail.add(currentTask() == null ? "no task" : "a task");
        trail.add(InTask.me().getName().equals("reader") ? "the reader" : "another one");
      });
      eventuallyInLoop(() -> closed.get() == 1);
    });

    trail.assertIs("a task", "another one");
  }

  @Test
  void what_it_throws_then_goes_to_the_exception_handler() {
    run(() -> {
      AtomicInteger told = new AtomicInteger();
      getRunningLoop().setExceptionHandler((_, error) -> {
        trail.add(error.message() + ": " + error.exception());
        told.incrementAndGet();
      });
      readHalf(() -> {
        throw new IllegalStateException("too late");
      });
      eventuallyInLoop(() -> told.get() == 1);
    });

    trail.assertIs("an error occurred during closing of Generator[DroppedGeneratorTest, ended]:"
        + " java.lang.IllegalStateException: too late");
  }

  @Test
  void one_that_was_dropped_outside_any_loop_is_closed_too() {
    readHalf(() -> trail.add("no task: " + (currentTask() == null)));

    eventually(() -> closed.get() == 1);

    trail.assertIs("no task: true");
  }

  @Test
  void what_it_throws_outside_any_loop_is_logged() {
    try (LogRecords log = LogRecords.ofTepal()) {
      readHalf(() -> {
        throw new IllegalStateException("too late");
      });
      eventually(() -> !log.messages().isEmpty());

      assertThat(log.messages())
          .containsExactly(
              "an error occurred during closing of" + " Generator[DroppedGeneratorTest, ended]");
    }
  }

  @Test
  void one_whose_loop_was_closed_meanwhile_is_closed_outside() {
    try (EventLoop loop = EventLoop.builder().build()) {
      loop.runUntilComplete(() -> readHalf(() -> {}));
    }

    eventually(() -> closed.get() == 1);
  }

  @Test
  void one_that_was_never_started_leaves_nothing_to_close() {
    Generator<Integer> generator = Generator.of(_ -> trail.add("never"));
    assertThat(generator).isNotNull();
    generator = null;

    System.gc();
    trail.assertIs();
  }

  @Test
  void a_generator_that_is_read_in_a_for_loop_is_not_dropped_meanwhile() {
    AtomicInteger read = new AtomicInteger();
    for (int i : counting()) {
      System.gc();
      read.set(i);
      if (i == 5) {
        break;
      }
    }

    assertThat(read).hasValue(5);
  }

  @Test
  void a_hundred_thousand_in_a_task_leave_nothing_behind() {
    run(() -> {
      for (int i = 0; i < MANY; i++) {
        readHalf(() -> {});
        if (i % 1_000 == 0) {
          sleep(Duration.ZERO);
        }
      }
      eventuallyInLoop(() -> closed.get() == MANY);
      assertThat(Asyncio.allTasks()).hasSize(1);
      assertThat(getRunningLoop().generators.isEmpty()).isTrue();
    });
  }

  @Test
  void ten_thousand_outside_any_loop_leave_nothing_behind() {
    for (int i = 0; i < MANY / 10; i++) {
      readHalf(() -> {});
    }

    eventually(() -> closed.get() == MANY / 10);
  }

  private void readHalf(Action<RuntimeException> atTheEnd) {
    Generator<Integer> generator = Generator.of(self -> {
      try {
        self.yield(1);
      } finally {
        try {
          atTheEnd.run();
        } finally {
          closed.incrementAndGet();
        }
      }
    });
    assertThat(generator.next()).isEqualTo(1);
  }

  private static Generator<Integer> counting() {
    return Generator.of(self -> {
      for (int i = 0; ; i++) {
        self.yield(i);
      }
    });
  }

  private static void eventuallyInLoop(BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      System.gc();
      sleep(Duration.ofMillis(5));
    }
  }

  private static void eventually(BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      System.gc();
      JdkCode.parkFor(Duration.ofMillis(5));
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.sleep;
import static tepal.InTask.outcome;
import static tepal.InTask.pass;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

/// What portable mode does where an await meets a pinned thread: the thread keeps its carrier
/// while it waits, and the watchdog sees to it that the JDK does not run out of them.
@OnlyPortable
class PinnedPortableTest {
  private static final int CARRIERS = Runtime.getRuntime().availableProcessors();

  private final Trail trail = new Trail();
  private final LogRecords log = LogRecords.ofTepal();

  @AfterEach
  void closeLog() {
    log.close();
  }

  @Test
  void an_await_in_a_class_initialiser_works_while_the_jdk_has_carriers_left() throws Exception {
    if (CARRIERS == 1) {
      return;
    }
    Asyncio.run(() -> {
      var other = createTask(() -> trail.add("another task"));
      Pinned.wait = () -> sleep(Duration.ofMillis(1));
      initialise();
      trail.add("initialised");
      other.await();
    });
    trail.assertIs("another task", "initialised");
  }

  @Test
  void awaits_that_take_all_carriers_fail_one_by_one_until_the_loop_turns() {
    List<String> outcomes = Collections.synchronizedList(new ArrayList<>());
    try (var runner = new Runner(EventLoop.builder().stallAfter(Duration.ofMillis(50)))) {
      runner.run(() -> {
        var future = Asyncio.getRunningLoop().<String>createFuture();
        Pinned.wait = future::await;
        List<Task<?>> tasks = new ArrayList<>();
        for (int i = 0; i < CARRIERS + 2; i++) {
          tasks.add(createTask(() -> outcomes.add(outcome(PinnedPortableTest::initialise))));
        }
        pass(1);
        trail.add("the loop turns");
        future.setResult("value");
        for (Task<?> each : tasks) {
          each.await();
        }
        pass(3);
      });
    }
    trail.assertIs("the loop turns");
    assertThat(outcomes).hasSize(CARRIERS + 2).contains("ExceptionInInitializerError", "done");
    assertThat(log.messages("The loop has not turned").getFirst())
        .contains("no carrier of the JDK's is free to run the next task")
        .contains("which pins one");
  }

  /// Runs the initialiser of [Pinned] once more, in a class of its own.
  private static void initialise() throws IOException, IllegalAccessException {
    byte[] bytes;
    try (var file =
        PinnedPortableTest.class.getResourceAsStream("PinnedPortableTest$Pinned.class")) {
      bytes = requireNonNull(file).readAllBytes();
    }
    var _ = MethodHandles.lookup().defineHiddenClass(bytes, /* initialize= */ true);
  }

  /// What a pinned thread waits for; in a class of its own, as the initialised ones are copies.
  private static final class Pinned {
    static @Nullable Runnable wait;

    static {
      Waits.now();
    }
  }

  private static final class Waits {
    private Waits() {}

    static void now() {
      Runnable wait = Pinned.wait;
      if (wait != null) {
        wait.run();
      }
    }
  }
}

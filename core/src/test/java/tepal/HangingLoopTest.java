// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.run;
import static tepal.Asyncio.sleep;
import static tepal.Asyncio.toThread;
import static tepal.InTask.me;
import static tepal.InTask.pass;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// What other threads see of the tasks of a loop that turns, hangs, or does not run.
class HangingLoopTest {
  private static final Duration HOURS = Duration.ofHours(2);
  private static final long A_LITTLE = Duration.ofMillis(20).toNanos();

  @Test
  void a_loop_that_sleeps_answers_another_thread() {
    String tree = Asyncio.<String, RuntimeException>run(() -> {
      me().setName("main");
      EventLoop loop = getRunningLoop();
      return toThread(() -> loop.formatTaskTree());
    });
    assertThat(tree)
        .doesNotContain("from outside")
        .contains(
            ": 1 task", "* Task[main, waiting for a call in an executor]", "Asyncio.toThread(");
  }

  @Test
  void a_loop_on_virtual_time_that_waits_for_ever_answers_too() throws Exception {
    var trees = new CompletableFuture<String>();
    try (var runner = new Runner(EventLoop.builder().clock(new tepal.testing.VirtualClock()))) {
      runner.run(() -> {
        EventLoop loop = getRunningLoop();
        Future<String> never = loop.createFuture();
        Thread _ = Thread.ofPlatform().daemon().start(() -> {
          trees.complete(loop.formatTaskTree());
          loop.callSoonThreadsafe(() -> never.setResult("over"));
        });
        never.await();
      });
    }
    assertThat(trees.join()).contains("waiting for Future[pending]").doesNotContain("outside");
  }

  @Test
  void a_task_that_computes_for_ever_is_seen_from_outside() {
    var enough = new AtomicBoolean();
    var trees = new CompletableFuture<String>();
    run(() -> {
      me().setName("main");
      createTask(() -> sleep(HOURS), TaskOptions.named("sleeper"));
      pass(1);
      EventLoop loop = getRunningLoop();
      Thread _ = Thread.ofPlatform().daemon().start(() -> {
        trees.complete(loop.formatTaskTree() + loop.formatTaskTable());
        enough.set(true);
      });
      computeUntil(enough);
    });
    assertThat(trees.join())
        .contains(
            ": 2 tasks, seen from outside, as the loop does not answer",
            "* Task[main, has the turn]",
            "HangingLoopTest.computeUntil(",
            "* Task[sleeper, waiting for sleep()]",
            "Asyncio.sleep(");
  }

  private static void computeUntil(AtomicBoolean enough) {
    while (!enough.get()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void a_callback_that_computes_for_ever_is_named() {
    var enough = new AtomicBoolean();
    var trees = new CompletableFuture<String>();
    run(() -> {
      EventLoop loop = getRunningLoop();
      Thread _ = Thread.ofPlatform().daemon().start(() -> {
        trees.complete(loop.formatTaskTree());
        enough.set(true);
      });
      loop.callSoon(() -> computeUntil(enough));
      pass(2);
    });
    assertThat(trees.join())
        .contains("* Handle[tepal.HangingLoopTest$$Lambda", " has the turn", ".computeUntil(");
  }

  @Test
  void a_description_that_never_comes_does_not_hold_up_whoever_asks() {
    var gate = new CountDownLatch(1);
    String seen = Asyncio.<String, RuntimeException>run(() -> {
      EventLoop loop = getRunningLoop();
      Future<String> waiter = loop.createWaiter(new Locked(gate));
      var answer = new CompletableFuture<String>();
      Thread _ = Thread.ofPlatform().daemon().start(() -> {
        answer.complete(Vantage.look(
            loop.scheduler, from -> from + " " + waiter.describe(from), A_LITTLE, A_LITTLE));
        gate.countDown();
      });
      return Asyncio.<String>wrapFuture(answer).await();
    });
    assertThat(seen).isEqualTo("OUTSIDE_ALONE Future[pending, of Locked]");
  }

  /// Something whose text cannot be had, as what it needs is not to be had.
  private record Locked(CountDownLatch gate) implements Blocker {
    @Override
    public Thread holder() {
      awaitGate();
      return Thread.currentThread();
    }

    @Override
    public String toString() {
      awaitGate();
      return "at last";
    }

    private void awaitGate() {
      boolean interrupted = false;
      while (gate.getCount() > 0) {
        try {
          gate.await();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  void an_interrupt_waits_until_the_loop_has_answered() {
    run(() -> {
      EventLoop loop = getRunningLoop();
      toThread(() -> {
        Thread.currentThread().interrupt();
        assertThat(loop.formatTaskTree()).doesNotContain("from outside");
        assertThat(Thread.interrupted()).isTrue();
      });
    });
  }

  @Test
  void a_loop_that_does_not_run_is_seen_as_it_is() {
    EventLoop loop = EventLoop.builder().build();
    loop.setExceptionHandler((_, _) -> {});
    assertThat(loop.formatTaskTree()).isEqualTo(loop + ": 0 tasks");
    loop.createTask(() -> sleep(HOURS), TaskOptions.named("sleeper"));
    assertThat(loop.formatTaskTree()).isEqualTo(loop + ": 1 task\n* Task[sleeper, pending]");

    loop.stop();
    loop.runForever();
    assertThat(loop.formatTaskTree()).contains("* Task[sleeper, waiting for sleep()]");
    assertThat(loop.formatTaskTable()).contains("sleeper  waiting for sleep()");

    loop.close();
    assertThat(loop.formatTaskTree()).isEqualTo(loop + ": 0 tasks");
  }

  @Test
  void a_loop_whose_tasks_change_all_the_time_can_be_looked_at() throws Exception {
    var enough = new AtomicBoolean();
    var looks = new CompletableFuture<Integer>();
    run(() -> {
      EventLoop loop = getRunningLoop();
      Thread _ = Thread.ofPlatform().daemon().start(() -> {
        int seen = 0;
        for (int i = 0; i < 200; i++) {
          var outside = Vantage.OUTSIDE;
          AwaitGraph graph = new AwaitGraph(loop.scheduler.tasks.snapshot(), outside);
          for (Task<?> task : graph.tasks) {
            seen += CallStack.of(task).size() + task.describe(outside).length();
          }
          seen += loop.formatTaskTree().length();
        }
        looks.complete(seen);
        enough.set(true);
      });
      while (!enough.get()) {
        TaskGroup.run(group -> {
          for (int i = 0; i < 10; i++) {
            group.createTask(() -> pass(2));
          }
        });
      }
    });
    assertThat(looks.join()).isPositive();
  }
}

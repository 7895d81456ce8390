// SPDX-License-Identifier: Apache-2.0
package tepal;

import static java.time.Duration.ZERO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;
import tepal.testing.VirtualClock;

class CallbackTest {
  private final Trail trail = new Trail();
  private final EventLoop loop = EventLoop.builder().clock(new VirtualClock()).build();

  @AfterEach
  void closeLoop() {
    loop.close();
  }

  // ---- call_soon

  @Test
  void callbacks_run_in_the_order_in_which_they_were_scheduled() {
    loop.callSoon(trail.adding("a"));
    loop.callSoon(trail.adding("b"));
    loop.callSoon(trail.adding("c"));

    runOnce();
    trail.assertIs("a", "b", "c");
  }

  @Test
  void what_a_callback_schedules_runs_in_the_next_iteration() {
    loop.callSoon(() -> {
      trail.add("a");
      loop.callSoon(trail.adding("scheduled by a"));
    });
    loop.callSoon(trail.adding("b"));

    runOnce();
    trail.assertIs("a", "b");
    runOnce();
    trail.assertIs("scheduled by a");
  }

  @Test
  void callbacks_and_tasks_share_one_queue() {
    loop.callSoon(trail.adding("callback 1"));
    loop.createTask(trail.adding("task 1")::run);
    loop.callSoon(trail.adding("callback 2"));
    loop.createTask(trail.adding("task 2")::run);

    runOnce();
    trail.assertIs("callback 1", "task 1", "callback 2", "task 2");
  }

  @Test
  void a_cancelled_callback_does_not_run() {
    Handle handle = loop.callSoon(trail.adding("cancelled"));
    loop.callSoon(trail.adding("other"));
    assertThat(handle.cancelled()).isFalse();

    handle.cancel();
    handle.cancel();
    assertThat(handle.cancelled()).isTrue();
    runOnce();
    trail.assertIs("other");
  }

  @Test
  void a_callback_can_cancel_one_of_the_same_iteration() {
    Handle[] second = new Handle[1];
    loop.callSoon(() -> second[0].cancel());
    second[0] = loop.callSoon(trail.adding("second"));

    runOnce();
    trail.assertIs();
  }

  @Test
  void a_callback_runs_in_a_copy_of_the_context_in_which_it_was_scheduled() {
    ContextVar<String> user = new ContextVar<>("user", "nobody");
    new Context().run(() -> {
      user.set("anna");
      loop.callSoon(() -> {
        trail.add(user.get());
        user.set("changed");
      });
      loop.callSoon(() -> trail.add(user.get()));
      loop.callLater(ZERO, () -> trail.add("later " + user.get()));
      user.set("bert");
    });

    runOnce();
    trail.assertIs("anna", "anna", "later anna");
    assertThat(user.get()).isEqualTo("nobody");
  }

  @Test
  void a_callback_runs_in_the_context_that_it_was_given() {
    ContextVar<String> user = new ContextVar<>("user", "nobody");
    Context context = new Context();
    Handle handle = loop.callSoon(() -> user.set("anna"), context);
    loop.callSoon(() -> trail.add(user.get()), context);
    loop.callLater(ZERO, () -> trail.add("later " + user.get()), context);
    loop.callSoonThreadsafe(() -> trail.add("threadsafe " + user.get()), context);

    assertThat(handle.getContext()).isSameAs(context);
    runOnce();
    trail.assertIs("anna", "threadsafe anna", "later anna");
  }

  // ---- Other threads

  @Test
  void a_callback_from_another_thread_wakes_a_loop_that_has_nothing_to_do() {
    Future<String> future = loop.createFuture();
    loop.callSoon(() ->
        Thread.ofPlatform().start(() -> loop.callSoonThreadsafe(() -> future.setResult("woken"))));

    assertThat(loop.runUntilComplete(future)).isEqualTo("woken");
  }

  @Test
  void callbacks_of_one_thread_keep_their_order() throws InterruptedException {
    Thread thread = Thread.ofPlatform().start(() -> {
      loop.callSoonThreadsafe(trail.adding("a"));
      loop.callSoonThreadsafe(trail.adding("b"));
      loop.callSoonThreadsafe(trail.adding("c"));
    });
    thread.join();

    runOnce();
    trail.assertIs("a", "b", "c");
  }

  @Test
  void on_the_loop_itself_a_threadsafe_callback_takes_its_place_in_the_queue() {
    loop.callSoon(() -> {
      loop.callSoon(trail.adding("1"));
      loop.callSoonThreadsafe(trail.adding("2"));
      loop.callSoon(trail.adding("3"));
    });

    runOnce();
    runOnce();
    trail.assertIs("1", "2", "3");
  }

  @Test
  void another_thread_can_cancel_its_callback() throws InterruptedException {
    Thread thread = Thread.ofPlatform().start(() -> {
      Handle handle = loop.callSoonThreadsafe(trail.adding("cancelled"));
      handle.cancel();
      trail.add("" + handle.cancelled());
    });
    thread.join();

    runOnce();
    trail.assertIs("true");
  }

  @Test
  void cancelling_from_another_thread_waits_while_the_callback_runs() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    Handle handle = loop.callSoonThreadsafe(() -> {
      running.countDown();
      awaitUninterruptibly(mayEnd);
      trail.add("callback ends");
    });
    Thread canceller = Thread.ofPlatform().start(() -> {
      awaitUninterruptibly(running);
      handle.cancel();
      trail.add("cancel returns");
    });
    Thread observer = Thread.ofPlatform().start(() -> {
      awaitUninterruptibly(running);
      while (canceller.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      mayEnd.countDown();
    });

    loop.runUntilComplete(() -> Asyncio.toThread(() -> observer.join()));
    canceller.join();
    trail.assertIs("callback ends", "cancel returns");
  }

  @Test
  void a_callback_can_cancel_itself() {
    Handle[] self = new Handle[1];
    self[0] = loop.callSoonThreadsafe(() -> self[0].cancel());

    runOnce();
    assertThat(self[0].cancelled()).isTrue();
  }

  @Test
  void what_is_confined_to_the_loop_refuses_other_threads() {
    Future<Object> future = loop.createFuture();
    loop.runUntilComplete(() -> Asyncio.toThread(() -> {
      assertRefused("callSoon()", () -> loop.callSoon(() -> {}));
      assertRefused("callLater()", () -> loop.callLater(ZERO, () -> {}));
      assertRefused("callAt()", () -> loop.callAt(ZERO, () -> {}));
      assertRefused("createTask()", () -> loop.createTask(() -> 1));
      assertRefused("setResult()", () -> future.setResult("x"));
      assertRefused("setException()", () -> future.setException(new ArithmeticException()));
      assertRefused("cancel()", future::cancel);
      assertRefused("addDoneCallback()", () -> future.addDoneCallback(_ -> {}));
      assertRefused("allTasks()", () -> Asyncio.allTasks(loop));
    }));
  }

  private static void assertRefused(String method, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(method)
        .hasMessageContaining("must be called on the loop's own thread")
        .hasMessageEndingWith("use callSoonThreadsafe");
  }

  // ---- Description

  @Test
  void a_handle_describes_its_callback() {
    Runnable callback = new Runnable() {
      @Override
      public void run() {}

      @Override
      public String toString() {
        return "tick";
      }
    };
    Handle handle = loop.callSoon(callback);
    TimerHandle timer = loop.callLater(ZERO, callback);

    assertThat(handle).hasToString("Handle[tick]");
    assertThat(timer).hasToString("TimerHandle[tick]");
    handle.cancel();
    assertThat(handle).hasToString("Handle[cancelled]");
  }

  private void runOnce() {
    loop.stop();
    loop.runForever();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    boolean interrupted = false;
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

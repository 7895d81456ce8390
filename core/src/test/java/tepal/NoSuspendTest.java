// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.noSuspend;
import static tepal.Asyncio.sleep;
import static tepal.InTask.me;
import static tepal.InTask.pass;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

/// A scope that refuses to suspend, and one that JDK code suspended.
class NoSuspendTest {
  private static final String REFUSAL =
      "Expected a body that does not suspend its task, but it would have to wait for ";

  private final Trail trail = new Trail();

  // ---- Waits that are refused

  @Test
  @OnLoop
  void an_await_that_has_to_wait_is_refused_and_leaves_nothing_behind() {
    Future<String> future = getRunningLoop().createFuture();
    assertRefused(future::await, "Future[pending]");
    assertThat(Asyncio.formatCallGraph(future)).isEqualTo("* Future[pending]");

    Task<?> task = createTask(future, TaskOptions.named("reader"));
    assertRefused(task::await, "reader");
    pass(1);
    assertThat(Asyncio.formatCallGraph(task)).doesNotContain("Awaited by");
  }

  @Test
  @OnLoop
  void a_sleep_is_refused_and_leaves_no_timer() {
    assertRefused(() -> sleep(Duration.ofHours(1)), "sleep()");
    assertRefused(() -> sleep(Duration.ZERO), "its next turn");
    assertThat(getRunningLoop().time()).isZero();
    pass(1);
    assertThat(getRunningLoop().scheduler.timers.firstDeadline()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  @OnLoop
  void a_call_in_a_thread_is_refused_before_it_begins() {
    assertRefused(() -> Asyncio.toThread(() -> trail.add("called")), "a call in an executor");
    sleep(Duration.ofHours(1));
    trail.assertIs();
  }

  @Test
  @OnLoop
  void waits_for_several_are_refused() {
    Future<String> future = getRunningLoop().createFuture();
    assertRefused(() -> Asyncio.wait(Set.of(future)), "Waiting[1 pending]");
    assertRefused(() -> Asyncio.gather(future).await(), "Gathering[1, pending]");
    assertRefused(() -> Asyncio.shield(future).await(), "Shield[Future[pending]]");
    assertRefused(
        () -> Asyncio.asCompleted(Set.of(future)).iterator().next(), "AsCompleted[1 pending]");
    assertRefused(() -> Asyncio.waitFor(future, Duration.ofHours(1)), "Future[pending]");
  }

  @Test
  @OnLoop
  void the_end_of_a_group_with_tasks_is_refused_and_its_tasks_are_cancelled() {
    assertRefused(
        () -> TaskGroup.run(group -> group.createTask(() -> trail.add("ran"))),
        "TaskGroup[entered, tasks=1]");
    pass(3);
    trail.assertIs();
  }

  @Test
  @OnLoop
  void a_primitive_that_asks_for_a_waiter_is_told_before_it_changes_anything() {
    assertThatIllegalStateException()
        .isThrownBy(() -> noSuspend(() -> {
          trail.add("begins");
          getRunningLoop().createWaiter("my lock");
          trail.add("never");
        }))
        .withMessage(REFUSAL + "my lock");
    trail.assertIs("begins");
  }

  @Test
  @OnLoop
  void a_cancellation_waits_for_the_next_wait_outside() {
    me().cancel();
    assertRefused(() -> sleep(Duration.ofHours(1)), "sleep()");
    assertThatThrownBy(() -> pass(1)).isInstanceOf(CancelledError.class);
    me().uncancel();
  }

  // ---- What is fine

  @Test
  @OnLoop
  void a_body_that_does_not_wait_gives_its_value() throws Exception {
    Future<String> done = getRunningLoop().createFuture();
    done.setResult("value");
    assertThat(noSuspend(done::await)).isEqualTo("value");
    assertThat(Asyncio.<String, IOException>noSuspend(() -> "text")).isEqualTo("text");
    noSuspend(() -> trail.add("ran"));
    trail.assertIs("ran");
  }

  @Test
  @OnLoop
  void nothing_else_runs_meanwhile_but_what_starts_eagerly() {
    getRunningLoop().callSoon(() -> trail.add("callback"));
    createTask(() -> trail.add("task"));
    noSuspend(() -> {
      createTask(
          () -> {
            trail.add("child");
            pass(1);
            trail.add("child later");
          },
          TaskOptions.eager());
      trail.add("parent");
    });
    trail.assertIs("child", "parent");
    pass(2);
    trail.assertIs("callback", "task", "child later");
  }

  @Test
  @OnLoop
  void other_tasks_may_wait_while_a_scope_is_open_in_none() {
    noSuspend(() -> {});
    pass(1);
    createTask(() -> noSuspend(() -> {})).await();
  }

  @Test
  @OnLoop
  void after_the_scope_the_task_may_wait_also_if_it_failed() {
    assertThatThrownBy(() -> noSuspend(() -> {
          throw new IOException("broken");
        }))
        .isInstanceOf(IOException.class)
        .hasNoSuppressedExceptions();
    pass(1);
  }

  @Test
  @OnLoop
  void a_refusal_that_the_body_catches_is_over() {
    noSuspend(() -> {
      assertThatIllegalStateException().isThrownBy(() -> pass(1));
      trail.add("goes on");
    });
    trail.assertIs("goes on");
  }

  @Test
  @OnLoop
  void an_inner_scope_ends_and_the_outer_one_still_holds() {
    noSuspend(() -> {
      noSuspend(() -> trail.add("inner"));
      assertThatIllegalStateException().isThrownBy(() -> pass(1));
      trail.add("outer");
    });
    pass(1);
    trail.assertIs("inner", "outer");
  }

  @Test
  void it_needs_a_task() {
    assertThatIllegalStateException()
        .isThrownBy(() -> noSuspend(() -> {}))
        .withMessageContaining("noSuspend() must be called in a task");
  }

  // ---- JDK code

  @Test
  @OnlyOpened
  void jdk_code_that_suspended_the_task_makes_the_end_fail_with_where_it_was() {
    Asyncio.run(() -> assertThatThrownBy(() -> noSuspend(this::napAndGoOn))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageMatching("Expected a body that does not suspend its task, but JDK code suspended"
            + " it at .*JdkCode.parkFor.*")
        .cause()
        .satisfies(where -> assertThat(where.getStackTrace())
            .extracting(StackTraceElement::getMethodName)
            .contains("parkFor", "napAndGoOn")));
    trail.assertIs("after the nap");
  }

  private void napAndGoOn() {
    JdkCode.parkFor(Duration.ofMillis(1));
    trail.add("after the nap");
  }

  @Test
  @OnlyOpened
  @SuppressWarnings("ThreadPriorityCheck") // what is tested
  void a_yield_of_the_thread_counts_as_it_lets_others_run() {
    Asyncio.run(() -> {
      getRunningLoop().callSoon(() -> trail.add("callback"));
      assertThatIllegalStateException()
          .isThrownBy(() -> noSuspend(Thread::yield))
          .withMessageContaining("JDK code suspended it");
      trail.assertIs("callback");
    });
  }

  @Test
  @OnlyOpened
  void the_bodys_own_exception_goes_before_that() {
    Asyncio.run(() -> assertThatThrownBy(() -> noSuspend(() -> {
          JdkCode.parkFor(Duration.ofMillis(1));
          throw new IOException("broken");
        }))
        .isInstanceOf(IOException.class)
        .satisfies(e -> assertThat(e.getSuppressed())
            .singleElement()
            .isInstanceOf(IllegalStateException.class)));
  }

  @Test
  @OnlyOpened
  void what_suspended_an_inner_scope_has_suspended_the_outer_one_too() {
    List<Throwable> failures = new ArrayList<>();
    Asyncio.run(() -> assertThatIllegalStateException()
        .isThrownBy(() -> noSuspend(() -> {
          try {
            noSuspend(() -> JdkCode.parkFor(Duration.ofMillis(1)));
          } catch (IllegalStateException e) {
            failures.add(e);
          }
        })));
    assertThat(failures).hasSize(1);
  }

  @Test
  @OnlyOpened
  void a_child_that_jdk_code_suspends_is_no_matter_of_the_scope() {
    var gate = new CountDownLatch(1);
    Asyncio.run(() -> {
      var child = new AtomicReference<Task<?>>();
      noSuspend(() -> child.set(createTask(() -> gate.await(), TaskOptions.eager())));
      gate.countDown();
      child.get().await();
    });
  }

  @Test
  @OnlyPortable
  void in_portable_mode_jdk_code_stops_the_loop_so_that_nothing_runs_meanwhile() {
    Asyncio.run(() -> {
      getRunningLoop().callSoon(() -> trail.add("callback"));
      noSuspend(this::napAndGoOn);
      trail.assertIs("after the nap");
    });
  }

  private static void assertRefused(Action<?> wait, String what) {
    assertThatIllegalStateException()
        .isThrownBy(() -> noSuspend(() -> {
          try {
            wait.run();
          } catch (Throwable e) {
            throw Thrown.unchecked(e);
          }
        }))
        .withMessage(REFUSAL + what);
  }
}

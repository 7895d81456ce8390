// SPDX-License-Identifier: Apache-2.0
package tepal.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static tepal.sync.NamedTasks.onLoop;
import static tepal.sync.NamedTasks.pass;
import static tepal.testing.Testing.waitAllTasksBlocked;

import org.junit.jupiter.api.Test;
import tepal.Asyncio;
import tepal.Task;
import tepal.testing.Trail;

class BarrierTest {
  private final Trail trail = new Trail();
  private final NamedTasks tasks = new NamedTasks(trail);
  private final Barrier barrier = new Barrier(3);

  @Test
  void tasks_wait_until_the_last_party_comes() {
    onLoop(() -> {
      waitAtBarrier("a");
      waitAtBarrier("b");
      waitAllTasksBlocked();
      trail.assertIs();
      assertThat(barrier).hasToString("Barrier[filling, 2 of 3 waiting]");

      trail.add("main is " + barrier.await());
      assertThat(barrier).hasToString("Barrier[draining, 0 of 3 waiting]");
      waitAllTasksBlocked();
      trail.assertIs("main is 2", "a is 0", "a done", "b is 1", "b done");
      assertThat(barrier).hasToString("Barrier[filling, 0 of 3 waiting]");
    });
  }

  @Test
  void the_last_party_does_not_suspend() {
    var single = new Barrier(1);
    onLoop(() -> {
      Asyncio.getRunningLoop().callSoon(() -> trail.add("callback"));
      assertThat(single.await()).isZero();
      assertThat(single.await()).isZero();
      trail.assertIs();
    });
  }

  @Test
  void a_waiting_party_resumes_one_iteration_after_the_last_one_came() {
    var pair = new Barrier(2);
    onLoop(() -> {
      tasks.start("a", pair::await);
      pass();
      pair.await();
      trail.assertIs();
      pass();
      trail.assertIs("a done");
    });
  }

  @Test
  void a_barrier_is_used_round_after_round() {
    onLoop(() -> {
      for (var name : new String[] {"a", "b", "c"}) {
        tasks.start(name, () -> {
          barrier.await();
          trail.add(name + " first");
          barrier.await();
          trail.add(name + " second");
        });
      }
      waitAllTasksBlocked();
      trail.assertIs(
          "c first",
          "a first",
          "b first",
          "a second",
          "a done",
          "b second",
          "b done",
          "c second",
          "c done");
    });
  }

  @Test
  void a_task_that_comes_while_others_leave_waits_for_the_next_round() {
    onLoop(() -> {
      waitAtBarrier("a");
      waitAtBarrier("b");
      pass();
      barrier.await();

      waitAtBarrier("d");
      waitAllTasksBlocked();
      trail.assertIs("a is 0", "a done", "b is 1", "b done");
      assertThat(barrier.nWaiting()).isOne();
    });
  }

  @Test
  void a_cancelled_party_leaves_and_does_not_break_the_barrier() {
    onLoop(() -> {
      var a = waitAtBarrier("a");
      waitAtBarrier("b");
      pass();

      a.cancel();
      pass();
      trail.assertIs("a cancelled");
      assertThat(barrier).hasToString("Barrier[filling, 1 of 3 waiting]");
      waitAtBarrier("c");
      waitAtBarrier("d");
      waitAllTasksBlocked();
      trail.assertIs("d is 2", "d done", "b is 1", "b done", "c is 1", "c done");
    });
  }

  @Test
  void a_party_cancelled_after_the_barrier_opened_is_cancelled_and_the_others_go_on() {
    onLoop(() -> {
      var a = waitAtBarrier("a");
      waitAtBarrier("b");
      pass();

      barrier.await();
      a.cancel();
      waitAllTasksBlocked();
      trail.assertIs("a cancelled", "b is 1", "b done");
      assertThat(barrier).hasToString("Barrier[filling, 0 of 3 waiting]");
    });
  }

  @Test
  void a_task_cancelled_outside_a_draining_barrier_leaves_nothing_behind() {
    onLoop(() -> {
      waitAtBarrier("a");
      waitAtBarrier("b");
      pass();
      barrier.await();
      var d = waitAtBarrier("d");
      Asyncio.getRunningLoop().callSoon(d::cancel);
      waitAllTasksBlocked();
      trail.assertIs("a is 0", "a done", "b is 1", "b done", "d cancelled");
      assertThat(barrier).hasToString("Barrier[filling, 0 of 3 waiting]");
    });
  }

  @Test
  void reset_breaks_off_the_tasks_that_wait_and_leaves_a_usable_barrier() {
    onLoop(() -> {
      waitAtBarrier("a");
      waitAtBarrier("b");
      pass();

      barrier.reset();
      assertThat(barrier).hasToString("Barrier[resetting, 0 of 3 waiting]");
      waitAtBarrier("c");
      waitAllTasksBlocked();
      trail.assertIs("a threw BrokenBarrierException", "b threw BrokenBarrierException");
      assertThat(barrier).hasToString("Barrier[filling, 1 of 3 waiting]");
    });
  }

  @Test
  void reset_of_an_empty_barrier_changes_nothing() {
    onLoop(() -> {
      barrier.reset();
      assertThat(barrier).hasToString("Barrier[filling, 0 of 3 waiting]");
    });
  }

  @Test
  void abort_breaks_the_barrier_for_those_inside_and_those_to_come() {
    onLoop(() -> {
      waitAtBarrier("a");
      pass();

      barrier.abort();
      assertThat(barrier).hasToString("Barrier[broken]");
      assertThatExceptionOfType(BrokenBarrierException.class).isThrownBy(barrier::await);
      waitAllTasksBlocked();
      trail.assertIs("a threw BrokenBarrierException");
      assertThat(barrier.broken()).isTrue();
      assertThat(barrier.statistics()).isEqualTo(new BarrierStatistics(3, 0, true));
    });
  }

  @Test
  void an_aborted_barrier_is_whole_again_after_a_reset() {
    onLoop(() -> {
      barrier.abort();
      barrier.reset();
      assertThat(barrier.broken()).isFalse();
      waitAtBarrier("a");
      waitAllTasksBlocked();
      assertThat(barrier.statistics()).isEqualTo(new BarrierStatistics(3, 1, false));
    });
  }

  @Test
  void a_reset_reaches_tasks_that_have_not_left_an_aborted_barrier() {
    onLoop(() -> {
      waitAtBarrier("a");
      pass();

      barrier.abort();
      barrier.reset();
      assertThat(barrier).hasToString("Barrier[resetting, 0 of 3 waiting]");
      waitAllTasksBlocked();
      trail.assertIs("a threw BrokenBarrierException");
      assertThat(barrier).hasToString("Barrier[filling, 0 of 3 waiting]");
    });
  }

  @Test
  void the_messages_say_what_broke_the_barrier() {
    onLoop(() -> {
      var a = Asyncio.createTask(() -> catchMessage(barrier));
      pass();
      barrier.reset();
      waitAllTasksBlocked();
      assertThat(a.result()).isEqualTo("The barrier was reset while this task waited at it");

      var b = Asyncio.createTask(() -> catchMessage(barrier));
      pass();
      barrier.abort();
      waitAllTasksBlocked();
      assertThat(b.result()).isEqualTo("The barrier was aborted while this task waited at it");
      assertThat(catchMessage(barrier)).isEqualTo("The barrier is broken: it was aborted");
    });
  }

  private static String catchMessage(Barrier barrier) {
    try {
      return "got " + barrier.await();
    } catch (BrokenBarrierException exception) {
      return String.valueOf(exception.getMessage());
    }
  }

  @Test
  void a_barrier_needs_a_party() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Barrier(0))
        .withMessage("Expected at least 1 party, found 0");
    assertThat(new Barrier(1).parties()).isOne();
  }

  @Test
  void a_wait_on_another_loop_than_the_first_is_refused() {
    onLoop(() -> {
      waitAtBarrier("first");
      pass();
    });
    onLoop(() -> assertThatIllegalStateException().isThrownBy(barrier::await));
    assertThat(barrier).hasToString("Barrier[filling, 0 of 3 waiting]");
  }

  private Task<?> waitAtBarrier(String name) {
    return tasks.start(name, () -> trail.add(name + " is " + barrier.await()));
  }
}

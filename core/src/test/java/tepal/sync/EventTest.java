// SPDX-License-Identifier: Apache-2.0
package tepal.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static tepal.sync.NamedTasks.onLoop;
import static tepal.sync.NamedTasks.pass;

import org.junit.jupiter.api.Test;
import tepal.Asyncio;
import tepal.testing.Trail;

class EventTest {
  private final Trail trail = new Trail();
  private final NamedTasks tasks = new NamedTasks(trail);
  private final Event event = new Event();

  @Test
  void waiting_for_a_set_event_does_not_suspend() {
    event.set();
    onLoop(() -> {
      Asyncio.getRunningLoop().callSoon(() -> trail.add("callback"));
      assertThat(event.await()).isTrue();
      trail.assertIs();
    });
  }

  @Test
  void setting_it_wakes_all_tasks_that_wait_in_their_order() {
    onLoop(() -> {
      tasks.start("a", event::await);
      tasks.start("b", event::await);
      pass();

      event.set();
      trail.assertIs();
      pass();
      trail.assertIs("a done", "b done");
      assertThat(event).hasToString("Event[set]");
    });
  }

  @Test
  void clearing_it_right_away_does_not_call_the_woken_tasks_back() {
    onLoop(() -> {
      tasks.start("a", () -> trail.add("a got " + event.await()));
      pass();

      event.set();
      event.clear();
      tasks.start("b", event::await);
      pass();
      trail.assertIs("a got true", "a done");
      assertThat(event).hasToString("Event[unset, 1 waiting]");
    });
  }

  @Test
  void setting_it_twice_wakes_once() {
    onLoop(() -> {
      tasks.start("a", event::await);
      pass();

      event.set();
      event.set();
      pass();
      trail.assertIs("a done");
    });
  }

  @Test
  void setting_it_anew_reaches_those_that_came_between() {
    onLoop(() -> {
      tasks.start("a", event::await);
      pass();
      event.set();
      event.clear();
      tasks.start("b", event::await);
      pass();
      event.set();
      pass();
      trail.assertIs("a done", "b done");
    });
  }

  @Test
  void a_task_cancelled_while_it_waits_leaves_nothing_behind() {
    onLoop(() -> {
      var a = tasks.start("a", event::await);
      tasks.start("b", event::await);
      pass();

      a.cancel();
      pass();
      trail.assertIs("a cancelled");
      assertThat(event.statistics()).isEqualTo(new EventStatistics(false, 1));
      event.set();
      pass();
      trail.assertIs("b done");
    });
  }

  @Test
  void a_task_cancelled_after_it_was_woken_is_cancelled() {
    onLoop(() -> {
      var a = tasks.start("a", event::await);
      tasks.start("b", event::await);
      pass();

      event.set();
      a.cancel();
      pass();
      trail.assertIs("a cancelled", "b done");
    });
  }

  @Test
  void setting_it_passes_over_a_task_that_is_cancelled_already() {
    onLoop(() -> {
      var a = tasks.start("a", event::await);
      tasks.start("b", event::await);
      pass();

      a.cancel();
      event.set();
      pass();
      trail.assertIs("a cancelled", "b done");
    });
  }

  @Test
  void an_event_can_be_set_and_cleared_where_no_loop_runs() {
    event.set();
    assertThat(event.isSet()).isTrue();
    event.clear();
    assertThat(event.isSet()).isFalse();
    assertThatIllegalStateException().isThrownBy(event::await);
  }

  @Test
  void a_wait_on_another_loop_than_the_first_is_refused() {
    onLoop(() -> {
      tasks.start("first", event::await);
      pass();
    });
    onLoop(() -> assertThatIllegalStateException()
        .isThrownBy(event::await)
        .withMessageContaining("Event[unset] belongs"));
  }
}

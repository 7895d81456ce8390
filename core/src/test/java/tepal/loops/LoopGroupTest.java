// SPDX-License-Identifier: Apache-2.0
package tepal.loops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import tepal.Asyncio;
import tepal.CancelledError;
import tepal.EventLoop;
import tepal.ExceptionContext;
import tepal.Task;
import tepal.TimeoutException;

/// Loops that are started, used and stopped together.
class LoopGroupTest {
  private static final Duration AN_HOUR = Duration.ofHours(1);

  private final List<String> steps = new CopyOnWriteArrayList<>();

  // ---- Starting

  @Test
  void each_loop_has_a_thread_of_its_own() {
    Set<Object> locals = ConcurrentHashMap.newKeySet();
    try (LoopGroup group = LoopGroup.builder().size(3).name("web").start()) {
      assertThat(group.loops()).hasSize(3).doesNotHaveDuplicates().allMatch(EventLoop::isRunning);
      assertThat(threads("web-")).containsExactlyInAnyOrder("web-0", "web-1", "web-2");
      group.callOnAll(() -> locals.add(getRunningLoop()));
      assertThat(locals).containsExactlyInAnyOrderElementsOf(group.loops());
    }
    awaitEnd("web-");
  }

  @Test
  void a_group_has_a_loop_for_each_processor_unless_it_is_told_otherwise() {
    try (LoopGroup group = LoopGroup.start()) {
      assertThat(group.loops()).hasSize(Runtime.getRuntime().availableProcessors());
    }
    assertThatIllegalArgumentException().isThrownBy(() -> LoopGroup.start(0));
  }

  @Test
  void loops_are_made_as_the_builder_says() {
    try (LoopGroup group = LoopGroup.builder()
        .size(2)
        .loops(() -> EventLoop.builder().debug(true))
        .initializer(loop -> loop.setSlowCallbackDuration(AN_HOUR))
        .start()) {
      assertThat(
              group.<Boolean, RuntimeException>callOnAll(() -> getRunningLoop().getDebug()))
          .containsExactly(true, true);
      assertThat(group.<Duration, RuntimeException>callOnAll(
              () -> getRunningLoop().slowCallbackDuration()))
          .containsExactly(AN_HOUR, AN_HOUR);
    }
  }

  @Test
  @SuppressWarnings("NullAway") // there is no other way not to get a thread
  void a_loop_that_gets_no_thread_has_not_opened_and_has_ended() {
    GroupLoop member = new GroupLoop(null, EventLoop::builder, _ -> {});
    member.start();

    assertThat(member.opened).isCompletedExceptionally();
    assertThat(member.ended).isCompletedWithValue(null);
    member.stop();
  }

  @Test
  void an_initializer_that_fails_stops_the_others_and_its_failure_is_thrown() {
    var failure = new IllegalArgumentException("no");
    List<EventLoop> made = new CopyOnWriteArrayList<>();
    LoopGroup.Builder builder = LoopGroup.builder().size(4).name("failing").initializer(loop -> {
      made.add(loop);
      if (Thread.currentThread().isVirtual() && made.size() == 3) {
        throw failure;
      }
      sleep(AN_HOUR);
    });

    assertThatThrownBy(builder::start).isSameAs(failure);
    awaitEnd("failing-");
    assertThat(made).allMatch(EventLoop::isClosed);
  }

  @Test
  void an_initializer_may_fail_with_a_checked_exception() {
    var failure = new IOException("no");
    LoopGroup.Builder builder = LoopGroup.builder().size(1).initializer(_ -> {
      throw failure;
    });

    assertThatThrownBy(builder::start)
        .isInstanceOf(CompletionException.class)
        .cause()
        .isSameAs(failure);
  }

  @Test
  void a_start_that_is_cancelled_stops_what_has_started() throws Exception {
    List<EventLoop> made = new CopyOnWriteArrayList<>();
    Asyncio.run(() -> {
      var begun = new java.util.concurrent.CompletableFuture<String>();
      Task<LoopGroup> starting = createTask(() -> LoopGroup.builder()
          .size(2)
          .initializer(loop -> {
            made.add(loop);
            if (made.size() == 2) {
              begun.complete("begun");
            }
            sleep(AN_HOUR);
          })
          .start());
      assertThat(Asyncio.await(begun)).isEqualTo("begun");
      starting.cancel();
      assertThatThrownBy(starting::await).isInstanceOf(CancelledError.class);
    });
    assertThat(made).hasSize(2).allMatch(EventLoop::isClosed);
  }

  // ---- Choosing

  @Test
  void loops_take_turns() {
    try (LoopGroup group = LoopGroup.start(3)) {
      List<EventLoop> chosen = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        chosen.add(group.call(() -> getRunningLoop()));
      }
      List<EventLoop> loops = group.loops();
      assertThat(chosen)
          .containsExactly(
              loops.get(0),
              loops.get(1),
              loops.get(2),
              loops.get(0),
              loops.get(1),
              loops.get(2),
              loops.get(0));
    }
  }

  @Test
  void two_groups_know_nothing_of_each_other() {
    try (LoopGroup one = LoopGroup.start(2);
        LoopGroup other = LoopGroup.start(2)) {
      assertThat(one.loops()).doesNotContainAnyElementsOf(other.loops());
      one.shutdown(AN_HOUR);
      assertThat(one.toString()).isEqualTo("LoopGroup[2 loops, closed]");
      assertThat(other.toString()).isEqualTo("LoopGroup[2 loops, 2 open]");
      assertThat(other.<String, RuntimeException>call(() -> "goes on")).isEqualTo("goes on");
    }
  }

  // ---- Calling on all

  @Test
  void a_call_on_all_gives_the_values_in_the_order_of_the_loops() {
    try (LoopGroup group = LoopGroup.start(3)) {
      assertThat(group.<EventLoop, RuntimeException>callOnAll(() -> getRunningLoop()))
          .containsExactlyElementsOf(group.loops());
    }
  }

  @Test
  void a_call_on_all_that_fails_on_one_loop_is_cancelled_on_the_others() {
    var failure = new IOException("no");
    try (LoopGroup group = LoopGroup.start(3)) {
      EventLoop failing = group.loops().get(1);
      assertThatThrownBy(() -> group.callOnAll(() -> {
            if (getRunningLoop() == failing) {
              while (steps.size() < 2) {
                sleep(Duration.ofMillis(1));
              }
              throw failure;
            }
            steps.add("begun");
            try {
              sleep(AN_HOUR);
            } catch (CancelledError e) {
              steps.add("cancelled");
              throw e;
            }
          }))
          .isSameAs(failure);
      assertThat(steps).containsExactly("begun", "begun", "cancelled", "cancelled");
    }
  }

  @Test
  void a_future_for_any_thread_has_the_value_and_the_same_failure() {
    var failure = new IllegalArgumentException("no");
    try (LoopGroup group = LoopGroup.start(2)) {
      assertThat(group.startTaskSoon(() -> sleep(Duration.ofMillis(1), "value")).join())
          .isEqualTo("value");
      assertThatThrownBy(group.startTaskSoon(() -> {
            throw failure;
          })::join)
          .cause()
          .isSameAs(failure);
    }
  }

  // ---- Stopping

  @Test
  void closing_cancels_what_runs_and_waits_until_it_has_cleaned_up() throws Exception {
    LoopGroup group = LoopGroup.start(2);
    CountDownLatch begun = new CountDownLatch(2);
    for (int i = 0; i < 2; i++) {
      var _ = group.startTaskSoon(() -> {
        begun.countDown();
        try {
          sleep(AN_HOUR);
        } finally {
          sleep(Duration.ofMillis(20));
          steps.add("cleaned up");
        }
      });
    }
    begun.await();
    group.close();

    assertThat(steps).containsExactly("cleaned up", "cleaned up");
    assertThat(group.loops()).allMatch(EventLoop::isClosed);
    group.close();
    assertThat(group.isShutdown()).isTrue();
    assertThatIllegalStateException().isThrownBy(group::next);
    assertThatIllegalStateException().isThrownBy(() -> group.call(() -> steps.add("never")));
  }

  @Test
  void what_a_task_throws_instead_of_ending_goes_to_the_exception_handler() {
    List<ExceptionContext> told = new CopyOnWriteArrayList<>();
    try (LoopGroup group = LoopGroup.builder()
        .size(1)
        .initializer(loop -> loop.setExceptionHandler((_, error) -> told.add(error)))
        .start()) {
      group.call(() -> {
        createTask(() -> {
          try {
            sleep(AN_HOUR);
          } catch (CancelledError e) {
            throw new IllegalArgumentException("instead", e);
          }
        });
        sleep(Duration.ZERO);
      });
    }
    assertThat(told)
        .singleElement()
        .satisfies(each -> assertThat(each.exception()).hasMessage("instead"));
  }

  @Test
  void a_group_is_not_closed_from_one_of_its_own_loops_but_may_be_stopped_there() {
    LoopGroup group = LoopGroup.start(2);
    assertThatIllegalStateException()
        .isThrownBy(() -> group.call(() -> group.close()))
        .withMessageContaining("a loop of it, which would wait for itself");

    var stopping = group.startTaskSoon(() -> {
      group.stop();
      try {
        sleep(AN_HOUR);
      } finally {
        steps.add("cancelled too");
      }
    });
    while (!group.isShutdown()) {
      Thread.onSpinWait();
    }
    group.close();
    assertThat(stopping).isCancelled();
    assertThat(steps).containsExactly("cancelled too");
  }

  @Test
  void a_shutdown_that_takes_too_long_says_which_loops_are_left() {
    LoopGroup group = LoopGroup.builder().size(2).name("slow").start();
    CountDownLatch release = new CountDownLatch(1);
    EventLoop slow = group.loops().get(1);
    Loops.call(
        slow,
        () -> createTask(() -> {
          try {
            sleep(AN_HOUR);
          } finally {
            while (release.getCount() > 0) {
              sleep(Duration.ofMillis(1));
            }
          }
        }));
    Loops.call(slow, () -> sleep(Duration.ZERO));

    assertThatThrownBy(() -> group.shutdown(Duration.ofMillis(50)))
        .isInstanceOf(TimeoutException.class)
        .hasMessageContaining("these have not: [slow-1]");
    release.countDown();
    group.close();
    assertThat(group.loops()).allMatch(EventLoop::isClosed);
  }

  @Test
  void a_loop_that_dies_of_an_error_is_told_of_and_the_others_go_on() {
    var fatal = new InternalError("the machine is broken");
    LoopGroup group = LoopGroup.start(2);
    EventLoop dying = group.loops().get(0);
    dying.callSoonThreadsafe(() -> dying.createTask(() -> {
      throw fatal;
    }));
    while (!dying.isClosed()) {
      Thread.onSpinWait();
    }
    for (int i = 0; i < 3; i++) {
      assertThat(group.<EventLoop, RuntimeException>call(() -> getRunningLoop()))
          .isSameAs(group.loops().get(1));
    }
    assertThatIllegalStateException()
        .isThrownBy(group::close)
        .withMessage("Loop tepal-loop-0 had ended before it was stopped")
        .havingCause()
        .isSameAs(fatal);
    group.close();
  }

  // ---- In a loop

  @Test
  void a_main_task_that_is_cancelled_stops_the_group_it_owns() throws Exception {
    List<EventLoop> loops = new CopyOnWriteArrayList<>();
    Asyncio.run(() -> {
      Task<?> owner = createTask(() -> {
        try (LoopGroup group = LoopGroup.start(2)) {
          loops.addAll(group.loops());
          group.callOnAll(() -> {
            steps.add("serving");
            try {
              sleep(AN_HOUR);
            } finally {
              steps.add("cleaned up");
            }
          });
        }
      });
      while (steps.size() < 2) {
        sleep(Duration.ofMillis(1));
      }
      owner.cancel();
      assertThatThrownBy(owner::await).isInstanceOf(CancelledError.class);
      assertThat(steps).containsExactly("serving", "serving", "cleaned up", "cleaned up");
      assertThat(loops).hasSize(2).allMatch(EventLoop::isClosed);
    });
  }

  @Test
  void the_owners_loop_goes_on_while_a_task_closes_the_group() throws Exception {
    Asyncio.run(() -> {
      LoopGroup group = LoopGroup.start(1);
      CountDownLatch release = new CountDownLatch(1);
      group.call(() -> {
        createTask(() -> {
          try {
            sleep(AN_HOUR);
          } finally {
            while (release.getCount() > 0) {
              sleep(Duration.ofMillis(1));
            }
          }
        });
        sleep(Duration.ZERO);
      });
      Task<?> closing = createTask(group::close);
      sleep(Duration.ofMillis(5));
      assertThat(closing.done()).isFalse();
      closing.cancel();
      sleep(Duration.ofMillis(5));
      assertThat(closing.done()).as("waits on").isFalse();
      release.countDown();
      assertThatThrownBy(closing::await).isInstanceOf(CancelledError.class);
      assertThat(group.loops()).allMatch(EventLoop::isClosed);
    });
  }

  @Test
  void what_would_wait_is_refused_in_a_callback() throws Exception {
    try (LoopGroup group = LoopGroup.start(1)) {
      Asyncio.run(() -> {
        getRunningLoop().callSoon(() -> {
          assertThatIllegalStateException().isThrownBy(group::close);
          assertThatIllegalStateException().isThrownBy(() -> group.call(() -> "never"));
          assertThatIllegalStateException().isThrownBy(() -> LoopGroup.start(1));
          steps.add("refused");
        });
        sleep(Duration.ofMillis(1));
      });
      assertThat(steps).containsExactly("refused");
    }
  }

  /// Waits until the threads have ended, which have nothing left to do.
  private static void awaitEnd(String prefix) {
    while (!threads(prefix).isEmpty()) {
      Thread.onSpinWait();
    }
  }

  private static List<String> threads(String prefix) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .map(Thread::getName)
        .map(Objects::requireNonNull)
        .filter(name -> name.startsWith(prefix))
        .toList();
  }
}

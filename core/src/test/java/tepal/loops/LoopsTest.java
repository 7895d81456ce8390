// SPDX-License-Identifier: Apache-2.0
package tepal.loops;

import static org.assertj.core.api.Assertions.assertThat;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tepal.Asyncio;
import tepal.CancelledError;
import tepal.ContextVar;
import tepal.EventLoop;
import tepal.Task;

/// Calls from one loop into another.
class LoopsTest {
  private static final Duration AN_HOUR = Duration.ofHours(1);

  private final List<String> steps = new CopyOnWriteArrayList<>();

  @Test
  void a_call_suspends_the_task_and_its_loop_goes_on() throws Exception {
    try (LoopGroup group = LoopGroup.start(1)) {
      EventLoop other = group.loops().getFirst();
      Asyncio.run(() -> {
        CompletableFuture<String> answer = new CompletableFuture<>();
        Task<String> calling = createTask(() -> Loops.call(other, () -> Asyncio.await(answer)));
        sleep(Duration.ofMillis(5));
        assertThat(calling.done()).isFalse();
        answer.complete("answer");
        assertThat(calling.await()).isEqualTo("answer");
      });
    }
  }

  @Test
  void a_failure_crosses_as_the_same_instance_checked_or_not() throws Exception {
    try (LoopGroup group = LoopGroup.start(1)) {
      EventLoop other = group.loops().getFirst();
      Throwable[] failures = {
        new IOException("a"),
        new IllegalStateException("b"),
        new AssertionError("c"),
        new java.util.concurrent.CompletionException(new IOException("d")),
        new java.util.concurrent.CancellationException("e")
      };
      Asyncio.run(() -> {
        for (Throwable failure : failures) {
          assertThatThrownBy(() -> Loops.call(other, () -> {
                throw failure;
              }))
              .isSameAs(failure);
        }
      });
      for (Throwable failure : failures) {
        assertThatThrownBy(() -> Loops.call(other, () -> {
              throw failure;
            }))
            .isSameAs(failure);
      }
    }
  }

  @Test
  void a_call_to_the_own_loop_runs_a_task_of_it() {
    try (LoopGroup group = LoopGroup.start(1)) {
      EventLoop loop = group.loops().getFirst();
      String value = Loops.call(loop, () -> {
        Task<?> caller = Asyncio.currentTask();
        return Loops.call(
            loop, () -> getRunningLoop() == loop && Asyncio.currentTask() != caller ? "own" : "");
      });
      assertThat(value).isEqualTo("own");
    }
  }

  @Test
  void calls_in_a_circle_suspend_and_do_not_deadlock() {
    try (LoopGroup group = LoopGroup.start(2)) {
      assertThat(circle(group, 0, 40)).isEqualTo(40);
      List<CompletableFuture<Integer>> many = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        int start = i;
        many.add(group.startTaskSoon(() -> circle(group, start, 20)));
      }
      assertThat(many).allSatisfy(each -> assertThat(each.join()).isEqualTo(20));
    }
  }

  private static int circle(LoopGroup group, int turn, int depth) {
    return depth == 0
        ? 0
        : 1 + Loops.call(group.loops().get(turn % 2), () -> circle(group, turn + 1, depth - 1));
  }

  @Test
  void a_body_sees_a_copy_of_the_callers_context() throws Exception {
    ContextVar<String> user = new ContextVar<>("user");
    try (LoopGroup group = LoopGroup.start(1)) {
      Asyncio.run(() -> {
        user.set("ann");
        String seen = group.call(() -> {
          String value = user.get();
          user.set("bob");
          return value;
        });
        assertThat(seen).isEqualTo("ann");
        assertThat(user.get()).isEqualTo("ann");
      });
    }
  }

  // ---- Cancellation

  @Test
  void cancelling_the_caller_cancels_the_body_and_waits_for_its_clean_up() throws Exception {
    try (LoopGroup group = LoopGroup.start(1)) {
      Asyncio.run(() -> {
        CompletableFuture<String> begun = new CompletableFuture<>();
        Task<?> caller = createTask(() -> group.call(() -> {
          begun.complete("");
          try {
            sleep(AN_HOUR);
          } finally {
            sleep(Duration.ofMillis(10));
            steps.add("body ended");
          }
        }));
        Object _ = Asyncio.await(begun);
        caller.cancel();
        assertThatThrownBy(caller::await).isInstanceOf(CancelledError.class);
        steps.add("caller ended");
      });
      assertThat(steps).containsExactly("body ended", "caller ended");
    }
  }

  @Test
  void a_call_that_is_cancelled_before_its_body_begins_never_begins() throws Exception {
    try (LoopGroup group = LoopGroup.start(1)) {
      EventLoop other = group.loops().getFirst();
      Asyncio.run(() -> {
        CompletableFuture<String> holding = new CompletableFuture<>();
        CompletableFuture<String> release = new CompletableFuture<>();
        other.callSoonThreadsafe(() -> {
          holding.complete("");
          while (!release.isDone()) {
            Thread.onSpinWait();
          }
        });
        Object _ = Asyncio.await(holding);
        Task<?> caller = createTask(() -> Loops.call(other, () -> steps.add("begun")));
        sleep(Duration.ofMillis(1));
        caller.cancel();
        sleep(Duration.ofMillis(1));
        release.complete("");
        assertThatThrownBy(caller::await).isInstanceOf(CancelledError.class);
      });
      assertThat(steps).isEmpty();
    }
  }

  @Test
  void a_cancellation_that_comes_when_the_body_has_ended_is_not_lost() throws Exception {
    try (LoopGroup group = LoopGroup.start(1)) {
      Asyncio.run(() -> {
        CompletableFuture<String> waiting = new CompletableFuture<>();
        CompletableFuture<String> ended = new CompletableFuture<>();
        Task<String> caller = createTask(() -> group.call(() -> {
          Object _ = Asyncio.await(waiting);
          Objects.requireNonNull(Asyncio.currentTask()).addDoneCallback(_ -> ended.complete(""));
          return "value";
        }));
        sleep(Duration.ZERO);
        waiting.complete("");
        // in this turn the loop cannot learn that the call has ended
        while (!ended.isDone()) {
          Thread.onSpinWait();
        }
        caller.cancel();
        assertThatThrownBy(caller::await).isInstanceOf(CancelledError.class);
      });
    }
  }

  @Test
  void a_body_that_ends_with_a_value_although_it_was_cancelled_gets_its_way() throws Exception {
    try (LoopGroup group = LoopGroup.start(1)) {
      Asyncio.run(() -> {
        CompletableFuture<String> begun = new CompletableFuture<>();
        Task<String> caller = createTask(() -> group.call(() -> {
          begun.complete("");
          try {
            sleep(AN_HOUR);
          } catch (CancelledError e) {
            return "in spite of it";
          }
          return "";
        }));
        Object _ = Asyncio.await(begun);
        caller.cancel();
        assertThat(caller.await()).isEqualTo("in spite of it");
      });
    }
  }

  @Test
  void an_interrupt_of_a_thread_that_calls_cancels_the_body() throws Exception {
    try (LoopGroup group = LoopGroup.start(1)) {
      CompletableFuture<String> begun = new CompletableFuture<>();
      Thread caller = Thread.ofPlatform().start(() -> {
        try {
          group.call(() -> {
            begun.complete("");
            sleep(AN_HOUR);
          });
        } catch (CancelledError e) {
          steps.add("cancelled, interrupted: " + Thread.currentThread().isInterrupted());
        }
      });
      begun.join();
      caller.interrupt();
      caller.join();
      assertThat(steps).containsExactly("cancelled, interrupted: true");
    }
  }

  @Test
  void a_body_that_is_cancelled_on_its_loop_cancels_the_call() throws Exception {
    try (LoopGroup group = LoopGroup.start(1)) {
      Asyncio.run(() -> {
        Task<?> caller = createTask(() -> group.call(() -> {
          Objects.requireNonNull(Asyncio.currentTask()).cancel();
          sleep(AN_HOUR);
        }));
        assertThatThrownBy(caller::await)
            .isInstanceOf(CancelledError.class)
            .hasMessageContaining("was cancelled");
      });
    }
  }

  // ---- The end of a loop

  @Test
  void closing_the_group_ends_the_calls_that_are_in_flight() throws Exception {
    Asyncio.run(() -> {
      for (int round = 0; round < 20; round++) {
        LoopGroup group = LoopGroup.start(2);
        AtomicInteger begun = new AtomicInteger();
        List<Task<?>> callers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
          callers.add(createTask(() -> group.call(() -> {
            begun.incrementAndGet();
            sleep(AN_HOUR);
          })));
        }
        int enough = round;
        while (begun.get() < enough) {
          sleep(Duration.ZERO);
        }
        group.close();
        for (Task<?> caller : callers) {
          assertThatThrownBy(caller::await)
              .isInstanceOfAny(CancelledError.class, IllegalStateException.class);
        }
      }
    });
  }

  @Test
  void a_call_on_a_closed_loop_is_refused() throws Exception {
    EventLoop closed = Asyncio.newEventLoop();
    closed.close();
    assertThatIllegalStateException().isThrownBy(() -> Loops.call(closed, () -> "never"));
  }

  @Test
  void a_call_to_a_loop_that_is_closed_before_it_runs_fails() throws Exception {
    EventLoop idle = Asyncio.newEventLoop();
    Asyncio.run(() -> {
      Task<?> caller = createTask(() -> Loops.call(idle, () -> steps.add("never")));
      sleep(Duration.ofMillis(1));
      idle.close();
      assertThatThrownBy(caller::await)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("it was closed before that");
    });
    assertThat(steps).isEmpty();
  }

  @Test
  void a_caller_whose_own_loop_is_closed_does_not_wait_for_the_other() throws Exception {
    try (LoopGroup group = LoopGroup.start(1)) {
      CompletableFuture<String> begun = new CompletableFuture<>();
      CompletableFuture<String> ended = new CompletableFuture<>();
      EventLoop loop = Asyncio.newEventLoop();
      loop.setExceptionHandler((_, _) -> steps.add("pending task reported"));
      loop.createTask(() -> group.call(() -> {
        begun.complete("");
        try {
          sleep(AN_HOUR);
        } finally {
          ended.complete("");
        }
      }));
      loop.runUntilComplete(() -> {
        Object _ = Asyncio.await(begun);
      });
      loop.close();
      assertThat(ended.join()).isEmpty();
      assertThat(steps).containsExactly("pending task reported");
    }
  }
}

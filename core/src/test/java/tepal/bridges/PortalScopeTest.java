// SPDX-License-Identifier: Apache-2.0
package tepal.bridges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.await;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.run;
import static tepal.Asyncio.sleep;
import static tepal.Asyncio.timeout;
import static tepal.Asyncio.toThread;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tepal.Asyncio;
import tepal.CancelledError;
import tepal.ContextVar;
import tepal.TimeoutException;

/// A portal to the loop of the task that opened it.
class PortalScopeTest {
  private static final Duration AN_HOUR = Duration.ofHours(1);

  private final List<String> steps = new CopyOnWriteArrayList<>();

  @Test
  void threads_that_a_task_waits_for_call_back_into_its_loop() {
    run(() -> {
      int sum = BlockingPortal.call(portal -> toThread(() -> IntStream.range(0, 10)
          .map(i -> portal.call(() -> sleep(Duration.ofMillis(1), i)))
          .sum()));

      assertThat(sum).isEqualTo(45);
    });
  }

  @Test
  void the_workers_of_a_parallel_stream_can_call_too() {
    run(() -> {
      int sum = BlockingPortal.call(portal -> toThread(() -> IntStream.range(0, 100)
          .parallel()
          .map(i -> portal.call(() -> sleep(Duration.ZERO, i)))
          .sum()));

      assertThat(sum).isEqualTo(4_950);
    });
  }

  @Test
  void the_scope_waits_for_what_threads_started() {
    run(() -> {
      BlockingPortal.run(portal -> toThread(() -> {
        var _ = portal.startTaskSoon(() -> {
          sleep(Duration.ofMillis(5));
          steps.add("task ended");
        });
      }));
      steps.add("scope ended");
    });
    assertThat(steps).containsExactly("task ended", "scope ended");
  }

  @Test
  void a_body_that_fails_cancels_what_threads_started() {
    run(() -> {
      assertThatThrownBy(() -> BlockingPortal.run(portal -> {
            toThread(() -> {
              var _ = portal.startTaskSoon(this::sleepAnHour);
              portal.call(() -> sleep(Duration.ZERO));
            });
            throw new IOException("of the body");
          }))
          .hasMessage("of the body");
      steps.add("scope ended");
    });
    assertThat(steps).containsExactly("cancelled", "scope ended");
  }

  @Test
  void a_task_that_fails_leaves_the_body_and_the_others_alone() {
    run(() -> BlockingPortal.run(portal -> {
      var failed = portal.startTaskSoon(() -> {
        throw new IOException("no route");
      });
      var other = portal.startTaskSoon(() -> sleep(Duration.ofMillis(1), "value"));

      assertThatThrownBy(() -> await(failed)).hasCauseInstanceOf(IOException.class);
      assertThat(await(other)).isEqualTo("value");
    }));
  }

  @Test
  void a_cancellation_in_the_body_cancels_what_threads_started() {
    run(() -> {
      assertThatExceptionOfType(TimeoutException.class)
          .isThrownBy(() -> timeout(
              Duration.ofMillis(5),
              () -> BlockingPortal.run(portal -> {
                var _ = portal.startTaskSoon(this::sleepAnHour);
                sleep(AN_HOUR);
              })));
    });
    assertThat(steps).containsExactly("cancelled");
  }

  @Test
  void a_cancellation_while_the_scope_waits_cancels_what_threads_started() {
    run(() -> {
      var scope = createTask(() -> {
        BlockingPortal.run(portal -> {
          var _ = portal.startTaskSoon(this::sleepAnHour);
        });
      });
      sleep(Duration.ofMillis(5));
      scope.cancel();

      assertThatExceptionOfType(CancelledError.class).isThrownBy(scope::await);
    });
    assertThat(steps).containsExactly("cancelled");
  }

  @Test
  void a_cancellation_as_the_body_ends_is_not_lost() {
    run(() -> {
      var scope = createTask(() -> BlockingPortal.run(portal -> {
        var _ = portal.startTaskSoon(this::sleepAnHour);
        sleep(Duration.ZERO);
        java.util.Objects.requireNonNull(Asyncio.currentTask()).cancel();
      }));

      assertThatExceptionOfType(CancelledError.class).isThrownBy(scope::await);
    });
    assertThat(steps).containsExactly("cancelled");
  }

  @Test
  void a_portal_that_outlives_its_scope_refuses_calls() {
    run(() -> {
      BlockingPortal kept = BlockingPortal.call(portal -> portal);

      assertThatIllegalStateException().isThrownBy(() -> kept.startTaskSoon(() -> "value"));
      toThread(() -> {
        assertThatIllegalStateException().isThrownBy(() -> kept.call(() -> "value"));
        kept.close();
      });
      assertThat(kept.toString()).startsWith("BlockingPortal[stopped, EventLoop[running");
    });
  }

  @Test
  void a_thread_may_close_the_portal_and_waits_for_its_tasks() {
    run(() -> BlockingPortal.run(portal -> toThread(() -> {
      var value = portal.startTaskSoon(() -> sleep(Duration.ofMillis(5), "value"));
      portal.close();
      assertThat(value).isCompletedWithValue("value");
    })));
  }

  @Test
  void a_body_sees_the_context_of_the_thread_that_calls() {
    ContextVar<String> user = new ContextVar<>("user");
    run(() -> {
      try (var _ = user.set("ann")) {
        BlockingPortal.run(portal -> toThread(() -> {
          String seen = portal.call(() -> user.get());
          steps.add(seen);
        }));
      }
    });
    assertThat(steps).containsExactly("ann");
  }

  @Test
  void a_body_that_needs_its_own_loop_calls_the_body_itself() {
    run(() -> BlockingPortal.run(portal -> {
      CompletableFuture<String> value = portal.startTaskSoon(() -> "value");

      assertThat(await(value)).isEqualTo("value");
      assertThatIllegalStateException().isThrownBy(() -> portal.call(() -> "value"));
    }));
  }

  private void sleepAnHour() {
    try {
      sleep(AN_HOUR);
    } catch (CancelledError e) {
      steps.add("cancelled");
      throw e;
    }
  }
}

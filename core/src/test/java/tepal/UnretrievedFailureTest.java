// SPDX-License-Identifier: Apache-2.0
package tepal;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static tepal.Asyncio.getRunningLoop;

import java.io.Serial;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tepal.testing.VirtualClock;

class UnretrievedFailureTest {
  private final List<ExceptionContext> reported = new ArrayList<>();

  @Test
  void a_task_that_failed_unnoticed_is_reported_when_the_loop_closes() {
    var failure = new ArithmeticException("division");
    run(() -> {
      Asyncio.createTask(
          () -> {
            throw failure;
          },
          TaskOptions.named("divide"));
      Asyncio.sleep(ZERO);
    });

    assertThat(reported).hasSize(1);
    assertThat(reported.getFirst().exception()).isSameAs(failure);
    assertThat(reported.getFirst().message())
        .isEqualTo("Task exception was never retrieved: Task[divide]");
  }

  @Test
  void a_future_that_failed_unnoticed_is_reported_when_the_loop_closes() {
    run(() -> newFuture().setException(new ArithmeticException("division")));

    assertThat(messages()).containsExactly("division");
    assertThat(reported.getFirst().message()).isEqualTo("Future exception was never retrieved");
  }

  @Test
  void failures_are_reported_in_the_order_in_which_they_happened() {
    run(() -> {
      newFuture().setException(new ArithmeticException("first"));
      newFuture().setException(new ArithmeticException("second"));
    });

    assertThat(messages()).containsExactly("first", "second");
  }

  @Test
  void a_failure_is_reported_once_its_task_is_garbage() {
    CountDownLatch told = new CountDownLatch(1);
    EventLoop loop = EventLoop.builder().clock(new VirtualClock()).build();
    try (loop) {
      loop.setExceptionHandler((_, error) -> {
        reported.add(error);
        told.countDown();
      });
      loop.runUntilComplete(() -> {
        failUnnoticed();
        Asyncio.sleep(ofSeconds(1));
        Asyncio.toThread(() -> {
          do {
            System.gc();
          } while (!told.await(100, TimeUnit.MILLISECONDS));
        });
      });
      assertThat(messages()).containsExactly("garbage");
    }
    assertThat(reported).hasSize(1);
  }

  private static void failUnnoticed() {
    Asyncio.createTask(() -> {
      throw new ArithmeticException("garbage");
    });
  }

  @Test
  void a_failure_that_was_awaited_is_not_reported() {
    run(() -> {
      Task<?> task = Asyncio.createTask(() -> {
        throw new ArithmeticException("division");
      });
      try {
        task.await();
      } catch (ArithmeticException e) {
        assertThat(e).hasMessage("division");
      }
    });

    assertThat(reported).isEmpty();
  }

  @Test
  void a_failure_that_was_asked_for_is_not_reported() {
    run(() -> {
      Future<Object> future = newFuture();
      future.setException(new ArithmeticException("division"));
      assertThat(future.exception()).hasMessage("division");
    });

    assertThat(reported).isEmpty();
  }

  @Test
  void a_failed_future_that_somebody_cancels_is_not_reported() {
    run(() -> {
      Future<Object> future = newFuture();
      future.setException(new ArithmeticException("division"));
      assertThat(future.cancel()).isFalse();
    });

    assertThat(reported).isEmpty();
  }

  @Test
  void a_failure_that_a_done_callback_asked_for_is_not_reported() {
    run(() -> {
      Future<Object> future = newFuture();
      future.addDoneCallback(done -> assertThat(done.exception()).hasMessage("division"));
      future.setException(new ArithmeticException("division"));
      Asyncio.sleep(ZERO);
    });

    assertThat(reported).isEmpty();
  }

  @Test
  void a_failure_of_a_group_is_not_reported_again() {
    run(() -> {
      try {
        TaskGroup.run(group -> group.createTask(() -> {
          throw new ArithmeticException("division");
        }));
      } catch (ExceptionGroup e) {
        assertThat(e.exceptions()).hasSize(1);
      }
    });

    assertThat(reported).isEmpty();
  }

  @Test
  void a_failure_that_found_its_waiter_cancelled_is_not_reported() {
    run(() -> {
      Future<Object> future = newFuture();
      Task<Object> waiting = Asyncio.createTask(() -> future.await());
      Asyncio.sleep(ZERO);
      future.setException(new ArithmeticException("division"));
      waiting.cancel();
      Asyncio.sleep(ZERO);
      assertThat(waiting.cancelled()).isTrue();
    });

    assertThat(reported).isEmpty();
  }

  @Test
  void a_cancelled_task_is_no_failure() {
    run(() -> Asyncio.createTask(() -> Asyncio.sleep(ofSeconds(1))).cancel());

    assertThat(reported).isEmpty();
  }

  @Test
  void an_exception_that_cannot_tell_its_message_is_reported_like_others() {
    run(() -> {
      Asyncio.createTask(() -> {
        throw new Speechless();
      });
      getRunningLoop().runInExecutor(null, () -> {
        throw new Speechless();
      });
      getRunningLoop().callSoon(() -> {
        throw new Speechless();
      });
    });

    assertThat(reported)
        .hasSize(3)
        .allSatisfy(each -> assertThat(each.exception()).isExactlyInstanceOf(Speechless.class));
  }

  @Test
  void failures_can_be_reported_at_once_and_then_are_not_reported_again() {
    run(() -> {
      Future<Object> future = newFuture();
      future.setException(new ArithmeticException("first"));
      Future<Object> retrieved = newFuture();
      retrieved.setException(new ArithmeticException("asked for"));
      assertThat(retrieved.exception()).isNotNull();

      getRunningLoop().reportUnretrievedFailures();
      assertThat(messages()).containsExactly("first");
      newFuture().setException(new ArithmeticException("second"));
      getRunningLoop().reportUnretrievedFailures();
      assertThat(future.exception()).hasMessage("first");
    });

    assertThat(messages()).containsExactly("first", "second");
  }

  @Test
  void failures_are_reported_at_once_on_the_loop_only() {
    run(() -> {
      EventLoop loop = getRunningLoop();
      assertThatIllegalStateException()
          .isThrownBy(() -> Asyncio.toThread(() -> loop.reportUnretrievedFailures()))
          .withMessageContaining("reportUnretrievedFailures()");
    });
  }

  private static final class Speechless extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new IllegalStateException("no message");
    }
  }

  @Test
  void in_debug_mode_the_report_says_where_the_task_was_created() {
    run(() -> {
      getRunningLoop().setDebug(true);
      failUnnoticed();
      Asyncio.sleep(ZERO);
    });

    assertThat(reported.getFirst().origin().getFirst().getMethodName()).isEqualTo("failUnnoticed");
  }

  private <X extends Throwable> void run(Action<X> program) throws X {
    try (Runner runner = new Runner(EventLoop.builder().clock(new VirtualClock()))) {
      runner.getLoop().setExceptionHandler((_, error) -> reported.add(error));
      runner.run(program);
    }
  }

  private static Future<Object> newFuture() {
    return getRunningLoop().createFuture();
  }

  private List<String> messages() {
    return reported.stream()
        .map(each -> "" + each.exception())
        .map(text -> text.replaceFirst(".*: ", ""))
        .toList();
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.run;
import static tepal.Asyncio.sleep;
import static tepal.Asyncio.timeout;
import static tepal.InTask.me;
import static tepal.InTask.outcome;
import static tepal.InTask.pass;
import static tepal.InTask.started;
import static tepal.JdkCode.AN_HOUR;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tepal.testing.Trail;

/// How a cancellation reaches a task that JDK code has suspended: as one interrupt.
@OnlyOpened
class BlockingCancellationTest {
  private static final Duration SOON = Duration.ofMillis(20);

  private final Trail trail = new Trail();

  // ---- It arrives

  @Test
  void it_ends_a_sleep() {
    assertCancelled(() -> JdkCode.sleep(AN_HOUR));
  }

  @Test
  void it_ends_a_wait_at_a_queue() {
    assertCancelled(() -> new LinkedBlockingQueue<>().take());
  }

  @Test
  void it_ends_a_wait_for_a_completable_future() {
    assertCancelled(() -> new CompletableFuture<>().get());
  }

  @Test
  void it_ends_a_wait_at_a_latch() {
    assertCancelled(() -> new CountDownLatch(1).await());
  }

  @Test
  void it_ends_a_wait_on_a_monitor() {
    var monitor = new Object();
    assertCancelled(() -> {
      synchronized (monitor) {
        while (monitor != null) {
          monitor.wait();
        }
      }
    });
  }

  @Test
  void it_ends_a_read_and_closes_the_socket() throws Exception {
    try (var sockets = new JdkCode.Sockets()) {
      assertCancelled(sockets::read);
      assertThat(sockets.near.isClosed()).isTrue();
    }
  }

  @Test
  void it_ends_a_read_and_closes_the_channel() throws Exception {
    try (var channels = new JdkCode.Channels()) {
      assertCancelled(channels::read);
      assertThat(channels.near.isOpen()).isFalse();
    }
  }

  @Test
  void it_arrives_when_it_was_requested_before_the_task_started() {
    run(() -> {
      var task = createTask(() -> {
        me().cancel("early");
        JdkCode.sleep(AN_HOUR);
      });
      assertThatThrownBy(task::await).isInstanceOf(CancelledError.class).hasMessage("early");
      assertThat(task.cancelled()).isTrue();
    });
  }

  @Test
  void it_has_the_interrupted_exception_as_its_cause() {
    run(() -> {
      var task = started(() -> JdkCode.sleep(AN_HOUR));
      task.cancel("enough");
      assertThatThrownBy(task::await).hasCauseInstanceOf(InterruptedException.class);
    });
  }

  @Test
  void requests_at_the_same_time_interrupt_once() {
    run(() -> {
      var task = started(() -> {
        trail.add(outcome(() -> JdkCode.sleep(AN_HOUR)));
        trail.add(outcome(() -> JdkCode.sleep(SOON)));
      });
      task.cancel();
      task.cancel();
      task.cancel();
      task.await();
    });
    trail.assertIs("InterruptedException", "done");
  }

  @Test
  void a_request_after_a_swallowed_one_interrupts_again() {
    run(() -> {
      var task = started(() -> {
        trail.add(outcome(() -> JdkCode.sleep(AN_HOUR)));
        trail.add(outcome(() -> JdkCode.sleep(AN_HOUR)));
      });
      task.cancel("first");
      pass(5);
      trail.assertIs("InterruptedException");
      task.cancel("second");
      task.await();
    });
    trail.assertIs("InterruptedException");
  }

  @Test
  void a_second_request_that_comes_before_the_task_blocks_again_is_not_lost() {
    run(() -> {
      var wake = new CompletableFuture<String>();
      var task = started(() -> {
        trail.add(outcome(() -> JdkCode.sleep(AN_HOUR)));
        me().cancel("second");
        trail.add(outcome(wake::get));
      });
      task.cancel("first");
      task.await();
    });
    trail.assertIs("InterruptedException", "InterruptedException");
  }

  // ---- What counts as the cancellation

  @ParameterizedTest
  @ValueSource(
      classes = {
        InterruptedException.class,
        ClosedByInterruptException.class,
        InterruptedIOException.class
      })
  void what_an_interrupt_makes_counts_also_as_a_cause(Class<? extends Exception> kind)
      throws Exception {
    Exception cause = kind.getConstructor().newInstance();
    assertCancelled(() -> {
      blockUntilInterrupted();
      throw new IllegalStateException("wrapped twice", new IOException("wrapped", cause));
    });
  }

  @Test
  void a_socket_closed_by_interrupt_counts() {
    assertCancelled(() -> {
      blockUntilInterrupted();
      throw new SocketException("Closed by interrupt");
    });
  }

  @Test
  void a_socket_closed_otherwise_does_not_count() {
    assertFails(SocketException.class, () -> {
      blockUntilInterrupted();
      throw new SocketException("Connection reset");
    });
  }

  @Test
  void a_failure_of_another_kind_does_not_count() {
    assertFails(IllegalArgumentException.class, () -> {
      blockUntilInterrupted();
      throw new IllegalArgumentException("something else");
    });
  }

  @Test
  void an_interrupted_exception_without_a_cancellation_does_not_count() {
    run(() -> {
      var task = createTask(() -> {
        throw new InterruptedException("mine");
      });
      assertThat(outcome(task::await)).isEqualTo("CompletionException");
      assertThat(task.cancelled()).isFalse();
      assertThat(task.exception()).isInstanceOf(InterruptedException.class);
    });
  }

  @Test
  void a_timeout_after_a_swallowed_interrupt_stays_a_timeout() {
    assertFails(TimeoutException.class, () -> {
      blockUntilInterrupted();
      timeout(SOON, () -> sleep(AN_HOUR));
    });
  }

  @Test
  void a_failure_after_a_timeout_that_the_body_got_over_is_a_failure() {
    run(() -> {
      var cause = new CancelledError();
      var task = createTask(() -> {
        timeout(SOON, () -> {
          try {
            JdkCode.sleep(AN_HOUR);
          } catch (InterruptedException e) {
            trail.add("went on");
          }
        });
        throw new IllegalStateException("of another kind", cause);
      });
      assertThatThrownBy(task::await).hasMessage("of another kind");
      assertThat(task.cancelled()).isFalse();
    });
    trail.assertIs("went on");
  }

  @Test
  void a_read_that_times_out_after_a_swallowed_interrupt_does_not_count() {
    run(() -> {
      var task = started(() -> {
        try {
          JdkCode.sleep(AN_HOUR);
        } catch (InterruptedException e) {
          throw new SocketTimeoutException("Read timed out");
        }
      });
      task.cancel();
      assertThatThrownBy(task::await).hasCauseInstanceOf(SocketTimeoutException.class);
    });
  }

  @Test
  void a_restored_flag_and_a_wrapped_exception_count() {
    assertCancelled(() -> {
      try {
        JdkCode.sleep(AN_HOUR);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    });
  }

  private void assertCancelled(Action<?> body) {
    run(() -> {
      var task = started(body);
      task.cancel("enough");
      assertThatThrownBy(task::await).isInstanceOf(CancelledError.class).hasMessage("enough");
      assertThat(task.cancelled()).isTrue();
    });
  }

  private void assertFails(Class<? extends Throwable> with, Action<?> body) {
    run(() -> {
      var task = started(body);
      task.cancel();
      assertThat(outcome(task::await)).isNotEqualTo("CancelledError");
      assertThat(task.exception()).isInstanceOf(with);
    });
  }

  private void blockUntilInterrupted() {
    assertThat(outcome(() -> JdkCode.sleep(AN_HOUR))).isEqualTo("InterruptedException");
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.currentTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.runCoroutineThreadsafe;
import static tepal.Asyncio.sleep;
import static tepal.Asyncio.wrapFuture;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

/// Futures of the JDK and of a loop that stand for each other: how the end of one reaches the
/// other.
@OnLoop
class JdkFutureTest {
  private final Trail trail = new Trail();

  @Test
  void what_depends_on_a_wrapped_future_runs_on_a_callback_thread_when_that_is_cancelled() {
    var source = new CompletableFuture<String>();
    var dependent = source.whenComplete(
        (_, _) -> trail.add(getRunningLoop().isRunning() + ", task " + currentTask()));
    Future<String> wrapped = wrapFuture(source);

    wrapped.cancel();
    pass(3);

    trail.assertIs("true, task null");
    assertThat(source).isCancelled();
    assertThat(dependent).isCompletedExceptionally();
  }

  @Test
  void a_wrapped_future_that_cannot_be_cancelled_is_reported_and_the_loop_goes_on() {
    List<String> reported = new ArrayList<>();
    getRunningLoop()
        .setExceptionHandler((_, error) -> reported.add(String.valueOf(error.exception())));
    var stage =
        (CompletableFuture<String>) new CompletableFuture<String>().minimalCompletionStage();

    wrapFuture(stage).cancel();
    pass(3);

    assertThat(reported).containsExactly("java.lang.UnsupportedOperationException");
  }

  @Test
  void a_future_of_the_jdk_that_is_cancelled_cancels_the_one_that_wraps_it() {
    var source = new CompletableFuture<String>();
    Future<String> wrapped = wrapFuture(source);
    Future<String> ofDependent = wrapFuture(source.thenApply(value -> value + "!"));

    source.cancel(false);
    pass(2);

    assertThat(wrapped.cancelled()).isTrue();
    assertThat(ofDependent.cancelled()).isTrue();
  }

  @Test
  void a_future_of_the_jdk_whose_get_fails_in_its_own_way_fails_the_one_that_wraps_it() {
    var source = new FutureTask<>(() -> "never run") {
      @Override
      public String get() {
        throw new IllegalStateException("not to be had");
      }
    };

    assertThatThrownBy(() -> wrapFuture(source).await()).hasMessage("not to be had");
  }

  @Test
  void a_task_that_another_thread_asked_for_is_cancelled_for_it_when_the_loop_closes() {
    EventLoop loop = EventLoop.builder().build();
    List<CompletableFuture<?>> futures = new ArrayList<>();
    Thread other = Thread.ofPlatform().start(() -> {
      loop.callSoon(loop::stop);
      futures.add(runCoroutineThreadsafe(() -> sleep(ofMinutes(1)), loop));
      loop.runForever();
      futures.add(runCoroutineThreadsafe(() -> "not begun", loop));
      loop.setExceptionHandler((_, _) -> {});
      loop.close();
    });
    join(other);

    assertThat(futures).hasSize(2).allSatisfy(future -> assertThat(future).isCancelled());
    assertThatExceptionOfType(CancellationException.class).isThrownBy(futures.get(0)::join);
  }

  @Test
  void futures_of_another_loop_cannot_be_waited_for() {
    try (EventLoop other = EventLoop.builder().build()) {
      Future<String> foreign = other.createFuture();

      assertThatThrownBy(() -> Asyncio.wait(List.of(foreign)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("belongs to another loop");
    }
  }

  private static void pass(int iterations) {
    for (int i = 0; i < iterations; i++) {
      sleep(ZERO);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

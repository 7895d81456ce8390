// SPDX-License-Identifier: Apache-2.0
package tepal;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.shield;
import static tepal.Asyncio.sleep;

import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

@OnLoop
class ShieldTest {
  private final Trail trail = new Trail();

  @Test
  void a_shielded_body_gives_its_value() {
    assertThat(shield(() -> sleep(ofSeconds(1), "value")).await()).isEqualTo("value");
  }

  @Test
  void a_body_without_a_value_can_be_shielded() {
    shield(() -> sleep(ofSeconds(1))).await();

    assertThat(getRunningLoop().time()).isEqualTo(ofSeconds(1));
  }

  @Test
  void the_task_that_waits_is_cancelled_and_the_shielded_one_goes_on() {
    Task<?> inner = createTask(() -> {
      sleep(ofSeconds(5));
      trail.add("inner ends");
    });
    Task<?> outer = createTask(() -> shield(inner).await());
    sleep(ZERO);

    outer.cancel();
    assertThatThrownBy(outer::await).isInstanceOf(CancelledError.class);
    assertThat(inner.cancelling()).isZero();
    trail.assertIs();
    inner.await();
    trail.assertIs("inner ends");
  }

  @Test
  void what_is_done_needs_no_shield() {
    Future<String> future = getRunningLoop().createFuture();
    future.setResult("done");

    assertThat(shield(future)).isSameAs(future);
  }

  @Test
  void a_failure_comes_through_the_shield() {
    var failure = new ArithmeticException("division");
    Future<Object> shielded = shield(() -> {
      sleep(ZERO);
      throw failure;
    });

    assertThatThrownBy(shielded::await).isSameAs(failure);
  }

  @Test
  void a_cancellation_of_what_is_shielded_comes_through_the_shield() {
    Task<?> inner = createTask(() -> sleep(ofDays(1)));
    Future<?> shielded = shield(inner);
    sleep(ZERO);

    inner.cancel();
    assertThatThrownBy(shielded::await).isInstanceOf(CancelledError.class);
    assertThat(shielded.cancelled()).isTrue();
  }

  @Test
  void a_waiting_task_resumes_two_iterations_after_the_shielded_future_is_done() {
    Future<String> future = getRunningLoop().createFuture();
    createTask(() -> trail.add(shield(future).await()));
    sleep(ZERO);

    future.setResult("value");
    sleep(ZERO);
    trail.assertIs();
    sleep(ZERO);
    trail.assertIs("value");
  }

  @Test
  void a_failure_that_nobody_waits_for_any_more_is_reported_once() {
    getRunningLoop().setExceptionHandler((_, error) -> trail.add(error.message()));
    Future<Object> future = getRunningLoop().createFuture();
    for (int i = 0; i < 3; i++) {
      shield(future).cancel();
    }
    sleep(ZERO);

    future.setException(new ArithmeticException("division"));
    sleep(ofSeconds(1));
    trail.assertIs("ArithmeticException exception in shielded future");
  }

  @Test
  void a_value_or_cancellation_that_nobody_waits_for_any_more_is_not_reported() {
    Future<Object> value = getRunningLoop().createFuture();
    shield(value).cancel();
    Future<Object> cancelled = getRunningLoop().createFuture();
    shield(cancelled).cancel();
    sleep(ZERO);

    value.setResult("x");
    cancelled.cancel();
    sleep(ofSeconds(1));
  }

  @Test
  void clean_up_can_be_shielded_from_a_second_cancellation() {
    Task<?> task = createTask(() -> {
      try {
        sleep(ofDays(1));
      } finally {
        shield(() -> {
              sleep(ofSeconds(3));
              trail.add("cleaned up");
            })
            .await();
      }
    });
    sleep(ZERO);
    task.cancel();
    sleep(ZERO);

    task.cancel();
    assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
    trail.assertIs();
    sleep(ofSeconds(5));
    trail.assertIs("cleaned up");
  }
}

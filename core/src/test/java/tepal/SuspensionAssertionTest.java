// SPDX-License-Identifier: Apache-2.0
package tepal;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.currentTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;
import static tepal.testing.Testing.assertDoesNotSuspend;
import static tepal.testing.Testing.assertSuspends;

import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tepal.queues.Queue;
import tepal.testing.Trail;

/// `assertSuspends` and `assertDoesNotSuspend`.
@OnLoop
class SuspensionAssertionTest {
  private static final String DID_NOT =
      "Expected the body to suspend the task, but it returned without letting others run";
  private static final String DID =
      "Expected the body not to suspend the task, but it did: others ran meanwhile";

  private final Trail trail = new Trail();

  @Test
  void a_wait_that_has_to_wait_suspends() throws Exception {
    Queue<String> queue = new Queue<>();
    getRunningLoop().callSoon(() -> queue.putNowait("item"));

    assertThat(assertSuspends(() -> queue.get())).isEqualTo("item");
  }

  @Test
  void a_wait_that_finds_what_it_waits_for_does_not() {
    Queue<String> queue = new Queue<>();
    queue.putNowait("item");

    assertThat(assertDoesNotSuspend(() -> queue.get())).isEqualTo("item");
  }

  @Test
  void a_bare_yield_suspends() {
    assertSuspends(() -> sleep(ZERO));
    assertThatThrownBy(() -> assertDoesNotSuspend(() -> sleep(ZERO)))
        .isInstanceOf(AssertionError.class)
        .hasMessage(DID);
  }

  @Test
  void code_without_a_wait_does_not() {
    assertDoesNotSuspend(() -> trail.add("word"));
    assertThatThrownBy(() -> assertSuspends(() -> trail.add("word")))
        .isInstanceOf(AssertionError.class)
        .hasMessage(DID_NOT);
  }

  @Test
  void the_one_fails_where_the_other_holds() {
    assertThatThrownBy(() -> assertSuspends(() -> "value")).hasMessage(DID_NOT);
    assertThatThrownBy(() -> assertDoesNotSuspend(() -> sleep(ofSeconds(1), "value")))
        .hasMessage(DID);
  }

  @Test
  void a_task_that_starts_eagerly_is_no_suspension() {
    assertDoesNotSuspend(() -> createTask(
        () -> {
          trail.add("eager");
          sleep(ZERO);
        },
        new TaskOptions(null, null, /* eagerStart= */ true)));

    trail.assertIs("eager");
  }

  @Test
  @OnlyOpened
  void jdk_code_that_blocks_is_one_in_opened_mode() throws Exception {
    assertSuspends(() -> JdkCode.sleep(Duration.ofMillis(1)));
  }

  @Test
  @OnlyPortable
  void jdk_code_that_blocks_is_none_in_portable_mode() throws Exception {
    assertDoesNotSuspend(() -> JdkCode.sleep(Duration.ofMillis(1)));
  }

  @Test
  void an_exception_of_the_body_is_thrown_on() {
    IOException failure = new IOException("disk full");

    assertThatThrownBy(() -> assertSuspends(() -> fail(failure))).isSameAs(failure);
    assertThatThrownBy(() -> assertDoesNotSuspend(() -> fail(failure))).isSameAs(failure);
  }

  private static void fail(IOException failure) throws IOException {
    throw failure;
  }

  @Test
  void a_cancellation_of_the_body_is_thrown_on() {
    Task<?> me = Objects.requireNonNull(currentTask());
    getRunningLoop().callSoon(me::cancel);

    assertThatThrownBy(() -> assertDoesNotSuspend(() -> sleep(ofSeconds(1))))
        .isInstanceOf(CancelledError.class);
    assertThat(me.uncancel()).isZero();
  }

  @Test
  void nothing_is_left_in_the_ready_queue() {
    assertDoesNotSuspend(() -> "value");
    getRunningLoop().callSoon(trail.adding("next"));
    sleep(ZERO);

    trail.assertIs("next");
  }

  @Test
  void it_takes_a_task() {
    Future<Throwable> refused = getRunningLoop().createFuture();
    getRunningLoop().callSoon(() -> {
      try {
        assertSuspends(() -> "value");
      } catch (IllegalStateException e) {
        refused.setResult(e);
      }
    });

    assertThat(refused.await())
        .hasMessageStartingWith("assertSuspends() must be called in a task, but was called on");
    Asyncio.toThread(() -> assertThatIllegalStateException()
        .isThrownBy(() -> assertDoesNotSuspend(() -> "value"))
        .withMessageStartingWith("assertDoesNotSuspend() must be called in a task"));
  }
}

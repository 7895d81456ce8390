// SPDX-License-Identifier: Apache-2.0
package tepal.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.streams.Bytes.bytes;
import static tepal.sync.NamedTasks.onLoop;
import static tepal.sync.NamedTasks.pass;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tepal.Asyncio;
import tepal.sync.NamedTasks;
import tepal.testing.Trail;

/// Both sides of flow control: when a transport tells its protocol to pause, and who waits
/// then.
class FlowControlTest {
  private final Trail trail = new Trail();
  private final NamedTasks tasks = new NamedTasks(trail);
  private final FlowControl flow = new FlowControl();

  // ---- Limits

  @Test
  void the_limits_are_64_kib_and_a_quarter_of_it() {
    assertThat(WriteBufferLimits.DEFAULT).isEqualTo(new WriteBufferLimits(16 * 1024, 64 * 1024));
  }

  @Test
  void one_limit_makes_the_other() {
    assertThat(WriteBufferLimits.ofHigh(100)).isEqualTo(new WriteBufferLimits(25, 100));
    assertThat(WriteBufferLimits.ofHigh(0)).isEqualTo(new WriteBufferLimits(0, 0));
    assertThat(WriteBufferLimits.ofLow(100)).isEqualTo(new WriteBufferLimits(100, 400));
    assertThat(WriteBufferLimits.ofLow(Integer.MAX_VALUE).high()).isEqualTo(Integer.MAX_VALUE);
  }

  @ParameterizedTest
  @CsvSource({"2, 1", "-1, 1", "-2, -1"})
  void limits_are_not_negative_and_the_upper_is_not_below_the_lower(int low, int high) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new WriteBufferLimits(low, high))
        .withMessage("Expected high >= low >= 0, found high " + high + ", low " + low);
  }

  // ---- The transport's side

  @Test
  void a_protocol_pauses_above_the_upper_limit_and_resumes_at_the_lower_one() {
    WaterMarks marks = new WaterMarks();
    Protocol protocol = noting();
    marks.setLimits(new WriteBufferLimits(2, 5), 0, protocol);

    marks.maybePause(5, protocol);
    trail.assertIs();
    marks.maybePause(6, protocol);
    marks.maybePause(7, protocol);
    trail.assertIs("pause");
    assertThat(marks).hasToString("WaterMarks[low=2, high=5, paused]");

    marks.maybeResume(3, protocol);
    trail.assertIs();
    marks.maybeResume(2, protocol);
    marks.maybeResume(0, protocol);
    trail.assertIs("resume");
  }

  @Test
  void new_limits_pause_at_once_and_resume_when_the_buffer_shrinks() {
    WaterMarks marks = new WaterMarks();
    Protocol protocol = noting();
    marks.setLimits(new WriteBufferLimits(0, 5), 6, protocol);
    trail.assertIs("pause");

    marks.setLimits(new WriteBufferLimits(6, 7), 6, protocol);
    trail.assertIs();
    marks.maybeResume(6, protocol);
    trail.assertIs("resume");
  }

  @Test
  void a_protocol_that_throws_does_not_disturb_the_writer() {
    onLoop(() -> {
      Asyncio.getRunningLoop().setExceptionHandler((_, context) -> trail.add(context.message()));
      Protocol protocol = new Protocol() {
        @Override
        public void pauseWriting() {
          throw new IllegalStateException("pause");
        }

        @Override
        public void resumeWriting() {
          throw new IllegalStateException("resume");
        }
      };
      MemoryTransport transport = new MemoryTransport(trail).connect(protocol);
      transport.setWriteBufferLimits(WriteBufferLimits.ofHigh(0));
      transport.write(bytes("x"));
      transport.send(1);
      trail.assertIs(
          "write x", "protocol.pauseWriting() failed", "protocol.resumeWriting() failed");
    });
  }

  private Protocol noting() {
    return new Protocol() {
      @Override
      public void pauseWriting() {
        trail.add("pause");
      }

      @Override
      public void resumeWriting() {
        trail.add("resume");
      }
    };
  }

  // ---- The protocol's side

  @Test
  void nobody_waits_while_writing_is_not_paused() {
    flow.drain(); // not in a task: it must not suspend
    flow.pauseWriting();
    flow.resumeWriting();
    flow.drain();
  }

  @Test
  void several_tasks_wait_until_writing_resumes() {
    onLoop(() -> {
      flow.pauseWriting();
      tasks.start("a", flow::drain);
      tasks.start("b", flow::drain);
      pass();
      assertThat(flow).hasToString("FlowControl[paused, 2 draining]");
      flow.resumeWriting();
      trail.assertIs();
      pass();
      trail.assertIs("a done", "b done");
      assertThat(flow).hasToString("FlowControl[open]");
    });
  }

  @Test
  void a_task_cancelled_while_it_waits_or_after_it_was_woken_leaves_the_line() {
    onLoop(() -> {
      flow.pauseWriting();
      var a = tasks.start("a", flow::drain);
      var b = tasks.start("b", flow::drain);
      tasks.start("c", flow::drain);
      pass();
      a.cancel();
      flow.resumeWriting();
      b.cancel();
      pass();
      trail.assertIs("a cancelled", "b cancelled", "c done");
      assertThat(flow).hasToString("FlowControl[open]");
    });
  }

  @Test
  void a_connection_that_is_closed_lets_those_go_on_who_wait_and_fails_later_ones() {
    onLoop(() -> {
      flow.pauseWriting();
      tasks.start("a", flow::drain);
      tasks.start("closed", flow::waitClosed);
      pass();
      flow.connectionLost(null);
      pass();
      trail.assertIs("closed done", "a done");
      assertThatThrownBy(flow::drain)
          .isInstanceOf(UncheckedIOException.class)
          .hasMessage("Connection lost");
      flow.waitClosed();
      assertThat(flow).hasToString("FlowControl[lost]");
    });
  }

  @Test
  void a_connection_that_fails_fails_those_who_wait_with_its_exception() {
    onLoop(() -> {
      IOException failure = new IOException("Broken pipe");
      flow.pauseWriting();
      tasks.start("a", flow::drain);
      tasks.start("closed", flow::waitClosed);
      pass();
      flow.connectionLost(failure);
      flow.connectionLost(null);
      pass();
      trail.assertIs("closed threw UncheckedIOException", "a threw UncheckedIOException");
      assertThatThrownBy(flow::waitClosed).hasMessage("Broken pipe").hasCause(failure);
      assertThatThrownBy(flow::drain).hasRootCause(failure);
    });
  }

  @Test
  void a_task_that_was_woken_before_the_connection_failed_goes_on() {
    onLoop(() -> {
      flow.pauseWriting();
      tasks.start("a", flow::drain);
      pass();
      flow.resumeWriting();
      flow.connectionLost(new IOException("Broken pipe"));
      pass();
      trail.assertIs("a done");
    });
  }

  @Test
  void a_cancelled_wait_for_the_end_leaves_the_others_waiting() {
    onLoop(() -> {
      var a = tasks.start("a", flow::waitClosed);
      tasks.start("b", flow::waitClosed);
      pass();
      a.cancel();
      pass();
      trail.assertIs("a cancelled");
      flow.connectionLost(null);
      pass();
      trail.assertIs("b done");
    });
  }

  @Test
  void pausing_and_resuming_alternate() {
    assertThatIllegalStateException()
        .isThrownBy(flow::resumeWriting)
        .withMessage("Expected writing to be paused, but it was not paused");
    flow.pauseWriting();
    assertThatIllegalStateException()
        .isThrownBy(flow::pauseWriting)
        .withMessage("Expected writing not to be paused, but it was paused");
  }
}

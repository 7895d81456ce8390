// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IdleSpinTest {
  private static final long SHORT = Duration.ofNanos(1_000).toNanos();
  private static final long LONG = Duration.ofSeconds(1).toNanos();

  private final IdleSpin spin = new IdleSpin();
  private final Inbox inbox = new Inbox();

  @BeforeEach
  void needsTwoProcessors() {
    assumeTrue(Runtime.getRuntime().availableProcessors() > 1);
  }

  private void arrive() {
    inbox.push(new Ready() {
      @Override
      Strand dispatch(Scheduler on) {
        throw new AssertionError("not run here");
      }
    });
  }

  @Test
  void a_loop_that_has_not_slept_yet_does_not_look_out() {
    arrive();

    assertThat(spin.lookOut(inbox, LONG)).isFalse();
  }

  @Test
  void a_loop_that_was_woken_soon_looks_out_before_its_next_sleep() {
    spin.slept(SHORT, /* woken= */ true);
    arrive();

    assertThat(spin.lookOut(inbox, LONG)).isTrue();
    assertThat(spin.lookOut(inbox, LONG)).as("once more").isTrue();
  }

  @Test
  void a_loop_that_was_woken_late_sleeps_at_once() {
    spin.slept(LONG, /* woken= */ true);
    arrive();

    assertThat(spin.lookOut(inbox, LONG)).isFalse();
  }

  @Test
  void a_loop_that_a_timer_woke_sleeps_at_once() {
    spin.slept(SHORT, /* woken= */ false);
    arrive();

    assertThat(spin.lookOut(inbox, LONG)).isFalse();
  }

  @Test
  void a_loop_that_looked_out_in_vain_sleeps_at_once_from_then_on() {
    spin.slept(SHORT, /* woken= */ true);

    assertThat(spin.lookOut(inbox, LONG)).as("nothing came").isFalse();
    arrive();
    assertThat(spin.lookOut(inbox, LONG)).isFalse();
  }

  @Test
  void a_timer_that_is_due_soon_is_not_looked_past() {
    spin.slept(SHORT, /* woken= */ true);
    arrive();

    assertThat(spin.lookOut(inbox, SHORT)).isFalse();
  }
}

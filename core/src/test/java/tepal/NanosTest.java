// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class NanosTest {
  @Test
  void a_duration_is_counted_in_nanoseconds() {
    assertThat(Nanos.of(Duration.ofMillis(3).plusNanos(4))).isEqualTo(3_000_004);
    assertThat(Nanos.of(Duration.ofMillis(-3))).isEqualTo(-3_000_000);
    assertThat(Nanos.of(Duration.ofNanos(Long.MAX_VALUE - 1))).isEqualTo(Long.MAX_VALUE - 1);
    assertThat(Nanos.of(Duration.ofNanos(Long.MIN_VALUE + 1))).isEqualTo(Long.MIN_VALUE + 1);
  }

  @Test
  void a_duration_that_a_long_does_not_hold_saturates() {
    assertThat(Nanos.of(Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo(Nanos.FOREVER);
    assertThat(Nanos.of(Duration.ofNanos(Long.MAX_VALUE))).isEqualTo(Nanos.FOREVER);
    assertThat(Nanos.of(Duration.ofSeconds(Long.MIN_VALUE))).isEqualTo(Long.MIN_VALUE);
    assertThat(Nanos.of(Duration.ofNanos(Long.MIN_VALUE).minusNanos(1))).isEqualTo(Long.MIN_VALUE);
  }

  @Test
  void a_sum_that_a_long_does_not_hold_is_for_ever() {
    assertThat(Nanos.after(5, 3)).isEqualTo(8);
    assertThat(Nanos.after(5, -8)).isEqualTo(-3);
    assertThat(Nanos.after(5, Long.MAX_VALUE)).isEqualTo(Nanos.FOREVER);
    assertThat(Nanos.after(5, Long.MIN_VALUE)).isNegative();
  }

  @Test
  void nanoseconds_are_described_in_seconds() {
    assertThat(Nanos.seconds(1_500_000_000)).isEqualTo("1.500 s");
    assertThat(Nanos.seconds(Nanos.FOREVER)).isEqualTo("for ever");
  }
}

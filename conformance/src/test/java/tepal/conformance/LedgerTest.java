// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LedgerTest {

  @Test
  void items_are_counted_in_and_out() {
    Ledger ledger = ledger(
        "0 t1 put Q0 7 -> none",
        "0 t1 put_nowait Q0 7 -> none",
        "0 t1 put Q0 8 !Cancelled",
        "1 t2 get Q0 -> 7",
        "1 t2 task_done Q0 -> none",
        "2 t2 get_nowait Q0 !QueueEmpty");

    assertThat(ledger.items("Q0")).containsOnly(Map.entry("7", 1));
    assertThat(ledger.unfinished("Q0")).isEqualTo(1);
  }

  @Test
  void slots_are_counted_however_they_are_taken() {
    Ledger ledger = ledger(
        "0 t1 semaphore S0 acquired",
        "0 t2 acquire S0 -> true",
        "1 t1 semaphore S0 released",
        "1 k3 release S0 -> none",
        "1 k3 release S0 -> none",
        "1 k3 release S0 !IllegalState");

    assertThat(ledger.released("S0")).isEqualTo(1);
  }

  @Test
  void two_holders_of_a_lock_are_noticed() {
    Ledger ledger = ledger(
        "0 t1 lock L0 acquired",
        "1 t1 lock L0 released",
        "1 t2 lock L0 acquired",
        "2 t3 lock L0 acquired");

    assertThat(ledger.overlaps()).containsExactly("lock L0 was acquired by t3 while t2 held it");
  }

  private static Ledger ledger(String... lines) {
    return Ledger.of(Stream.of(lines));
  }
}

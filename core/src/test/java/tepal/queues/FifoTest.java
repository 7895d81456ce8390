// SPDX-License-Identifier: Apache-2.0
package tepal.queues;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FifoTest {
  private Fifo<Integer> items = new Fifo<>();
  private int added;
  private int removed;

  @Test
  void the_order_is_kept_while_the_ring_grows_from_any_position() {
    for (int offset = 0; offset < 16; offset++) {
      items = new Fifo<>();
      add(offset);
      remove(offset);
      add(50);
      remove(50);
      assertThat(items.size()).isZero();
    }
  }

  @Test
  void the_order_is_kept_around_the_end_of_the_ring() {
    add(10);
    for (int round = 0; round < 100; round++) {
      add(1);
      remove(1);
    }
    assertThat(items.size()).isEqualTo(10);
  }

  private void add(int count) {
    for (int i = 0; i < count; i++) {
      items.add(added++);
    }
  }

  private void remove(int count) {
    for (int i = 0; i < count; i++) {
      assertThat(items.remove()).isEqualTo(removed++);
    }
  }
}

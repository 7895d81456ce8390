// SPDX-License-Identifier: Apache-2.0
package tepal.queues;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BinaryHeapTest {

  /** Items are a priority and a label; `-` takes one out. */
  private static final String PROGRAM =
      "2a 3b 1c 1d 1e 1f - 3g 1h - 3i - 1j 1k 3l - 1m - 1n 1o 2p 1q - 1r";

  private final List<String> compared = new ArrayList<>();
  private final StringBuilder removed = new StringBuilder();

  /** What Python's heapq gave for the program, and then until the heap was empty. */
  @Test
  void equal_items_come_out_as_they_do_in_python() {
    runProgram();
    assertThat(removed).hasToString("cfhdjeqrkomnapglib");
  }

  /** What Python's heapq asked `<` of, pair by pair, for the same. */
  @Test
  void the_same_items_are_compared_as_in_python() {
    runProgram();
    assertThat(String.join(" ", compared))
        .isEqualTo(
            "ba ca db dc ed fa fc df af ga ha hf dh ag ah ia da be ie ja jd kb ke lk ej ga la mk"
                + " ea ki mb mk nm oi ok po qg qa qe kq al ga rg ra rq kr al ga ka mo pi po oa mp"
                + " bn in ma np ib na bp ip pa lg pg bi li ig lg il bl bi");
  }

  private void runProgram() {
    var heap = new BinaryHeap<String>((one, other) -> {
      compared.add(one.substring(1) + other.substring(1));
      return Character.compare(one.charAt(0), other.charAt(0));
    });
    for (String step : PROGRAM.split(" ", -1)) {
      if (step.equals("-")) {
        removed.append(heap.remove().charAt(1));
      } else {
        heap.add(step);
      }
    }
    while (heap.size() > 0) {
      removed.append(heap.remove().charAt(1));
    }
  }

  @Test
  void items_come_out_in_order() {
    var random = new Random(1);
    var heap = new BinaryHeap<Integer>(Comparator.naturalOrder());
    var expected = new ArrayList<Integer>();
    for (int i = 0; i < 1_000; i++) {
      int item = random.nextInt(500);
      heap.add(item);
      expected.add(item);
    }
    expected.sort(null);
    var actual = new ArrayList<Integer>();
    while (heap.size() > 0) {
      actual.add(heap.remove());
    }
    assertThat(actual).isEqualTo(expected);
  }

  @Test
  void a_comparator_that_throws_leaves_the_heap_as_it_was() {
    var failing = new boolean[1];
    var heap = new BinaryHeap<Integer>((one, other) -> {
      if (failing[0]) {
        throw new ArithmeticException("in the comparator");
      }
      return Integer.compare(one, other);
    });
    for (int item : new int[] {4, 2, 3, 1}) {
      heap.add(item);
    }

    failing[0] = true;
    assertThatThrownBy(() -> heap.add(0)).hasMessage("in the comparator");
    assertThatThrownBy(heap::remove).hasMessage("in the comparator");

    failing[0] = false;
    assertThat(List.of(heap.remove(), heap.remove(), heap.remove(), heap.remove()))
        .containsExactly(1, 2, 3, 4);
    assertThat(heap.size()).isZero();
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// White box: no loop is needed to order timers.
class TimerHeapTest {
  private final TimerHeap heap = new TimerHeap();

  @Test
  void an_empty_heap_has_nothing_due_and_its_first_deadline_is_for_ever() {
    assertThat(heap.isEmpty()).isTrue();
    assertThat(heap.firstDeadline()).isEqualTo(Nanos.FOREVER);
    assertThat(heap.pollDue(Nanos.FOREVER)).isNull();
  }

  @Test
  void the_earliest_timer_comes_first() {
    add(30);
    add(10);
    add(20);

    assertThat(heap.firstDeadline()).isEqualTo(10);
    assertThat(deadlinesDueAt(100)).containsExactly(10L, 20L, 30L);
  }

  @Test
  void equal_deadlines_come_in_the_order_in_which_they_were_added() {
    List<Timer> added = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      added.add(add(7));
    }

    assertThat(dueAt(7)).isEqualTo(added);
  }

  @Test
  void a_timer_is_due_at_its_deadline_and_not_before() {
    Timer timer = add(10);

    assertThat(heap.pollDue(9)).isNull();
    assertThat(heap.pollDue(10)).isSameAs(timer);
    assertThat(heap.isEmpty()).isTrue();
  }

  @Test
  void negative_deadlines_and_for_ever_are_deadlines_like_others() {
    add(Nanos.FOREVER);
    add(Long.MIN_VALUE);
    add(0);

    assertThat(deadlinesDueAt(0)).containsExactly(Long.MIN_VALUE, 0L);
    assertThat(heap.firstDeadline()).isEqualTo(Nanos.FOREVER);
    assertThat(heap.size()).isEqualTo(1);
  }

  @Test
  void a_cancelled_timer_stays_until_it_is_the_first() {
    Timer first = add(10);
    Timer second = add(20);
    add(30);

    cancel(second);
    assertThat(heap.firstDeadline()).isEqualTo(10);
    assertThat(heap.size()).isEqualTo(3);

    cancel(first);
    assertThat(heap.firstDeadline()).isEqualTo(30);
    assertThat(heap.size()).isEqualTo(1);
  }

  @Test
  void a_timer_that_was_polled_is_no_longer_in_the_heap() {
    Timer timer = add(10);
    heap.pollDue(10);

    assertThat(timer.inHeap).isFalse();
  }

  @Test
  void a_heap_of_a_hundred_is_not_rebuilt_however_many_are_cancelled() {
    addAndCancelAllButTheFirst(100);

    heap.firstDeadline();
    assertThat(heap.size()).isEqualTo(100);
  }

  @Test
  void a_larger_heap_of_which_half_are_cancelled_is_not_rebuilt() {
    List<Timer> timers = addMany(102);
    timers.subList(51, 102).forEach(this::cancel);

    heap.firstDeadline();
    assertThat(heap.size()).isEqualTo(102);
  }

  @Test
  void a_larger_heap_of_which_more_than_half_are_cancelled_is_rebuilt() {
    List<Timer> timers = addMany(102);
    timers.subList(50, 102).forEach(this::cancel);

    heap.firstDeadline();
    assertThat(heap.size()).isEqualTo(50);
    assertThat(timers.get(101).inHeap).isFalse();
    assertThat(dueAt(1_000)).isEqualTo(timers.subList(0, 50));
  }

  @Test
  void rebuilding_keeps_the_order_of_equal_deadlines() {
    List<Timer> kept = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      Timer timer = add(5);
      if (i % 3 == 0) {
        kept.add(timer);
      } else {
        cancel(timer);
      }
    }

    assertThat(heap.firstDeadline()).isEqualTo(5);
    assertThat(heap.size()).isEqualTo(100);
    assertThat(dueAt(5)).isEqualTo(kept);
  }

  @Test
  void the_count_of_cancelled_timers_is_right_again_after_a_rebuild() {
    addAndCancelAllButTheFirst(200);
    heap.firstDeadline();

    List<Timer> timers = addMany(150);
    timers.subList(0, 70).forEach(this::cancel);
    heap.firstDeadline();
    assertThat(heap.size()).isEqualTo(151);
  }

  @Test
  void clearing_forgets_timers_and_cancellations() {
    addAndCancelAllButTheFirst(200);
    heap.clear();

    assertThat(heap.isEmpty()).isTrue();
    addMany(101);
    heap.firstDeadline();
    assertThat(heap.size()).isEqualTo(101);
  }

  @Test
  void random_timers_come_out_as_from_a_sorted_list() {
    for (int seed = 0; seed < 50; seed++) {
      compareWithSortedList(new Random(seed));
    }
  }

  /// Adds, cancels and polls at random, in the heap and in a list that is sorted each time.
  private void compareWithSortedList(Random random) {
    List<Timer> model = new ArrayList<>();
    long now = 0;
    for (int step = 0; step < 2_000; step++) {
      int choice = random.nextInt(10);
      if (choice < 5) {
        model.add(add(now + random.nextInt(40)));
      } else if (choice < 8 && !model.isEmpty()) {
        cancel(model.remove(random.nextInt(model.size())));
      } else {
        now += random.nextInt(5);
        model.sort(Comparator.comparingLong(Timer::deadline)); // stable: keeps the order added
        long due = now;
        List<Timer> expected =
            model.stream().filter(each -> each.deadline <= due).toList();
        model.removeAll(expected);
        heap.firstDeadline();
        assertThat(dueAt(now)).isEqualTo(expected);
      }
    }
    heap.clear();
  }

  private Timer add(long deadline) {
    Timer timer = new Timer(deadline);
    heap.add(deadline, timer);
    return timer;
  }

  private List<Timer> addMany(int count) {
    List<Timer> timers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      timers.add(add(10 + i));
    }
    return timers;
  }

  private void addAndCancelAllButTheFirst(int count) {
    addMany(count).stream().skip(1).forEach(this::cancel);
  }

  private void cancel(Timer timer) {
    timer.cancelled = true;
    if (timer.inHeap) {
      heap.countCancelled();
    }
  }

  /// Polls what is due, without what was cancelled since the heap looked for that.
  private List<Timer> dueAt(long now) {
    List<Timer> due = new ArrayList<>();
    for (Ready each = heap.pollDue(now); each != null; each = heap.pollDue(now)) {
      if (each instanceof Timer timer && !timer.cancelled) {
        due.add(timer);
      }
    }
    return due;
  }

  private List<Long> deadlinesDueAt(long now) {
    return dueAt(now).stream().map(Timer::deadline).toList();
  }

  private static final class Timer extends Ready {
    private final long deadline;
    private boolean cancelled;
    private boolean inHeap = true;

    Timer(long deadline) {
      this.deadline = deadline;
    }

    long deadline() {
      return deadline;
    }

    @Override
    @Nullable Strand dispatch(Scheduler scheduler) {
      throw new AssertionError("The heap runs nothing");
    }

    @Override
    boolean isCancelledTimer() {
      return cancelled;
    }

    @Override
    void leftHeap() {
      inHeap = false;
    }

    @Override
    public String toString() {
      return "Timer[" + deadline + "]";
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.sleep;
import static tepal.InTask.outcome;
import static tepal.InTask.started;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

/// Delegation, by the rules of [PEP 380](https://peps.python.org/pep-0380/).
@OnLoop
class YieldFromTest {
  private final Trail trail = new Trail();

  // ---- Values, what is sent, results

  @Test
  void what_the_delegate_yields_passes_through_and_its_result_comes_back() {
    Generator<Integer> inner = Generator.returning(self -> {
      self.yield(1);
      self.yield(2);
      return "result";
    });
    Generator<Integer> outer = Generator.of(self -> {
      self.yield(0);
      trail.add("got " + self.yieldFrom(inner));
      self.yield(3);
    });

    assertThat(outer.stream()).containsExactly(0, 1, 2, 3);
    trail.assertIs("got result");
    assertThat(inner.result()).isEqualTo("result");
  }

  @Test
  void what_is_sent_goes_to_the_delegate() {
    Generator<Object> outer = Generator.of(self -> {
      while (true) {
        self.yield("average " + self.yieldFrom(averages()));
      }
    });
    outer.next();
    outer.send(10.0);

    assertThat(outer.send(20.0)).isEqualTo(15.0);
    assertThat(outer.send(null)).isEqualTo("average 15.0");
    assertThat(outer.next()).isEqualTo(0.0);
    assertThat(outer.send(1.0)).isEqualTo(1.0);
    outer.close();
  }

  @Test
  void a_delegate_that_does_not_yield_gives_its_result_at_once() {
    Generator<Object> outer = Generator.of(self -> {
      Object first = self.yieldFrom(Generator.returning(_ -> "first"));
      Object second = self.yieldFrom(Generator.returning(_ -> "second"));
      self.yield(first + ", " + second);
    });

    assertThat(outer.next()).isEqualTo("first, second");
    outer.close();
  }

  @Test
  void a_delegate_goes_on_where_it_stands() {
    Generator<Integer> inner = counting(4);
    inner.next();
    assertThat(inner.hasNext()).isTrue();
    Generator<Integer> outer = Generator.of(self -> self.yieldFrom(inner));

    assertThat(outer.next()).isEqualTo(1);
    assertThat(inner.next()).isEqualTo(2);
    assertThat(outer.next()).isEqualTo(3);
    assertThat(inner.hasNext()).isFalse();
    assertThat(outer.hasNext()).isFalse();
  }

  @Test
  void what_is_sent_after_a_fetched_value_goes_to_the_delegate() {
    Generator<Object> inner = averages();
    assertThat(inner.hasNext()).isTrue();
    Generator<Object> outer = Generator.of(self -> self.yieldFrom(inner));

    assertThat(outer.next()).isEqualTo(0.0);
    assertThat(outer.send(10.0)).isEqualTo(10.0);
    outer.close();
    assertThat(inner.hasNext()).isFalse();
  }

  @Test
  void a_delegate_that_has_ended_gives_null() {
    Generator<Integer> inner = Generator.returning(_ -> "result");
    inner.forEach(_ -> {});
    Generator<Object> outer = Generator.of(self -> self.yield("got " + self.yieldFrom(inner)));

    assertThat(outer.next()).isEqualTo("got null");
    outer.close();
  }

  // ---- Exceptions

  @Test
  void what_is_thrown_in_goes_to_the_delegate() {
    Generator<String> outer = Generator.of(self -> {
      self.yieldFrom(catching("inner"));
      self.yield("outer goes on");
    });
    outer.next();

    assertThat(outer.throwInto(new IllegalArgumentException("bad"))).isEqualTo("inner: bad");
    assertThat(outer.next()).isEqualTo("outer goes on");
    outer.close();
  }

  @Test
  void what_the_delegate_does_not_catch_is_thrown_where_it_was_delegated_to() {
    var failure = new IllegalArgumentException("thrown in");
    Generator<Integer> outer = Generator.of(self -> {
      try {
        self.yieldFrom(counting(3));
      } catch (IllegalArgumentException e) {
        assertThat(e).isSameAs(failure);
        self.yield(-1);
      }
    });
    outer.next();

    assertThat(outer.throwInto(failure)).isEqualTo(-1);
    outer.close();
  }

  @Test
  void an_exception_of_the_delegate_is_thrown_where_it_was_delegated_to() {
    var failure = new IllegalArgumentException("of the delegate");
    Generator<Integer> outer = Generator.of(self -> self.yieldFrom(failing(failure)));
    outer.next();

    assertThatThrownBy(outer::next).isSameAs(failure);
    assertThat(outer.hasNext()).isFalse();
  }

  @Test
  void what_is_thrown_in_before_a_fetched_value_was_answered_goes_to_the_delegate() {
    Generator<String> inner = catching("inner");
    assertThat(inner.hasNext()).isTrue();
    Generator<String> outer = Generator.of(self -> self.yieldFrom(inner));
    outer.next();

    assertThat(outer.throwInto(new IllegalArgumentException("bad"))).isEqualTo("inner: bad");
    outer.close();
  }

  // ---- Closing

  @Test
  void closing_closes_the_delegate_first() {
    Generator<Integer> outer = nested("outer", nested("middle", nested("inner", counting(3))));
    assertThat(outer.next()).isZero();

    outer.close();

    trail.assertIs("inner: GeneratorExit", "middle: GeneratorExit", "outer: GeneratorExit");
  }

  @Test
  void the_result_of_a_delegate_that_is_closed_does_not_count() {
    Generator<Integer> inner = Generator.returning(self -> {
      try {
        self.yield(1);
      } catch (GeneratorExit e) {
        trail.add("inner returns");
      }
      return "result";
    });
    Generator<Integer> outer = nested("outer", inner);
    outer.next();

    outer.close();

    trail.assertIs("inner returns", "outer: GeneratorExit");
  }

  @Test
  void an_exception_of_a_delegate_that_is_closed_is_thrown_where_it_was_delegated_to() {
    Generator<Integer> inner = Generator.of(self -> {
      try {
        self.yield(1);
      } catch (GeneratorExit e) {
        throw new IllegalArgumentException("while closing");
      }
    });
    Generator<Integer> outer = nested("outer", nested("middle", inner));
    outer.next();

    assertThatThrownBy(outer::close).hasMessage("while closing");

    trail.assertIs("middle: IllegalArgumentException", "outer: IllegalArgumentException");
  }

  @Test
  void a_delegate_that_ignores_its_closing_is_an_error_where_it_was_delegated_to() {
    Generator<Integer> ignoring = Generator.of(self -> {
      try {
        self.yield(1);
      } catch (GeneratorExit e) {
        self.yield(2);
      }
      self.yield(3);
    });
    Generator<Integer> outer = nested("outer", ignoring);
    outer.next();

    assertThatIllegalStateException().isThrownBy(outer::close);

    trail.assertIs("outer: IllegalStateException");
    assertThat(ignoring.next()).isEqualTo(3);
    ignoring.close();
  }

  @Test
  void a_delegate_that_delegates_when_it_is_closed_ignores_that() {
    Generator<Integer> ignoring = Generator.of(self -> {
      try {
        self.yield(1);
      } finally {
        self.yieldFrom(counting(1));
      }
    });
    Generator<Integer> outer = nested("outer", nested("middle", ignoring));
    outer.next();

    assertThatIllegalStateException().isThrownBy(outer::close);

    trail.assertIs("middle: IllegalStateException", "outer: IllegalStateException");
    ignoring.close();
  }

  @Test
  void a_delegate_may_delegate_while_it_closes_if_nothing_is_yielded() {
    Generator<Integer> inner = Generator.of(self -> {
      try {
        self.yield(1);
      } finally {
        trail.add("got " + self.yieldFrom(Generator.returning(_ -> "result")));
      }
    });
    Generator<Integer> outer = nested("outer", inner);
    outer.next();

    outer.close();

    trail.assertIs("got result", "outer: GeneratorExit");
  }

  @Test
  void an_exit_that_is_thrown_in_closes_the_delegate_too() {
    Generator<Integer> outer = nested("outer", nested("inner", counting(3)));
    outer.next();

    assertThatThrownBy(() -> outer.throwInto(new GeneratorExit()))
        .isInstanceOf(GeneratorExit.class);

    trail.assertIs("inner: GeneratorExit", "outer: GeneratorExit");
  }

  // ---- Waiting

  @Test
  void a_delegate_waits_in_place_of_the_task_that_reads() {
    Generator<Integer> slow = Generator.of(self -> {
      for (int i = 0; i < 2; i++) {
        sleep(ofSeconds(1));
        trail.add(InTask.me().getName());
        self.yield(i);
      }
    });
    Generator<Integer> outer = Generator.of(self -> self.yieldFrom(slow));
    Action<?> read = () -> outer.forEach(i -> trail.add("read " + i));

    createTask(read, TaskOptions.named("reader")).await();

    trail.assertIs("reader", "read 0", "reader", "read 1");
  }

  @Test
  void a_cancellation_passes_from_the_delegate_to_the_outermost() {
    Generator<Integer> slow = Generator.of(_ -> sleep(ofHours(1)));
    Generator<Integer> outer = nested("outer", nested("inner", slow));
    var reader = started(outer::next);

    reader.cancel();

    assertThat(outcome(reader::await)).isEqualTo("CancelledError");
    trail.assertIs("inner: CancelledError", "outer: CancelledError");
  }

  // ---- Depth

  @Test
  void a_tree_is_walked_by_generators_that_delegate() {
    List<Integer> visited = new ArrayList<>();
    for (int depth : tree(5)) {
      visited.add(depth);
    }

    assertThat(visited).hasSize(31).startsWith(1, 2, 1, 3, 1, 2, 1, 4).endsWith(1, 2, 1);
  }

  @Test
  void a_chain_of_a_thousand_delegates_is_read_closed_and_thrown_into() {
    int depth = 1_000;
    assertThat(chain(depth).stream().limit(100)).hasSize(100).startsWith(0, 1, 2);
    assertThat(chain(depth).stream()).hasSize(depth);

    Generator<Integer> closed = chain(depth);
    closed.next();
    closed.close();
    assertThat(closed.hasNext()).isFalse();

    Generator<Integer> thrownInto = chain(depth);
    thrownInto.next();
    var failure = new IllegalArgumentException("thrown in");
    assertThatThrownBy(() -> thrownInto.throwInto(failure)).isSameAs(failure);
  }

  // ---- Iterables

  @Test
  void an_iterable_is_yielded_item_by_item() {
    Generator<Integer> outer = Generator.of(self -> {
      self.yieldFrom(List.of(1, 2));
      Iterable<Integer> generator = counting(2);
      self.yieldFrom(generator);
    });

    assertThat(outer.stream()).containsExactly(1, 2, 0, 1);
  }

  @Test
  void an_iterable_takes_nothing_that_is_sent() {
    Generator<Integer> outer = Generator.of(self -> self.yieldFrom(List.of(1, 2)));
    outer.next();

    assertThatIllegalStateException()
        .isThrownBy(() -> outer.send("unwanted"))
        .withMessage("Expected nothing to be sent to what is no generator, but got unwanted");
  }

  @Test
  void an_iterator_that_can_be_closed_is_closed_first() {
    Generator<Integer> outer = nested("outer", Generator.of(self -> {
      self.yieldFrom(() -> new ClosingIterator(trail));
    }));
    outer.next();

    outer.close();

    trail.assertIs("iterator closed", "outer: GeneratorExit");
  }

  // ---- Wrong use

  @Test
  void a_generator_cannot_delegate_to_one_that_waits_for_it() {
    List<Generator<Integer>> circle = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      int next = (i + 1) % 3;
      circle.add(Generator.of(self -> {
        trail.add(outcome(() -> self.yieldFrom(circle.get(next))));
      }));
    }

    assertThat(circle.getFirst().hasNext()).isFalse();

    trail.assertIs("IllegalStateException", "done", "done");
  }

  @Test
  void a_generator_cannot_delegate_to_one_that_another_task_executes() {
    Generator<Integer> slow = Generator.of(_ -> sleep(ofSeconds(1)));
    var reader = started(slow::hasNext);
    Generator<Integer> outer = Generator.of(self -> trail.add(outcome(() -> self.yieldFrom(slow))));

    assertThat(outer.hasNext()).isFalse();
    reader.await();

    trail.assertIs("IllegalStateException");
  }

  @Test
  void a_step_while_another_task_executes_the_delegate_fails_and_changes_nothing() {
    Generator<Integer> slow = Generator.of(self -> {
      for (int i = 0; i < 3; i++) {
        self.yield(i);
        sleep(ofSeconds(1));
      }
    });
    Generator<Integer> outer = Generator.of(self -> self.yieldFrom(slow));
    assertThat(outer.next()).isZero();
    var reader = started(() -> trail.add("read " + slow.next()));

    assertThatIllegalStateException().isThrownBy(outer::next);
    reader.await();

    trail.assertIs("read 1");
    assertThat(outer.next()).isEqualTo(2);
    outer.close();
  }

  @Test
  void a_delegate_that_another_one_has_ended_ends_the_delegation() {
    Generator<Integer> inner = counting(2);
    Generator<Integer> outer = Generator.of(self -> {
      trail.add("got " + self.yieldFrom(inner));
    });
    outer.next();
    inner.close();

    assertThatThrownBy(() -> outer.send(null)).isInstanceOf(NoSuchElementException.class);
    trail.assertIs("got null");
  }

  // ---- Bodies

  private Generator<Integer> nested(String name, Generator<Integer> inner) {
    return Generator.of(self -> {
      try {
        self.yieldFrom(inner);
      } catch (Throwable e) {
        trail.add(name + ": " + e.getClass().getSimpleName());
        throw e;
      }
    });
  }

  private static Generator<Integer> counting(int count) {
    return Generator.of(self -> {
      for (int i = 0; i < count; i++) {
        self.yield(i);
      }
    });
  }

  private static Generator<Object> averages() {
    return Generator.returning(self -> {
      double average = 0;
      double sum = 0;
      for (int count = 1; self.yield(average) instanceof Double next; count++) {
        sum += next;
        average = sum / count;
      }
      return average;
    });
  }

  private static Generator<String> catching(String name) {
    return Generator.of(self -> {
      try {
        self.yield("first");
      } catch (IllegalArgumentException e) {
        self.yield(name + ": " + e.getMessage());
      }
    });
  }

  private static Generator<Integer> failing(RuntimeException failure) {
    return Generator.of(self -> {
      self.yield(1);
      throw failure;
    });
  }

  private static Generator<Integer> tree(int depth) {
    return Generator.of(self -> {
      if (depth > 0) {
        self.yieldFrom(tree(depth - 1));
        self.yield(depth);
        self.yieldFrom(tree(depth - 1));
      }
    });
  }

  /// Returns a generator of 0, 1, ... each of which is yielded one level deeper.
  private static Generator<Integer> chain(int depth) {
    return chain(0, depth);
  }

  private static Generator<Integer> chain(int level, int depth) {
    return Generator.of(self -> {
      self.yield(level);
      if (level + 1 < depth) {
        self.yieldFrom(chain(level + 1, depth));
      }
    });
  }

  private record ClosingIterator(Trail trail) implements Iterator<Integer>, AutoCloseable {
    @Override
    public boolean hasNext() {
      return true;
    }

    @Override
    public Integer next() {
      return 1;
    }

    @Override
    public void close() {
      trail.add("iterator closed");
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

/// What holds for generators wherever they are driven: here outside any loop, on a platform
/// thread; on a virtual thread and in a task in the subclasses.
class GeneratorTest {
  private final Trail trail = new Trail();

  // ---- Reading

  @Test
  void a_for_loop_reads_what_the_body_yields() {
    List<Integer> read = new ArrayList<>();
    for (int square : squares(4)) {
      read.add(square);
    }

    assertThat(read).containsExactly(0, 1, 4, 9);
  }

  @Test
  void the_body_runs_only_when_a_value_is_asked_for() {
    Generator<String> generator = Generator.of(self -> {
      trail.add("begin");
      self.yield("a");
      trail.add("go on");
      self.yield("b");
      trail.add("end");
    });
    trail.assertIs();

    trail.add(generator.next());
    trail.add("asked");
    trail.add(generator.next());
    assertThat(generator.hasNext()).isFalse();

    trail.assertIs("begin", "a", "asked", "go on", "b", "end");
  }

  @Test
  void has_next_fetches_a_value_once() {
    Generator<Integer> generator = squares(2);

    assertThat(generator.hasNext()).isTrue();
    assertThat(generator.hasNext()).isTrue();
    assertThat(generator.next()).isEqualTo(0);
    assertThat(generator.next()).isEqualTo(1);
  }

  @Test
  void a_generator_that_has_ended_has_nothing_more() {
    Generator<Integer> generator = squares(0);

    assertThat(generator.hasNext()).isFalse();
    assertThat(generator.hasNext()).isFalse();
    assertThatThrownBy(generator::next)
        .isInstanceOf(NoSuchElementException.class)
        .hasMessage("Expected a generator that yields another value, but it has ended:"
            + " Generator[GeneratorTest, ended]");
    assertThatThrownBy(() -> generator.send(null)).isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void a_second_for_loop_goes_on_where_the_first_one_stopped() {
    Generator<Integer> generator = squares(5);
    for (int square : generator) {
      if (square == 4) {
        break;
      }
    }

    assertThat(generator).containsExactly(9, 16);
  }

  @Test
  void null_is_a_value() {
    Generator<@Nullable String> generator = Generator.of(self -> {
      self.yield(null);
      self.yield("a");
    });

    List<@Nullable String> read = new ArrayList<>();
    generator.forEach(read::add);

    assertThat(read).containsExactly(null, "a");
  }

  @Test
  void a_stream_reads_as_far_as_it_needs_and_closes_when_it_is_closed() {
    Generator<Integer> generator = Generator.of(self -> {
      try {
        for (int i = 0; ; i++) {
          trail.add("make " + i);
          self.yield(i);
        }
      } finally {
        trail.add("closed");
      }
    });

    try (var stream = generator.stream()) {
      assertThat(stream.filter(i -> i % 2 == 1).limit(2).toList()).containsExactly(1, 3);
    }

    trail.assertIs("make 0", "make 1", "make 2", "make 3", "closed");
  }

  // ---- Sending and the result

  @Test
  void what_is_sent_is_what_yield_returns() {
    Generator<Double> average = averages();

    assertThat(average.next()).isZero();
    assertThat(average.send(10.0)).isEqualTo(10.0);
    assertThat(average.send(20.0)).isEqualTo(15.0);
    assertThat(average.send(60.0)).isEqualTo(30.0);
  }

  @Test
  void next_sends_null() {
    Generator<String> generator = Generator.of(self -> self.yield("got " + self.yield("first")));

    generator.next();

    assertThat(generator.next()).isEqualTo("got null");
  }

  @Test
  void the_result_is_what_the_body_returned() {
    Generator<Double> average = averages();
    average.next();
    average.send(10.0);
    assertThatIllegalStateException()
        .isThrownBy(average::result)
        .withMessageStartingWith("Expected a generator whose body has returned, but it has not");

    assertThatThrownBy(() -> average.send(null)).isInstanceOf(NoSuchElementException.class);

    assertThat(average.result()).isEqualTo(10.0);
    assertThat(average.hasNext()).isFalse();
    assertThat(average.result()).isEqualTo(10.0);
  }

  @Test
  void a_body_without_a_result_has_the_result_null() {
    Generator<Integer> generator = squares(1);
    generator.forEach(_ -> {});

    assertThat(generator.result()).isNull();
  }

  @Test
  void nothing_can_be_sent_to_a_generator_that_was_not_started() {
    Generator<Double> average = averages();

    assertThatIllegalStateException()
        .isThrownBy(() -> average.send(1.0))
        .withMessageStartingWith("Expected null to be sent to a generator that was not started");
    assertThat(average.send(null)).isZero();
  }

  @Test
  void nothing_can_be_sent_or_thrown_past_a_value_that_was_fetched() {
    Generator<Double> average = averages();
    assertThat(average.hasNext()).isTrue();

    assertThatIllegalStateException()
        .isThrownBy(() -> average.send(1.0))
        .withMessageStartingWith(
            "Expected next() to take the value that hasNext() has fetched before send()");
    assertThatIllegalStateException()
        .isThrownBy(() -> average.throwInto(new RuntimeException()))
        .withMessageContaining("before throwInto()");
    assertThat(average.next()).isZero();
  }

  // ---- Exceptions

  @Test
  void an_exception_of_the_body_arrives_as_it_is_and_ends_the_generator() {
    var failure = new IllegalArgumentException("bad page");
    Generator<Integer> generator = failing(failure);
    generator.next();

    assertThatThrownBy(generator::hasNext).isSameAs(failure);
    assertThat(generator.hasNext()).isFalse();
    assertThatIllegalStateException().isThrownBy(generator::result);
  }

  @Test
  void a_checked_exception_arrives_as_a_cause() {
    var failure = new IOException("disk full");
    Generator<Integer> generator = failing(failure);
    generator.next();

    assertThatThrownBy(generator::next).isInstanceOf(CompletionException.class).hasCause(failure);
  }

  @Test
  void the_stack_of_an_exception_shows_where_the_body_was() {
    Generator<Integer> generator = failing(new IllegalStateException("here"));
    generator.next();

    assertThatThrownBy(generator::next)
        .satisfies(e -> assertThat(e.getStackTrace())
            .anyMatch(frame -> frame.getMethodName().contains("failing")
                || frame.getMethodName().contains("an_exception")
                || frame.getMethodName().contains("where_the_body_was")));
  }

  @Test
  void what_is_thrown_in_is_thrown_by_yield() {
    var failure = new IOException("thrown in");
    Generator<String> generator = Generator.of(self -> {
      try {
        self.yield("first");
      } catch (Exception e) {
        assertThat(e).isSameAs(failure);
        self.yield("caught");
      }
    });
    generator.next();

    assertThat(generator.throwInto(failure)).isEqualTo("caught");
    assertThat(generator.hasNext()).isFalse();
  }

  @Test
  void what_is_thrown_in_and_not_caught_comes_out() {
    Generator<Integer> generator = squares(3);
    var failure = new IllegalArgumentException("thrown in");
    generator.next();

    assertThatThrownBy(() -> generator.throwInto(failure)).isSameAs(failure);
    assertThat(generator.hasNext()).isFalse();
    assertThatThrownBy(() -> generator.throwInto(failure)).isSameAs(failure);
  }

  @Test
  void throwing_into_a_body_that_then_ends_tells_so() {
    Generator<Integer> generator = Generator.of(self -> {
      try {
        self.yield(1);
      } catch (IllegalArgumentException e) {
        trail.add("caught");
      }
    });
    generator.next();

    assertThatThrownBy(() -> generator.throwInto(new IllegalArgumentException()))
        .isInstanceOf(NoSuchElementException.class);
    trail.assertIs("caught");
  }

  @Test
  void throwing_into_a_generator_that_was_not_started_ends_it_unrun() {
    Generator<Integer> generator = Generator.of(_ -> trail.add("never"));
    var failure = new IllegalArgumentException("thrown in");

    assertThatThrownBy(() -> generator.throwInto(failure)).isSameAs(failure);

    assertThat(generator.hasNext()).isFalse();
    trail.assertIs();
  }

  // ---- Closing

  @Test
  void closing_runs_the_finally_blocks_of_the_body() {
    Generator<Integer> generator = Generator.of(self -> {
      try {
        self.yield(1);
      } catch (Exception e) {
        trail.add("no exception");
      } catch (GeneratorExit e) {
        trail.add("exit");
        throw e;
      } finally {
        trail.add("finally");
      }
    });
    try (generator) {
      trail.add("read " + generator.next());
    }

    trail.assertIs("read 1", "exit", "finally");
    assertThat(generator.hasNext()).isFalse();
    assertThatIllegalStateException().isThrownBy(generator::result);
  }

  @Test
  void a_generator_that_is_closed_before_it_is_started_never_runs() {
    Generator<Integer> generator = Generator.of(_ -> trail.add("never"));

    generator.close();

    assertThat(generator.hasNext()).isFalse();
    trail.assertIs();
  }

  @Test
  void closing_again_does_nothing() {
    Generator<Integer> generator = squares(1);
    generator.forEach(_ -> {});

    generator.close();
    generator.close();

    assertThat(generator.result()).isNull();
  }

  @Test
  void closing_drops_a_value_that_was_fetched() {
    Generator<Integer> generator = squares(3);
    assertThat(generator.hasNext()).isTrue();

    generator.close();

    assertThat(generator.hasNext()).isFalse();
  }

  @Test
  void a_body_may_return_when_it_is_closed() {
    Generator<Integer> generator = Generator.returning(self -> {
      try {
        self.yield(1);
      } catch (GeneratorExit e) {
        return "in order";
      }
      return "read";
    });
    generator.next();

    generator.close();

    assertThat(generator.result()).isEqualTo("in order");
  }

  @Test
  void an_exception_of_a_body_that_is_closed_comes_out_of_close() {
    var failure = new IllegalArgumentException("while closing");
    Generator<Integer> generator = Generator.of(self -> {
      try {
        self.yield(1);
      } finally {
        fail(failure);
      }
    });
    generator.next();

    assertThatThrownBy(generator::close).isSameAs(failure);
    generator.close();
  }

  @Test
  void a_body_that_yields_when_it_is_closed_is_an_error_and_goes_on() {
    Generator<String> generator = Generator.of(self -> {
      try {
        self.yield("first");
      } catch (GeneratorExit e) {
        self.yield("ignored");
      }
      self.yield("goes on");
    });
    generator.next();

    assertThatIllegalStateException()
        .isThrownBy(generator::close)
        .withMessage("Expected a generator that is closed to end, but it ignored GeneratorExit and"
            + " yielded: Generator[GeneratorTest, suspended]");
    assertThat(generator.next()).isEqualTo("goes on");
    generator.close();
    assertThat(generator.hasNext()).isFalse();
  }

  // ---- Context variables

  @Test
  void the_context_of_a_body_is_that_of_whoever_drives_it() {
    ContextVar<String> user = new ContextVar<>("user", "nobody");
    Generator<String> users = Generator.of(self -> {
      self.yield(user.get());
      user.set("set by the body");
      self.yield("");
      new Context().run(() -> {
        user.set("own");
        self.yield(user.get());
        self.yield(user.get());
      });
      self.yield(user.get());
    });
    new Context().run(() -> {
      user.set("anna");
      trail.add(users.next() + users.next() + ", " + user.get());
    });
    Context bert = new Context();
    bert.run(() -> user.set("bert"));
    trail.add(users.next());
    trail.add(bert.call(users::next));
    users.close();

    trail.assertIs("anna, set by the body", "own", "own");
  }

  // ---- Wrong use

  @Test
  void a_body_cannot_drive_its_own_generator() {
    List<Generator<String>> own = new ArrayList<>();
    Generator<String> generator = Generator.of(self -> {
      for (Action<?> call : List.<Action<?>>of(
          () -> own.getFirst().next(),
          () -> own.getFirst().close(),
          () -> own.getFirst().send(1))) {
        self.yield(InTask.outcome(call));
      }
      self.yield(own.getFirst().toString());
    });
    own.add(generator);

    assertThat(generator)
        .containsExactly(
            "IllegalStateException",
            "IllegalStateException",
            "IllegalStateException",
            "Generator[GeneratorTest, executing]");
  }

  @Test
  void only_the_body_can_yield() {
    List<Generator.Yielder<Integer>> kept = new ArrayList<>();
    Generator<Integer> generator = Generator.of(self -> {
      kept.add(self);
      self.yield(1);
    });
    assertThat(generator.next()).isEqualTo(1);

    assertThatIllegalStateException()
        .isThrownBy(() -> kept.getFirst().yield(2))
        .withMessageMatching(
            "Expected the body of the generator to yield, but \\w*Thread\\[.* did: Generator.*");
    assertThat(generator.hasNext()).isFalse();
    assertThatIllegalStateException().isThrownBy(() -> kept.getFirst().yield(2));
  }

  @Test
  void the_body_of_another_generator_cannot_yield_either() {
    Generator<String> outer = Generator.of(self -> {
      Generator<String> inner = Generator.of(_ -> self.yield("stolen"));
      self.yield(InTask.outcome(inner::next));
    });

    assertThat(outer).containsExactly("IllegalStateException");
  }

  @Test
  void a_description_says_whose_body_it_is_and_where_it_stands() {
    Generator<Integer> generator = squares(1);

    assertThat(generator).hasToString("Generator[GeneratorTest, not started]");
    generator.next();
    assertThat(generator).hasToString("Generator[GeneratorTest, suspended]");
    generator.close();
    assertThat(generator).hasToString("Generator[GeneratorTest, ended]");
  }

  // ---- Bodies

  private static Generator<Integer> squares(int count) {
    return Generator.of(self -> {
      for (int i = 0; i < count; i++) {
        self.yield(i * i);
      }
    });
  }

  private static Generator<Double> averages() {
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

  private static Generator<Integer> failing(Exception failure) {
    return Generator.of(self -> {
      self.yield(1);
      throw failure;
    });
  }

  private static void fail(RuntimeException failure) {
    throw failure;
  }
}

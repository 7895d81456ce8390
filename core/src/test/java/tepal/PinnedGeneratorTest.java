// SPDX-License-Identifier: Apache-2.0
package tepal;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.run;
import static tepal.Asyncio.sleep;
import static tepal.InTask.outcome;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

/// A yield, or a step, where the virtual thread cannot leave its carrier.
class PinnedGeneratorTest {
  private final Trail trail = new Trail();

  @Test
  @OnlyOpened
  void a_yield_in_a_class_initialiser_fails_and_says_why_and_the_body_goes_on() {
    run(() -> {
      var other = createTask(() -> trail.add("another task"));
      Generator<String> generator = Generator.of(self -> {
        self.yield("before");
        Throwable thrown = catchThrowable(() -> initialise(() -> self.yield("pinned")));
        assertThat(thrown)
            .isInstanceOf(ExceptionInInitializerError.class)
            .cause()
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("pinned")
            .hasMessageContaining("class initialiser");
        self.yield("after");
        sleep(Duration.ofMillis(1));
      });
      generator.forEach(trail::add);
      other.await();
    });

    trail.assertIs("before", "after", "another task");
  }

  @Test
  @OnlyOpened
  void a_yield_to_another_generator_in_a_class_initialiser_delegates_to_nobody() {
    run(() -> {
      Generator<String> inner = Generator.of(self -> self.yield("inner"));
      Generator<String> generator = Generator.of(self -> {
        trail.add(outcome(() -> initialise(() -> self.yieldFrom(inner))));
        self.yieldFrom(inner);
      });
      generator.forEach(trail::add);
    });

    trail.assertIs("ExceptionInInitializerError", "inner");
  }

  @Test
  @OnlyOpened
  void a_step_in_a_class_initialiser_fails_and_the_body_has_not_gone_on() {
    run(() -> {
      Generator<String> generator = Generator.of(self -> {
        trail.add("begun");
        self.yield("first");
        trail.add("gone on");
        self.yield("second");
      });
      trail.add(outcome(() -> initialise(generator::next)));
      trail.add(generator.next());
      trail.add(outcome(() -> initialise(() -> generator.send("lost"))));
      trail.add(outcome(() -> initialise(generator::close)));
      trail.add(generator.next());
      generator.close();
    });

    trail.assertIs(
        "ExceptionInInitializerError",
        "begun",
        "first",
        "ExceptionInInitializerError",
        "ExceptionInInitializerError",
        "gone on",
        "second");
  }

  @Test
  @OnlyOpened
  void a_generator_whose_first_step_failed_can_be_closed() {
    run(() -> {
      Generator<String> generator = Generator.of(_ -> trail.add("never"));
      trail.add(outcome(() -> initialise(generator::next)));
      generator.close();
      assertThat(generator.hasNext()).isFalse();
    });

    trail.assertIs("ExceptionInInitializerError");
  }

  @Test
  void outside_any_loop_a_class_initialiser_can_read_a_generator() throws Exception {
    initialise(() -> {
      Generator<String> generator = Generator.of(self -> self.yield("value"));
      generator.forEach(trail::add);
    });

    trail.assertIs("value");
  }

  @Test
  void outside_any_loop_a_pinned_body_keeps_its_carrier_and_yields() {
    Generator<String> generator = Generator.of(self -> {
      initialise(() -> self.yield("pinned"));
      self.yield("after");
    });
    if (Runtime.getRuntime().availableProcessors() > 1) {
      assertThat(generator.stream()).containsExactly("pinned", "after");
    }
  }

  @Test
  @OnlyOpened
  void a_body_that_is_pinned_to_a_carrier_of_the_jdk_cannot_go_on_in_a_loop() {
    Generator<String> generator = Generator.of(self -> {
      initialise(() -> self.yield("pinned"));
      self.yield("after");
    });
    trail.add(generator.next());
    run(() -> trail.add(outcome(generator::next)));
    trail.add(generator.next());
    generator.close();

    trail.assertIs("pinned", "IllegalStateException", "after");
  }

  @Test
  @OnlyPortable
  void a_loop_in_portable_mode_lets_a_pinned_body_keep_its_carrier() {
    run(() -> {
      Generator<String> generator = Generator.of(self -> {
        initialise(() -> self.yield("pinned"));
        self.yield("after");
      });
      if (Runtime.getRuntime().availableProcessors() > 1) {
        assertThat(generator.stream()).containsExactly("pinned", "after");
      }
    });
  }

  private interface Pinning {
    void run();
  }

  /// Runs `body` in the initialiser of a copy of [Pinned].
  private static void initialise(Pinning body) throws IOException, IllegalAccessException {
    byte[] bytes;
    try (var file =
        PinnedGeneratorTest.class.getResourceAsStream("PinnedGeneratorTest$Pinned.class")) {
      bytes = requireNonNull(file).readAllBytes();
    }
    BODY.set(body);
    var _ = MethodHandles.lookup().defineHiddenClass(bytes, /* initialize= */ true);
  }

  // by thread, as tests of both kinds of threads come here
  private static final ThreadLocal<@Nullable Pinning> BODY = new ThreadLocal<>();

  @SuppressWarnings("UnusedNestedClass") // its class file is read
  private static final class Pinned {
    static {
      Bodies.run();
    }
  }

  private static final class Bodies {
    private Bodies() {}

    static void run() {
      requireNonNull(BODY.get()).run();
    }
  }
}

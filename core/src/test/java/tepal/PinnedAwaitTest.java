// SPDX-License-Identifier: Apache-2.0
package tepal;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.run;
import static tepal.Asyncio.sleep;
import static tepal.InTask.me;
import static tepal.InTask.outcome;
import static tepal.InTask.pass;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

/// An await where the virtual thread cannot leave its carrier: it fails instead of stopping the
/// loop.
@OnlyOpened
class PinnedAwaitTest {
  private final Trail trail = new Trail();

  @Test
  void an_await_in_a_class_initialiser_fails_and_says_why() {
    run(() -> {
      var other = createTask(() -> trail.add("another task"));
      var thrown = catchThrowable(() -> Sleeper.touch());
      assertThat(thrown)
          .isInstanceOf(ExceptionInInitializerError.class)
          .hasCauseInstanceOf(IllegalStateException.class);
      assertThat(thrown.getCause())
          .hasMessageContaining("pinned")
          .hasMessageContaining("class initialiser");
      trail.add("caught");
      other.await();
      sleep(Duration.ofMillis(1));
    });
    trail.assertIs("caught", "another task");
  }

  @Test
  void a_future_awaited_where_the_thread_is_pinned_keeps_no_waiter() {
    run(() -> {
      Future<String> future = getRunningLoop().createFuture();
      Waiter.future = future;
      assertThat(outcome(() -> Waiter.touch())).isEqualTo("ExceptionInInitializerError");
      trail.add("caught");
      future.setResult("value");
      pass(2);
      trail.add("not woken by it");
      assertThat(future.await()).isEqualTo("value");
    });
    trail.assertIs("caught", "not woken by it");
  }

  @Test
  void a_yield_where_the_thread_is_pinned_leaves_no_turn_behind() {
    run(() -> {
      assertThat(outcome(() -> Yielder.touch())).isEqualTo("ExceptionInInitializerError");
      createTask(() -> trail.add("another task"));
      trail.add("before");
      sleep(Duration.ZERO);
      trail.add("after");
      sleep(Duration.ofMillis(1));
    });
    trail.assertIs("before", "another task", "after");
  }

  @Test
  void an_eager_start_where_the_thread_is_pinned_is_an_ordinary_one() {
    run(() -> {
      EagerStarter.trail = trail;
      EagerStarter.touch();
      sleep(Duration.ofMillis(1));
    });
    trail.assertIs("maker", "eager task");
  }

  @Test
  void an_await_under_a_native_frame_fails_and_says_why() throws Throwable {
    List<String> outcomes = new ArrayList<>();
    run(() -> {
      try (var arena = Arena.ofConfined()) {
        sortInNativeCode(arena, (_, _) -> {
          outcomes.add(outcome(() -> sleep(Duration.ofMillis(1))));
          return 0;
        });
      }
      sleep(Duration.ofMillis(1));
    });
    assertThat(outcomes).isNotEmpty().containsOnly("IllegalStateException");
  }

  @Test
  void a_cancellation_that_met_a_pinned_await_comes_at_the_next_one() {
    run(() -> {
      var task = createTask(() -> {
        me().cancel("meanwhile");
        trail.add(outcome(() -> CancelledSleeper.touch()));
        sleep(Duration.ofSeconds(1));
      });
      trail.add(outcome(task::await));
    });
    trail.assertIs("ExceptionInInitializerError", "CancelledError");
  }

  interface Comparison {
    int compare(MemorySegment one, MemorySegment other);
  }

  /// Sorts two numbers with the C library's `qsort`, which calls back into Java.
  @SuppressWarnings("restricted") // native code is what is tested
  private static void sortInNativeCode(Arena arena, Comparison comparison) throws Throwable {
    Linker linker = Linker.nativeLinker();
    var qsort = linker.downcallHandle(
        linker.defaultLookup().findOrThrow("qsort"),
        FunctionDescriptor.ofVoid(
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.ADDRESS));
    var compare = MethodHandles.lookup()
        .findVirtual(
            Comparison.class,
            "compare",
            MethodType.methodType(int.class, MemorySegment.class, MemorySegment.class))
        .bindTo(comparison);
    MemorySegment callback = linker.upcallStub(
        compare,
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS),
        arena);
    MemorySegment numbers = arena.allocateFrom(ValueLayout.JAVA_INT, 2, 1);
    qsort.invokeExact(numbers, 2L, 4L, callback);
  }

  private static final class Sleeper {
    static {
      sleep(Duration.ofMillis(1));
    }

    static void touch() {}
  }

  private static final class CancelledSleeper {
    static {
      sleep(Duration.ofMillis(1));
    }

    static void touch() {}
  }

  private static final class Yielder {
    static {
      sleep(Duration.ZERO);
    }

    static void touch() {}
  }

  private static final class EagerStarter {
    static @Nullable Trail trail;

    static void touch() {
      Initialised.touch();
    }

    private static final class Initialised {
      static {
        Trail words = requireNonNull(trail);
        createTask(() -> words.add("eager task"), TaskOptions.eager());
        words.add("maker");
      }

      static void touch() {}
    }
  }

  private static final class Waiter {
    static @Nullable Future<String> future;

    static void touch() {
      Waiting.touch();
    }

    private static final class Waiting {
      static {
        requireNonNull(future).await();
      }

      static void touch() {}
    }
  }
}

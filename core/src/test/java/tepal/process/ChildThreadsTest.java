// SPDX-License-Identifier: Apache-2.0
package tepal.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// How many children are started at a time.
class ChildThreadsTest {
  private final Queue<Runnable> threads = new ArrayDeque<>();
  private final ChildThreads.Starts starts = new ChildThreads.Starts(2, threads::add);
  private final List<String> started = new ArrayList<>();

  @Test
  void two_start_and_the_others_wait_for_one_to_have_begun() {
    for (String name : List.of("a", "b", "c", "d")) {
      starts.execute(() -> {
        started.add(name);
        starts.begun();
        starts.begun(); // counts once
        started.add(name + " goes on");
      });
    }

    assertThat(threads).hasSize(2);
    threads.remove().run();
    assertThat(started).containsExactly("a", "a goes on");
    assertThat(threads).as("b and c").hasSize(2);
    runAll();
    assertThat(started).endsWith("c", "c goes on", "d", "d goes on");
  }

  @Test
  void a_start_that_fails_or_never_says_that_it_has_begun_leaves_its_place() {
    for (int i = 0; i < 5; i++) {
      starts.execute(() -> {});
      starts.execute(() -> {
        throw new IllegalStateException("failed");
      });
    }
    while (!threads.isEmpty()) {
      Runnable next = threads.remove();
      try {
        next.run();
      } catch (IllegalStateException e) {
        started.add(e.getMessage());
      }
    }

    assertThat(started).hasSize(5);
    starts.execute(() -> started.add("last"));
    runAll();
    assertThat(started).endsWith("last");
  }

  @Test
  void a_place_is_free_again_where_there_is_no_thread() {
    AtomicBoolean full = new AtomicBoolean(true);
    ChildThreads.Starts limited = new ChildThreads.Starts(1, work -> {
      if (full.get()) {
        throw new RejectedExecutionException("no thread");
      }
      work.run();
    });

    assertThatThrownBy(() -> limited.execute(() -> started.add("never")))
        .isInstanceOf(RejectedExecutionException.class);
    full.set(false);
    limited.execute(() -> started.add("next"));
    assertThat(started).containsExactly("next");
  }

  private void runAll() {
    while (!threads.isEmpty()) {
      threads.remove().run();
    }
  }
}

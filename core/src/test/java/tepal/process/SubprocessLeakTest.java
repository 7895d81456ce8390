// SPDX-License-Identifier: Apache-2.0
package tepal.process;

import static org.assertj.core.api.Assertions.assertThat;
import static tepal.process.Subprocess.createSubprocessExec;
import static tepal.sync.NamedTasks.onLoop;

import java.io.File;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import tepal.TaskGroup;

/// What many children in a row leave behind: nothing.
@EnabledOnOs(OS.LINUX)
class SubprocessLeakTest {
  private static final int CHILDREN = 2_000;
  private static final int AT_ONCE = 4;

  @Test
  void thousands_of_short_children_leave_no_zombie_no_thread_and_no_descriptor() {
    onLoop(() -> {
      runChildren(AT_ONCE);
      long children = ProcessHandle.current().children().count();
      int descriptors = descriptors();
      long threads = childThreads();

      TaskGroup.run(group -> {
        for (int i = 0; i < AT_ONCE; i++) {
          group.createTask(() -> runChildren(CHILDREN / AT_ONCE));
        }
      });

      // The JDK closes its side of a pipe after it has told of the exit.
      while (descriptors() > descriptors) {
        Thread.onSpinWait();
      }
      assertThat(ProcessHandle.current().children().count()).isLessThanOrEqualTo(children);
      // For each child at a time: one for its start and its output, one for its other output, one
      // for its input. Idle ones are used again.
      assertThat(childThreads()).isLessThanOrEqualTo(threads + 4 * AT_ONCE);
    });
  }

  private static void runChildren(int count) {
    for (int i = 0; i < count; i++) {
      var child = createSubprocessExec(List.of("/bin/true"), SubprocessOptions.PIPES);
      assertThat(child.await()).isZero();
    }
  }

  private static int descriptors() {
    return Objects.requireNonNull(new File("/proc/self/fd").list()).length;
  }

  private static long childThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("tepal-blocking-"))
        .count();
  }
}

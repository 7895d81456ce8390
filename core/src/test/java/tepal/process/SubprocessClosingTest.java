// SPDX-License-Identifier: Apache-2.0
package tepal.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.process.Subprocess.createSubprocessExec;
import static tepal.process.Subprocess.createSubprocessShell;
import static tepal.streams.Bytes.text;
import static tepal.sync.NamedTasks.onLoop;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import tepal.EventLoop;
import tepal.Runner;
import tepal.streams.SubprocessTransport;
import tepal.sync.NamedTasks;

/// What closes a child: its object, its loop, or nothing if it is detached.
@DisabledOnOs(OS.WINDOWS)
class SubprocessClosingTest {
  private static final List<String> FOR_EVER = List.of("sleep", "3600");

  private final List<String> reported = new ArrayList<>();
  private final List<ProcessHandle> started = new ArrayList<>();

  /// Starts a child on a loop that ends without it.
  private void leave(SubprocessOptions options) {
    try (Runner runner = new Runner()) {
      runner.getLoop().setExceptionHandler((_, context) -> reported.add(context.message()));
      runner.run(() -> note(createSubprocessExec(FOR_EVER, options)));
    }
  }

  private Subprocess note(Subprocess child) {
    ProcessHandle handle = child.transport().getExtraInfo(SubprocessTransport.SUBPROCESS);
    assertThat(handle).isNotNull();
    started.add(handle);
    return child;
  }

  private ProcessHandle only() {
    assertThat(started).hasSize(1);
    return started.getFirst();
  }

  // ---- Its object

  @Test
  void a_child_is_killed_at_the_end_of_its_block() {
    onLoop(() -> {
      Subprocess after;
      try (var child = createSubprocessExec(FOR_EVER, SubprocessOptions.PIPES)) {
        after = child;
      }
      assertThat(after.stdout().read()).isEmpty();
      assertThat(after.await()).isEqualTo(-9);
      after.close();
    });
  }

  @Test
  void a_child_that_has_ended_is_closed_by_itself() {
    onLoop(() -> {
      var child = createSubprocessExec(List.of("true"), SubprocessOptions.PIPES);
      child.communicate();
      assertThat(child.transport().isClosing()).isTrue();
      child.close();
      assertThat(child.returnCode()).isZero();
    });
  }

  @Test
  void closing_a_child_whose_output_nobody_reads_ends_it() {
    onLoop(() -> {
      var options = SubprocessOptions.PIPES.limit(10);
      Subprocess after;
      try (var child = createSubprocessExec(List.of("cat", "/dev/zero"), options)) {
        child.stdout().read(1);
        after = child;
      }
      assertThat(after.await()).isEqualTo(-9);
    });
  }

  // ---- Its loop

  @Test
  void a_loop_that_is_closed_kills_its_children_and_tells() {
    leave(SubprocessOptions.PIPES);

    only().onExit().join();
    assertThat(reported)
        .singleElement()
        .asString()
        .startsWith(
            "A child process ran when its loop was closed, and is killed: SubprocessTransport[");
  }

  @Test
  void a_child_without_pipes_does_not_outlive_its_loop_either() {
    leave(SubprocessOptions.DEFAULT);

    only().onExit().join();
    assertThat(reported).hasSize(1);
  }

  @Test
  void a_child_that_has_ended_is_nothing_to_tell() {
    try (Runner runner = new Runner()) {
      runner.getLoop().setExceptionHandler((_, context) -> reported.add(context.message()));
      runner.run(() -> {
        createSubprocessExec("true").await();
        createSubprocessExec(List.of("true"), SubprocessOptions.PIPES).communicate();
        assertThatThrownBy(() -> createSubprocessExec("no-such-program"));
      });
    }
    assertThat(reported).isEmpty();
  }

  @Test
  void a_task_that_is_unwound_closes_its_child_without_a_word() {
    EventLoop loop = EventLoop.builder().build();
    loop.setExceptionHandler((_, context) -> reported.add(context.message()));
    loop.createTask(() -> {
      try (var child = note(createSubprocessExec(FOR_EVER, SubprocessOptions.PIPES))) {
        loop.stop();
        child.communicate();
      }
    });
    loop.runForever();
    loop.close();

    only().onExit().join();
    assertThat(reported)
        .filteredOn(each -> !each.startsWith("Task was destroyed"))
        .isEmpty();
  }

  @Test
  void a_child_that_begins_when_its_loop_is_closed_already_is_killed() {
    for (int i = 0; i < 5; i++) {
      EventLoop loop = EventLoop.builder().build();
      loop.setExceptionHandler((_, _) -> {});
      var options = SubprocessOptions.PIPES.asDetached();
      var task = loop.createTask(() -> createSubprocessExec(List.of("sleep", "3601"), options));
      loop.runUntilComplete(NamedTasks::pass);
      loop.close();
      if (!task.cancelled()) {
        task.result().kill(); // it was started in time, and is detached
      }
    }
    onLoop(() -> {
      // Those were started before these, or never will be.
      for (int i = 0; i < 8; i++) {
        assertThat(createSubprocessExec("true").await()).isZero();
      }
    });
    ProcessHandle.current()
        .children()
        .filter(child -> child.info().commandLine().orElse("").contains("3601"))
        .forEach(child -> child.onExit().join());
  }

  // ---- Nothing

  @Test
  void a_detached_child_outlives_its_object_and_its_loop() {
    try (Runner runner = new Runner()) {
      runner.getLoop().setExceptionHandler((_, context) -> reported.add(context.message()));
      runner.run(() -> {
        try (var child = createSubprocessExec(FOR_EVER, SubprocessOptions.PIPES.asDetached())) {
          note(child);
        }
      });
    }
    assertThat(reported).isEmpty();
    assertThat(only().isAlive()).isTrue();
    only().destroyForcibly();
    only().onExit().join();
  }

  @Test
  void a_detached_child_can_be_killed() {
    onLoop(() -> {
      var child =
          createSubprocessShell("echo x; exec sleep 3600", SubprocessOptions.PIPES.asDetached());
      assertThat(text(child.stdout().readLine())).isEqualTo("x\n");
      child.kill();
      assertThat(child.returnCode()).isNull();
      child.close();
      assertThat(child.await()).isEqualTo(-9);
    });
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal.process;

import static org.assertj.core.api.Assertions.assertThat;
import static tepal.process.Subprocess.createSubprocessExec;
import static tepal.process.Subprocess.createSubprocessShell;
import static tepal.streams.Bytes.bytes;
import static tepal.streams.Bytes.text;
import static tepal.sync.NamedTasks.onLoop;
import static tepal.sync.NamedTasks.pass;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import tepal.Asyncio;
import tepal.CancelledError;
import tepal.Task;
import tepal.streams.SubprocessTransport;
import tepal.sync.NamedTasks;
import tepal.testing.Trail;

/// Tasks that are cancelled before, while and after they wait for a child.
@DisabledOnOs(OS.WINDOWS)
class SubprocessCancellationTest {
  private static final List<String> FOR_EVER = List.of("sleep", "3600");
  private static final SubprocessOptions PIPES = SubprocessOptions.PIPES;

  private final Trail trail = new Trail();
  private final NamedTasks tasks = new NamedTasks(trail);

  // ---- Starting

  @Test
  void a_start_that_is_cancelled_before_its_first_turn_starts_nothing() {
    onLoop(() -> {
      var task = starting(PIPES);
      task.cancel();
      pass();
      assertThat(task.cancelled()).isTrue();
      assertThat(sleepers()).isEmpty();
    });
  }

  @Test
  void a_start_that_waits_for_its_turn_is_cancelled_at_once_and_starts_nothing() {
    CountDownLatch taken = new CountDownLatch(1);
    for (int i = 0; i < 20; i++) {
      ChildThreads.STARTS.execute(() -> awaitUninterruptibly(taken));
    }
    onLoop(() -> {
      var task = starting(PIPES);
      pass();
      task.cancel();
      pass();
      assertThat(task.cancelled()).isTrue();
      taken.countDown();
      assertThat(createSubprocessExec("true").await()).as("the next in line").isZero();
      assertThat(sleepers()).isEmpty();
    });
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @RepeatedTest(20)
  void a_start_that_is_cancelled_leaves_no_child(RepetitionInfo repetition) {
    onLoop(() -> {
      var options = repetition.getCurrentRepetition() % 2 == 0 ? PIPES : SubprocessOptions.DEFAULT;
      var task = starting(options.asDetached());
      for (int i = 0; i < repetition.getCurrentRepetition() * 20; i++) {
        pass(); // at some moment between before and after the start
      }
      task.cancel();
      endOf(task);
      if (!task.cancelled()) {
        Subprocess child = task.result(); // not cancelled in time
        child.kill();
        child.await();
      }
      assertThat(sleepers()).isEmpty();
    });
  }

  @Test
  void a_start_that_is_cancelled_after_the_child_began_leaves_no_child() {
    List<Task<?>> tasks = new ArrayList<>();
    SubprocessOptions options = SubprocessOptions.DEFAULT;
    onLoop(() -> {
      // Cancelled by the protocol, which is called just before the task is woken.
      var task = Asyncio.createTask(() -> {
        Subprocess.subprocessExec(
            () -> new NotingProtocol(trail) {
              @Override
              public void connectionMade(SubprocessTransport transport) {
                tasks.forEach(each -> each.cancel());
              }
            },
            FOR_EVER,
            options);
      });
      tasks.add(task);
      endOf(task);
      assertThat(task.cancelled()).isTrue();
      assertThat(sleepers()).isEmpty();
      trail.assertIs("exited", "lost");
    });
  }

  @Test
  void a_start_that_is_cancelled_twice_does_not_wait_for_the_end_and_leaves_no_child() {
    onLoop(() -> {
      var task = starting(PIPES);
      pass();
      task.cancel();
      pass();
      task.cancel();
      pass();
      assertThat(task.cancelled()).isTrue();
      for (int i = 0; i < 8; i++) {
        assertThat(createSubprocessExec("true").await()).isZero();
      }
      while (sleepers().findAny().isPresent()) {
        pass();
      }
    });
  }

  private static Task<Subprocess> starting(SubprocessOptions options) {
    return Asyncio.createTask(() -> createSubprocessExec(FOR_EVER, options));
  }

  private static void endOf(Task<?> task) {
    while (!task.done()) {
      pass();
    }
  }

  private static Stream<ProcessHandle> sleepers() {
    return ProcessHandle.current()
        .children()
        .filter(child -> child.info().commandLine().orElse("").contains("3600"));
  }

  // ---- Waiting

  @Test
  void a_cancelled_wait_leaves_the_child_alone() {
    onLoop(() -> {
      try (var child = createSubprocessExec(List.of("cat"), PIPES)) {
        var a = tasks.start("a", child::await);
        var b = tasks.start("b", child::await);
        pass();
        a.cancel();
        pass();
        trail.assertIs("a cancelled");
        assertThat(child.returnCode()).isNull();

        child.stdin().close();
        b.await();
        trail.assertIs("b done");
      }
    });
  }

  @Test
  void a_wait_that_is_cancelled_after_it_was_woken_is_cancelled_and_the_code_stays() {
    onLoop(() -> {
      var child = createSubprocessExec(List.of("cat"), PIPES);
      List<Task<?>> waiting = new ArrayList<>();
      child.transport().setProtocol(new NotingProtocol(trail) {
        @Override
        public void connectionLost(@Nullable Throwable exception) {
          // After this callback, which wakes those who wait, and before they resume.
          Asyncio.getRunningLoop().callSoon(() -> waiting.forEach(Task::cancel));
        }
      });
      var a = tasks.start("a", child::await);
      waiting.add(a);
      pass();
      child.stdin().close();
      endOf(a);
      assertThat(trail.words())
          .containsExactlyInAnyOrder("0 lost", "1 lost", "2 lost", "exited", "a cancelled");
      assertThat(child.await()).isZero();
    });
  }

  @Test
  void what_a_cancelled_communicate_had_read_can_still_be_read() {
    onLoop(() -> {
      try (var child = createSubprocessShell("echo one; read x; echo two; echo err >&2", PIPES)) {
        var a = tasks.start("a", () -> child.communicate(bytes("")));
        var b = tasks.start("b", () -> child.stdout().read());
        pass();
        a.cancel();
        pass();
        b.cancel();
        while (!a.done() || !b.done()) {
          pass();
        }
        var output = child.communicate();
        assertThat(text(output.stdout())).isEqualTo("one\ntwo\n");
        assertThat(text(output.stderr())).isEqualTo("err\n");
      }
    });
  }

  @Test
  void a_cancelled_read_or_drain_leaves_the_child_alone() {
    onLoop(() -> {
      try (var child = createSubprocessShell("read x; cat", PIPES)) {
        var reading = tasks.start("read", () -> child.stdout().readLine());
        child.stdin().write(new byte[1_000_000]);
        var draining = tasks.start("drain", () -> child.stdin().drain());
        pass();
        reading.cancel();
        draining.cancel();
        pass();
        trail.assertIs("read cancelled", "drain cancelled");
        child.stdin().write(bytes("\nhello"));
        assertThat(text(child.communicate().stdout())).endsWith("hello");
      }
    });
  }

  @Test
  void a_cancelled_task_kills_its_child_where_it_leaves_the_block() {
    onLoop(() -> {
      List<Subprocess> started = new ArrayList<>();
      var task = Asyncio.createTask(() -> {
        try (var child = createSubprocessExec(FOR_EVER, PIPES)) {
          started.add(child);
          child.await();
        } catch (CancelledError e) {
          trail.add("cancelled");
          throw e;
        }
      });
      while (started.isEmpty()) {
        pass();
      }
      task.cancel();
      endOf(task);
      trail.assertIs("cancelled");
      assertThat(started.getFirst().await()).isEqualTo(-9);
    });
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static tepal.process.Subprocess.createSubprocessExec;
import static tepal.process.Subprocess.createSubprocessShell;
import static tepal.streams.Bytes.text;
import static tepal.sync.NamedTasks.onLoop;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Signals to a child.
@DisabledOnOs(OS.WINDOWS)
class SubprocessSignalTest {

  @ParameterizedTest
  @CsvSource({"KILL, -9", "TERM, -15", "INT, -2", "HUP, -1", "ABRT, -6"})
  void a_signal_ends_a_child_and_is_its_exit_code(String signal, int code) {
    onLoop(() -> {
      try (var child = createSubprocessExec("sleep", "3600")) {
        child.sendSignal(signal);
        assertThat(child.await()).isEqualTo(code);
        child.sendSignal(signal); // does nothing
        child.terminate();
        child.kill();
      }
    });
  }

  @Test
  void a_child_can_be_asked_to_end_and_be_killed() {
    onLoop(() -> {
      var asked = createSubprocessExec("sleep", "3600");
      asked.terminate();
      assertThat(asked.await()).isEqualTo(-15);
      var killed = createSubprocessExec("sleep", "3600");
      killed.kill();
      assertThat(killed.await()).isEqualTo(-9);
    });
  }

  @Test
  void signals_arrive_in_the_order_in_which_they_were_sent() {
    onLoop(() -> {
      var options = SubprocessOptions.DEFAULT.stdout(Stdio.PIPE).stdin(Stdio.PIPE);
      String command = "trap 'echo one' USR1; trap 'echo two' USR2; trap 'echo end; exit 5' TERM;"
          + " echo ready; while read x; do :; done; while :; do sleep 0.01; done";
      try (var child = createSubprocessShell(command, options)) {
        assertThat(text(child.stdout().readLine())).isEqualTo("ready\n");
        child.sendSignal("USR1");
        assertThat(text(child.stdout().readLine())).isEqualTo("one\n");
        child.sendSignal("USR2");
        child.sendSignal("TERM");
        child.terminate();
        assertThat(child.stdout().lines()).containsExactly("two", "end");
        assertThat(child.await()).isEqualTo(5);
      }
    });
  }

  @Test
  void a_signal_needs_the_name_of_one() {
    onLoop(() -> {
      try (var child = createSubprocessExec(List.of("cat"), SubprocessOptions.PIPES)) {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> child.sendSignal("SIGTERM"))
            .withMessage("Expected the name of a signal of this system without SIG, such as TERM;"
                + " found SIGTERM");
        assertThatIllegalArgumentException().isThrownBy(() -> child.sendSignal("9; rm -rf /"));
      }
    });
  }

  @Test
  void a_killed_child_takes_its_pipes_with_it() {
    onLoop(() -> {
      var child = createSubprocessExec(List.of("cat"), SubprocessOptions.PIPES);
      child.kill();
      assertThat(child.communicate().stdout()).isEmpty();
      assertThat(child.returnCode()).isEqualTo(-9);
    });
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// Ctrl-C, in processes of their own: slow, as each starts a JVM.
@Tag("slow")
@EnabledOnOs(OS.LINUX) // for `env --default-signal`: a background job of a shell ignores SIGINT
class CtrlCTest {
  private static final int INTERRUPTED = 130;

  @Test
  void it_cancels_the_main_task_whose_clean_up_runs_and_ends_the_process_as_interrupted()
      throws Exception {
    try (var program = new Program(CtrlCPrograms.CleansUp.class)) {
      program.interrupt();
      program.assertPrinted("cleaned up");
      program.assertEndedQuietly(INTERRUPTED);
    }
  }

  @Test
  void a_second_one_ends_a_program_that_ignores_the_first() throws Exception {
    try (var program = new Program(CtrlCPrograms.Ignores.class)) {
      program.interrupt();
      program.assertPrinted("ignored");
      program.interrupt();
      program.assertEndedQuietly(INTERRUPTED);
    }
  }

  @Test
  void a_second_one_ends_a_program_that_never_lets_the_loop_turn() throws Exception {
    try (var program = new Program(CtrlCPrograms.Computes.class)) {
      program.interrupt();
      program.interruptUntilEnded();
      program.assertEnded(INTERRUPTED);
    }
  }

  @Test
  void a_program_that_ends_normally_all_the_same_ends_normally() throws Exception {
    try (var program = new Program(CtrlCPrograms.Returns.class)) {
      program.interrupt();
      program.assertPrinted("returned");
      program.assertPrinted("after run");
      program.assertEndedQuietly(0);
    }
  }

  @Test
  void a_program_keeps_its_own_handler() throws Exception {
    try (var program = new Program(CtrlCPrograms.HandlesItself.class)) {
      program.interrupt();
      program.assertPrinted("handled");
      program.assertEndedQuietly(0);
    }
  }

  @Test
  void a_loop_keeps_its_handler_from_one_run_to_the_next_and_no_longer() throws Exception {
    try (var program = new Program(CtrlCPrograms.RunsTwice.class)) {
      program.interrupt();
      program.assertPrinted("handled");
      program.assertPrinted("closed");
      program.interrupt();
      program.assertEndedQuietly(INTERRUPTED);
    }
  }

  @Test
  @OnlyOpened
  void it_cancels_a_main_task_that_waits_in_jdk_code() throws Exception {
    try (var program = new Program(CtrlCPrograms.Blocks.class)) {
      program.interrupt();
      program.assertPrinted("cleaned up");
      program.assertEndedQuietly(INTERRUPTED);
    }
  }

  @Test
  @OnlyPortable
  void in_portable_mode_a_second_one_ends_a_program_that_waits_in_jdk_code() throws Exception {
    try (var program = new Program(CtrlCPrograms.Blocks.class)) {
      program.interrupt();
      program.interruptUntilEnded();
      program.assertEnded(INTERRUPTED);
    }
  }

  /// A program of [CtrlCPrograms] that runs and is ready.
  private static final class Program implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;

    Program(Class<?> main) throws Exception {
      List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.add("-XX:TieredStopAtLevel=1");
      command.add("--add-opens=java.base/java.lang=ALL-UNNAMED");
      command.add("-Dtepal.mode=" + System.getProperty("tepal.mode", "auto"));
      command.addAll(List.of("-cp", classPath(EventLoop.class, CtrlCTest.class), main.getName()));
      process = new ProcessBuilder(command).start();
      output = process.inputReader(StandardCharsets.UTF_8);
      assertPrinted("ready");
    }

    private static String classPath(Class<?>... classes) throws Exception {
      List<String> entries = new ArrayList<>();
      for (Class<?> each : classes) {
        var source = each.getProtectionDomain().getCodeSource().getLocation();
        entries.add(Path.of(source.toURI()).toString());
      }
      return String.join(File.pathSeparator, entries);
    }

    void interrupt() throws Exception {
      String pid = Long.toString(process.pid());
      new ProcessBuilder("kill", "-s", "INT", pid).start().waitFor();
    }

    /// Signals that come at the same time are one, so that the second may have to be repeated.
    void interruptUntilEnded() throws Exception {
      while (!process.waitFor(200, TimeUnit.MILLISECONDS)) {
        interrupt();
      }
    }

    void assertPrinted(String line) throws IOException {
      assertThat(output.readLine()).isEqualTo(line);
    }

    void assertEnded(int status) throws Exception {
      assertThat(output.readLine()).isNull();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(status);
    }

    void assertEndedQuietly(int status) throws Exception {
      assertEnded(status);
      assertThat(process.errorReader(StandardCharsets.UTF_8).readLine()).isNull();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }
}

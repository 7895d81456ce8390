// SPDX-License-Identifier: Apache-2.0
package tepal.process;

import static org.assertj.core.api.Assertions.assertThat;
import static tepal.process.Subprocess.createSubprocessExec;
import static tepal.streams.Bytes.bytes;
import static tepal.streams.Bytes.text;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tepal.Asyncio;
import tepal.EventLoop;
import tepal.sync.NamedTasks;

/// The directory of named pipes: what becomes of it, and what works without it. In processes
/// of their own, as a process has one.
@DisabledOnOs(OS.WINDOWS)
class NamedPipeTest {
  @TempDir
  private Path temporary;

  @Test
  void pipes_are_used_again_and_gone_when_the_process_ends() {
    assertThat(run(UsedAgain.class, System.getenv("PATH"))).isEqualTo("at most 16\n");
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void a_directory_that_was_tidied_up_is_made_again() {
    assertThat(run(TidiedUp.class, System.getenv("PATH"))).isEqualTo("hello hello hello\n");
  }

  @Test
  void where_there_are_no_named_pipes_the_jdks_do() {
    assertThat(run(Without.class, "/nowhere"))
        .isEqualTo("1000000 bytes\nnow late\nexit code -9\nkept exit code 3\n");
    assertThat(temporary.toFile().list()).hasSize(0);
  }

  /// Sends children through pipes, one after the other and some at once.
  static final class UsedAgain {
    private UsedAgain() {}

    public static void main(String[] args) throws IOException {
      Asyncio.run(() -> {
        for (int i = 0; i < 20; i++) {
          hello();
          Asyncio.gather(UsedAgain::hello, UsedAgain::hello, UsedAgain::hello).await();
        }
        print(pipes().size() <= 16 ? "at most 16" : pipes().toString());
      });
    }

    private static void hello() {
      assertThat(output("/bin/echo hello; echo err >&2")).isEqualTo("hello\n");
    }
  }

  /// Deletes its pipes meanwhile.
  static final class TidiedUp {
    private TidiedUp() {}

    public static void main(String[] args) throws IOException {
      Asyncio.run(() -> {
        String first = output("echo hello");
        Path directory = pipes().getFirst().getParent();
        deletePipes();
        String second = output("echo hello");
        deletePipes();
        Files.delete(directory);
        print((first + second + output("echo hello")).replace("\n", " ").strip());
      });
    }

    private static void deletePipes() throws IOException {
      for (Path pipe : pipes()) {
        Files.delete(pipe);
      }
    }
  }

  /// Cannot make any.
  static final class Without {
    private Without() {}

    public static void main(String[] args) {
      Asyncio.run(() -> {
        var cat = createSubprocessExec(List.of("/bin/cat"), SubprocessOptions.PIPES);
        print(cat.communicate(new byte[1_000_000]).stdout().length + " bytes");
        // The child lives long enough for the reader to be there before the JDK's reaper.
        print(output("(/bin/sleep 0.3; echo late) & echo now; /bin/sleep 0.2")
            .replace("\n", " ")
            .strip());
        var killed = createSubprocessExec(List.of("/bin/cat"), SubprocessOptions.PIPES);
        killed.close();
        print("exit code " + killed.await());
        var child = Subprocess.createSubprocessShell("read x; exit 3", SubprocessOptions.PIPES);
        child.stdin().write(bytes("x\n"));
        print("kept exit code " + child.await());
      });
    }
  }

  private static String output(String command) {
    var child = Subprocess.createSubprocessShell(command, SubprocessOptions.PIPES);
    return text(child.communicate().stdout());
  }

  private static List<Path> pipes() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("pipe"))
          .toList();
    }
  }

  private static void print(String line) {
    System.out.println(line);
  }

  /// Runs a program and returns what it prints.
  private String run(Class<?> main, String path) {
    List<String> command = List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "--add-opens=java.base/java.lang=ALL-UNNAMED",
        "-Dtepal.mode=" + System.getProperty("tepal.mode", "auto"),
        "-Djava.io.tmpdir=" + temporary,
        "-XX:-UsePerfData",
        "-cp",
        classPath(),
        main.getName());
    StringBuilder printed = new StringBuilder();
    NamedTasks.onLoop(() -> {
      var options = SubprocessOptions.DEFAULT
          .stdout(Stdio.PIPE)
          .stderr(Stdio.STDOUT)
          .env(Map.of("PATH", path));
      printed.append(text(createSubprocessExec(command, options).communicate().stdout()));
    });
    return printed.toString();
  }

  private static String classPath() {
    return Stream.of(EventLoop.class, NamedPipeTest.class, org.assertj.core.api.Assertions.class)
        .map(NamedPipeTest::locationOf)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static String locationOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
          .toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}

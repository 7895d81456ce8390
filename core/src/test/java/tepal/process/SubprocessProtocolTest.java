// SPDX-License-Identifier: Apache-2.0
package tepal.process;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.toThread;
import static tepal.process.Subprocess.createSubprocessExec;
import static tepal.process.Subprocess.subprocessExec;
import static tepal.process.Subprocess.subprocessShell;
import static tepal.streams.Bytes.bytes;
import static tepal.streams.Bytes.text;
import static tepal.sync.NamedTasks.onLoop;
import static tepal.sync.NamedTasks.pass;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tepal.Asyncio;
import tepal.ContextVar;
import tepal.streams.ExtraInfo;
import tepal.streams.ReadTransport;
import tepal.streams.SubprocessProtocol;
import tepal.streams.SubprocessTransport;
import tepal.streams.WriteBufferLimits;
import tepal.streams.WriteTransport;
import tepal.testing.Trail;

/// The lower level: the transport of a child and the protocol that it calls.
@DisabledOnOs(OS.WINDOWS)
class SubprocessProtocolTest {
  private static final SubprocessOptions PIPES = SubprocessOptions.PIPES;
  private static final SubprocessOptions OUTPUT = SubprocessOptions.DEFAULT.stdout(Stdio.PIPE);

  @TempDir
  private Path directory;

  private final Trail trail = new Trail();
  private boolean over;

  /// Notes what it is called for, and when all is over.
  private class Noting extends NotingProtocol {
    Noting() {
      super(trail);
    }

    @Override
    public void connectionLost(@Nullable Throwable exception) {
      super.connectionLost(exception);
      over = true;
    }
  }

  private static WriteTransport stdin(SubprocessTransport transport) {
    return (WriteTransport) requireNonNull(transport.getPipeTransport(0));
  }

  private static ReadTransport stdout(SubprocessTransport transport) {
    return (ReadTransport) requireNonNull(transport.getPipeTransport(1));
  }

  private void awaitOver() {
    while (!over) {
      pass();
    }
  }

  // ---- Order

  @Test
  void a_protocol_is_called_from_the_connection_to_its_loss() {
    onLoop(() -> {
      var made = subprocessShell(
          Noting::new, "read x; echo $x; exec >&-; read x; exit 3", OUTPUT.stdin(Stdio.PIPE));
      trail.add("started");
      WriteTransport stdin = stdin(made.transport());
      stdin.write(bytes("hello\n"));
      // The child has closed its output before this lets it exit.
      while (!stdout(made.transport()).isClosing()) {
        pass();
      }
      trail.assertIs("made", "started", "1 data hello", "1 lost");
      stdin.close();
      awaitOver();
      assertThat(made.transport().getReturncode()).isEqualTo(3);
      // The end of the pipe and the exit are seen by two threads, in either order.
      assertThat(trail.words()).hasSize(3).contains("exited").endsWith("lost");
      assertThat(trail.words()).anyMatch(word -> word.startsWith("0 lost"));
    });
  }

  @Test
  void without_pipes_a_protocol_hears_of_the_start_the_exit_and_the_end() {
    onLoop(() -> {
      var made = subprocessExec(Noting::new, List.of("true"), SubprocessOptions.DEFAULT);
      assertThat(made.transport().getProtocol()).isSameAs(made.protocol());
      awaitOver();
      trail.assertIs("made", "exited", "lost");
    });
  }

  @Test
  void a_pipe_that_is_still_open_keeps_the_connection_when_the_child_has_exited()
      throws IOException {
    Path fifo = directory.resolve("fifo");
    onLoop(() -> {
      assertThat(createSubprocessExec("mkfifo", fifo.toString()).await()).isZero();
      var made = subprocessShell(Noting::new, "cat " + fifo + " & exit 0", OUTPUT);
      while (made.transport().getReturncode() == null) {
        pass();
      }
      trail.assertIs("made", "exited");

      toThread(() -> Files.writeString(fifo, "from the grandchild"));
      awaitOver();
      trail.assertIs("1 data from the grandchild", "1 lost", "lost");
      assertThat(made.transport().isClosing()).isFalse();
    });
  }

  @Test
  void the_input_is_lost_when_the_child_exits() {
    onLoop(() -> {
      var stdin = SubprocessOptions.DEFAULT.stdin(Stdio.PIPE);
      subprocessExec(Noting::new, List.of("true"), stdin);
      awaitOver();
      trail.assertIs("made", "exited", "0 lost", "lost");
    });
  }

  @Test
  void input_that_the_child_left_unread_breaks_the_pipe() {
    onLoop(() -> {
      var stdin = SubprocessOptions.DEFAULT.stdin(Stdio.PIPE);
      var made = subprocessExec(Noting::new, List.of("sleep", "0.1"), stdin);
      stdin(made.transport()).write(new byte[1_000_000]);
      trail.assertIs("made", "pause");
      awaitOver();
      // Whether the write fails or the exit is told first is up to the system.
      assertThat(made.transport().getReturncode()).isZero();
      assertThat(trail.words()).containsExactlyInAnyOrder("exited", "0 lost: Broken pipe", "lost");
    });
  }

  @Test
  void a_protocol_is_called_in_the_context_of_whoever_started_the_child() {
    ContextVar<String> user = new ContextVar<>("user");
    onLoop(() -> {
      user.set("ann");
      subprocessShell(
          () -> new Noting() {
            @Override
            public void pipeDataReceived(int fd, byte[] data) {
              trail.add(user.get());
            }
          },
          "echo x",
          OUTPUT);
      user.set("bob");
      awaitOver();
      assertThat(trail.words())
          .containsExactlyInAnyOrder("made", "ann", "1 lost", "exited", "lost");
    });
  }

  @Test
  void a_protocol_that_throws_is_reported_and_called_again() {
    List<String> reported = new ArrayList<>();
    onLoop(() -> {
      Asyncio.getRunningLoop()
          .setExceptionHandler((_, context) -> reported.add(String.valueOf(context.exception())));
      var made = subprocessShell(Throwing::new, "echo x", PIPES);
      while (!made.protocol().over) {
        pass();
      }
      pass();
      assertThat(reported)
          .containsExactlyInAnyOrder(
              "java.lang.IllegalStateException: made",
              "java.lang.IllegalStateException: data",
              "java.lang.IllegalStateException: 0 lost",
              "java.lang.IllegalStateException: 1 lost",
              "java.lang.IllegalStateException: 2 lost",
              "java.lang.IllegalStateException: exited",
              "java.lang.IllegalStateException: lost");
    });
  }

  private static final class Throwing implements SubprocessProtocol {
    boolean over;

    @Override
    public void connectionMade(SubprocessTransport transport) {
      throw new IllegalStateException("made");
    }

    @Override
    public void pipeDataReceived(int fd, byte[] data) {
      throw new IllegalStateException("data");
    }

    @Override
    public void pipeConnectionLost(int fd, @Nullable Throwable exception) {
      throw new IllegalStateException(fd + " lost");
    }

    @Override
    public void processExited() {
      throw new IllegalStateException("exited");
    }

    @Override
    public void connectionLost(@Nullable Throwable exception) {
      over = true;
      throw new IllegalStateException("lost");
    }
  }

  @Test
  void a_start_that_fails_calls_nobody() {
    onLoop(() -> {
      assertThatThrownBy(() -> subprocessExec(Noting::new, List.of("no-such-program"), PIPES))
          .hasMessageContaining("no-such-program");
      pass();
      trail.assertIs();
    });
  }

  // ---- Pausing

  @Test
  void a_protocol_that_pauses_reading_gets_nothing_until_it_resumes() {
    onLoop(() -> {
      var made = subprocessShell(PausingAfterEach::new, "cat /dev/zero", OUTPUT);
      PausingAfterEach protocol = made.protocol();
      ReadTransport stdout = stdout(made.transport());
      for (int i = 1; i < 50; i++) {
        while (protocol.pieces < i) {
          pass();
        }
        for (int j = 0; j < 20; j++) {
          pass();
        }
        assertThat(protocol.pieces).isEqualTo(i);
        assertThat(stdout.isReading()).isFalse();
        stdout.resumeReading();
        assertThat(stdout.isReading()).isTrue();
        assertThat(protocol.pieces).as("not within the call").isEqualTo(i);
      }
      made.transport().close();
      while (!protocol.over) {
        pass();
      }
      trail.assertIs();
    });
  }

  private static final class PausingAfterEach implements SubprocessProtocol {
    private @Nullable ReadTransport stdout;
    int pieces;
    boolean over;

    @Override
    public void connectionMade(SubprocessTransport transport) {
      stdout = SubprocessProtocolTest.stdout(transport);
    }

    @Override
    public void pipeDataReceived(int fd, byte[] data) {
      pieces++;
      requireNonNull(stdout).pauseReading();
    }

    @Override
    public void connectionLost(@Nullable Throwable exception) {
      over = true;
    }
  }

  @Test
  void the_end_of_a_pipe_waits_for_a_paused_protocol_too() {
    onLoop(() -> {
      var made = subprocessShell(
          () -> new Noting() {
            @Override
            public void connectionMade(SubprocessTransport transport) {
              super.connectionMade(transport);
              stdout(transport).pauseReading();
            }
          },
          "echo x",
          OUTPUT);
      while (made.transport().getReturncode() == null) {
        pass();
      }
      for (int i = 0; i < 100; i++) {
        pass();
      }
      trail.assertIs("made", "exited");
      stdout(made.transport()).resumeReading();
      awaitOver();
      trail.assertIs("1 data x", "1 lost", "lost");
    });
  }

  @Test
  void a_protocol_pauses_and_resumes_writing_at_the_limits_of_the_input() {
    onLoop(() -> {
      var made = subprocessShell(Noting::new, "cat > /dev/null", PIPES);
      WriteTransport stdin = stdin(made.transport());
      assertThat(stdin.getWriteBufferLimits()).isEqualTo(WriteBufferLimits.DEFAULT);
      stdin.setWriteBufferLimits(new WriteBufferLimits(0, 10));
      stdin.write(new byte[10]);
      trail.assertIs("made");
      stdin.writeLines(List.of(new byte[0], new byte[1]));
      trail.assertIs("pause");
      while (stdin.getWriteBufferSize() > 0) {
        pass();
      }
      trail.assertIs("resume");
      stdin.writeEof();
      awaitOver();
    });
  }

  @Test
  void input_that_is_aborted_is_lost_at_once_and_what_is_written_then_is_dropped() {
    onLoop(() -> {
      var made = subprocessShell(Noting::new, "read x; echo $x; cat > /dev/null", PIPES);
      WriteTransport stdin = stdin(made.transport());
      stdin.write(new byte[10_000_000]);
      stdin.abort();
      assertThat(stdin.isClosing()).isTrue();
      assertThat(stdin.getWriteBufferSize()).isZero();
      for (int i = 0; i < 4; i++) {
        stdin.write(bytes("dropped"));
      }
      pass();
      trail.assertIs("made", "pause", "0 lost");
      made.transport().close();
      awaitOver();
      assertThat(made.transport().getReturncode()).isEqualTo(-9);
    });
  }

  // ---- What a transport knows

  @Test
  void a_transport_knows_its_process_and_its_pipes() {
    onLoop(() -> {
      var made = subprocessExec(Noting::new, List.of("cat"), OUTPUT.stdin(Stdio.PIPE));
      SubprocessTransport transport = made.transport();
      assertThat(transport.getExtraInfo(SubprocessTransport.SUBPROCESS))
          .isEqualTo(ProcessHandle.of(transport.getPid()).orElseThrow());
      assertThat(transport.getExtraInfo(new ExtraInfo<>("peername", String.class)))
          .isNull();
      assertThat(transport.getPipeTransport(2)).isNull();
      assertThat(transport.getPipeTransport(3)).isNull();
      assertThat(transport)
          .hasToString("SubprocessTransport[pid=%d, running]".formatted(transport.getPid()));
      assertThat(transport.getPipeTransport(0)).hasToString("WritePipe[fd=0, 0 bytes buffered]");
      assertThat(transport.getPipeTransport(1)).hasToString("ReadPipe[fd=1]");
      assertThat(stdin(transport).canWriteEof()).isTrue();
      transport.close();
      transport.close();
      assertThat(transport.isClosing()).isTrue();
      awaitOver();
      assertThat(transport)
          .hasToString(
              "SubprocessTransport[pid=%d, exit code -9, closed]".formatted(transport.getPid()));
    });
  }

  @Test
  void the_protocol_of_a_child_can_be_replaced_but_only_for_all_of_it() {
    onLoop(() -> {
      var made = subprocessShell(Noting::new, "read x; echo hello", PIPES);
      List<String> seen = new ArrayList<>();
      made.transport().setProtocol(new SubprocessProtocol() {
        @Override
        public void pipeDataReceived(int fd, byte[] data) {
          seen.add(text(data));
        }

        @Override
        public void connectionLost(@Nullable Throwable exception) {
          over = true;
        }
      });
      WriteTransport stdin = stdin(made.transport());
      assertThatThrownBy(() -> stdin.setProtocol(new Noting()))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageStartingWith("Expected a protocol to be set for all of SubprocessTransport[");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> made.transport().setProtocol(new tepal.streams.Protocol() {}))
          .withMessageStartingWith("Expected a SubprocessProtocol, found ");
      stdin.write(bytes("\n"));
      awaitOver();
      assertThat(seen).containsExactly("hello\n");
      trail.assertIs("made");
    });
  }
}

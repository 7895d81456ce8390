// SPDX-License-Identifier: Apache-2.0
package tepal.process;

import java.io.IOException;
import java.nio.charset.Charset;
import java.util.ArrayDeque;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tepal.EventLoop;
import tepal.ExceptionContext;
import tepal.Future;

/// Sends signals to one child, in order.
final class SignalQueue {
  /*
   * The JDK sends TERM and KILL itself, at once. Any other signal takes a process of the shell's, and
   * so a thread; signals that come meanwhile wait for it. Confined to the loop.
   */
  private static final Set<String> NAMES = Set.of(
      "ABRT", "ALRM", "BUS", "CHLD", "CONT", "FPE", "HUP", "ILL", "INT", "KILL", "PIPE", "PROF",
      "QUIT", "SEGV", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1", "USR2",
      "VTALRM", "WINCH", "XCPU", "XFSZ");

  private static final Set<String> OF_THE_JDK = Set.of("TERM", "KILL");

  private final EventLoop loop;
  private final ArrayDeque<String> waiting = new ArrayDeque<>(2);
  private boolean sending;
  private boolean hangupSent;

  SignalQueue(EventLoop loop) {
    this.loop = loop;
  }

  /// Whether a HUP was sent to the child, or is to be.
  boolean hangupSent() {
    return hangupSent;
  }

  /// @throws IllegalArgumentException if there is no such signal
  static void check(String name) {
    if (!(ExitCode.POSIX ? NAMES : OF_THE_JDK).contains(name)) {
      throw new IllegalArgumentException(
          "Expected the name of a signal of this system without SIG, such as TERM; found " + name);
    }
  }

  /// Sends a signal, or lets it wait for those before it.
  void send(String name, Process child) {
    hangupSent |= name.equals("HUP");
    if (!sending && OF_THE_JDK.contains(name)) {
      sendByJdk(name, child);
    } else {
      waiting.add(name);
      sendNext(child);
    }
  }

  private void sendNext(Process child) {
    if (sending || waiting.isEmpty()) {
      return;
    }
    String name = waiting.remove();
    sending = true;
    Future<@Nullable Void> sent =
        loop.runInExecutor(ChildThreads.STARTS, () -> sendOnThread(name, child));
    sent.addDoneCallback(done -> {
      sending = false;
      sendNext(child);
      Throwable failure = done.exception();
      if (failure != null) {
        loop.callExceptionHandler(
            new ExceptionContext("Signal " + name + " was not sent to " + child, failure));
      }
    });
  }

  private static void sendOnThread(String name, Process child) throws IOException {
    if (OF_THE_JDK.contains(name)) {
      sendByJdk(name, child);
    } else if (child.isAlive()) {
      sendByShell(name, child);
    }
  }

  /// Not by the process's own methods, which close streams that others read.
  private static void sendByJdk(String name, Process child) {
    ProcessHandle handle = child.toHandle();
    boolean _ = name.equals("KILL") ? handle.destroyForcibly() : handle.destroy();
  }

  private static void sendByShell(String name, Process child) throws IOException {
    Process shell = new ProcessBuilder("/bin/sh", "-c", "kill -" + name + " " + child.pid())
        .redirectErrorStream(true)
        .start();
    String said = new String(shell.getInputStream().readAllBytes(), Charset.defaultCharset());
    if (ExitCode.await(shell) != 0 && child.isAlive()) {
      throw new IOException(said.strip());
    }
  }
}

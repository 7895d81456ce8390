// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.run;
import static tepal.Asyncio.wrapFuture;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tepal.testing.Trail;

/// Handlers of a signal that the JVM leaves alone.
@DisabledOnOs(OS.WINDOWS) // which has no such signal
class SignalTest {
  private final Trail trail = new Trail();
  private final OsSignal usr2 = new OsSignal("USR2");

  // completed when the signal reaches the handler that was there before
  private CompletableFuture<String> outside = new CompletableFuture<>();

  // what was there before the test
  private Object before = new Object();

  @BeforeEach
  void handleOutside() {
    before = usr2.handle(() -> outside.complete("outside"));
  }

  @AfterEach
  void restore() {
    usr2.restore(before);
  }

  @Test
  void a_handler_is_called_on_the_loop_each_time() {
    run(() -> {
      var loop = getRunningLoop();
      for (int i = 0; i < 3; i++) {
        var called = loop.<EventLoop>createFuture();
        loop.addSignalHandler("USR2", () -> called.setResult(getRunningLoop()));
        usr2.raise();
        assertThat(called.await()).isSameAs(loop);
      }
      assertThat(loop.removeSignalHandler("USR2")).isTrue();
    });
    assertThat(outside).isNotDone();
  }

  @Test
  void a_signal_from_another_process_is_handled() throws Exception {
    run(() -> {
      var loop = getRunningLoop();
      var called = loop.<String>createFuture();
      loop.addSignalHandler("USR2", () -> called.setResult("called"));
      String pid = Long.toString(ProcessHandle.current().pid());
      Process kill = new ProcessBuilder("kill", "-s", "USR2", pid).start();
      assertThat(called.await()).isEqualTo("called");
      assertThat(wrapFuture(kill.onExit()).await().exitValue()).isZero();
    });
  }

  @Test
  void a_handler_sees_the_context_in_which_it_was_added() {
    var variable = new ContextVar<>("variable", "unset");
    run(() -> {
      var loop = getRunningLoop();
      var called = loop.<String>createFuture();
      variable.set("when added");
      loop.addSignalHandler("USR2", () -> called.setResult(variable.get()));
      variable.set("later");
      usr2.raise();
      assertThat(called.await()).isEqualTo("when added");
    });
  }

  @Test
  void a_handler_that_throws_is_reported() {
    run(() -> {
      var loop = getRunningLoop();
      var reported = loop.<String>createFuture();
      loop.setExceptionHandler((_, error) -> reported.setResult(error.message()));
      loop.addSignalHandler("USR2", () -> {
        throw new IllegalStateException("in a handler");
      });
      usr2.raise();
      assertThat(reported.await()).startsWith("Exception in callback");
    });
  }

  @Test
  void removing_the_handler_restores_the_one_before() {
    run(() -> {
      var loop = getRunningLoop();
      loop.addSignalHandler("USR2", trail.adding("first"));
      loop.addSignalHandler("USR2", trail.adding("second"));
      assertThat(loop.removeSignalHandler("USR2")).isTrue();
      assertThat(loop.removeSignalHandler("USR2")).isFalse();
      usr2.raise();
      assertThat(wrapFuture(outside).await()).isEqualTo("outside");
    });
    trail.assertIs();
  }

  @Test
  void closing_the_loop_restores_the_handler_before() {
    run(() -> getRunningLoop().addSignalHandler("USR2", trail.adding("loop's")));
    usr2.raise();
    assertThat(outside.join()).isEqualTo("outside");
    trail.assertIs();
  }

  @ParameterizedTest
  @ValueSource(strings = {"SIGUSR2", "NO_SUCH", "", "usr2"})
  void the_platform_must_have_the_signal(String name) {
    run(() -> assertThatThrownBy(() -> getRunningLoop().addSignalHandler(name, () -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Expected the name of a signal"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"KILL", "STOP", "SEGV"})
  void the_signal_must_be_one_that_can_be_handled(String name) {
    run(() -> assertThatThrownBy(() -> getRunningLoop().addSignalHandler(name, () -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot be handled"));
  }

  @Test
  void a_closed_loop_handles_no_signals() {
    var loop = Asyncio.newEventLoop();
    loop.close();
    assertThatIllegalStateException()
        .isThrownBy(() -> loop.addSignalHandler("USR2", () -> {}))
        .withMessage("Event loop is closed");
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal.cli.repl;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Map;
import jdk.jshell.execution.DirectExecutionControl;
import jdk.jshell.spi.ExecutionControlProvider;
import jdk.jshell.spi.ExecutionEnv;
import jdk.jshell.spi.SPIResolutionException;
import org.jspecify.annotations.Nullable;
import tepal.Context;
import tepal.EventLoop;
import tepal.Task;

/// Runs JShell's snippets in this process, each as a task of one loop, all in one context.
///
/// Used by the shell's thread, except where it says otherwise.
final class LoopExecution extends DirectExecutionControl implements ExecutionControlProvider {
  private final EventLoop loop;
  private final SnippetLoader loader;
  private final Duration grace;
  private final Context context = Context.copyContext();

  // whether Ctrl-C came since the line began; written by the threads of signals
  private volatile boolean interrupted;

  // the snippet that runs, or null; read by the loop and by the threads of signals
  private volatile @Nullable Evaluation running;

  // how the last snippet ended; null if there was none yet
  private Evaluation.@Nullable Ended lastEnd;

  /// @param grace how long a snippet has to react to Ctrl-C before harder means are used
  LoopExecution(EventLoop loop, SnippetLoader loader, Duration grace) {
    super(loader);
    this.loop = loop;
    this.loader = loader;
    this.grace = grace;
  }

  // ---- For the shell

  /// Begins a line, which may consist of several snippets.
  void lineBegins() {
    interrupted = false;
  }

  /// Returns whether Ctrl-C came since the line began.
  boolean wasInterrupted() {
    return interrupted;
  }

  /// Handles Ctrl-C: cancels the snippet that runs, and lets no other of the line begin. Called
  /// by the threads of signals.
  void interrupt() {
    interrupted = true;
    Evaluation evaluation = running;
    if (evaluation != null) {
      try {
        evaluation.interrupt();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// Returns how the last snippet that ran has ended, once.
  Evaluation.@Nullable Ended takeEnd() {
    Evaluation.Ended end = lastEnd;
    lastEnd = null;
    return end;
  }

  /// Returns the task of the snippet that runs, or null. Called on the loop.
  @Nullable Task<?> runningTask() {
    Evaluation evaluation = running;
    return evaluation == null ? null : evaluation.task();
  }

  // ---- For JShell

  @Override
  public String name() {
    return "tepal";
  }

  @Override
  public LoopExecution generate(ExecutionEnv environment, Map<String, String> parameters) {
    return this;
  }

  @Override
  protected String invoke(Method method) throws Exception {
    MethodHandle snippet = MethodHandles.lookup().unreflect(method);
    Evaluation evaluation = new Evaluation(loop, context, () -> call(snippet), grace);
    running = evaluation;
    Evaluation.Ended end;
    try {
      end = interrupted ? new Evaluation.Interrupted() : evaluation.run();
    } finally {
      running = null;
    }
    lastEnd = end;
    return switch (end) {
      case Evaluation.Value(var text) -> text;
      case Evaluation.Failed(var failure) -> throw new InvocationTargetException(failure);
      case Evaluation.Interrupted _, Evaluation.Abandoned _ -> throw new StoppedException();
    };
  }

  /// Runs the code of a snippet. Called in the snippet's task.
  private Evaluation.Ended call(MethodHandle snippet) throws Exception {
    Thread.currentThread().setContextClassLoader(loader);
    try {
      return new Evaluation.Value(textOf((Object) snippet.invoke()));
    } catch (VirtualMachineError e) {
      return new Evaluation.Failed(e); // in a task it would end the loop
    } catch (Throwable e) {
      throw LoopExecution.<RuntimeException>sneak(e);
    }
  }

  private static String textOf(@Nullable Object value) {
    try {
      return valueString(value);
    } catch (RuntimeException e) {
      return "(no text: toString() threw %s)".formatted(e);
    }
  }

  @SuppressWarnings("unchecked")
  private static <X extends Throwable> RuntimeException sneak(Throwable e) throws X {
    throw (X) e;
  }

  /// Gives JShell the stacks of a failure, its causes and suppressed exceptions, in the order of
  /// [Failure#parts], to be told in terms of the snippets' lines. It knows causes only, so that
  /// is how they are chained. Nothing else of this exception is used.
  @Override
  protected String throwConvertedInvocationException(Throwable failure)
      throws RunException, InternalException {
    if (failure instanceof SPIResolutionException) {
      return super.throwConvertedInvocationException(failure);
    }
    UserException chain = null;
    for (Throwable part : Failure.parts(failure).reversed()) {
      UserException next = new UserException("", part.getClass().getName(), part.getStackTrace());
      var _ = next.initCause(chain);
      chain = next;
    }
    throw chain;
  }
}

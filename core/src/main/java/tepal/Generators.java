// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.lang.System.Logger.Level;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The generators that a loop closes if nobody else does: those that a task of it has driven
/// first and that have not ended.
///
/// Confined to the loop, but for [#closeSoon]. As many entries as there are such generators:
/// one that nobody has any more is closed, and so leaves.
final class Generators {
  private final EventLoop loop;
  private final Set<GeneratorBody<?>> unfinished = new LinkedHashSet<>();
  private boolean shutDown;

  Generators(EventLoop loop) {
    this.loop = loop;
  }

  /// Adds one that is to have its first step. Called by the task that drives it.
  void add(GeneratorBody<?> body) {
    boolean _ = unfinished.add(body);
    if (shutDown) {
      System.getLogger("tepal")
          .log(
              Level.WARNING,
              "{0} was started after shutdownAsyncgens(), so that nobody closes it with the loop",
              body);
    }
  }

  /// Removes one that has ended. Called by whoever has driven it, on any thread.
  void remove(GeneratorBody<?> body) {
    if (loop.scheduler.isOnLoop()) {
      boolean _ = unfinished.remove(body);
    } else {
      boolean _ = loop.callIfOpen(() -> unfinished.remove(body));
    }
  }

  boolean isEmpty() {
    return unfinished.isEmpty();
  }

  /// Closes one in a task of the loop. May be called from any thread; returns false if the
  /// loop is closed.
  boolean closeSoon(GeneratorBody<?> body) {
    return loop.callIfOpen(() -> {
      Task<?> _ = loop.createTask(() -> closeReporting(body));
    });
  }

  private void closeReporting(GeneratorBody<?> body) {
    try {
      body.close();
    } catch (CancelledError e) {
      throw e;
    } catch (Throwable e) {
      loop.callExceptionHandler(errorDuringClosing(body, e));
      if (Scheduler.isFatal(e)) {
        throw e;
      }
    }
  }

  /// Suspends the current task until all that are there now are closed.
  void shutdown() {
    Task<?> _ = Task.requireCurrent("shutdownAsyncgens()");
    shutDown = true;
    List<GeneratorBody<?>> closing =
        unfinished.stream().filter(each -> !each.isDelegatedTo()).toList();
    if (closing.isEmpty()) {
      return;
    }
    var closed = closing.stream().map(each -> Asyncio.awaitable(each::close)).toList();
    var outcomes = Gathering.outcomes(closed).await();
    for (int i = 0; i < outcomes.size(); i++) {
      if (outcomes.get(i) instanceof Outcome.Failure<?> failure
          && !(failure.exception() instanceof CancelledError)) {
        loop.callExceptionHandler(errorDuringClosing(closing.get(i), failure.exception()));
      }
    }
  }

  /// Lets go of what is left, as the loop is closed.
  void loopClosed() {
    for (GeneratorBody<?> each : List.copyOf(unfinished)) {
      each.leaveHome();
      if (each.isAbandoned()) {
        each.closeOutside();
      }
    }
    unfinished.clear();
  }

  static ExceptionContext errorDuringClosing(GeneratorBody<?> body, Throwable failure) {
    return new ExceptionContext("an error occurred during closing of " + body, failure);
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal.junit;

import static java.util.stream.Collectors.joining;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import tepal.Asyncio;
import tepal.Body;
import tepal.CancelledError;
import tepal.EventLoop;
import tepal.ExceptionContext;
import tepal.Runner;
import tepal.Task;
import tepal.testing.DeadlockException;
import tepal.testing.Trail;
import tepal.testing.VirtualClock;

/// The loop of one test, from its first use to the end of the test.
final class TestLoop implements AutoCloseable {
  /*
   * What runs on the loop does so on a thread of its own, while JUnit's thread waits for it: so a
   * test that hangs can be given up when our limit is over, or when JUnit's own is, which interrupts
   * the thread that waits. JUnit may go on to the next method, on another thread, before the one
   * that was interrupted has come to its end; `lock` lets it wait for that.
   *
   * A method that hangs has its task cancelled, and its thread interrupted if that is not enough. If that is not
   * enough either, the loop is given up: nothing more runs on it, and it is not closed.
   */

  // how long what was cancelled may take to end, in real time
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  // how many iterations tasks have to end after the test
  private static final int ITERATIONS = 100;

  // in a task tree, what stands between a test and its task: frames of JUnit, then of this class
  private static final Pattern HARNESS = Pattern.compile(
      "(?:\\n[ |]+at (?:\\S*/)?(?:jdk\\.internal\\.reflect|java\\.lang\\.reflect|org\\.junit)\\..*)+"
          + "(?:\\n[ |]+at (?:\\S*/)?tepal\\.junit\\.TestLoop\\..*)+");

  private final Settings settings;
  private final @Nullable VirtualClock clock;
  private final Runner runner;
  private final EventLoop loop;
  private final Trail trail = new Trail();

  // filled on the loop, read at the end of the test
  private final Queue<ExceptionContext> untold = new ConcurrentLinkedQueue<>();

  // one method of the test at a time
  private final ReentrantLock lock = new ReentrantLock();

  // the task that runs a method of the test, and its thread; written on the loop
  private volatile @Nullable Task<?> main;
  private volatile @Nullable Thread mainThread;

  // what hangs, if the loop was given up; guarded by the lock
  private @Nullable String hanging;

  // guarded by the lock
  private boolean ended;

  TestLoop(Settings settings) {
    this.settings = settings;
    this.clock = settings.newClock();
    this.runner = new Runner(settings.newLoop(clock));
    this.loop = runner.getLoop();
    loop.setExceptionHandler((_, error) -> untold.add(error));
  }

  EventLoop loop() {
    return loop;
  }

  Trail trail() {
    return trail;
  }

  VirtualClock clock() {
    if (clock == null) {
      throw new ParameterResolutionException(
          "Expected a test in virtual time for a parameter VirtualClock, but its loop has the machine's clock");
    }
    return clock;
  }

  // ---- Running

  /// Runs `body` as a task of this name, and waits for it.
  ///
  /// @throws Throwable what the body throws, as it is
  /// @throws AssertionError if it hangs
  <T extends @Nullable Object> T run(String name, Body<T, Throwable> body) throws Throwable {
    lock.lock();
    try {
      if (hanging != null) {
        throw new AssertionError("%s was not run, as %s still hangs".formatted(name, hanging));
      }
      Attempt<T> attempt = Attempt.start(() -> runner.run(() -> asMain(name, body)));
      awaitEnd(name, attempt);
      Task<?> task = main;
      if (attempt.failure() instanceof DeadlockException deadlock && task != null && !task.done()) {
        throw deadlocked(name, deadlock, task);
      }
      return attempt.result();
    } finally {
      lock.unlock();
    }
  }

  private <T extends @Nullable Object> T asMain(String name, Body<T, Throwable> body)
      throws Throwable {
    Task<?> me = Objects.requireNonNull(Asyncio.currentTask());
    me.setName(name);
    main = me;
    mainThread = Thread.currentThread();
    return body.call();
  }

  private void awaitEnd(String name, Attempt<?> attempt) {
    boolean inTime;
    try {
      inTime = attempt.endsWithin(settings.limit());
    } catch (InterruptedException e) {
      AssertionError hang = giveUp(name, "was interrupted", attempt);
      // JUnit's own limit is over, and then JUnit does not show what this throws.
      System.getLogger("tepal").log(Level.ERROR, hang.getMessage());
      Thread.currentThread().interrupt();
      throw hang;
    }
    if (!inTime) {
      String late = "did not end within %d s".formatted(settings.onLoop().timeoutSeconds());
      throw giveUp(name, late, attempt);
    }
  }

  /// Returns what the tasks are doing, without the frames that every test has.
  private String tasks() {
    return HARNESS.matcher(loop.formatTaskTree()).replaceAll("");
  }

  // ---- Giving up

  /// Ends what hangs, and returns the failure that shows it.
  private AssertionError giveUp(String name, String why, Attempt<?> attempt) {
    String tasks = tasks();
    boolean ends = cancelled(attempt);
    String rest = ends ? "" : "\nIt did not end when it was cancelled, and is left as it is.";
    AssertionError hang =
        new AssertionError("%s %s; its loop has\n%s%s".formatted(name, why, tasks, rest));
    Throwable failure = ends ? attempt.failure() : null;
    if (failure != null && !(failure instanceof CancelledError)) {
      hang.addSuppressed(failure);
    }
    hanging = ends ? null : name;
    return hang;
  }

  /// Cancels the test's task, and, if that does not help, all tasks, and interrupts its thread.
  ///
  /// @return whether that helped
  private boolean cancelled(Attempt<?> attempt) {
    askLoop(() -> {
      Task<?> task = main;
      boolean _ = task != null && task.cancel();
    });
    if (endsSoon(attempt)) {
      return true;
    }
    askLoop(() -> Asyncio.allTasks(loop).forEach(Task::cancel));
    Thread thread = mainThread;
    if (thread != null) {
      thread.interrupt(); // in portable mode it may be JDK code that holds up the loop
    }
    return endsSoon(attempt);
  }

  private void askLoop(Runnable callback) {
    try {
      var _ = loop.callSoonThreadsafe(callback);
    } catch (IllegalStateException closed) {
      // then nothing is left to be cancelled
    }
  }

  private static boolean endsSoon(Attempt<?> attempt) {
    boolean interrupted = Thread.interrupted();
    try {
      return attempt.endsWithin(PATIENCE);
    } catch (InterruptedException e) {
      interrupted = true;
      return false;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// Ends the test's task after a run on which nothing could happen any more, and returns the
  /// failure that shows it.
  private AssertionError deadlocked(String name, DeadlockException deadlock, Task<?> task) {
    AssertionError failure =
        new AssertionError("%s: %s\n%s".formatted(name, deadlock.getMessage(), tasks()), deadlock);
    Attempt<?> attempt = Attempt.start(() -> runner.run(() -> {
      boolean _ = task.cancel();
      return Asyncio.wait(Set.of(task));
    }));
    hanging = endsSoon(attempt) ? null : name;
    return failure;
  }

  // ---- The end

  /// Closes the loop.
  ///
  /// @param failed whether the test has failed already, so that what it left behind is no news
  /// @throws AssertionError if it left tasks behind, or errors that nobody was told of
  void end(boolean failed) {
    lock.lock();
    try {
      if (!ended) {
        ended = true;
        List<AssertionError> problems = new ArrayList<>();
        if (hanging == null && !failed && !settings.onLoop().allowPendingTasks()) {
          noted(problems, this::requireNothingPending);
        }
        if (hanging == null) {
          noted(problems, this::closeRunner);
        }
        noted(problems, this::requireAllTold);
        throwAll(problems);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    end(/* failed= */ true);
  }

  private static void noted(List<AssertionError> problems, Runnable step) {
    try {
      step.run();
    } catch (AssertionError problem) {
      problems.add(problem);
    }
  }

  private static void throwAll(List<AssertionError> problems) {
    if (!problems.isEmpty()) {
      AssertionError first = problems.getFirst();
      problems.stream().skip(1).forEach(first::addSuppressed);
      throw first;
    }
  }

  private void requireNothingPending() {
    if (Asyncio.allTasks(loop).isEmpty()) {
      return;
    }
    awaitEnd("the end of the test", Attempt.start(() -> runner.run(TestLoop::letOthersEnd)));
    Set<Task<?>> pending = Asyncio.allTasks(loop);
    if (!pending.isEmpty()) {
      throw new AssertionError("Expected a test that leaves no task pending, but %s: %s\n%s"
          .formatted(
              pending.size() == 1 ? "1 is" : pending.size() + " are",
              pending.stream().map(Task::getName).collect(joining(", ")),
              tasks()));
    }
  }

  private static boolean letOthersEnd() {
    for (int i = 0; i < ITERATIONS && Asyncio.allTasks().size() > 1; i++) {
      Asyncio.sleep(Duration.ZERO);
    }
    return true;
  }

  private void closeRunner() {
    Attempt<?> attempt = Attempt.start(() -> {
      runner.close();
      return true;
    });
    awaitEnd("closing the loop", attempt);
    if (attempt.failure() != null) {
      throw new AssertionError("The loop could not be closed in order", attempt.failure());
    }
  }

  private void requireAllTold() {
    List<ExceptionContext> errors = List.copyOf(untold);
    if (errors.isEmpty()) {
      return;
    }
    AssertionError problem = new AssertionError(
        "Expected a loop on which somebody is told of every error, but nobody was of: "
            + errors.stream().map(TestLoop::text).collect(joining("; ")),
        errors.getFirst().exception());
    errors.stream()
        .skip(1)
        .map(ExceptionContext::exception)
        .filter(Objects::nonNull)
        .forEach(problem::addSuppressed);
    throw problem;
  }

  private static String text(ExceptionContext error) {
    Throwable exception = error.exception();
    return error.message() + (exception == null ? "" : " (" + exception + ")");
  }
}

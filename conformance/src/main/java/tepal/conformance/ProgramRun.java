// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tepal.Action;
import tepal.Asyncio;
import tepal.CancelledError;
import tepal.EventLoop;
import tepal.LoopMode;
import tepal.Task;
import tepal.TaskOptions;
import tepal.TimerHandle;

/// One run of a program, on a loop of its own under a virtual clock.
///
/// After the main task has ended, everything that it left behind is cancelled, again and again, as
/// a task may catch a cancellation and go on. Then time passes until nothing happens any more, and
/// the audit looks at what is left.
final class ProgramRun {
  /// Longer than any program lasts. A main task that is still there then waits for nothing.
  private static final Duration FOREVER = Duration.ofSeconds(1_000_000_000);

  /// Longer than the delays of all callbacks of a program together.
  private static final Duration QUIET = Duration.ofSeconds(1_000_000);

  private static final Duration TICK = Duration.ofSeconds(1);

  /// How often what is left is cancelled. A task catches a cancellation as often as it has
  /// handlers.
  private static final int ROUNDS = 1000;

  private final Program program;
  private final ObservedClock clock = new ObservedClock(this::checkWaiting);
  private final EventLoop loop;
  private final Trace trace;
  private final World world;
  private final List<String> overlooked = new ArrayList<>();
  private final List<String> leftovers = new ArrayList<>();
  private boolean stuck;

  private ProgramRun(Program program, @Nullable LoopMode mode) {
    this.program = program;
    EventLoop.Builder builder = EventLoop.builder().clock(clock);
    loop = (mode == null ? builder : builder.mode(mode)).build();
    trace = new Trace(loop);
    world = new World(loop, program.declarations());
  }

  /// What became of a program.
  ///
  /// @param mode the mode of its loop
  /// @param trace its trace
  /// @param aftermath what it went on to do while it was cancelled
  /// @param stuck whether the main task came to wait for nothing
  /// @param leftToChance whether it depends on what asyncio leaves open, which is excluded
  /// @param overlooked who waited for what was free when nothing was left to run, in words
  /// @param leftovers what is left although it should not be, in words
  record Result(
      LoopMode mode,
      List<String> trace,
      List<String> aftermath,
      boolean stuck,
      boolean leftToChance,
      List<String> overlooked,
      List<String> leftovers) {}

  /// Runs a program and returns when nothing of it is left to run.
  ///
  /// @param program the program
  /// @param mode the mode of the loop, or null for the one that the JVM allows
  static Result of(Program program, @Nullable LoopMode mode) {
    var run = new ProgramRun(program, mode);
    return run.result(run::cleanUp);
  }

  /// Runs a program and returns its trace. What it leaves behind is cancelled and not looked at.
  ///
  /// @param program the program
  /// @param mode the mode of the loop, or null for the one that the JVM allows
  static List<String> trace(Program program, @Nullable LoopMode mode) {
    var run = new ProgramRun(program, mode);
    Result result = run.result(() -> {
      boolean _ = run.cancelOthers();
    });
    return result.trace();
  }

  private Result result(Action<?> afterwards) {
    try {
      // What the program's tasks fail with is in the trace, retrieved or not.
      loop.setExceptionHandler((_, _) -> {});
      runMain();
      runAfterwards(afterwards);
    } finally {
      loop.close();
    }
    return new Result(
        loop.mode(),
        trace.lines(),
        trace.aftermath(),
        stuck,
        world.leftToChance(),
        List.copyOf(overlooked),
        List.copyOf(leftovers));
  }

  private void runMain() {
    var interpreter = new Interpreter(world, trace);
    Task<@Nullable Object> main =
        loop.createTask(() -> interpreter.main(program.main()), TaskOptions.named("main"));
    world.know("main", main);
    TimerHandle guard = loop.callLater(FOREVER, loop::stop);
    try {
      loop.runUntilComplete(main);
    } catch (RuntimeException | CancelledError _) {
      // How the main task ended is in the trace.
    }
    guard.cancel();
    stuck = !main.done();
    trace.end();
  }

  private void checkWaiting() {
    if (overlooked.isEmpty()) {
      overlooked.addAll(Idleness.findings(world, program.declarations()));
    }
  }

  // After the main task

  /// Cleans up. Whatever goes wrong there has no part in the trace, which is complete.
  private void runAfterwards(Action<?> afterwards) {
    try {
      loop.runUntilComplete(loop.createTask(afterwards));
    } catch (RuntimeException | Error e) {
      leftovers.add("cleaning up failed with " + e);
    }
  }

  private void cleanUp() {
    if (!cancelOthers() || !quietDown()) {
      others().forEach(task -> leftovers.add("task " + task.getName() + " goes on for ever"));
      return;
    }
    clock.stops().stream()
        .filter(stop -> !stop.equals(loop.time()))
        .forEach(stop -> leftovers.add("a timer is left, for " + stop.toSeconds()));
    leftovers.addAll(new Audit(world, program, trace).findings());
  }

  /// Cancels all tasks until none is left, and returns whether that came to an end.
  private boolean cancelOthers() {
    for (int round = 0; round < ROUNDS; round++) {
      Set<Task<?>> others = others();
      if (others.isEmpty()) {
        return true;
      }
      others.forEach(Task::cancel);
      Asyncio.sleep(TICK);
    }
    return false;
  }

  /// Waits until the program's last callbacks have run and the tasks that they made have ended.
  private boolean quietDown() {
    for (int round = 0; round < ROUNDS; round++) {
      int lines = trace.length();
      clock.forgetStops();
      Asyncio.sleep(QUIET);
      if (others().isEmpty() && trace.length() == lines) {
        return true;
      }
      if (!cancelOthers()) {
        return false;
      }
    }
    return false;
  }

  private Set<Task<?>> others() {
    var tasks = new HashSet<Task<?>>(Asyncio.allTasks());
    tasks.remove(Asyncio.currentTask());
    return tasks;
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tepal.queues.Queue;
import tepal.queues.QueueEmptyException;
import tepal.queues.QueueShutDownException;
import tepal.queues.QueueStatistics;
import tepal.sync.BarrierStatistics;
import tepal.sync.ConditionStatistics;
import tepal.sync.LockStatistics;
import tepal.sync.SemaphoreStatistics;

/// Looks at a program's objects when no task of it is left: nobody may wait for them any more,
/// every lock must be free, and every slot and item must be where the trace says that it went.
///
/// Called in a task of the loop, as it takes the items out of the queues.
final class Audit {
  private final World world;
  private final Program program;
  private final Ledger ledger;
  private final List<String> findings = new ArrayList<>();

  Audit(World world, Program program, Trace trace) {
    this.world = world;
    this.program = program;
    ledger = Ledger.of(Stream.concat(trace.lines().stream(), trace.aftermath().stream()));
  }

  /// Returns what is wrong, in words; nothing if all is well.
  List<String> findings() {
    Declarations declarations = program.declarations();
    declarations.locks().forEach(name -> lock(name, world.lock(name).statistics()));
    declarations.conditions().forEach(this::condition);
    declarations
        .events()
        .forEach(name -> waiting("event " + name, world.event(name).statistics().tasksWaiting()));
    declarations.semaphores().forEach((name, slots) -> semaphore(name, slots.value()));
    declarations.barriers().keySet().forEach(this::barrier);
    declarations.queues().keySet().forEach(this::queue);
    findings.addAll(ledger.overlaps());
    return findings;
  }

  private void lock(String name, LockStatistics statistics) {
    waiting("lock " + name, statistics.tasksWaiting());
    if (statistics.locked()) {
      findings.add("lock " + name + " is locked, and nobody holds it");
    }
  }

  private void condition(String name) {
    ConditionStatistics statistics = world.condition(name).statistics();
    waiting("condition " + name, statistics.tasksWaiting());
    lock("of " + name, statistics.lockStatistics());
  }

  private void semaphore(String name, int initially) {
    SemaphoreStatistics statistics = world.semaphore(name).statistics();
    waiting("semaphore " + name, statistics.tasksWaiting());
    expect("slots of " + name, initially + ledger.released(name), statistics.value());
  }

  private void barrier(String name) {
    BarrierStatistics statistics = world.barrier(name).statistics();
    waiting("barrier " + name, statistics.tasksWaiting());
  }

  private void queue(String name) {
    Queue<@Nullable Object> queue = world.queue(name);
    QueueStatistics statistics = queue.statistics();
    waiting("queue " + name + " to get", statistics.gettersWaiting());
    waiting("queue " + name + " to put", statistics.puttersWaiting());
    Map<String, Integer> missing = new HashMap<>(ledger.items(name));
    takeAll(queue).forEach(item -> missing.merge(item, -1, Integer::sum));
    boolean mayDrop = program.operations().anyMatch(op -> isDropOf(name, op));
    missing.values().removeIf(count -> count == 0 || (mayDrop && count > 0));
    if (!missing.isEmpty()) {
      findings.add("items of " + name + ": put, and neither got nor left: " + missing);
    }
    if (!mayDrop) {
      expect("unfinished items of " + name, ledger.unfinished(name), statistics.unfinishedTasks());
    }
  }

  private static boolean isDropOf(String name, Op op) {
    return op instanceof Op.Shutdown shutdown
        && shutdown.immediate()
        && shutdown.queue().equals(name);
  }

  private static List<String> takeAll(Queue<@Nullable Object> queue) {
    var items = new ArrayList<String>();
    try {
      while (true) {
        items.add(Texts.value(queue.getNowait()));
      }
    } catch (QueueEmptyException | QueueShutDownException _) {
      return items;
    }
  }

  private void waiting(String what, int tasks) {
    expect("tasks waiting for " + what, 0, tasks);
  }

  private void expect(String what, long expected, long found) {
    if (expected != found) {
      findings.add("%s: expected %d, found %d".formatted(what, expected, found));
    }
  }
}

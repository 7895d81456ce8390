// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import java.util.ArrayList;
import java.util.List;
import tepal.queues.QueueStatistics;
import tepal.sync.LockStatistics;
import tepal.sync.SemaphoreStatistics;

/// Looks at a program's objects while the loop has nothing to run: a task that waits for something
/// that is there has not been woken, and nothing will wake it.
///
/// Between two steps the same may hold for a moment, as a task that has been woken takes what it
/// waited for only when its turn comes.
final class Idleness {
  private final World world;
  private final List<String> findings = new ArrayList<>();

  private Idleness(World world) {
    this.world = world;
  }

  /// Returns who waits for what is free, in words; nothing if all is well.
  static List<String> findings(World world, Declarations declarations) {
    var idleness = new Idleness(world);
    declarations.locks().forEach(name -> idleness.lock(name, world.lock(name).statistics()));
    declarations
        .conditions()
        .forEach(name ->
            idleness.lock("of " + name, world.condition(name).statistics().lockStatistics()));
    declarations.events().forEach(idleness::event);
    declarations.semaphores().keySet().forEach(idleness::semaphore);
    declarations.queues().keySet().forEach(idleness::queue);
    return idleness.findings;
  }

  private void lock(String name, LockStatistics statistics) {
    waiting("lock " + name, !statistics.locked(), statistics.tasksWaiting());
  }

  private void event(String name) {
    var statistics = world.event(name).statistics();
    waiting("event " + name, statistics.set(), statistics.tasksWaiting());
  }

  private void semaphore(String name) {
    SemaphoreStatistics statistics = world.semaphore(name).statistics();
    waiting("semaphore " + name, statistics.value() > 0, statistics.tasksWaiting());
  }

  private void queue(String name) {
    QueueStatistics statistics = world.queue(name).statistics();
    boolean full = statistics.maxsize() > 0 && statistics.size() >= statistics.maxsize();
    boolean open = !statistics.shutDown();
    waiting("items of " + name, statistics.size() > 0 || !open, statistics.gettersWaiting());
    waiting("room in " + name, !full || !open, statistics.puttersWaiting());
  }

  private void waiting(String what, boolean free, int tasks) {
    if (free && tasks > 0) {
      findings.add(tasks + " wait for " + what);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tepal.Asyncio;
import tepal.Awaitable;
import tepal.CancelledError;
import tepal.Future;
import tepal.Task;

/// The operations that wait for several tasks, or for one with a limit.
final class Combinators {
  private final World world;
  private final Trace trace;

  /// Runs a child in the task that calls it.
  private final Function<Child, @Nullable Object> child;

  Combinators(World world, Trace trace, Function<Child, @Nullable Object> child) {
    this.world = world;
    this.trace = trace;
    this.child = child;
  }

  List<?> gather(Op.Gather op) {
    var awaitables = new ArrayList<Awaitable<@Nullable Object>>();
    for (Participant participant : op.participants()) {
      switch (participant) {
        case Child inline -> awaitables.add(() -> child.apply(inline));
        case Participant.Named named -> {
          Task<@Nullable Object> task = world.task(named.name());
          if (task != null) {
            awaitables.add(task);
          }
        }
      }
    }
    return op.returnExceptions()
        ? Asyncio.gatherReturnExceptions(awaitables).await()
        : Asyncio.gather(awaitables).await();
  }

  @Nullable Object waitFor(Op.WaitFor op) {
    return switch (op.participant()) {
      case Child inline ->
        Asyncio.<@Nullable Object, RuntimeException>waitFor(
            () -> child.apply(inline), world.scope(op.ticks()));
      case Participant.Named named -> {
        Task<@Nullable Object> task = world.task(named.name());
        yield task == null ? null : Asyncio.waitFor(task, world.scope(op.ticks()));
      }
    };
  }

  @Nullable Object await(Op.Wait op) {
    Map<String, Task<@Nullable Object>> tasks = world.tasks(op.names());
    if (tasks.isEmpty()) {
      return null;
    }
    var sets = Asyncio.wait(tasks.values(), world.limit(op.ticks()), op.until());
    return List.of(namesOf(tasks, sets.done()), namesOf(tasks, sets.pending()));
  }

  private static List<String> namesOf(
      Map<String, Task<@Nullable Object>> tasks, Collection<?> futures) {
    return tasks.keySet().stream()
        .filter(name -> futures.contains(tasks.get(name)))
        .sorted()
        .toList();
  }

  @Nullable Object asCompleted(String label, Op.AsCompleted op) {
    Map<String, Task<@Nullable Object>> tasks = world.tasks(op.names());
    if (tasks.isEmpty()) {
      return null;
    }
    world.noteUnordered(tasks.values());
    var names = new IdentityHashMap<Future<?>, String>();
    tasks.forEach((name, task) -> names.put(task, name));
    var completed = new ArrayList<String>();
    for (Future<?> future : Asyncio.asCompleted(tasks.values(), world.limit(op.ticks()))) {
      String entry = names.get(future) + "=" + outcome(future);
      trace.log(label, "completed " + entry);
      completed.add(entry);
    }
    return completed;
  }

  private static String outcome(Future<?> done) {
    try {
      return Texts.value(done.result());
    } catch (RuntimeException | CancelledError e) {
      return "!" + Texts.kind(e);
    }
  }
}

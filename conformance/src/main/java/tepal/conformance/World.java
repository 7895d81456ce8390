// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tepal.ContextVar;
import tepal.EventLoop;
import tepal.Future;
import tepal.Task;
import tepal.conformance.Declarations.Slots;
import tepal.conformance.Declarations.Store;
import tepal.queues.LifoQueue;
import tepal.queues.PriorityQueue;
import tepal.queues.Queue;
import tepal.sync.Barrier;
import tepal.sync.BoundedSemaphore;
import tepal.sync.Condition;
import tepal.sync.Event;
import tepal.sync.Lock;
import tepal.sync.Semaphore;

/// What the operations of a program act on: its objects and tasks by their names, and its time.
///
/// Made before the loop runs, and then confined to it.
final class World {
  /// Of items in a priority queue: numbers by their size, and anything else by how it is written.
  private static final Comparator<@Nullable Object> ITEM_ORDER = World::compareItems;

  private final EventLoop loop;
  private final Map<String, Task<@Nullable Object>> tasks = new HashMap<>();

  // immutable maps
  private final Map<String, Lock> locks;
  private final Map<String, Event> events;
  private final Map<String, Condition> conditions;
  private final Map<String, Future<@Nullable Object>> futures;
  private final Map<String, ContextVar<@Nullable Object>> vars;
  private final Map<String, Semaphore> semaphores;
  private final Map<String, Queue<@Nullable Object>> queues;
  private final Map<String, Barrier> barriers;

  // instants of timers, in ticks
  private final Set<Long> instants = new HashSet<>();
  private boolean leftToChance;

  World(EventLoop loop, Declarations declarations) {
    this.loop = loop;
    locks = byName(declarations.locks(), _ -> new Lock());
    events = byName(declarations.events(), _ -> new Event());
    conditions = byName(declarations.conditions(), _ -> new Condition());
    futures = byName(declarations.futures(), _ -> loop.createFuture());
    vars = byName(declarations.vars(), name -> new ContextVar<@Nullable Object>(name, 0L));
    semaphores = byValue(declarations.semaphores(), World::semaphore);
    queues = byValue(declarations.queues(), World::queue);
    barriers = byValue(declarations.barriers(), Barrier::new);
  }

  private static Semaphore semaphore(Slots slots) {
    return slots.bounded() ? new BoundedSemaphore(slots.value()) : new Semaphore(slots.value());
  }

  private static Queue<@Nullable Object> queue(Store store) {
    return switch (store.order()) {
      case FIFO -> new Queue<>(store.maxsize());
      case LIFO -> new LifoQueue<>(store.maxsize());
      case PRIORITY -> new PriorityQueue<>(store.maxsize(), ITEM_ORDER);
    };
  }

  private static int compareItems(@Nullable Object first, @Nullable Object second) {
    return first instanceof Long one && second instanceof Long other
        ? one.compareTo(other)
        : Texts.value(first).compareTo(Texts.value(second));
  }

  EventLoop loop() {
    return loop;
  }

  // Tasks

  void know(String name, Task<@Nullable Object> task) {
    tasks.put(name, task);
  }

  /// Returns the newest task of a name, or null if no task has it (yet).
  @Nullable Task<@Nullable Object> task(String name) {
    return tasks.get(name);
  }

  /// Returns the tasks of those names that a task has, each once, in their order.
  Map<String, Task<@Nullable Object>> tasks(Collection<String> names) {
    var known = new LinkedHashMap<String, Task<@Nullable Object>>();
    for (String name : names) {
      Task<@Nullable Object> task = tasks.get(name);
      if (task != null) {
        known.put(name, task);
      }
    }
    return known;
  }

  // Objects

  Lock lock(String name) {
    return requireNonNull(locks.get(name));
  }

  Event event(String name) {
    return requireNonNull(events.get(name));
  }

  Condition condition(String name) {
    return requireNonNull(conditions.get(name));
  }

  Future<@Nullable Object> future(String name) {
    return requireNonNull(futures.get(name));
  }

  ContextVar<@Nullable Object> contextVar(String name) {
    return requireNonNull(vars.get(name));
  }

  Semaphore semaphore(String name) {
    return requireNonNull(semaphores.get(name));
  }

  Queue<@Nullable Object> queue(String name) {
    return requireNonNull(queues.get(name));
  }

  Barrier barrier(String name) {
    return requireNonNull(barriers.get(name));
  }

  // Time

  /// Returns the duration for a timer of so many ticks from now, and takes a note of its instant.
  Duration timer(long ticks) {
    if (!instants.add(loop.time().toSeconds() + ticks)) {
      leftToChance = true;
    }
    return Duration.ofSeconds(ticks);
  }

  /// Returns the duration for a limit that is a timer even if it is 0; null if there is none.
  @Nullable Duration limit(@Nullable Long ticks) {
    return ticks == null ? null : timer(ticks);
  }

  /// Returns the duration for something that needs no timer if it is 0; null if it has no end.
  @Nullable Duration scope(@Nullable Long ticks) {
    return ticks == null ? null : pause(ticks);
  }

  /// Returns the duration of a sleep, which needs no timer if it is 0.
  Duration pause(long ticks) {
    return ticks > 0 ? timer(ticks) : Duration.ofSeconds(ticks);
  }

  // What the grammar excludes

  /// Takes a note of tasks that are given to `as_completed`, in which asyncio keeps them in a set:
  /// which of those that are done already comes first is left to chance.
  void noteUnordered(Collection<? extends Future<?>> given) {
    if (given.stream().filter(Future::done).count() > 1) {
      leftToChance = true;
    }
  }

  /// Returns whether the program has come to depend on what asyncio leaves open: as noted above, or
  /// by two timers for the same instant.
  boolean leftToChance() {
    return leftToChance;
  }

  private static <T> Map<String, T> byName(
      Collection<String> names, Function<? super String, ? extends T> maker) {
    var objects = new HashMap<String, T>();
    names.forEach(name -> objects.put(name, maker.apply(name)));
    return Map.copyOf(objects);
  }

  private static <S, T> Map<String, T> byValue(
      Map<String, S> specifications, Function<? super S, ? extends T> maker) {
    var objects = new HashMap<String, T>();
    specifications.forEach((name, value) -> objects.put(name, maker.apply(value)));
    return Map.copyOf(objects);
  }
}

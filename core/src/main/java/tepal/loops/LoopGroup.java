// SPDX-License-Identifier: Apache-2.0
package tepal.loops;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tepal.Action;
import tepal.Asyncio;
import tepal.Awaitable;
import tepal.Body;
import tepal.CancelledError;
import tepal.EventLoop;
import tepal.TimeoutException;

/// Loops that run at the same time, each on a platform thread of its own, and are started and
/// stopped together.
///
/// ```java
/// try (var group = LoopGroup.start(4)) {
///   int sum = group.call(() -> compute());
///   group.callOnAll(() -> warmUp());
/// }
/// ```
///
/// A task on one loop does not wait for tasks of the others, and what they share needs the care
/// that threads need. [SharedQueue] and [Loops#call] are safe between loops. `tepal-net` serves
/// the connections of one listening socket on all loops of a group.
///
/// The owner closes a group: a thread, or a task of a loop that is none of the group's. A
/// program whose main task has the group in `try`-with-resources stops it on Ctrl-C too: Ctrl-C
/// cancels the main task, which leaves the scope and there waits until all loops have cleaned
/// up. The threads are daemons; a group that nobody closes keeps no process alive. They leave
/// Ctrl-C alone.
///
/// A loop that ends although nobody stopped it, by an error of the JVM such as
/// [OutOfMemoryError], is logged at level `ERROR`; [#next()] no longer returns it, the others go
/// on, and [#close()] throws.
///
/// Thread-safe, but for what says otherwise. Has no counterpart in asyncio, whose programs start
/// processes.
public final class LoopGroup implements AutoCloseable {
  private final List<GroupLoop> members;
  private final List<EventLoop> loops;
  private final CompletableFuture<?> ended;

  // how often a loop was chosen
  private final AtomicInteger turn = new AtomicInteger();

  private final AtomicBoolean reported = new AtomicBoolean();
  private volatile boolean shutdown;

  private LoopGroup(List<GroupLoop> members, List<EventLoop> loops) {
    this.members = members;
    this.loops = loops;
    this.ended = allEnded(members);
  }

  /// What each loop of a group runs first.
  @FunctionalInterface
  public interface Initializer {

    /// Prepares a loop. Runs as a task of that loop, which this may suspend.
    ///
    /// @param loop the loop, which is the running one
    /// @throws Exception if that fails; then the group does not start
    void initialize(EventLoop loop) throws Exception;
  }

  // ---- Starting

  /// Starts a loop for each processor; see [#start(int)].
  ///
  /// @return the group, to be closed
  public static LoopGroup start() {
    return builder().start();
  }

  /// Starts `size` loops.
  ///
  /// Suspends the current task, or blocks the calling thread if it is of no loop, until they
  /// run.
  ///
  /// @param size how many
  /// @return the group, to be closed
  /// @throws IllegalArgumentException if the size is not positive
  /// @throws IllegalStateException if called in a callback
  public static LoopGroup start(int size) {
    return builder().size(size).start();
  }

  /// Returns a builder of groups.
  ///
  /// @return the builder
  public static Builder builder() {
    return new Builder();
  }

  /// What a group is made with. Not thread-safe.
  public static final class Builder {
    private int size = Runtime.getRuntime().availableProcessors();
    private String name = "tepal-loop";
    private Supplier<EventLoop.Builder> loops = EventLoop::builder;
    private Initializer initializer = _ -> {};

    private Builder() {}

    /// Sets how many loops there are; one for each processor by default.
    ///
    /// @param newSize how many
    /// @return this builder
    /// @throws IllegalArgumentException if it is not positive
    public Builder size(int newSize) {
      if (newSize <= 0) {
        throw new IllegalArgumentException("Expected one loop or more, got " + newSize);
      }
      size = newSize;
      return this;
    }

    /// Sets how the threads are called; `tepal-loop` by default, for `tepal-loop-0` and so on.
    ///
    /// @param prefix what the names begin with
    /// @return this builder
    public Builder name(String prefix) {
      name = Objects.requireNonNull(prefix, "prefix");
      return this;
    }

    /// Sets how each loop is made: its clock, its mode, debug mode.
    ///
    /// @param builders called once for each loop, on the loop's thread; loops must not share a
    ///     clock, unless it may be used by several threads
    /// @return this builder
    public Builder loops(Supplier<EventLoop.Builder> builders) {
      loops = Objects.requireNonNull(builders, "builders");
      return this;
    }

    /// Sets what each loop runs first.
    ///
    /// @param newInitializer called on each loop, on all at the same time
    /// @return this builder
    public Builder initializer(Initializer newInitializer) {
      initializer = Objects.requireNonNull(newInitializer, "newInitializer");
      return this;
    }

    /// Starts the loops.
    ///
    /// Suspends the current task, or blocks the calling thread if it is of no loop, until the
    /// initializer has ended on each of them. If one fails, or the current task is cancelled,
    /// or the thread interrupted, the others are stopped before this throws.
    ///
    /// @return the group, to be closed
    /// @throws java.util.concurrent.CompletionException if the initializer throws a checked
    ///     exception, which is the cause; any other is thrown as it is
    /// @throws CancelledError if the current task is cancelled or the thread interrupted
    /// @throws IllegalStateException if called in a callback
    public LoopGroup start() {
      Waits.requireMayWait("start()");
      List<GroupLoop> members = IntStream.range(0, size)
          .mapToObj(i -> new GroupLoop(name + "-" + i, loops, initializer))
          .toList();
      boolean complete = false;
      try {
        members.forEach(GroupLoop::start);
        List<EventLoop> opened = awaitOpened(members);
        complete = true;
        return new LoopGroup(members, opened);
      } finally {
        if (!complete) {
          stop(members);
          var _ = Waits.untilDone(allEnded(members), () -> {}, null);
        }
      }
    }
  }

  private static List<EventLoop> awaitOpened(List<GroupLoop> members) {
    CompletableFuture<?>[] each =
        members.stream().map(member -> member.opened).toArray(CompletableFuture<?>[]::new);
    CompletableFuture<@Nullable Throwable> all = new CompletableFuture<>();
    var _ = CompletableFuture.allOf(each).whenComplete((_, _) -> all.complete(null));
    for (GroupLoop member : members) {
      // The first failure is what start() throws; the others may be its consequence.
      var _ = member.opened.whenComplete((_, failure) -> {
        if (failure != null) {
          boolean _ = all.complete(failure);
        }
      });
    }
    CancelledError cancellation = Waits.untilDone(all, () -> stop(members), null);
    if (cancellation != null) {
      throw cancellation;
    }
    Throwable failure = all.join();
    if (failure instanceof RuntimeException || failure instanceof Error) {
      throw RemoteCall.<RuntimeException>sneak(failure);
    } else if (failure != null) {
      throw new java.util.concurrent.CompletionException(failure);
    }
    return members.stream().map(member -> member.opened.join()).toList();
  }

  private static CompletableFuture<?> allEnded(List<GroupLoop> members) {
    return CompletableFuture.allOf(
        members.stream().map(member -> member.ended).toArray(CompletableFuture<?>[]::new));
  }

  // ---- The loops

  /// Returns the loops, in the order of their threads' names. What is not said to be callable
  /// from any thread must be called on the loop itself.
  ///
  /// @return the loops, also when they are closed
  public List<EventLoop> loops() {
    return loops;
  }

  /// Returns the next loop that is open, in turn.
  ///
  /// @return the loop
  /// @throws IllegalStateException if the group is stopped, or no loop is left
  public EventLoop next() {
    int size = members.size();
    for (int i = 0; i < size; i++) {
      int chosen = Math.floorMod(turn.getAndIncrement(), size);
      if (members.get(chosen).isOpen()) {
        return loops.get(chosen);
      }
    }
    throw new IllegalStateException("Expected a group with an open loop, found " + this);
  }

  // ---- Calling

  /// Runs `body` as a task of the next loop, and returns its value or throws what it throws; see
  /// [Loops#call(EventLoop, Body)].
  ///
  /// @param body what to run
  /// @param <T> the type of the value
  /// @param <X> what the body may throw
  /// @return the body's value
  /// @throws X if the body does
  /// @throws CancelledError if the current task is cancelled, or the body's is
  /// @throws IllegalStateException if the group is stopped before the body begins, or if called
  ///     in a callback
  public <T extends @Nullable Object, X extends Throwable> T call(Body<T, X> body) throws X {
    return Loops.<T, X>call(next(), body);
  }

  /// Runs `action` as a task of the next loop and waits for its end; see [#call(Body)].
  ///
  /// @param action what to run
  /// @param <X> what the action may throw
  /// @throws X if the action does
  /// @throws CancelledError if the current task is cancelled, or the action's is
  /// @throws IllegalStateException if the group is stopped before the action begins, or if
  ///     called in a callback
  public <X extends Throwable> void call(Action<X> action) throws X {
    Loops.<X>call(next(), action);
  }

  /// Runs `body` as a task of each loop, at the same time, and returns the values.
  ///
  /// Suspends the current task, or blocks the calling thread if it is of no loop, until all have
  /// ended. If one fails, the others are cancelled; if the current task is cancelled, or the
  /// thread interrupted, all are.
  ///
  /// @param body what to run; several threads call it
  /// @param <T> the type of a value
  /// @param <X> what the body may throw
  /// @return the values, in the order of [#loops()]
  /// @throws X if a body does; what the others throw is added as suppressed
  /// @throws CancelledError if the current task is cancelled, or one of the bodies'
  /// @throws IllegalStateException if the group is stopped or a loop has ended, or if called in
  ///     a callback
  public <T extends @Nullable Object, X extends Throwable> List<T> callOnAll(Body<T, X> body)
      throws X {
    Waits.requireMayWait("callOnAll()");
    return new CallsOnAll<>(loops, body).<X>run();
  }

  /// Runs `action` as a task of each loop and waits for their ends; see [#callOnAll(Body)].
  ///
  /// @param action what to run; several threads call it
  /// @param <X> what the action may throw
  /// @throws X if an action does
  /// @throws CancelledError if the current task is cancelled, or one of the actions'
  /// @throws IllegalStateException if the group is stopped or a loop has ended, or if called in
  ///     a callback
  public <X extends Throwable> void callOnAll(Action<X> action) throws X {
    Object _ = this.<@Nullable Void, X>callOnAll(() -> {
      action.run();
      return null;
    });
  }

  /// Runs `body` as a task of the next loop and returns a future of its value.
  ///
  /// Returns immediately. Cancelling the future cancels the task and does not wait for it. The
  /// loop's callback thread completes it, or the thread that closes the loop, which cancels it.
  /// On a chosen loop: [Asyncio#runCoroutineThreadsafe].
  ///
  /// @param body what the task runs, in a copy of the current context
  /// @param <T> the type of the value
  /// @return a future for any thread; it fails with [IllegalStateException] if the group was
  ///     stopped before the task began
  /// @throws IllegalStateException if the group is stopped
  public <T extends @Nullable Object> CompletableFuture<T> startTaskSoon(
      Awaitable<? extends T> body) {
    Objects.requireNonNull(body, "body");
    EventLoop loop = next();
    return Asyncio.runCoroutineThreadsafe(new RemoteCall<T>(loop, body::await), loop);
  }

  /// Runs `action` as a task of the next loop; see [#startTaskSoon(Awaitable)].
  ///
  /// @param action what the task runs
  /// @return a future for any thread
  /// @throws IllegalStateException if the group is stopped
  public CompletableFuture<@Nullable Void> startTaskSoon(Action<?> action) {
    Objects.requireNonNull(action, "action");
    EventLoop loop = next();
    return Asyncio.runCoroutineThreadsafe(
        new RemoteCall<@Nullable Void>(loop, () -> {
          action.run();
          return null;
        }),
        loop);
  }

  // ---- Stopping

  /// Asks all loops to end: their tasks are cancelled, and nothing begins there that was asked
  /// for from elsewhere.
  ///
  /// Returns immediately; may be called from any thread, also in a task of a loop of the group,
  /// which is cancelled like the others.
  public void stop() {
    shutdown = true;
    stop(members);
  }

  private static void stop(List<GroupLoop> members) {
    members.forEach(GroupLoop::stop);
  }

  /// Returns whether the group was asked to end.
  ///
  /// @return whether [#stop()], [#shutdown] or [#close()] was called
  public boolean isShutdown() {
    return shutdown;
  }

  /// Cancels what runs in each loop, waits until it has cleaned up, and closes the loops.
  ///
  /// Suspends the current task, or blocks the calling thread if it is of no loop. If the task is
  /// cancelled meanwhile, or the thread interrupted, this goes on waiting, and then throws. What
  /// tasks fail with instead of ending is given to their loop's exception handler. Closing again
  /// waits too, and reports nothing again.
  ///
  /// @throws IllegalStateException if called in a task or a callback of a loop of the group,
  ///     which would wait for itself, or in any other callback; or if a loop had ended before,
  ///     with what ended it as the cause
  /// @throws CancelledError if the current task was cancelled meanwhile, or the thread
  ///     interrupted; all loops are closed then too
  @Override
  public void close() {
    end(null);
  }

  /// Does what [#close()] does, but waits for a limited time.
  ///
  /// @param timeout how long to wait at most
  /// @throws TimeoutException if loops are left; they have been asked to end, and go on doing so
  /// @throws IllegalStateException as [#close()] does
  /// @throws CancelledError as [#close()] does
  public void shutdown(Duration timeout) {
    end(Objects.requireNonNull(timeout, "timeout"));
  }

  private void end(@Nullable Duration timeout) {
    EventLoop here = Waits.loopHere();
    if (here != null && loops.contains(here)) {
      throw new IllegalStateException(
          "Expected a group to be closed from elsewhere, but this is a loop of it, which would wait"
              + " for itself: "
              + here + "; use stop()");
    }
    Waits.requireMayWait("close()");
    stop();
    CancelledError cancellation = Waits.untilDone(ended, () -> {}, timeout);
    if (cancellation != null) {
      throw cancellation;
    }
    if (!ended.isDone()) {
      throw new TimeoutException(
          "Expected all loops to end in %s, but these have not: %s".formatted(timeout, left()));
    }
    reportEnds();
  }

  private List<String> left() {
    return members.stream()
        .filter(member -> !member.ended.isDone())
        .map(member -> member.name)
        .toList();
  }

  /// Throws if loops have ended unasked, the first time.
  private void reportEnds() {
    List<Throwable> failures = new ArrayList<>();
    for (GroupLoop member : members) {
      Throwable failure = member.ended.join();
      if (failure != null) {
        failures.add(new IllegalStateException(
            "Loop %s had ended before it was stopped".formatted(member.name), failure));
      }
    }
    if (!failures.isEmpty() && reported.compareAndSet(false, true)) {
      Throwable first = failures.removeFirst();
      failures.forEach(first::addSuppressed);
      throw RemoteCall.<RuntimeException>sneak(first);
    }
  }

  /// Returns how many loops there are and how many of them run, as in `LoopGroup[4 loops, 4
  /// open]`.
  @Override
  public String toString() {
    long open = members.stream().filter(GroupLoop::isOpen).count();
    return "LoopGroup[%d loops, %s]"
        .formatted(
            loops.size(), ended.isDone() ? "closed" : shutdown ? "stopping" : open + " open");
  }
}

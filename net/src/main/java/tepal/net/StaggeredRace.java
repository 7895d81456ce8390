// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tepal.Action;
import tepal.Asyncio;
import tepal.EventLoop;
import tepal.Future;
import tepal.Task;
import tepal.TaskGroup;
import tepal.TaskOptions;

/// Attempts of which one has to succeed, begun one after the other but not awaited one after the
/// other. Confined to the loop, for one use.
final class StaggeredRace<A, T> {
  /*
   * As CPython's staggered_race [1]: the next attempt begins when the one begun before it has
   * failed, or when the delay is over; the first that succeeds ends the race, the others are
   * cancelled and waited for. Without a delay there is one at a time.
   *
   * What is tried may still be on its way (RFC 8305, section 3): `Candidates` are asked again when
   * they say that something has changed. All that the task in `run` waits for completes one future,
   * `changed`, so that there is one place that decides what to do next.
   *
   * Two attempts may succeed before that task runs again. The first has won; the value of the other
   * is discarded.
   *
   * [1] https://github.com/python/cpython/blob/3.14/Lib/asyncio/staggered.py
   */

  /// What to try.
  interface Candidates<A> {

    /// Starts finding candidates, in tasks of the race's.
    default void begin(StaggeredRace<A, ?> race) {}

    /// Returns the next one, or null if there is none now. Does not suspend.
    @Nullable A next();

    /// Returns whether there will be no more.
    boolean exhausted();
  }

  /// How to try. Suspends; fails with an exception; closes what it began if it is cancelled.
  interface Attempt<A, T> {
    T with(A candidate) throws Exception;
  }

  private final EventLoop loop = Asyncio.getRunningLoop();
  private final Candidates<A> candidates;
  private final Attempt<A, T> attempt;
  private final Consumer<? super T> discard;

  // null for one at a time
  private final @Nullable Duration delay;

  // the attempts, and what finds candidates
  private final List<Task<?>> begun = new ArrayList<>();

  // of the attempts, in the order in which they began; null of one that has not failed
  private final List<@Nullable Exception> failures = new ArrayList<>();

  private int running;

  // when the next attempt may begin, by the loop's time
  private Duration next = Duration.ZERO;

  // set when the race begins
  private @Nullable TaskGroup group;

  // null before there is one
  private @Nullable T winner;

  // completed by whatever may let the race go on; null while nobody waits for that
  private @Nullable Future<@Nullable Void> changed;

  StaggeredRace(
      Candidates<A> candidates,
      @Nullable Duration delay,
      Attempt<A, T> attempt,
      Consumer<? super T> discard) {
    this.candidates = candidates;
    this.delay = delay;
    this.attempt = attempt;
    this.discard = discard;
  }

  /// Runs the race. Suspends the current task until it is over and nothing of it runs any more.
  ///
  /// @return what the winner returned; null if all failed
  @Nullable T run() {
    boolean complete = false;
    try {
      TaskGroup.run(tasks -> {
        group = tasks;
        candidates.begin(this);
        while (winner == null && !(running == 0 && candidates.exhausted())) {
          // Read once: what is not due yet must not have become due when the wait is limited.
          Duration now = loop.time();
          if (!beginNext(now)) {
            awaitChange(now);
          }
        }
        begun.forEach(each -> each.cancel());
      });
      complete = true;
    } finally {
      if (!complete && winner != null) {
        discard.accept(winner);
      }
    }
    return winner;
  }

  /// Returns why the attempts failed, in the order in which they began.
  List<Exception> failures() {
    return failures.stream()
        .filter(Objects::nonNull)
        .map(Objects::requireNonNull)
        .toList();
  }

  /// Begins a task that is cancelled when the race is over.
  void createTask(Action<?> body, String name) {
    begun.add(Objects.requireNonNull(group).createTask(body, TaskOptions.named(name)));
  }

  private boolean beginNext(Duration now) {
    A candidate = isDue(now) ? candidates.next() : null;
    if (candidate == null) {
      return false;
    }
    int number = failures.size();
    failures.add(null);
    running++;
    next = delay == null ? next : now.plus(delay);
    createTask(() -> run(number, candidate), "connect " + candidate);
    return true;
  }

  private boolean isDue(Duration now) {
    boolean lastFailed = failures.isEmpty() || failures.getLast() != null;
    return running == 0 || (delay != null && (lastFailed || next.compareTo(now) <= 0));
  }

  private void run(int number, A candidate) {
    try {
      T value = attempt.with(candidate);
      if (winner == null) {
        winner = value;
      } else {
        discard.accept(value);
      }
    } catch (Exception e) {
      failures.set(number, e);
    } finally {
      running--;
      changed();
    }
  }

  /// Notes that there are more candidates, or will be no more, or that an attempt has ended.
  void changed() {
    if (changed != null && !changed.done()) {
      changed.setResult(null);
    }
  }

  private void awaitChange(Duration now) {
    Future<@Nullable Void> waited = loop.createFuture();
    changed = waited;
    Duration left = next.minus(now);
    boolean limited = delay != null && left.isPositive() && !candidates.exhausted();
    var _ = Asyncio.wait(List.of(waited), limited ? left : null);
  }
}

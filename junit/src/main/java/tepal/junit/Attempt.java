// SPDX-License-Identifier: Apache-2.0
package tepal.junit;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tepal.Body;

/// Something that runs on the loop of a test, on a thread of its own, so that whoever waits for
/// it can give it up.
///
/// @param <T> the type of its value
final class Attempt<T extends @Nullable Object> implements Runnable {
  private final Body<T, Throwable> body;
  private final Thread thread;

  // written by the thread, read when it has ended; one of them is not null, or both are
  private @Nullable T value;
  private @Nullable Throwable failure;

  private Attempt(Body<T, Throwable> body) {
    this.body = body;
    // A daemon: one that is given up does not keep the JVM.
    this.thread = Thread.ofPlatform().daemon().name("tepal-test").unstarted(this);
  }

  static <T extends @Nullable Object> Attempt<T> start(Body<T, Throwable> body) {
    Attempt<T> attempt = new Attempt<>(body);
    attempt.thread.start();
    return attempt;
  }

  @Override
  public void run() {
    try {
      value = body.call();
    } catch (Throwable e) {
      failure = e;
    }
  }

  /// Waits until it has ended.
  ///
  /// @param limit for how long; null for no limit
  /// @return whether it has
  /// @throws InterruptedException if the current thread is interrupted meanwhile
  boolean endsWithin(@Nullable Duration limit) throws InterruptedException {
    if (limit == null) {
      thread.join();
      return true;
    }
    return thread.join(limit);
  }

  /// Returns what the body returned, or throws what it threw, as it is.
  @SuppressWarnings("NullAway") // null where T allows it
  T result() throws Throwable {
    if (failure != null) {
      throw failure;
    }
    return value;
  }

  /// Returns what the body threw, or null.
  @Nullable Throwable failure() {
    return failure;
  }
}

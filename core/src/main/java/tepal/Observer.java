// SPDX-License-Identifier: Apache-2.0
package tepal;

import org.jspecify.annotations.Nullable;

/// A part of the loop itself that is told of futures that are done: a done callback which runs
/// no user code, so that it needs no thread of its own.
abstract class Observer implements Completion {

  /// Called in the iteration after the one in which `future` was done.
  abstract void done(Future<?> future);

  @Override
  public final Ready completed(Future<?> future) {
    return new Notice(this, future);
  }

  private static final class Notice extends Ready {
    private final Observer observer;
    private final Future<?> future;

    Notice(Observer observer, Future<?> future) {
      this.observer = observer;
      this.future = future;
    }

    @Override
    @Nullable Strand dispatch(Scheduler scheduler) {
      observer.done(future);
      return null;
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What `gather` returns: cancelling it cancels what is gathered, and it is done when that is.
final class GatheringFuture<T extends @Nullable Object> extends Future<List<T>> {
  private final List<? extends Future<?>> children;
  private boolean cancelRequested;

  // whether the children are being cancelled just now
  private boolean cancelling;

  GatheringFuture(Scheduler scheduler, List<? extends Future<?>> children) {
    super(scheduler);
    this.children = children;
  }

  @Override
  boolean requestCancel(@Nullable String message) {
    if (done()) {
      return false;
    }
    boolean any = false;
    cancelling = true;
    try {
      for (Future<?> child : children) {
        any |= child.requestCancel(message);
      }
    } finally {
      cancelling = false;
    }
    cancelRequested |= any;
    return any;
  }

  /// Returns whether a child that is being cancelled asks: it waits for this, in a circle.
  boolean isCancelling() {
    return cancelling;
  }

  boolean isCancelRequested() {
    return cancelRequested;
  }

  @Override
  String describe(Vantage from) {
    return "Gathering[%d, %s]".formatted(children.size(), describeState(from));
  }
}

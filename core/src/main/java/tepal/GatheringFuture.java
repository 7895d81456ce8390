// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What `gather` returns: cancelling it cancels what is gathered, and it is done when that is.
final class GatheringFuture<T extends @Nullable Object> extends Future<List<T>> {
  private final List<? extends Future<?>> children;
  private boolean cancelRequested;

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
    for (Future<?> child : children) {
      any |= child.requestCancel(message);
    }
    cancelRequested |= any;
    return any;
  }

  boolean isCancelRequested() {
    return cancelRequested;
  }

  @Override
  String describe(Vantage from) {
    return "Gathering[%d, %s]".formatted(children.size(), describeState(from));
  }
}

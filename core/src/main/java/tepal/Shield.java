// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One call of `shield`: an outer future that ends as the inner one does, but can be cancelled
/// alone.
final class Shield<T extends @Nullable Object> extends Observer {
  private static final Observer REPORT = new Observer() {
    @Override
    void done(Future<?> inner) {
      Throwable failure = inner.cancelled() ? null : inner.exception();
      if (failure != null) {
        ExceptionContext context = ExceptionContext.of(
            failure.getClass().getSimpleName() + " exception in shielded future", failure, inner);
        EventLoop loop = inner.getLoop();
        inner.scheduler.callNext(() -> loop.callExceptionHandler(context), new Context());
      }
    }
  };

  private final Future<T> inner;
  private final Future<T> outer;

  private Shield(Future<T> inner) {
    this.inner = inner;
    this.outer = new Future<>(inner.scheduler, this);
  }

  static <T extends @Nullable Object> Future<T> shield(Future<T> inner) {
    inner.scheduler.requireLoopThread("shield()");
    if (inner.done()) {
      return inner;
    }
    Shield<T> shield = new Shield<>(inner);
    inner.addCompletion(shield);
    shield.outer.addCompletion(new Observer() {
      @Override
      void done(Future<?> outer) {
        shield.outerDone();
      }
    });
    return shield.outer;
  }

  @Override
  public void awaiters(Consumer<? super Future<?>> found) {
    found.accept(outer);
  }

  @Override
  void done(Future<?> done) {
    if (outer.cancelled()) {
      return;
    }
    if (inner.cancelled()) {
      boolean _ = outer.requestCancel(null);
      return;
    }
    Throwable failure = inner.exception();
    if (failure != null) {
      outer.completeExceptionally(failure);
    } else {
      outer.complete(inner.result());
    }
  }

  /// Lets go of the inner future if the outer one was cancelled first; its failure is then
  /// reported, once however many shields it had.
  private void outerDone() {
    if (!inner.done()) {
      inner.removeCompletion(this);
      inner.removeCompletion(REPORT);
      inner.addCompletion(REPORT);
    }
  }

  @Override
  public String toString() {
    return "Shield[" + inner.shortName(Vantage.INSIDE) + "]";
  }
}

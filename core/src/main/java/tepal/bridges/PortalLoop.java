// SPDX-License-Identifier: Apache-2.0
package tepal.bridges;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tepal.EventLoop;
import tepal.Runner;

/// The thread of a loop that runs in the background for a portal.
final class PortalLoop implements Runnable {
  private final EventLoop.Builder builder;

  // what is done when the loop runs, and when it is closed; completed by the loop's thread
  private final CompletableFuture<BlockingPortal> opened = new CompletableFuture<>();
  private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();

  private PortalLoop(EventLoop.Builder builder) {
    this.builder = builder;
  }

  static BlockingPortal start(EventLoop.Builder builder) {
    PortalLoop loop = new PortalLoop(builder);
    // On a virtual thread the loop makes the carrier itself that its mode needs.
    Thread _ = Thread.ofVirtual().name("tepal-portal").start(loop);
    return Blocking.getUnchecked(loop.opened, () -> {});
  }

  @Override
  public void run() {
    try (Runner runner = new Runner(builder)) {
      EventLoop loop = runner.getLoop();
      BlockingPortal portal = new BlockingPortal(loop, ended);
      // Not Runner.run, which would take Ctrl-C from the program.
      loop.runUntilComplete(() -> {
        boolean _ = opened.complete(portal);
        portal.serve();
      });
    } catch (Throwable e) {
      boolean _ = opened.completeExceptionally(e);
      boolean _ = ended.completeExceptionally(e);
    } finally {
      boolean _ = ended.complete(null);
    }
  }
}

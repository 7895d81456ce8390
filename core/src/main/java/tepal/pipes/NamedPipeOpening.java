// SPDX-License-Identifier: Apache-2.0
package tepal.pipes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import tepal.Asyncio;
import tepal.blocking.BlockingThreads;

/// Opens one end of a named pipe, which waits for somebody to open the other end.
final class NamedPipeOpening {
  /*
   * A thread waits in the system call, which nothing interrupts. It is let go by opening the pipe for
   * reading and writing, which waits for nobody and counts as either end, and keeping that open until
   * the thread has come out: so it does not matter whether it was in the call already.
   *
   * Where that is not possible, as the pipe was deleted or its permissions forbid it, the thread stays.
   * It is a daemon.
   */
  private static final long PATIENCE_SECONDS = 10;

  private final Path path;
  private final StandardOpenOption option;

  // whoever completes it has to see to the channel
  private final CompletableFuture<FileChannel> opened = new CompletableFuture<>();

  private final CountDownLatch ended = new CountDownLatch(1);

  private NamedPipeOpening(Path path, StandardOpenOption option) {
    this.path = path;
    this.option = option;
  }

  /// Suspends the current task until the other end is open too.
  static FileChannel open(Path path, StandardOpenOption option) {
    NamedPipeOpening opening = new NamedPipeOpening(path, option);
    boolean complete = false;
    try {
      BlockingThreads.execute(opening::run);
      FileChannel channel = Asyncio.await(opening.opened);
      complete = true;
      return channel;
    } finally {
      if (!complete) {
        opening.giveUp();
      }
    }
  }

  private void run() {
    try {
      FileChannel channel = openBlocking();
      if (!opened.complete(channel)) {
        Closing.quietly(channel);
      }
    } catch (IOException e) {
      boolean _ = opened.completeExceptionally(new UncheckedIOException(e.getMessage(), e));
    } catch (Throwable e) {
      boolean _ = opened.completeExceptionally(e);
    } finally {
      ended.countDown();
    }
  }

  private FileChannel openBlocking() throws IOException {
    if (!Files.readAttributes(path, BasicFileAttributes.class).isOther()) {
      throw new IllegalArgumentException("Expected a named pipe, found a file: " + path);
    }
    return FileChannel.open(path, option);
  }

  private void giveUp() {
    if (opened.cancel(/* mayInterruptIfRunning= */ false)) {
      BlockingThreads.execute(this::letGo);
    } else if (!opened.isCompletedExceptionally()) {
      FileChannel unwanted = opened.join();
      BlockingThreads.execute(() -> Closing.quietly(unwanted));
    }
  }

  private void letGo() {
    if (ended.getCount() == 0) {
      return;
    }
    try (FileChannel _ =
        FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      boolean _ = ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (IOException e) {
      // It stays.
    } catch (InterruptedException e) {
      // Nobody interrupts this thread for a reason: there is nothing else to do on it.
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import tepal.Asyncio;

/// Sends a part of a file, piece by piece.
final class Sendfile {
  /*
   * How large a piece is: while the system reads one that is not in memory, the loop stands still, where
   * the system sends by itself, for 2 ms if the disk gives 100 MB/s. A turn of the loop for each piece
   * costs little beside sending it, and lets others have their turns.
   */
  private static final int PIECE = 256 * 1024;

  /// One way to send a piece.
  @FunctionalInterface
  interface Way {
    /// Sends some bytes of the file, suspending the current task until that is done. Returns how
    /// many; zero if the file has no more.
    long send(long offset, long count) throws IOException;
  }

  private final FileChannel file;
  private final long offset;
  private final long count;
  private long sent;

  /// @throws IllegalArgumentException if `offset` is negative or `count` not positive
  Sendfile(FileChannel file, long offset, long count) {
    if (offset < 0 || count <= 0) {
      throw new IllegalArgumentException(
          "Expected an offset of 0 or more and a count of 1 or more, got %d and %d"
              .formatted(offset, count));
    }
    this.file = file;
    this.offset = offset;
    this.count = count;
  }

  /// Notes bytes of a piece that was sent in part when its task was cancelled.
  void alsoSent(long bytes) {
    sent += bytes;
  }

  /// Sends all, and sets the file's position in any case. Returns how many bytes were sent.
  long send(Way way) {
    try {
      while (sent < count) {
        long most = Math.min(Math.min(PIECE, count - sent), file.size() - offset - sent);
        long now = most <= 0 ? 0 : way.send(offset + sent, most);
        if (now == 0) {
          break;
        }
        sent += now;
      }
      return sent;
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    } finally {
      position();
    }
  }

  /// Sends all over a transport, which is used for nothing else meanwhile.
  long send(FileTransport transport, boolean fallback) {
    if (!fallback && !transport.canSendFiles()) {
      throw new SendfileNotAvailableException(
          "Expected a connection over which the system can send a file, got " + transport);
    }
    boolean kernel = transport.canSendFiles();
    transport.beginFile();
    boolean reading = transport.isReading();
    transport.pauseReading();
    try {
      transport.awaitSent();
      return send(
          kernel
              ? (from, n) -> transport.sendFromFile(this, file, from, n)
              : (from, n) -> copy(transport, from, n));
    } finally {
      transport.endFile();
      if (reading) {
        transport.resumeReading();
      }
    }
  }

  private long copy(FileTransport transport, long from, long most) {
    ByteBuffer piece = read(from, most);
    int length = piece.remaining();
    if (length > 0) {
      transport.writeOfFile(piece);
      transport.awaitSent();
    }
    return length;
  }

  private void position() {
    try {
      if (sent > 0 && file.isOpen()) {
        var _ = file.position(offset + sent);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  /// Reads a piece on another thread, as reading a file blocks. Suspends the current task.
  private ByteBuffer read(long from, long most) {
    return Asyncio.toThread(() -> {
      ByteBuffer piece = ByteBuffer.allocate((int) most);
      try {
        while (piece.hasRemaining() && file.read(piece, from + piece.position()) >= 0) {
          // until it is full, or the file has no more
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e.getMessage(), e);
      }
      return piece.flip();
    });
  }
}

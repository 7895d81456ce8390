// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// JDK code that blocks its thread, as the thing under test: the only tests that may use it are
/// about what a loop does then.
final class JdkCode {
  /// Longer than any test.
  static final Duration AN_HOUR = Duration.ofHours(1);

  private JdkCode() {}

  static void sleep(Duration duration) throws InterruptedException {
    Thread.sleep(duration);
  }

  /// Keeps the processor, and so the loop, busy.
  static void compute(Duration duration) {
    long end = System.nanoTime() + duration.toNanos();
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  /// Blocks the thread in a way that no interrupt ends.
  static void parkFor(Duration duration) {
    long end = System.nanoTime() + duration.toNanos();
    for (long left = duration.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  /// Two ends of a connection in this process, by the classes of `java.net`.
  static final class Sockets implements AutoCloseable {
    final Socket near;
    final Socket far;

    Sockets() throws Exception {
      try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        near = new Socket(server.getInetAddress(), server.getLocalPort());
        far = server.accept();
      }
    }

    int read() throws Exception {
      return near.getInputStream().read();
    }

    void answer(int value) throws Exception {
      far.getOutputStream().write(value);
    }

    @Override
    public void close() throws IOException {
      near.close();
      far.close();
    }
  }

  /// Two ends of a connection in this process, by the classes of `java.nio`.
  static final class Channels implements AutoCloseable {
    final SocketChannel near;
    final SocketChannel far;

    Channels() throws Exception {
      var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      try (var server = ServerSocketChannel.open().bind(loopback)) {
        near = SocketChannel.open(server.getLocalAddress());
        far = server.accept();
      }
    }

    int read() throws Exception {
      ByteBuffer buffer = ByteBuffer.allocate(1);
      near.read(buffer);
      return buffer.get(0);
    }

    void answer(int value) throws Exception {
      far.write(ByteBuffer.wrap(new byte[] {(byte) value}));
    }

    @Override
    public void close() throws IOException {
      near.close();
      far.close();
    }
  }
}

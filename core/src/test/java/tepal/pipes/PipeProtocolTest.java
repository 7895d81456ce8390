// SPDX-License-Identifier: Apache-2.0
package tepal.pipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.streams.Bytes.bytes;
import static tepal.streams.Bytes.text;
import static tepal.sync.NamedTasks.onLoop;
import static tepal.sync.NamedTasks.pass;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tepal.CancelledError;
import tepal.Runner;
import tepal.Task;
import tepal.blocking.BlockingThreads;
import tepal.blocking.PipeReader;
import tepal.streams.BaseProtocol;
import tepal.streams.Protocol;
import tepal.streams.ReadTransport;
import tepal.streams.StreamReader;
import tepal.streams.StreamReaderProtocol;
import tepal.streams.StreamWriter;
import tepal.streams.Transport;
import tepal.streams.TransportAndProtocol;
import tepal.streams.WriteBufferLimits;
import tepal.streams.WriteTransport;
import tepal.sync.Event;
import tepal.testing.Trail;

/// Transports over channels and streams, with protocols.
class PipeProtocolTest {
  private final Trail trail = new Trail();
  private final List<String> reported = new ArrayList<>();

  @TempDir
  private Path directory;

  /// Notes what it is called for; tasks can wait until it is lost.
  private final class Noting implements Protocol {
    private final Event lost = new Event();
    private long received;

    @Override
    public void connectionMade(Transport transport) {
      trail.add("made");
    }

    @Override
    public void dataReceived(byte[] data) {
      received += data.length;
      if (data.length < 100) {
        trail.add("data " + text(data));
      }
    }

    @Override
    public boolean eofReceived() {
      trail.add("eof");
      return true;
    }

    @Override
    public void pauseWriting() {
      trail.add("pause");
    }

    @Override
    public void resumeWriting() {
      trail.add("resume");
    }

    @Override
    public void connectionLost(@Nullable Throwable exception) {
      trail.add("lost" + (exception == null ? "" : ": " + exception.getMessage()));
      lost.set();
    }
  }

  private static StreamWriter writer(Pipe pipe) {
    StreamReaderProtocol protocol = new StreamReaderProtocol(new StreamReader());
    var made = Pipes.connectWritePipe(() -> protocol, pipe.sink());
    return new StreamWriter(made.transport(), protocol.flowControl(), null);
  }

  // ---- Reading

  @Test
  void a_protocol_is_told_of_bytes_then_of_the_end_then_that_the_pipe_is_lost() throws IOException {
    Pipe pipe = Pipe.open();
    onLoop(() -> {
      var read = Pipes.connectReadPipe(Noting::new, pipe.source());
      trail.add("connected");
      int _ = pipe.sink().write(ByteBuffer.wrap(bytes("hello")));
      pipe.sink().close();
      read.protocol().lost.await();

      trail.assertIs("made", "connected", "data hello", "eof", "lost");
      assertThat(read.transport().isClosing()).isTrue();
      assertThat(pipe.source().isOpen()).isFalse();
    });
  }

  @Test
  void a_protocol_that_pauses_gets_nothing_and_the_writer_is_held_up() throws IOException {
    Pipe pipe = Pipe.open();
    onLoop(() -> {
      var read = Pipes.connectReadPipe(() -> new Pausing(new Noting()), pipe.source());
      StreamWriter writer = writer(pipe);
      int size = 2_000_000;
      writer.write(new byte[size]);
      Task<?> drained = createTask(writer::drain);
      for (int i = 0; i < 10_000; i++) {
        pass();
      }
      assertThat(read.protocol().noting.received).isZero();
      assertThat(drained.done()).isFalse();
      assertThat(writer.transport().getWriteBufferSize())
          .isGreaterThan(size - 2 * PipeReader.WINDOW - 512 * 1024);
      assertThat(read.transport().isReading()).isFalse();

      read.transport().resumeReading();
      drained.await();
      writer.close();
      read.protocol().noting.lost.await();
      assertThat(read.protocol().noting.received).isEqualTo(size);
    });
    trail.assertIs("eof", "lost");
  }

  /// Pauses reading at once.
  private record Pausing(Noting noting) implements Protocol {
    @Override
    public void connectionMade(Transport transport) {
      transport.pauseReading();
    }

    @Override
    public void dataReceived(byte[] data) {
      noting.dataReceived(data);
    }

    @Override
    public boolean eofReceived() {
      return noting.eofReceived();
    }

    @Override
    public void connectionLost(@Nullable Throwable exception) {
      noting.connectionLost(exception);
    }
  }

  @Test
  void closing_the_transport_ends_a_read_from_a_channel() throws IOException {
    Pipe pipe = Pipe.open();
    onLoop(() -> {
      var read = Pipes.connectReadPipe(Noting::new, pipe.source());
      PipeEnds.awaitBusy();
      read.transport().close();
      read.transport().close();
      read.protocol().lost.await();
      while (pipe.source().isOpen() || PipeEnds.busyThreads() > 0) {
        pass();
      }
    });
    trail.assertIs("made", "lost");
  }

  @Test
  void a_read_from_a_stream_ends_with_the_next_byte_after_closing() throws IOException {
    PipedOutputStream to = new PipedOutputStream();
    CountDownLatch closed = new CountDownLatch(1);
    InputStream from = new PipedInputStream(to) {
      @Override
      public void close() throws IOException {
        super.close();
        closed.countDown();
      }
    };
    onLoop(() -> {
      var read = Pipes.connectReadPipe(Noting::new, from);
      to.write(bytes("one"));
      to.flush();
      while (read.protocol().received == 0) {
        pass();
      }
      read.transport().close();
      read.protocol().lost.await();
      assertThat(closed.getCount()).isEqualTo(1);
      to.write(bytes("dropped"));
      to.flush();
      while (closed.getCount() > 0) {
        pass();
      }
    });
    trail.assertIs("made", "data one", "lost");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void closing_the_transport_ends_a_read_from_a_file_stream() throws IOException {
    Path fifo = PipeEnds.fifo(directory);
    onLoop(() -> {
      StreamReader reader = new StreamReader();
      Task<StreamWriter> writing = createTask(() -> Pipes.openWriter(fifo));
      FileInputStream stream = tepal.Asyncio.toThread(() -> new FileInputStream(fifo.toFile()));
      var read = Pipes.connectReadPipe(() -> new StreamReaderProtocol(reader), stream);
      PipeEnds.awaitBusy();
      read.transport().close();
      assertThat(reader.read()).isEmpty();
      writing.await().close();
      PipeEnds.awaitNoneLeft(fifo);
    });
  }

  @Test
  void a_read_that_fails_is_told_to_the_protocol_and_to_the_exception_handler() {
    reporting(() -> lostWith("on fire"));
    trail.assertIs("made", "lost: on fire");
    assertThat(reported)
        .singleElement()
        .asString()
        .startsWith("Fatal read error on pipe transport");
  }

  @Test
  void a_stream_to_read_whose_close_throws_is_lost_nevertheless() {
    InputStream failing = new InputStream() {
      @Override
      public int read() {
        return -1;
      }

      @Override
      public void close() {
        throw new IllegalStateException("will not close");
      }
    };
    reporting(() -> Pipes.connectReadPipe(Noting::new, failing).protocol().lost.await());
    trail.assertIs("made", "lost: will not close");
    assertThat(reported).hasSize(1);
  }

  @Test
  void a_terminal_that_hung_up_is_told_to_the_protocol_only() {
    reporting(() -> lostWith("Input/output error"));
    trail.assertIs("made", "lost: Input/output error");
    assertThat(reported).isEmpty();
  }

  private void lostWith(String message) {
    InputStream failing = PipeEnds.failing(message);
    Pipes.connectReadPipe(Noting::new, failing).protocol().lost.await();
  }

  private void reporting(tepal.Action<RuntimeException> main) {
    try (Runner runner = new Runner()) {
      runner.getLoop().setExceptionHandler((_, context) -> reported.add(context.message()));
      runner.run(main);
    }
  }

  @Test
  void a_channel_that_does_not_block_is_refused_when_it_is_read() throws IOException {
    Pipe pipe = Pipe.open();
    var _ = pipe.source().configureBlocking(false);
    reporting(
        () -> Pipes.connectReadPipe(Noting::new, pipe.source()).protocol().lost.await());
    assertThat(trail.words())
        .last()
        .asString()
        .startsWith("lost: Expected a channel in blocking mode");
    assertThat(reported).hasSize(1);
  }

  @Test
  void a_protocol_whose_connection_made_throws_is_told_of_bytes_nevertheless() throws IOException {
    Pipe pipe = Pipe.open();
    reporting(() -> {
      StreamReader reader = new StreamReader();
      Protocol failing = new Protocol() {
        @Override
        public void connectionMade(Transport transport) {
          throw new IllegalStateException("not ready");
        }

        @Override
        public void dataReceived(byte[] data) {
          reader.feedData(data);
        }
      };
      var read = Pipes.connectReadPipe(() -> failing, pipe.source());
      writer(pipe).write(bytes("bytes\n"));
      assertThat(text(reader.readLine())).isEqualTo("bytes\n");
      read.transport().close();
    });
    assertThat(reported).hasSize(1);
  }

  // ---- Writing

  @Test
  void a_protocol_is_told_of_water_marks_and_that_the_pipe_is_closed() throws IOException {
    Pipe pipe = Pipe.open();
    onLoop(() -> {
      var write = Pipes.connectWritePipe(Noting::new, pipe.sink());
      write.transport().setWriteBufferLimits(WriteBufferLimits.ofHigh(1_000));
      write.transport().write(bytes("hello"));
      write.transport().write(new byte[1_000_000]);
      assertThat(write.transport().canWriteEof()).isTrue();
      write.transport().writeEof();
      write.transport().write(bytes("dropped"));
      StreamReader reader = new StreamReader();
      var read = Pipes.connectReadPipe(() -> new StreamReaderProtocol(reader), pipe.source());
      assertThat(reader.read()).hasSize(1_000_005);
      write.protocol().lost.await();
      assertThat(read.transport().isClosing()).isTrue();
      assertThat(pipe.sink().isOpen()).isFalse();
    });
    trail.assertIs("made", "pause", "resume", "lost");
  }

  @Test
  void a_protocol_for_writing_only_needs_no_methods_for_reading() throws IOException {
    Pipe pipe = Pipe.open();
    BaseProtocol<WriteTransport> protocol = new BaseProtocol<>() {
      @Override
      public void connectionMade(WriteTransport transport) {
        transport.write(bytes("hello"));
        transport.close();
      }

      @Override
      public void connectionLost(@Nullable Throwable exception) {
        trail.add("lost");
      }
    };
    onLoop(() -> {
      TransportAndProtocol<WriteTransport, BaseProtocol<WriteTransport>> write =
          Pipes.connectWritePipe(() -> protocol, pipe.sink());
      StreamReader reader = new StreamReader();
      var _ = Pipes.connectReadPipe(() -> new StreamReaderProtocol(reader), pipe.source());
      assertThat(text(reader.read())).isEqualTo("hello");
      assertThat(write.transport().isClosing()).isTrue();
      while (trail.words().isEmpty()) {
        pass();
      }
    });
  }

  @Test
  void abort_drops_what_is_buffered_and_ends_a_write() throws IOException {
    Pipe pipe = Pipe.open();
    onLoop(() -> {
      var write = Pipes.connectWritePipe(Noting::new, pipe.sink());
      write.transport().write(new byte[10_000_000]);
      PipeEnds.awaitBusy();
      write.transport().abort();
      assertThat(write.transport().getWriteBufferSize()).isZero();
      write.protocol().lost.await();
      while (pipe.sink().isOpen() || PipeEnds.busyThreads() > 0) {
        pass();
      }
    });
    trail.assertIs("made", "pause", "lost");
    pipe.source().close();
  }

  @Test
  void a_write_that_fails_is_told_to_the_protocol_only() {
    OutputStream failing = new OutputStream() {
      @Override
      public void write(int data) throws IOException {
        throw new IOException("Broken pipe");
      }
    };
    onLoop(() -> {
      var write = Pipes.connectWritePipe(Noting::new, failing);
      write.transport().write(bytes("x"));
      write.protocol().lost.await();
    });
    trail.assertIs("made", "lost: Broken pipe");
  }

  @Test
  void a_stream_to_write_whose_close_throws_is_lost_nevertheless() {
    OutputStream failing = new OutputStream() {
      @Override
      public void write(int data) {
        trail.add("written");
      }

      @Override
      public void close() {
        throw new IllegalStateException("will not close");
      }
    };
    reporting(() -> {
      var write = Pipes.connectWritePipe(Noting::new, failing);
      write.transport().write(bytes("x"));
      write.transport().close();
      write.protocol().lost.await();
    });
    trail.assertIs("made", "written", "lost: will not close");
    assertThat(reported).hasSize(1);
  }

  @Test
  void a_pipe_that_gets_no_thread_to_write_is_closed_and_lost() {
    CountDownLatch closed = new CountDownLatch(1);
    OutputStream stream = new OutputStream() {
      @Override
      public void write(int data) {
        trail.add("written");
      }

      @Override
      public void close() {
        closed.countDown();
      }
    };
    reporting(() -> withoutThreads(() -> {
      var write = Pipes.connectWritePipe(Noting::new, stream);
      write.transport().write(bytes("x"));
      assertThat(write.transport().isClosing()).isTrue();
      write.protocol().lost.await();
      assertThat(write.transport().getWriteBufferSize()).isZero();
    }));
    trail.assertIs("made", "lost: no thread");
    assertThat(closed.getCount()).isZero();
    assertThat(reported).hasSize(1);
  }

  @Test
  void a_pipe_that_gets_no_thread_to_close_is_closed_on_the_loop() {
    CountDownLatch closed = new CountDownLatch(1);
    OutputStream stream = new OutputStream() {
      @Override
      public void write(int data) {
        trail.add("written");
      }

      @Override
      public void close() {
        closed.countDown();
      }
    };
    reporting(() -> withoutThreads(() -> {
      var write = Pipes.connectWritePipe(Noting::new, stream);
      write.transport().close();
      write.protocol().lost.await();
    }));
    trail.assertIs("made", "lost");
    assertThat(closed.getCount()).isZero();
    assertThat(reported).isEmpty();
  }

  /// Runs `action` while no thread can be had for a pipe.
  private static void withoutThreads(Runnable action) {
    ThreadPoolExecutor pool = (ThreadPoolExecutor) BlockingThreads.POOL;
    ThreadFactory before = pool.getThreadFactory();
    long keepAlive = pool.getKeepAliveTime(TimeUnit.NANOSECONDS);
    pool.setKeepAliveTime(1, TimeUnit.NANOSECONDS);
    try {
      while (pool.getPoolSize() > 0) {
        pass();
      }
      pool.setThreadFactory(_ -> {
        throw new IllegalStateException("no thread");
      });
      action.run();
    } finally {
      pool.setThreadFactory(before);
      pool.setKeepAliveTime(keepAlive, TimeUnit.NANOSECONDS);
    }
  }

  // ---- Both

  @Test
  void a_connect_that_is_cancelled_closes_the_pipe() throws IOException {
    Pipe pipe = Pipe.open();
    onLoop(() -> {
      Task<?> reading = createTask(() -> Pipes.connectReadPipe(Noting::new, pipe.source()));
      Task<?> writing = createTask(() -> Pipes.connectWritePipe(Noting::new, pipe.sink()));
      var _ = createTask(() -> {
        boolean _ = reading.cancel();
        boolean _ = writing.cancel();
      });
      assertThatExceptionOfType(CancelledError.class).isThrownBy(reading::await);
      assertThatExceptionOfType(CancelledError.class).isThrownBy(writing::await);
      while (pipe.source().isOpen() || pipe.sink().isOpen() || trail.words().size() < 4) {
        pass();
      }
    });
    trail.assertIs("made", "made", "lost", "lost");
  }

  @Test
  void a_pipe_goes_one_way() throws IOException {
    Pipe pipe = Pipe.open();
    onLoop(() -> {
      var read = Pipes.connectReadPipe(Noting::new, pipe.source());
      var write = Pipes.connectWritePipe(Noting::new, pipe.sink());
      assertThatThrownBy(() -> ((WriteTransport) read.transport()).write(bytes("x")))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageStartingWith("Expected a pipe to write to, found one to read from: Pipe");
      assertThat(((WriteTransport) read.transport()).canWriteEof()).isFalse();
      assertThatThrownBy(() -> ((ReadTransport) write.transport()).pauseReading())
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageStartingWith("Expected a pipe to read from, found one to write to: Pipe");
      assertThat(((ReadTransport) write.transport()).isReading()).isFalse();
      write.transport().abort();
      read.protocol().lost.await();
    });
  }

  @Test
  void the_pipe_and_another_protocol_can_be_asked_for_and_set() throws IOException {
    Pipe pipe = Pipe.open();
    onLoop(() -> {
      var read = Pipes.connectReadPipe(Noting::new, pipe.source());
      assertThat(read.transport().getExtraInfo(Pipes.PIPE)).isSameAs(pipe.source());
      assertThat(read.transport().getProtocol()).isSameAs(read.protocol());
      assertThatThrownBy(() -> read.transport().setProtocol(new BaseProtocol<Transport>() {}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("Expected a Protocol, found ");
      StreamReader reader = new StreamReader();
      read.transport().setProtocol(new StreamReaderProtocol(reader));
      StreamWriter writer = writer(pipe);
      writer.write(bytes("to the other one"));
      writer.close();
      assertThat(text(reader.read())).isEqualTo("to the other one");
      assertThat(read.transport().toString()).endsWith(", closing]");
      assertThat(writer.toString()).contains("0 bytes buffered");
    });
    trail.assertIs("made");
  }
}

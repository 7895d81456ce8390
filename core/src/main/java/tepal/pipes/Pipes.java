// SPDX-License-Identifier: Apache-2.0
package tepal.pipes;

import java.io.Closeable;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Supplier;
import tepal.Asyncio;
import tepal.EventLoop;
import tepal.Future;
import tepal.blocking.PipeReader;
import tepal.blocking.Sink;
import tepal.blocking.Source;
import tepal.streams.BaseProtocol;
import tepal.streams.ExtraInfo;
import tepal.streams.Protocol;
import tepal.streams.ReadTransport;
import tepal.streams.StreamReader;
import tepal.streams.StreamReaderProtocol;
import tepal.streams.StreamWriter;
import tepal.streams.Transport;
import tepal.streams.TransportAndProtocol;
import tepal.streams.WriteTransport;

/// Pipes of this process, as streams for its tasks.
///
/// ```java
/// StreamWriter out = Pipes.standardOutput();
/// for (String line : Pipes.standardInput().lines()) {
///   out.write((line.toUpperCase() + "\n").getBytes(UTF_8));
///   out.drain();
/// }
/// ```
///
/// Nothing here blocks the loop: a daemon thread reads ahead of it, 128 KiB at most beside what a
/// reader holds, and another writes what was written while there is something to write. That the
/// reader of a pipe is gone shows when something is written: [StreamWriter#drain()] throws.
///
/// Under a virtual clock a pipe is like an open socket: a pipe that is being read, an end that
/// waits to be opened, and bytes on their way out let the clock jump only after its grace.
///
/// When a loop is closed, its pipes are, and what is on its way is dropped; standard input is left
/// to the next loop, and to standard output all is written that was to be. Pipes to children are
/// in `tepal.process`.
public final class Pipes {
  /// The channel or stream of a pipe that [#connectReadPipe] or [#connectWritePipe] was given.
  /// Mirrors asyncio's `get_extra_info("pipe")`.
  public static final ExtraInfo<Closeable> PIPE = new ExtraInfo<>("pipe", Closeable.class);

  private Pipes() {}

  // ---- Standard input and output

  /// Returns a reader of standard input, [System#in]. Returns immediately.
  ///
  /// A loop has one reader of it, which this returns each time; a second loop can read it when
  /// the first one is closed. Nothing is lost then: what the first one had read ahead and its
  /// tasks have not read, the next one's reader has, and what a thread that waits for input gets
  /// later too. Whoever reads [System#in] directly meanwhile takes turns with that thread, and a
  /// child that inherits standard input does: a read from it cannot be taken back.
  ///
  /// Must be called from the loop. If a task is cancelled while it reads, it has read nothing.
  ///
  /// @return the reader
  /// @throws IllegalStateException if another loop reads standard input, or no loop runs here
  public static StreamReader standardInput() {
    return StandardInput.stream();
  }

  /// Returns a writer to standard output, descriptor 1. Returns immediately.
  ///
  /// A loop has one, which this returns each time, until it is closed. Closing it writes what is
  /// buffered and leaves the descriptor open; whoever then wants another one awaits
  /// [StreamWriter#waitClosed()] first. What is buffered when the loop is closed is written
  /// before the closing ends, which therefore blocks as long as nobody takes the output, unless
  /// its thread is interrupted. `System.exit` waits for nobody.
  ///
  /// What is printed to [System#out] is not in order with what is written here, and
  /// [System#setOut] does not redirect this. Must be called from the loop.
  ///
  /// @return the writer
  /// @throws IllegalStateException if no loop runs here
  public static StreamWriter standardOutput() {
    return StandardOutput.OUT.writer();
  }

  /// Returns a writer to standard error, descriptor 2, as [#standardOutput()] does.
  ///
  /// @return the writer
  /// @throws IllegalStateException if no loop runs here
  public static StreamWriter standardError() {
    return StandardOutput.ERR.writer();
  }

  // ---- Named pipes

  /// Opens a named pipe, as `mkfifo` makes them, for reading, with a reader whose limit is 64
  /// KiB; see [#openReader(Path, int)].
  ///
  /// @param path the pipe
  /// @return the reading end, to be closed
  public static ReadingEnd openReader(Path path) {
    return openReader(path, StreamReader.DEFAULT_LIMIT);
  }

  /// Opens a named pipe, as `mkfifo` makes them, for reading. Suspends the current task until
  /// somebody opens it for writing.
  ///
  /// The reader comes to its end when all who write have closed the pipe. If cancelled while
  /// waiting, the pipe is not opened. The thread that waits for the other end is released then by
  /// opening that for a moment; others who wait to open the same pipe are released by that too.
  ///
  /// @param path the pipe
  /// @param limit the limit of the reader, in bytes
  /// @return the reading end, to be closed
  /// @throws java.io.UncheckedIOException if it cannot be opened, such as if it is not there
  /// @throws IllegalArgumentException if it is a regular file or directory, or the limit is not
  ///     positive
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  /// @throws IllegalStateException if the calling thread runs no task
  public static ReadingEnd openReader(Path path, int limit) {
    StreamReader reader = new StreamReader(limit);
    var channel = NamedPipeOpening.open(path, StandardOpenOption.READ);
    var connected = read(
        () -> new StreamReaderProtocol(reader),
        channel,
        path.toString(),
        new ChannelSource(channel));
    return new ReadingEnd(connected.transport(), reader);
  }

  /// Opens a named pipe, as `mkfifo` makes them, for writing. Suspends the current task until
  /// somebody opens it for reading.
  ///
  /// Closing the writer writes what is buffered, as long as somebody reads; the transport's
  /// `abort` does not. If cancelled while waiting, the pipe is not opened; see
  /// [#openReader(Path, int)].
  ///
  /// @param path the pipe
  /// @return the writer, to be closed
  /// @throws java.io.UncheckedIOException if it cannot be opened, such as if it is not there
  /// @throws IllegalArgumentException if it is a regular file or directory
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  /// @throws IllegalStateException if the calling thread runs no task
  public static StreamWriter openWriter(Path path) {
    var channel = NamedPipeOpening.open(path, StandardOpenOption.WRITE);
    var connected = write(
        () -> new WritingProtocol(() -> {}), channel, path.toString(), new ChannelSink(channel));
    return new StreamWriter(connected.transport(), connected.protocol().flowControl(), null);
  }

  // ---- With protocols

  /// Reads a channel for a protocol: one end of a [java.nio.channels.Pipe], say, or a
  /// [java.nio.channels.FileChannel] of a named pipe. Suspends the current task until the
  /// protocol's `connectionMade` was called.
  ///
  /// The channel must be in blocking mode and belongs to the transport from now on, which closes
  /// it. At its end the protocol's `eofReceived` is called, whose answer does not count, then
  /// `connectionLost(null)`; if reading fails, `connectionLost` with the exception, which the
  /// loop's exception handler is told of too. The transport that the protocol is given throws
  /// [UnsupportedOperationException] for what it would write.
  ///
  /// If cancelled while waiting, the transport is closed. Mirrors `loop.connect_read_pipe`.
  ///
  /// @param protocolFactory makes the protocol
  /// @param source what to read
  /// @param <P> the type of the protocol
  /// @return the transport and the protocol
  /// @throws tepal.CancelledError if the task is cancelled meanwhile
  /// @throws IllegalStateException if the calling thread runs no task
  public static <P extends Protocol> TransportAndProtocol<ReadTransport, P> connectReadPipe(
      Supplier<? extends P> protocolFactory, ReadableByteChannel source) {
    return read(protocolFactory, source, source.toString(), new ChannelSource(source));
  }

  /// Reads a stream for a protocol, as [#connectReadPipe(Supplier, ReadableByteChannel)] reads a
  /// channel.
  ///
  /// A read from a stream cannot be ended, unless it is a [FileInputStream]: when the
  /// transport is closed meanwhile, the thread waits for the next byte or the end, drops it,
  /// and closes the stream.
  ///
  /// @param protocolFactory makes the protocol
  /// @param source what to read
  /// @param <P> the type of the protocol
  /// @return the transport and the protocol
  /// @throws tepal.CancelledError if the task is cancelled meanwhile
  /// @throws IllegalStateException if the calling thread runs no task
  public static <P extends Protocol> TransportAndProtocol<ReadTransport, P> connectReadPipe(
      Supplier<? extends P> protocolFactory, InputStream source) {
    // Not of a subclass, which may do more than its channel does.
    Source read = source.getClass() == FileInputStream.class
        ? new ChannelSource(((FileInputStream) source).getChannel())
        : new StreamSource(source, /* closes= */ true);
    return read(protocolFactory, source, source.toString(), read);
  }

  private static <P extends Protocol> TransportAndProtocol<ReadTransport, P> read(
      Supplier<? extends P> protocolFactory, Closeable pipe, String name, Source source) {
    P protocol = protocolFactory.get();
    PipeReader reader = new PipeReader(source);
    PipeTransport transport = PipeTransport.reading(protocol, pipe, name, reader);
    transport.atLoopClose(() -> {
      reader.stop();
      reader.begin(); // or nobody would close the source, if it has not begun
    });
    connect(transport, () -> {
      try {
        protocol.connectionMade(transport);
      } finally {
        reader.begin();
      }
    });
    return new TransportAndProtocol<>(transport, protocol);
  }

  /// Writes to a channel for a protocol: one end of a [java.nio.channels.Pipe], say, or a
  /// [java.nio.channels.FileChannel] of a named pipe. Suspends the current task until the
  /// protocol's `connectionMade` was called.
  ///
  /// The channel must be in blocking mode and belongs to the transport from now on, which closes
  /// it: `close` and `writeEof` after what is buffered, `abort` at once. The protocol is told of
  /// water marks, and by `connectionLost` that the pipe is closed or that writing failed, as when
  /// nobody reads any more. What it has for data that comes in is not called.
  ///
  /// If cancelled while waiting, the transport is closed. Mirrors `loop.connect_write_pipe`.
  ///
  /// ## Differences from Python
  /// That the reader is gone shows when something is written, not before.
  ///
  /// @param protocolFactory makes the protocol
  /// @param sink where to write
  /// @param <P> the type of the protocol
  /// @return the transport and the protocol
  /// @throws tepal.CancelledError if the task is cancelled meanwhile
  /// @throws IllegalStateException if the calling thread runs no task
  public static <P extends BaseProtocol<? super Transport>>
      TransportAndProtocol<WriteTransport, P> connectWritePipe(
          Supplier<? extends P> protocolFactory, WritableByteChannel sink) {
    return write(protocolFactory, sink, sink.toString(), new ChannelSink(sink));
  }

  /// Writes to a stream for a protocol, as
  /// [#connectWritePipe(Supplier, WritableByteChannel)] does to a channel.
  ///
  /// A write to a stream cannot be ended, unless it is a [FileOutputStream]: when the
  /// transport is aborted meanwhile, the thread waits until somebody reads, and then closes the
  /// stream.
  ///
  /// @param protocolFactory makes the protocol
  /// @param sink where to write
  /// @param <P> the type of the protocol
  /// @return the transport and the protocol
  /// @throws tepal.CancelledError if the task is cancelled meanwhile
  /// @throws IllegalStateException if the calling thread runs no task
  public static <P extends BaseProtocol<? super Transport>>
      TransportAndProtocol<WriteTransport, P> connectWritePipe(
          Supplier<? extends P> protocolFactory, OutputStream sink) {
    Sink written = sink.getClass() == FileOutputStream.class
        ? new ChannelSink(((FileOutputStream) sink).getChannel())
        : new StreamSink(sink, /* closes= */ true);
    return write(protocolFactory, sink, sink.toString(), written);
  }

  private static <P extends BaseProtocol<? super Transport>>
      TransportAndProtocol<WriteTransport, P> write(
          Supplier<? extends P> protocolFactory, Closeable pipe, String name, Sink sink) {
    P protocol = protocolFactory.get();
    PipeTransport transport = PipeTransport.writing(protocol, pipe, name, sink);
    transport.atLoopClose(transport::stop);
    connect(transport, () -> protocol.connectionMade(transport));
    return new TransportAndProtocol<>(transport, protocol);
  }

  private static void connect(PipeTransport transport, Runnable connectionMade) {
    EventLoop loop = Asyncio.getRunningLoop();
    Future<Boolean> made = loop.createWaiter(transport);
    transport.calls().callSoon(() -> {
      try {
        connectionMade.run();
      } finally {
        if (!made.done()) {
          made.setResult(true);
        }
      }
    });
    boolean connected = false;
    try {
      connected = made.await();
    } finally {
      if (!connected) {
        transport.close();
      }
    }
  }
}

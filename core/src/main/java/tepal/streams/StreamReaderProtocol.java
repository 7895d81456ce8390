// SPDX-License-Identifier: Apache-2.0
package tepal.streams;

import org.jspecify.annotations.Nullable;
import tepal.Asyncio;
import tepal.EventLoop;
import tepal.ExceptionContext;
import tepal.Task;

/// Feeds what a transport receives to a [StreamReader].
///
/// For those who make a connection with a protocol of their own choice; confined to the loop.
///
/// Mirrors `asyncio.StreamReaderProtocol`.
///
/// ## Differences from Python
/// The reader is held strongly. A client's callback always runs in a task of its own.
public final class StreamReaderProtocol implements Protocol {
  private final StreamReader reader;
  private final FlowControl flowControl = new FlowControl();

  // null on the client's side
  private final @Nullable ClientConnectedCallback callback;

  /// Creates the protocol of a connection that this side opens.
  ///
  /// @param reader what to feed
  public StreamReaderProtocol(StreamReader reader) {
    this(reader, null);
  }

  /// Creates the protocol of a connection that a client opened to this side.
  ///
  /// @param reader what to feed
  /// @param clientConnected what to do with the client; null for nothing
  public StreamReaderProtocol(
      StreamReader reader, @Nullable ClientConnectedCallback clientConnected) {
    this.reader = reader;
    this.callback = clientConnected;
  }

  /// Returns what is fed. A transport may feed it directly, instead of calling `dataReceived` and
  /// `eofReceived`.
  ///
  /// @return the reader
  public StreamReader reader() {
    return reader;
  }

  /// Returns what tasks wait for that write to this connection.
  ///
  /// @return the flow control
  public FlowControl flowControl() {
    return flowControl;
  }

  /// Returns whether a client opened the connection to this side.
  boolean isServerSide() {
    return callback != null;
  }

  @Override
  public void connectionMade(Transport transport) {
    reader.setTransport(transport);
    if (callback != null) {
      serve(callback, transport);
    }
  }

  private void serve(ClientConnectedCallback served, Transport transport) {
    EventLoop loop = Asyncio.getRunningLoop();
    StreamWriter writer = new StreamWriter(transport, this, reader);
    Task<@Nullable Void> task = loop.createTask(() -> served.clientConnected(reader, writer));
    task.addDoneCallback(done -> {
      Throwable failure = done.cancelled() ? null : done.exception();
      if (failure != null) {
        loop.callExceptionHandler(new ExceptionContext(
            "Unhandled exception in clientConnected of " + transport, failure));
      }
      if (failure != null || done.cancelled()) {
        transport.close();
      }
    });
  }

  @Override
  public void dataReceived(byte[] data) {
    reader.feedData(data);
  }

  @Override
  public boolean eofReceived() {
    reader.feedEof();
    return true;
  }

  @Override
  public void pauseWriting() {
    flowControl.pauseWriting();
  }

  @Override
  public void resumeWriting() {
    flowControl.resumeWriting();
  }

  @Override
  public void connectionLost(@Nullable Throwable exception) {
    if (exception == null) {
      reader.feedEof();
    } else {
      reader.setException(exception);
    }
    flowControl.connectionLost(exception);
  }
}

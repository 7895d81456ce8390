// SPDX-License-Identifier: Apache-2.0
//
// An echo server by streams: each client is served by a task of its own, in plain code.
//
//   ./tepal run examples/EchoServer.java 8765
//
// Talk to it with `nc localhost 8765`; Ctrl-C ends it.

import static tepal.Asyncio.*;

import tepal.net.*;
import tepal.streams.*;

void main(String... arguments) {
  int port = arguments.length == 0 ? 8765 : Integer.parseInt(arguments[0]);
  run(() -> {
    try (Server server = Net.startServer(this::echo, "127.0.0.1", port)) {
      IO.println("serving on " + server.sockets().getFirst());
      server.serveForever();
    }
  });
}

void echo(StreamReader reader, StreamWriter writer) {
  for (byte[] line : reader) {
    writer.write(line);
    writer.drain(); // waits if the client does not read
  }
  writer.close();
}

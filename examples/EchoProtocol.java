// SPDX-License-Identifier: Apache-2.0
//
// An echo server by a protocol: callbacks in place of tasks, as in asyncio's lower level.
//
//   ./tepal run examples/EchoProtocol.java 8765
//
// Talk to it with `nc localhost 8765`; Ctrl-C ends it.

import static tepal.Asyncio.*;

import tepal.net.*;
import tepal.streams.*;

void main(String... arguments) {
  int port = arguments.length == 0 ? 8765 : Integer.parseInt(arguments[0]);
  run(() -> {
    Net net = Net.of(getRunningLoop());
    try (Server server = net.createServer(Echo::new, "127.0.0.1", port)) {
      IO.println("serving on " + server.sockets().getFirst());
      server.serveForever();
    }
  });
}

static class Echo implements Protocol {
  Transport transport;

  @Override
  public void connectionMade(Transport connected) {
    transport = connected;
  }

  @Override
  public void dataReceived(byte[] data) {
    transport.write(data);
  }
}

// SPDX-License-Identifier: Apache-2.0
//
// UDP in plain code: a server that sends back what comes, and a client that does not wait for ever.
//
//   ./tepal run examples/UdpEcho.java
//   ./tepal run examples/UdpEcho.java 9999
//
// With a port it only serves, until Ctrl-C: talk to it with `nc -u localhost 9999`.

import static java.nio.charset.StandardCharsets.UTF_8;
import static tepal.Asyncio.*;

import java.net.InetSocketAddress;
import java.time.Duration;
import tepal.*;
import tepal.net.*;

void main(String... arguments) {
  int port = arguments.length == 0 ? 0 : Integer.parseInt(arguments[0]);
  run(() -> {
    Task<?> serving;
    try (DatagramEndpoint server = Net.openDatagramEndpoint("127.0.0.1", port)) {
      serving = createTask(() -> echo(server));
      if (arguments.length == 0) {
        ask(((InetSocketAddress) server.localAddress()).getPort());
      } else {
        IO.println("serving on " + server.localAddress());
        serving.await();
      }
    } // which ends the iteration of the server
    serving.await();
  });
}

void echo(DatagramEndpoint server) {
  for (Datagram datagram : server) {
    server.send(datagram.data(), datagram.address());
  }
}

void ask(int port) {
  try (DatagramEndpoint client = Net.openConnectedDatagramEndpoint("127.0.0.1", port)) {
    for (String question : new String[] {"hello", "world"}) {
      client.send(question.getBytes(UTF_8));
      // nobody promises that a datagram arrives
      Datagram answer = waitFor(client::receive, Duration.ofSeconds(5));
      IO.println("'" + new String(answer.data(), UTF_8) + "' came back");
    }
  }
}

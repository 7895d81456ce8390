// SPDX-License-Identifier: Apache-2.0
//
// Who is there? A question to everybody on the network, here on the loopback network, and answers.
//
//   ./tepal run examples/UdpBroadcast.java

import static java.nio.charset.StandardCharsets.UTF_8;
import static tepal.Asyncio.*;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.*;
import tepal.*;
import tepal.net.*;

void main() {
  run(() -> {
    // Several on one machine share the port; each gets a copy of what is sent to everybody.
    DatagramOptions shared = DatagramOptions.DEFAULT.withReusePort(true);
    DatagramEndpoint first = Net.openDatagramEndpoint(shared);
    int port = ((InetSocketAddress) first.localAddress()).getPort();
    DatagramEndpoint second =
        Net.openDatagramEndpoint(shared.withLocalAddress(new InetSocketAddress(port)));
    createTask(() -> answer(first, "printer"));
    createTask(() -> answer(second, "scanner"));

    IO.println("here are " + ask(new InetSocketAddress("127.255.255.255", port)));
    first.close();
    second.close();
  });
}

void answer(DatagramEndpoint endpoint, String name) {
  for (Datagram question : endpoint) {
    endpoint.send(name.getBytes(UTF_8), question.address());
  }
}

Set<String> ask(InetSocketAddress everybody) {
  Set<String> names = new TreeSet<>();
  DatagramOptions broadcast = DatagramOptions.DEFAULT.withAllowBroadcast(true);
  try (DatagramEndpoint endpoint = Net.openDatagramEndpoint(broadcast)) {
    endpoint.send("who is there?".getBytes(UTF_8), everybody);
    timeout(Duration.ofSeconds(5), () -> {
      while (names.size() < 2) {
        names.add(new String(endpoint.receive().data(), UTF_8));
      }
    });
  }
  return names;
}

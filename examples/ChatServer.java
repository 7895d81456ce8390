// SPDX-License-Identifier: Apache-2.0
//
// A chat: what one says, all others read. Who is slow holds up nobody, and is shown out at last.
//
//   ./tepal run examples/ChatServer.java 8765
//
// Come in with `nc localhost 8765`, more than once; the first line is your name. Ctrl-C ends it.

import static java.nio.charset.StandardCharsets.UTF_8;
import static tepal.Asyncio.*;

import tepal.net.*;
import tepal.queues.Queue;
import tepal.streams.*;

record Client(String name, Queue<String> lines, StreamWriter writer) {}
Set<Client> clients = new LinkedHashSet<>();

void main(String... arguments) {
  int port = arguments.length == 0 ? 8765 : Integer.parseInt(arguments[0]);
  run(() -> {
    try (Server server = Net.startServer(this::chat, "127.0.0.1", port)) {
      IO.println("serving on " + server.sockets().getFirst());
      server.serveForever();
    }
  });
}

void chat(StreamReader reader, StreamWriter writer) {
  try {
    Client me = new Client(new String(reader.readLine(), UTF_8).strip(), new Queue<>(100), writer);
    var sending = createTask(() -> send(me));
    clients.add(me);
    say(me, "* " + me.name() + " is here");
    try {
      for (byte[] line : reader) say(me, me.name() + ": " + new String(line, UTF_8).strip());
    } finally {
      clients.remove(me);
      say(me, "* " + me.name() + " has left");
      sending.cancel();
    }
  } catch (UncheckedIOException | LimitOverrunException e) { // reset, or too much at once
  } finally {
    writer.close();
  }
}

void say(Client from, String line) {
  for (Client each : clients) {
    if (each == from) continue;
    if (each.lines().full()) each.writer().transport().abort(); // a hundred lines behind
    else each.lines().putNowait(line + "\n");
  }
}

void send(Client client) {
  try {
    for (;;) {
      client.writer().write(client.lines().get().getBytes(UTF_8));
      client.writer().drain();
    }
  } catch (UncheckedIOException gone) {} // which its reader is told as well
}

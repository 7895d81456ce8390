// SPDX-License-Identifier: Apache-2.0
//
// A server whose connections are served by three loops, each on a thread of its own. They count
// the words that clients send, and hand the totals to one task through a queue between loops.
//
//   ./tepal run examples/ManyLoops.java

import static tepal.Asyncio.*;

import tepal.*;
import tepal.loops.*;
import tepal.net.*;
import tepal.streams.*;

record Count(EventLoop loop, int words) {}

final SharedQueue<Count> counts = new SharedQueue<>(100);

void main() {
  run(() -> {
    try (var group = LoopGroup.start(3);
        var server = Net.startServer(group, this::serve, "127.0.0.1", 0)) {
      var address = (InetSocketAddress) server.sockets().getFirst();
      var adding = createTask(() -> addUp(group.loops()));

      for (int i = 1; i <= 6; i++) {
        IO.println(ask(address, "la ".repeat(i))); // one after the other: the loops take turns
      }
      counts.shutdown();
      adding.await();
    } // all loops have ended here, also if Ctrl-C has cancelled this task
  });
}

/// Runs on all three loops, on different threads at the same time.
void serve(StreamReader reader, StreamWriter writer) {
  for (byte[] line : reader) {
    int words = new String(line).split(" +").length - 1;
    counts.put(new Count(getRunningLoop(), words)); // suspends while the queue is full
    writer.write(("words: " + words + "\n").getBytes());
    writer.drain();
  }
  writer.close();
}

String ask(InetSocketAddress address, String text) {
  try (var connection = Net.openConnection("127.0.0.1", address.getPort())) {
    connection.writer().write((text + "\n").getBytes());
    return new String(connection.reader().readLine()).strip();
  }
}

void addUp(List<EventLoop> loops) {
  int[] words = new int[loops.size()];
  for (Count count : counts) words[loops.indexOf(count.loop())] += count.words();
  IO.println("words by loop: " + Arrays.toString(words));
}

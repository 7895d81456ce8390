// SPDX-License-Identifier: Apache-2.0
//
// A service on a Unix socket, for programs of the same machine, and a client of it.
//
//   ./tepal run examples/UnixSocketService.java

import static java.nio.charset.StandardCharsets.UTF_8;
import static tepal.Asyncio.*;

import tepal.files.TemporaryPath;
import tepal.net.*;
import tepal.streams.*;

Map<String, String> values = new HashMap<>();

void main() {
  run(() -> {
    try (TemporaryPath directory = TemporaryPath.directory("service")) {
      Path path = directory.path().path().resolve("socket");
      try (Server _ = Net.startUnixServer(this::serve, path)) {
        ask(path, "set color blue", "get color", "get shape");
      }
    }
  });
}

void ask(Path path, String... questions) {
  try (Connection connection = Net.openUnixConnection(path)) {
    for (String question : questions) {
      connection.writer().write((question + "\n").getBytes(UTF_8));
      String answer = new String(connection.reader().readLine(), UTF_8).strip();
      IO.println(question + " -> " + answer);
    }
  }
}

void serve(StreamReader reader, StreamWriter writer) {
  for (byte[] line : reader) {
    String[] words = new String(line, UTF_8).strip().split(" ", 3);
    String answer = switch (words[0]) {
      case "get" -> values.getOrDefault(words[1], "nothing");
      case "set" -> values.put(words[1], words[2]) == null ? "new" : "changed";
      default -> "what?";
    };
    writer.write((answer + "\n").getBytes(UTF_8));
    writer.drain();
  }
  writer.close();
}

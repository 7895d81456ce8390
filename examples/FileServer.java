// SPDX-License-Identifier: Apache-2.0
//
// Serves the files of a directory over HTTP/1.0 by sendfile: the bytes do not pass through here.
//
//   ./tepal run examples/FileServer.java 8080
//
// The current directory, to `curl http://localhost:8080/README.md`; Ctrl-C ends it.

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static tepal.Asyncio.*;

import java.nio.channels.FileChannel;
import tepal.net.*;
import tepal.streams.*;

Path root;

void main(String... arguments) throws IOException {
  root = Path.of("").toRealPath();
  int port = arguments.length == 0 ? 8080 : Integer.parseInt(arguments[0]);
  run(() -> {
    try (Server server = Net.startServer(this::serve, "127.0.0.1", port)) {
      IO.println("serving on " + server.sockets().getFirst());
      server.serveForever();
    }
  });
}

void serve(StreamReader reader, StreamWriter writer) throws IOException {
  try {
    String[] request = new String(reader.readLine(), ISO_8859_1).split(" ");
    for (int headers = 0; reader.readLine().length > 2; headers++) if (headers == 100) return;
    try (FileChannel file = toThread(() -> find(request))) {
      if (file == null) head(writer, "404 Not Found", 0);
      else send(writer, file);
    }
  } catch (UncheckedIOException | LimitOverrunException e) { // gone, or no client of HTTP
  } finally {
    writer.close();
  }
}

/** Opens the file, if there is one below the root; null otherwise: `..` and links lead nowhere. */
FileChannel find(String... request) {
  if (request.length < 2 || !request[0].equals("GET") || !request[1].startsWith("/")) return null;
  try {
    Path path = root.resolve(request[1].substring(1)).toRealPath();
    return path.startsWith(root) && Files.isRegularFile(path) ? FileChannel.open(path) : null;
  } catch (InvalidPathException | IOException e) {
    return null;
  }
}

void send(StreamWriter writer, FileChannel file) throws IOException {
  head(writer, "200 OK", toThread(file::size));
  Net.of(getRunningLoop()).sendfile(writer.transport(), file);
}

void head(StreamWriter writer, String status, long length) {
  String head = "HTTP/1.0 %s\r\nContent-Length: %d\r\n\r\n".formatted(status, length);
  writer.write(head.getBytes(ISO_8859_1));
}

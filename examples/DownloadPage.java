// SPDX-License-Identifier: Apache-2.0
//
// A page downloaded by hand: HTTP/1.0 over a connection. Without a URL it serves one itself.
//
//   ./tepal run examples/DownloadPage.java

import static tepal.Asyncio.*;

import tepal.net.*;
import tepal.streams.*;

void main(String... arguments) {
  run(() -> {
    if (arguments.length > 0) {
      download(URI.create(arguments[0]));
      return;
    }
    try (Server server = Net.startServer(this::serve, "localhost", 0)) {
      int port = ((InetSocketAddress) server.sockets().getFirst()).getPort();
      download(URI.create("http://localhost:" + port + "/index.html"));
    }
  });
}

void download(URI page) {
  if (!"http".equals(page.getScheme()) || page.getHost() == null) {
    throw new IllegalArgumentException("Expected a URL like http://host/path, found " + page);
  }
  int port = page.getPort() < 0 ? 80 : page.getPort();
  try (Connection connection = Net.openConnection(page.getHost(), port)) {
    String path = page.getRawPath().isEmpty() ? "/" : page.getRawPath();
    String query = page.getRawQuery() == null ? "" : "?" + page.getRawQuery();
    connection.writer().write(bytes("GET %s HTTP/1.0\r\nHost: %s\r\n\r\n"
        .formatted(path + query, page.getHost())));
    IO.println("status: " + line(connection.reader()));
    for (String header = line(connection.reader());
        !header.isEmpty();
        header = line(connection.reader())) {
      IO.println("header: " + header);
    }
    IO.println("body: " + connection.reader().read().length + " bytes");
  }
}

void serve(StreamReader reader, StreamWriter writer) {
  String request = line(reader);
  while (!line(reader).isEmpty()) {} // headers
  writer.write(bytes("HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n"));
  writer.write(bytes("<h1>" + request + "</h1>"));
  writer.close();
}

String line(StreamReader reader) {
  return new String(reader.readLine(), StandardCharsets.UTF_8).strip();
}

byte[] bytes(String text) {
  return text.getBytes(StandardCharsets.UTF_8);
}

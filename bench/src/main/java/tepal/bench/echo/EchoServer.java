// SPDX-License-Identifier: Apache-2.0
package tepal.bench.echo;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// A server to measure, and how it is started.
///
/// @param name what the tables call it
/// @param command the command, which prints the port
/// @param rawNetty the server of nothing but Netty on the same transport; empty for none
/// @param load the load generator to use
record EchoServer(String name, List<String> command, String rawNetty, Class<?> load) {
  private static final String UVLOOP_STREAMS = "uvloop streams";

  /// What a ratio is taken to, beside raw Netty.
  static final String REFERENCE = UVLOOP_STREAMS;

  private static final List<String> FLAGS = List.of(
      "-XX:+UseSerialGC",
      "-XX:+UseCompactObjectHeaders",
      "-Djdk.trackAllThreads=false",
      "--add-opens=java.base/java.lang=ALL-UNNAMED",
      "--enable-native-access=ALL-UNNAMED");

  EchoServer(String name, List<String> command, String rawNetty) {
    this(name, command, rawNetty, Load.class);
  }

  /// Returns servers with TLS.
  ///
  /// @param keys the JVM's argument that names the certificate
  static List<EchoServer> withTls(String keys) {
    String raw = "raw Netty, TLS";
    List<EchoServer> servers = new ArrayList<>();
    servers.add(new EchoServer(
        raw, java(NettyServer.class, List.of(keys), "epoll", "tls"), "", TlsLoad.class));
    for (String style : List.of("streams", "protocol")) {
      servers.add(new EchoServer(
          "Tepal %s, TLS".formatted(style),
          java(TepalServer.class, List.of(keys, "-Dtepal.transport=epoll"), style, "tls"),
          raw,
          TlsLoad.class));
    }
    return servers;
  }

  /// Returns the servers that can run on this machine.
  static List<EchoServer> all(Path home) {
    List<EchoServer> servers = new ArrayList<>();
    for (String transport : List.of("epoll", "io_uring", "nio")) {
      String raw = "raw Netty, " + transport;
      servers.add(new EchoServer(raw, java(NettyServer.class, List.of(), transport), ""));
      for (String style : List.of("streams", "protocol")) {
        servers.add(new EchoServer(
            "Tepal %s, %s".formatted(style, transport),
            java(TepalServer.class, List.of("-Dtepal.transport=" + transport), style),
            raw));
      }
    }
    servers.add(new EchoServer(
        "Tepal streams by read(ByteBuffer), epoll",
        java(TepalServer.class, List.of("-Dtepal.transport=epoll"), "buffers"),
        "raw Netty, epoll"));
    String script = home.resolve("python").resolve("echo.py").toString();
    String python = System.getenv().getOrDefault("BENCH_PYTHON", "python3");
    String uvloop = pythonWithUvloop(python);
    for (String style : List.of("streams", "protocol")) {
      servers.add(new EchoServer("asyncio " + style, List.of(python, script, style), ""));
      if (!uvloop.isEmpty()) {
        servers.add(
            new EchoServer("uvloop " + style, List.of(uvloop, script, style, "--uvloop"), ""));
      }
    }
    Go.server(home).ifPresent(servers::add);
    return servers;
  }

  static List<String> java(Class<?> program, List<String> more, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(FLAGS);
    command.addAll(more);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  /// Returns an interpreter that can import uvloop; empty if there is none.
  private static String pythonWithUvloop(String first) {
    return Stream.of(first, "/usr/bin/python3.11", "/usr/bin/python3.12", "/usr/bin/python3.13")
        .filter(EchoServer::hasUvloop)
        .findFirst()
        .orElse("");
  }

  private static boolean hasUvloop(String python) {
    if (python.startsWith("/") && !Files.isExecutable(Path.of(python))) {
      return false;
    }
    try {
      return new ProcessBuilder(python, "-c", "import uvloop")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .onExit()
              .join()
              .exitValue()
          == 0;
    } catch (java.io.IOException e) {
      return false;
    }
  }
}

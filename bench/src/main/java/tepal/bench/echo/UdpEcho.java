// SPDX-License-Identifier: Apache-2.0
package tepal.bench.echo;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// `bench/echo udp`: echo servers for UDP, in rounds like the others.
final class UdpEcho {
  private static final int[] SIZES = {64, 1024, 8 * 1024};
  private static final int LARGEST = 16 * 1024;

  private final List<EchoServer> servers = servers();
  private final int rounds;

  UdpEcho(int rounds) {
    this.rounds = rounds;
  }

  private static List<EchoServer> servers() {
    List<EchoServer> all = new ArrayList<>();
    for (String transport : List.of("epoll", "io_uring", "nio")) {
      String raw = "raw Netty, " + transport;
      all.add(new EchoServer(
          raw,
          EchoServer.java(UdpNettyServer.class, List.of(), transport, String.valueOf(LARGEST)),
          ""));
      for (String style : List.of("endpoint", "protocol")) {
        all.add(new EchoServer(
            "Tepal %s, %s".formatted(style, transport),
            EchoServer.java(UdpTepalServer.class, List.of("-Dtepal.transport=" + transport), style),
            raw));
      }
    }
    return all;
  }

  /// What one server did under one load.
  private record Measured(
      double perSecond, double medianMicros, double highMicros, double cpuMicros, double lost) {}

  void run(int... sockets) throws IOException {
    for (int each : sockets) {
      for (int size : SIZES) {
        table(each, size);
      }
    }
  }

  private void table(int sockets, int size) throws IOException {
    Map<String, List<Measured>> results = new LinkedHashMap<>();
    for (int round = 1; round <= rounds; round++) {
      for (EchoServer server : servers) {
        System.err.printf(
            "UDP, %d in flight, %d B, round %d: %s%n", sockets, size, round, server.name());
        results
            .computeIfAbsent(server.name(), _ -> new ArrayList<>())
            .add(measure(server, sockets, size));
      }
    }
    System.out.printf("%n### UDP, %d in flight, %d B%n%n", sockets, size);
    System.out.println(
        "| Server | messages/s | p50 µs | p99 µs | CPU µs/message | lost | to raw Netty |");
    System.out.println("|---|--:|--:|--:|--:|--:|--:|");
    for (EchoServer server : servers) {
      List<Measured> each = results.getOrDefault(server.name(), List.of());
      List<Measured> raw = results.getOrDefault(server.rawNetty(), each);
      double cpu = median(each, Measured::cpuMicros);
      System.out.printf(
          Locale.ROOT,
          "| %s | %,.0f | %,.0f | %,.0f | %.2f | %.0f | %.2f |%n",
          server.name(),
          median(each, Measured::perSecond),
          median(each, Measured::medianMicros),
          median(each, Measured::highMicros),
          cpu,
          median(each, Measured::lost),
          cpu / median(raw, Measured::cpuMicros));
    }
  }

  private static double median(List<Measured> all, ToDoubleFunction<Measured> figure) {
    double[] sorted = all.stream().mapToDouble(figure).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  private static Measured measure(EchoServer server, int sockets, int size) throws IOException {
    Process serving = Echo.pinned(0, server.command());
    try (BufferedReader out = serving.inputReader(StandardCharsets.UTF_8)) {
      String port = out.readLine();
      List<String> load = List.of(
          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "-XX:+UseSerialGC",
          "-cp",
          System.getProperty("java.class.path"),
          UdpLoad.class.getName(),
          String.valueOf(port),
          String.valueOf(serving.pid()),
          String.valueOf(sockets),
          String.valueOf(size),
          "6",
          "4");
      Process loading = Echo.pinned(1, load);
      try (BufferedReader figures = loading.inputReader(StandardCharsets.UTF_8)) {
        String line = figures.readLine();
        if (line == null) {
          throw new IllegalStateException("Expected the load to print a line: " + server.name());
        }
        double[] numbers =
            Arrays.stream(line.split(" ", -1)).mapToDouble(Double::parseDouble).toArray();
        return new Measured(
            numbers[0], numbers[1], numbers[2], numbers[3] + numbers[4], numbers[5]);
      }
    } finally {
      serving.destroy();
      serving.onExit().join();
    }
  }
}

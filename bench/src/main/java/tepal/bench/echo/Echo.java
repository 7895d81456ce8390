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
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/// The program behind `bench/echo`.
///
/// Measures in rounds, and in each round every server in turn, so that a machine that slows down
/// for a while does so for all; prints medians as Markdown.
public final class Echo {
  private static final int[] SIZES = {1024, 10 * 1024, 100 * 1024};
  private static final int ROUNDS = 3;

  private final List<EchoServer> servers;
  private final boolean quick;

  private Echo(List<EchoServer> servers, boolean quick) {
    this.servers = servers;
    this.quick = quick;
  }

  /// What one server did under one load.
  ///
  /// @param perSecond messages in a second
  /// @param medianMicros the median of the latency
  /// @param highMicros the 99th percentile of the latency
  /// @param cpuMicros the server's processor time for each message
  private record Measured(
      double perSecond, double medianMicros, double highMicros, double cpuMicros) {}

  /// Runs the benchmark.
  ///
  /// @param arguments `--quick`; `tls` or `udp` for those servers instead of the others, or words
  ///     that the names of the servers must contain
  /// @throws IOException if a program cannot be started
  public static void main(String... arguments) throws IOException {
    boolean quick = List.of(arguments).contains("--quick");
    List<String> words =
        Arrays.stream(arguments).filter(it -> !it.startsWith("-")).toList();
    if (words.contains("udp")) {
      new UdpEcho(quick ? 1 : ROUNDS).run(quick ? new int[] {50} : new int[] {1, 50});
      return;
    }
    Path home = Path.of(System.getProperty("tepal.bench.home", "bench"));
    boolean tls = words.contains("tls");
    List<EchoServer> servers = (tls ? EchoServer.withTls(Keys.make()) : EchoServer.all(home))
        .stream()
            .filter(server -> words.isEmpty()
                || words.stream()
                    .anyMatch(word -> server
                        .name()
                        .toLowerCase(Locale.ROOT)
                        .contains(word.toLowerCase(Locale.ROOT))))
            .toList();
    new Echo(servers, quick).run();
  }

  private void run() throws IOException {
    System.out.printf(
        "Echo servers: %d processors, Linux %s, Java %s; medians of %d round(s)%n",
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.version"),
        System.getProperty("java.version"),
        rounds());
    for (int connections : quick ? new int[] {50} : new int[] {10, 50, 1000}) {
      for (int size : SIZES) {
        table(connections, size);
      }
    }
  }

  private int rounds() {
    return quick ? 1 : ROUNDS;
  }

  private void table(int connections, int size) throws IOException {
    Map<String, List<Measured>> results = new LinkedHashMap<>();
    for (int round = 1; round <= rounds(); round++) {
      for (EchoServer server : servers) {
        System.err.printf(
            "%d connections, %d KiB, round %d: %s%n",
            connections, size / 1024, round, server.name());
        results
            .computeIfAbsent(server.name(), _ -> new ArrayList<>())
            .add(measure(server, connections, size));
      }
    }
    print(connections, size, results);
  }

  private void print(int connections, int size, Map<String, List<Measured>> results) {
    System.out.printf("%n### %d connections, %d KiB%n%n", connections, size / 1024);
    System.out.println(
        "| Server | messages/s | p50 µs | p99 µs | CPU µs/message | to uvloop streams | to raw Netty |");
    System.out.println("|---|--:|--:|--:|--:|--:|--:|");
    for (EchoServer server : servers) {
      List<Measured> each = results.getOrDefault(server.name(), List.of());
      double cpu = median(each.stream().mapToDouble(Measured::cpuMicros));
      System.out.printf(
          Locale.ROOT,
          "| %s | %,.0f | %,.0f | %,.0f | %.2f | %s | %s |%n",
          server.name(),
          median(each.stream().mapToDouble(Measured::perSecond)),
          median(each.stream().mapToDouble(Measured::medianMicros)),
          median(each.stream().mapToDouble(Measured::highMicros)),
          cpu,
          ratio(cpu, results.get(EchoServer.REFERENCE)),
          ratio(cpu, results.get(server.rawNetty())));
    }
  }

  private static String ratio(double cpu, @Nullable List<Measured> reference) {
    return reference == null
        ? ""
        : "%.2f".formatted(cpu / median(reference.stream().mapToDouble(Measured::cpuMicros)));
  }

  private static double median(DoubleStream values) {
    double[] sorted = values.sorted().toArray();
    return sorted[sorted.length / 2];
  }

  private Measured measure(EchoServer server, int connections, int size) throws IOException {
    Process serving = pinned(0, server.command());
    try (BufferedReader out = serving.inputReader(StandardCharsets.UTF_8)) {
      String port = out.readLine();
      List<String> load = List.of(
          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "-XX:+UseSerialGC",
          "-cp",
          System.getProperty("java.class.path"),
          server.load().getName(),
          String.valueOf(port),
          String.valueOf(serving.pid()),
          String.valueOf(connections),
          String.valueOf(size),
          server.name().startsWith("T") || server.name().startsWith("raw") ? "8" : "2",
          "4");
      Process loading = pinned(1, load);
      try (BufferedReader figures = loading.inputReader(StandardCharsets.UTF_8)) {
        String line = figures.readLine();
        if (line == null) {
          throw new IllegalStateException("Expected the load to print a line: " + server.name());
        }
        double[] numbers =
            Arrays.stream(line.split(" ", -1)).mapToDouble(Double::parseDouble).toArray();
        return new Measured(numbers[0], numbers[1], numbers[2], numbers[3] + numbers[4]);
      }
    } finally {
      serving.destroy();
      serving.onExit().join();
    }
  }

  static Process pinned(int processor, List<String> command) throws IOException {
    List<String> words = new ArrayList<>(List.of("taskset", "-c", String.valueOf(processor)));
    words.addAll(command);
    return new ProcessBuilder(words)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Runs every example in a process of its own and reads what it prints.
class ExamplesTest {
  // they run until Ctrl-C, or until their input ends
  private static final Set<String> ENDLESS = Set.of(
      "Forever",
      "EchoServer",
      "EchoProtocol",
      "TlsServer",
      "StandardInput",
      "ChatServer",
      "FileServer");

  // they sleep most of the time, so that several can run at once
  private static final ExecutorService AT_ONCE = Executors.newFixedThreadPool(3);
  private static final Map<String, Future<Example.Finished>> ENDS = new ConcurrentHashMap<>();

  @TempDir
  static Path classes;

  @TempDir
  static Path directory;

  @BeforeAll
  static void start_them_all() throws IOException {
    Example.compileAll(classes);
    for (Example example : examples()) {
      if (!ENDLESS.contains(example.name())) {
        ENDS.put(example.name(), AT_ONCE.submit(() -> example.run(classes, directory)));
      }
    }
  }

  @AfterAll
  static void stop() {
    AT_ONCE.shutdownNow();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void it_says_what_it_shows_and_how_to_run_it(Example example) throws IOException {
    List<String> lines = example.lines();

    assertThat(lines).hasSizeLessThanOrEqualTo(example.name().equals("LinkChecker") ? 90 : 65);
    assertThat(lines.get(0)).isEqualTo("// SPDX-License-Identifier: Apache-2.0");
    assertThat(lines.get(1)).isEqualTo("//");
    assertThat(lines.get(2)).matches("// [A-Z].*");
    assertThat(example.commands())
        .isNotEmpty()
        .allMatch(command -> command.matches(
            "\\./tepal run (--debug )?examples/%s( \\d+)?".formatted(example.file())));
    assertThat(lines).allMatch(line -> line.length() <= 100);
  }

  @ParameterizedTest
  @MethodSource("examples")
  void it_is_in_the_list_and_prints_what_is_expected(Example example) throws Exception {
    assertThat(Files.readString(Path.of("README.md")))
        .contains("| [%s](%s) |".formatted(example.name(), example.file()));
    if (ENDLESS.contains(example.name())) {
      return;
    }
    Example.Finished end = ENDS.get(example.name()).get();

    assertThat(end.status()).as(end.err()).isZero();
    ExpectedOutput.of(example.name()).check(end.out());
    if (!example.name().equals("DebugMode")) {
      assertThat(end.err()).isEmpty();
    }
  }

  @Test
  void debug_mode_names_the_tasks_that_block_and_compute() throws Exception {
    String warnings = ENDS.get("DebugMode").get().err();

    assertThat(warnings).containsPattern("(Executing|not turned for .*:) Task\\[greedy, ");
    if (System.getProperty("tepal.mode", "opened").equals("opened")) {
      assertThat(warnings).containsPattern("Task\\[sleepy, .*was suspended by JDK code");
    } else {
      assertThat(warnings).containsPattern("(Executing|not turned for .*:) Task\\[sleepy, ");
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void ctrl_c_lets_forever_clean_up() throws Exception {
    Path out = Files.createTempFile(directory, "Forever", ".out");
    Path err = Files.createTempFile(directory, "Forever", ".err");
    Process forever = new Example(Path.of("Forever.java")).start(classes, out, err);
    while (!Files.readString(out).contains("tick 1")) {
      assertThat(forever.waitFor(Duration.ofMillis(10))).isFalse();
    }
    new ProcessBuilder("kill", "-INT", Long.toString(forever.pid())).start().waitFor();

    assertThat(forever.waitFor()).isEqualTo(130);
    assertThat(out).content().endsWith("cleaning up\nbye\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"EchoServer.java", "EchoProtocol.java", "TlsServer.java"})
  @DisabledOnOs(OS.WINDOWS)
  void echo_servers_echo_until_ctrl_c(String file) throws Exception {
    Path out = Files.createTempFile(directory, file, ".out");
    Path err = Files.createTempFile(directory, file, ".err");
    Process server = new Example(Path.of(file)).start(List.of("0"), classes, out, err);
    while (!Files.readString(out).endsWith("\n")) {
      assertThat(server.waitFor(Duration.ofMillis(10)))
          .as(Files.readString(err))
          .isFalse();
    }
    String address = Files.readString(out).strip();
    int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    try (Socket client = connect(port, file.startsWith("Tls"))) {
      client.getOutputStream().write("hello\n".getBytes(StandardCharsets.UTF_8));
      assertThat(client.getInputStream().readNBytes(6)).asString().isEqualTo("hello\n");
    }
    new ProcessBuilder("kill", "-INT", Long.toString(server.pid())).start().waitFor();

    assertThat(server.waitFor()).isEqualTo(130);
    assertThat(err).content().isEmpty();
  }

  private static Socket connect(int port, boolean tls) throws Exception {
    if (!tls) {
      return new Socket(InetAddress.getLoopbackAddress(), port);
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new TrustEverybody()}, null);
    return context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
  }

  /// Takes the certificate that the example has made for itself.
  private static final class TrustEverybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void file_server_sends_files_of_its_directory_and_no_others() throws Exception {
    serving("FileServer", port -> {
      byte[] content = Files.readAllBytes(Path.of("README.md"));
      assertThat(get(port, "/README.md"))
          .isEqualTo("HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%s"
              .formatted(content.length, new String(content, StandardCharsets.UTF_8)));
      String refused = "HTTP/1.0 404 Not Found\r\nContent-Length: 0\r\n\r\n";
      assertThat(get(port, "/../README.md")).isEqualTo(refused);
      assertThat(get(port, "//etc/hostname")).isEqualTo(refused);
      assertThat(get(port, "/nothing")).isEqualTo(refused);
      assertThat(get(port, "/README.md/nothing")).isEqualTo(refused);
      assertThat(get(port, "")).isEqualTo(refused);
      assertThat(get(port, "/")).isEqualTo(refused);
      assertThat(get(port, "/\0")).isEqualTo(refused);
    });
  }

  private static String get(int port, String name) throws IOException {
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
      client
          .getOutputStream()
          .write("GET %s HTTP/1.0\r\n\r\n".formatted(name).getBytes(StandardCharsets.UTF_8));
      return new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void standard_input_is_echoed_line_by_line_while_a_timer_runs() throws Exception {
    Path out = Files.createTempFile(directory, "StandardInput", ".out");
    Path err = Files.createTempFile(directory, "StandardInput", ".err");
    Process echo = new Example(Path.of("StandardInput.java")).start(classes, out, err);
    try (var input = echo.outputWriter()) {
      for (String line : List.of("one", "two")) {
        input.write(line + "\n");
        input.flush();
        while (!Files.readString(out).contains(line + " (after ")) {
          assertThat(echo.waitFor(Duration.ofMillis(50)))
              .as(Files.readString(err))
              .isFalse();
        }
        assertThat(echo.waitFor(Duration.ofMillis(50))).isFalse();
      }
    }

    assertThat(echo.waitFor()).isZero();
    assertThat(out)
        .content()
        .matches("one \\(after \\d+ ticks\\)\ntwo \\(after [1-9]\\d* ticks\\)\nbye\n");
    assertThat(err).content().isEmpty();
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void chat_server_tells_all_others_what_one_says() throws Exception {
    serving("ChatServer", port -> {
      try (Socket ann = new Socket(InetAddress.getLoopbackAddress(), port)) {
        say(ann, "Ann");
        BufferedReader heard =
            new BufferedReader(new InputStreamReader(ann.getInputStream(), StandardCharsets.UTF_8));
        try (Socket bob = new Socket(InetAddress.getLoopbackAddress(), port)) {
          say(bob, "Bob");
          assertThat(heard.readLine()).isEqualTo("* Bob is here");
          say(bob, "hello");
          assertThat(heard.readLine()).isEqualTo("Bob: hello");
        }
        assertThat(heard.readLine()).isEqualTo("* Bob has left");
      }
    });
  }

  private static void say(Socket client, String line) throws IOException {
    client.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /// What a test does with a server.
  private interface Visit {
    void visit(int port) throws Exception;
  }

  /// Runs an example that serves until Ctrl-C, with a port of the system's choice.
  private static void serving(String name, Visit visit) throws Exception {
    Path out = Files.createTempFile(directory, name, ".out");
    Path err = Files.createTempFile(directory, name, ".err");
    Process server = new Example(Path.of(name + ".java")).start(List.of("0"), classes, out, err);
    try {
      while (!Files.readString(out).endsWith("\n")) {
        assertThat(server.waitFor(Duration.ofMillis(10)))
            .as(Files.readString(err))
            .isFalse();
      }
      String address = Files.readString(out).strip();
      visit.visit(Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)));
      new ProcessBuilder("kill", "-INT", Long.toString(server.pid())).start().waitFor();
      assertThat(server.waitFor()).isEqualTo(130);
      assertThat(err).content().isEmpty();
    } finally {
      server.destroyForcibly();
    }
  }

  static List<Example> examples() throws IOException {
    return Example.all();
  }
}

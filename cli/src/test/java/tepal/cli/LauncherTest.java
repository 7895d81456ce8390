// SPDX-License-Identifier: Apache-2.0
package tepal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// The script `tepal`, in a checkout whose Maven and JDK are scripts that only tell what they
/// were asked for.
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  @TempDir
  Path directory;

  private Path root = Path.of("");
  private Path jdk = Path.of("");

  @BeforeEach
  void make_a_checkout() throws IOException {
    root = Files.createDirectories(directory.resolve("a checkout"));
    jdk = directory.resolve("a jdk");
    copy("tepal");
    copy(".mvn/find-jdk.sh");
    for (String source :
        List.of("pom.xml", "core/pom.xml", "cli/pom.xml", "core/src/main/A.java")) {
      write(root.resolve(source), "");
    }
    write(root.resolve("cli/src/main/aot/training.jsh"), "");
    script(root.resolve("mvnw"), """
        echo built >> builds
        mkdir -p cli/target/lib
        touch cli/target/tepal-cli.jar cli/target/lib/tepal-core.jar
        """);
    write(jdk.resolve("release"), "JAVA_VERSION=\"25.0.3\"\n");
    script(jdk.resolve("bin/javac"), "");
    script(jdk.resolve("bin/java"), """
        for each; do
          case $each in
            -XX:AOTCacheOutput=*) touch "${each#*=}"; echo trained >> "$TRAINED"; exit ;;
          esac
        done
        printf '%s\\n' "$@"
        """);
  }

  @Test
  void the_first_use_builds_and_the_next_does_not() throws Exception {
    Finished first = tepal("run", "A.java");
    Finished second = tepal("run", "A.java", "a b", "");

    assertThat(first.err()).startsWith("tepal: building").hasLineCount(1);
    assertThat(second.err()).isEmpty();
    assertThat(second.out()).endsWith("tepal-cli.jar\nrun\nA.java\na b\n\n");
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void a_start_uses_the_aot_cache_of_its_build() throws Exception {
    tepal();

    assertThat(tepal().out())
        .containsPattern("-XX:AOTCache=.*/a checkout/target/tepal/.*/tepal.aot");
    assertThat(directory.resolve("trained")).hasContent("trained");
  }

  @Test
  void a_newer_source_is_built() throws Exception {
    tepal();
    FileTime soon = FileTime.from(Instant.now().plus(Duration.ofHours(1)));
    Files.setLastModifiedTime(root.resolve("core/src/main/A.java"), soon);

    assertThat(tepal().err()).startsWith("tepal: building");
    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void those_who_come_at_once_build_once() throws Exception {
    script(root.resolve("mvnw"), """
        sleep 1
        echo built >> builds
        mkdir -p cli/target/lib
        touch cli/target/tepal-cli.jar cli/target/lib/tepal-core.jar
        """);
    List<Finished.Running> all = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      all.add(start(root.resolve("tepal"), Map.of(), "run", "A.java"));
    }
    for (Finished.Running each : all) {
      assertThat(each.finish().out()).endsWith("run\nA.java\n");
    }
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void a_lock_whose_owner_died_is_taken_over() throws Exception {
    Process dead = new ProcessBuilder("true").start();
    dead.waitFor();
    write(root.resolve("target/tepal/lock"), dead.pid() + "\n");

    assertThat(tepal("run", "A.java").status()).isZero();
    assertThat(root.resolve("target/tepal/lock")).doesNotExist();
  }

  @Test
  void a_build_that_fails_shows_its_errors_and_is_tried_again() throws Exception {
    script(root.resolve("mvnw"), """
        echo built >> builds
        echo '[INFO] chatter'
        echo '[ERROR] A.java:[3,1] class expected'
        echo '[ERROR] Re-run Maven using the -X switch'
        exit 1
        """);
    Finished failed = tepal();

    assertThat(failed.status()).isEqualTo(1);
    assertThat(failed.err())
        .contains("[ERROR] A.java:[3,1] class expected", "tepal: the build failed")
        .doesNotContain("chatter", "Re-run");
    assertThat(tepal().status()).isEqualTo(1);
    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void it_works_through_a_link_and_from_another_directory() throws Exception {
    Path links = Files.createDirectories(directory.resolve("links"));
    Files.createSymbolicLink(links.resolve("one"), Path.of("../a checkout/tepal"));
    Files.createSymbolicLink(directory.resolve("two"), Path.of("links/one"));

    assertThat(
            start(directory.resolve("two"), Map.of(), "run", "A.java").finish().out())
        .endsWith("run\nA.java\n");
  }

  @Test
  void options_for_the_jvm_may_choose_another_collector() throws Exception {
    String options = "-Xmx8g -XX:+UseG1GC";

    assertThat(start(root.resolve("tepal"), Map.of("TEPAL_JAVA_OPTIONS", options))
            .finish()
            .out())
        .contains("-Xmx8g\n-XX:+UseG1GC\n")
        .doesNotContain("SerialGC");
  }

  @Test
  void a_missing_jdk_is_said_with_the_command_to_repeat() throws Exception {
    write(root.resolve(".mvn/find-jdk.sh"), "echo \"none for $FIND_JDK_FOR\" >&2; exit 1\n");
    Finished failed = tepal("run", "A.java");

    assertThat(failed.status()).isEqualTo(1);
    assertThat(failed.err()).contains("none for ", "tepal run A.java");
  }

  private long builds() throws IOException {
    return Files.readAllLines(root.resolve("builds")).size();
  }

  private Finished tepal(String... arguments) throws Exception {
    return start(root.resolve("tepal"), Map.of(), arguments).finish();
  }

  private Finished.Running start(Path script, Map<String, String> environment, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(script.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().put("JAVA_HOME", jdk.toString());
    builder.environment().put("TRAINED", directory.resolve("trained").toString());
    builder.environment().remove("TEPAL_JAVA_OPTIONS");
    builder.environment().putAll(environment);
    return Finished.start(directory, builder);
  }

  /// Copies a file of the real checkout, in which the tests of this module run.
  private void copy(String name) throws IOException {
    Path target = root.resolve(name);
    Files.createDirectories(target.getParent());
    Files.copy(Path.of("..", name), target);
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static void script(Path file, String text) throws IOException {
    write(file, "#!/bin/sh\n" + text);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The ways to start an application that `docs/getting-started.md` gives, each tried.
class StartingTest {
  private static final String OPENS = "--add-opens java.base/java.lang=ALL-UNNAMED";
  private static final Pattern MISSING =
      Pattern.compile("Start java with (\\S+) (\\S+) for opened mode");

  private final BuiltProject classPath = BuiltProject.named("class-path");
  private final BuiltProject modulePath = BuiltProject.named("module-path");

  @TempDir
  Path scratch;

  @Test
  void the_flag_on_the_command_line_opens_the_class_path() throws Exception {
    assertRunsOpened(BuiltProject.jdk(
        "java",
        "",
        "--add-opens",
        "java.base/java.lang=ALL-UNNAMED",
        "-cp",
        classPath.path(),
        "app.App"));
  }

  @Test
  void the_flag_on_the_command_line_opens_the_module_path() throws Exception {
    assertRunsOpened(BuiltProject.jdk(
        "java",
        "",
        "--add-opens",
        "java.base/java.lang=tepal",
        "-p",
        modulePath.path(),
        "-m",
        "app/app.App"));
  }

  @Test
  void the_manifest_opens_an_executable_jar() throws Exception {
    assertRunsOpened(BuiltProject.jdk("java", "", "-jar", classPath.archive().toString()));
  }

  @Test
  void the_manifest_does_not_count_where_the_jar_is_on_the_class_path() throws Exception {
    assertRunsPortable(BuiltProject.jdk("java", "", "-cp", classPath.path(), "app.App"));
  }

  @Test
  void an_environment_variable_opens_what_somebody_else_starts() throws Exception {
    BuiltProject.Finished end = BuiltProject.jdk("java", OPENS, "-cp", classPath.path(), "app.App");

    assertThat(end.err().lines()).singleElement().asString().startsWith("NOTE: ");
    assertThat(end.out()).startsWith("mode: OPENED\n");
  }

  @Test
  void an_argument_file_opens() throws Exception {
    Path arguments = Files.writeString(scratch.resolve("app.args"), OPENS);

    assertRunsOpened(
        BuiltProject.jdk("java", "", "@" + arguments, "-cp", classPath.path(), "app.App"));
  }

  @Test
  void an_image_of_jlink_has_the_flag_built_in() throws Exception {
    Path image = link(
        "--module-path",
        modulePath.path(),
        "--add-modules",
        "app",
        "--add-options=--add-opens=java.base/java.lang=tepal",
        "--launcher",
        "app=app/app.App");

    assertRunsOpened(BuiltProject.start(image.resolve("bin").resolve("app"), ""));
  }

  @Test
  void an_image_without_the_module_of_signals_runs_the_class_path() throws Exception {
    Path image = link("--add-modules", "java.base,java.logging");

    assertRunsOpened(BuiltProject.start(
        image.resolve("bin").resolve("java"),
        "",
        "--add-opens=java.base/java.lang=ALL-UNNAMED",
        "-cp",
        classPath.path(),
        "app.App"));
  }

  @Test
  void without_a_flag_the_warning_gives_the_one_for_the_class_path() throws Exception {
    BuiltProject.Finished portable =
        BuiltProject.jdk("java", "", "-cp", classPath.path(), "app.App");
    Matcher flag = assertRunsPortable(portable);

    assertRunsOpened(BuiltProject.jdk(
        "java", "", flag.group(1), flag.group(2), "-cp", classPath.path(), "app.App"));
  }

  @Test
  void without_a_flag_the_warning_gives_the_one_for_the_module_path() throws Exception {
    BuiltProject.Finished portable =
        BuiltProject.jdk("java", "", "-p", modulePath.path(), "-m", "app/app.App");
    Matcher flag = assertRunsPortable(portable);

    assertRunsOpened(BuiltProject.jdk(
        "java", "", flag.group(1), flag.group(2), "-p", modulePath.path(), "-m", "app/app.App"));
  }

  @Test
  void portable_mode_that_was_asked_for_is_silent() throws Exception {
    BuiltProject.Finished end =
        BuiltProject.jdk("java", "", "-Dtepal.mode=portable", "-cp", classPath.path(), "app.App");

    assertRuns(end, "PORTABLE");
    assertThat(end.err()).isEmpty();
  }

  @Test
  void opened_mode_that_was_asked_for_and_is_not_there_is_an_error() throws Exception {
    BuiltProject.Finished end =
        BuiltProject.jdk("java", "", "-Dtepal.mode=opened", "-cp", classPath.path(), "app.App");

    assertThat(end.status()).isEqualTo(1);
    assertThat(end.err()).contains(OPENS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"class-path", "module-path"})
  void a_project_has_run_its_own_test(String name) throws IOException {
    Path report = BuiltProject.named(name).target().resolve("surefire-reports/app.AppTest.txt");

    assertThat(Files.readString(report))
        .contains("Tests run: 1, Failures: 0, Errors: 0, Skipped: 0");
  }

  /// Makes a run-time image and returns where it is.
  private Path link(String... options) throws Exception {
    Path image = scratch.resolve("image");
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.addAll(List.of("--output", image.toString()));
    BuiltProject.Finished end = BuiltProject.jdk("jlink", "", arguments.toArray(String[]::new));
    assertThat(end.status()).as(end.out() + end.err()).isZero();
    return image;
  }

  private static void assertRunsOpened(BuiltProject.Finished end) {
    assertRuns(end, "OPENED");
    assertThat(end.err()).isEmpty();
  }

  /// Returns the words of the flag that the warning names.
  private static Matcher assertRunsPortable(BuiltProject.Finished end) {
    assertRuns(end, "PORTABLE");
    Matcher missing = MISSING.matcher(end.err());
    assertThat(missing.find()).as(end.err()).isTrue();
    return missing;
  }

  private static void assertRuns(BuiltProject.Finished end, String mode) {
    assertThat(end.status()).as(end.out() + end.err()).isZero();
    assertThat(end.out().lines())
        .containsExactly("mode: " + mode, "hello from left", "hello from right");
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tepal.conformance.SampleFile.Entry;

class GeneratedProgramsTest {

  @Test
  void every_property_holds_for_hundreds_of_programs() {
    Cli cli = Cli.run("fuzz", "--seed", 20_260_101, "--count", 400);

    assertThat(cli.err()).isEqualTo("checked 400 programs, 0 failed\n");
    assertThat(cli.status()).isZero();
  }

  @Test
  void the_same_seed_makes_the_same_program() {
    assertThat(Generator.program(5)).isEqualTo(Generator.program(5));
    assertThat(Generator.program(5)).isNotEqualTo(Generator.program(6));
  }

  @Test
  void every_operation_of_the_grammar_is_made() {
    Set<String> words =
        programs(500).flatMap(Program::operations).map(Op::word).collect(Collectors.toSet());

    assertThat(words)
        .containsAll(Stream.of(Verb.values()).map(Verb::word).toList())
        .contains("return", "raise", "try", "repeat", "timeout", "group")
        .contains("lock", "semaphore", "condition", "spawn", "spawn_eager")
        .contains(
            "call_soon", "call_later", "gather", "wait", "wait_for", "as_completed", "shutdown");
  }

  @Test
  void every_program_can_be_read_again() {
    programs(200).forEach(program -> {
      var sample = new Sample("made", program, List.of("0 main start"));
      assertThat(SampleFile.entry(ProgramWriter.line(sample), "here"))
          .isEqualTo(new Entry.Legible(sample));
    });
  }

  @Test
  void main_is_one_try_around_one_timeout() {
    programs(50).forEach(program -> {
      assertThat(program.main()).singleElement().isInstanceOf(Op.Try.class);
      assertThat(((Op.Try) program.main().getFirst()).body())
          .singleElement()
          .extracting(Op::heading)
          .isEqualTo("timeout 50000");
    });
  }

  @Test
  void printed_programs_pass_when_they_are_run() throws Exception {
    Cli printed = Cli.run("fuzz", "--seed", 7, "--count", 3, "--print");

    for (String line : printed.outLines()) {
      Sample sample = ((Entry.Legible) SampleFile.entry(line, "here")).sample();
      assertThat(ProgramRun.of(sample.program(), null).trace()).isEqualTo(sample.trace());
    }
    assertThat(printed.outLines()).hasSize(3);
  }

  private static Stream<Program> programs(int count) {
    return LongStream.range(0, count).mapToObj(Generator::program);
  }
}

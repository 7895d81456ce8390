// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ShrinkerTest {

  @Test
  void only_what_fails_is_left() {
    Program program = someProgramWith("uncancel");

    Program smallest = Shrinker.shrink(program, candidate -> has(candidate, "uncancel"), 10_000);

    assertThat(smallest.operations().map(Op::word).filter(word -> !word.equals("try")))
        .startsWith("timeout", "spawn", "sleep", "repeat")
        .endsWith("uncancel");
    assertThat(inside(smallest)).hasSize(2);
  }

  @Test
  void a_program_that_fails_only_as_it_is_stays_as_it_is() {
    Program program = Generator.program(1);

    assertThat(Shrinker.shrink(program, _ -> false, 10_000)).isSameAs(program);
  }

  @Test
  void no_more_programs_are_tried_than_allowed() {
    var tried = new AtomicInteger();

    Shrinker.shrink(Generator.program(1), _ -> tried.incrementAndGet() < 0, 17);

    assertThat(tried).hasValue(17);
  }

  private static Program someProgramWith(String word) {
    return LongStream.range(0, 1_000)
        .mapToObj(Generator::program)
        .filter(program -> has(program, word))
        .findFirst()
        .orElseThrow();
  }

  private static boolean has(Program program, String word) {
    return program.operations().anyMatch(op -> op.word().equals(word));
  }

  private static List<Op> inside(Program program) {
    return program.main().getFirst().blocks().getFirst().getFirst().blocks().getFirst();
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PropertyTest {

  @Test
  void a_program_of_the_grammar_keeps_all_properties() {
    Program program = Programs.of("""
            [["spawn", "t1", [["try", {"body": [["get", "Q0"]], "cancelled": [["put", "Q0", 7]]}],
                              ["lock", "L0", [["condition", "C0", [["wait_condition", "C0"]]]]]]],
             ["call_later", 99, "k2", [["spawn", "t3", [["acquire", "S0"], ["wait_event", "E0"]]]]],
             ["sleep", 1]]
            """);

    assertThat(Property.check(program).violation()).isEmpty();
  }

  @Test
  void a_main_task_that_waits_for_nothing_is_noticed() {
    Program program = Programs.of("[[\"future\", \"F0\"]]");

    assertThat(Property.check(program).violation())
        .hasValueSatisfying(violation -> assertThat(violation)
            .hasToString(
                "not true that the main task ends: it waits for nothing after 0 main start"));
  }

  @Test
  void a_lock_that_nobody_gives_back_is_noticed() {
    Program program = Programs.of("""
            [["spawn", "t1", [["wait_condition", "C0"]]],
             ["condition", "C0", [["sleep", 1], ["cancel", "t1"]]],
             ["sleep", 2]]
            """);

    assertThat(Property.check(program).violation())
        .hasValueSatisfying(violation ->
            assertThat(violation.detail()).contains("lock of C0 is locked, and nobody holds it"));
  }

  @Test
  void tasks_that_wait_for_each_other_in_a_circle_leave_nothing_behind() {
    Program program = Programs.of("""
            [["spawn", "t1", [["sleep", 1], ["await", "t2"]]],
             ["spawn", "t2", [["sleep", 2], ["await", "t1"]]],
             ["sleep", 3]]
            """);

    ProgramRun.Result result = ProgramRun.of(program, null);

    assertThat(result.trace()).endsWith("3 main sleep 3 -> none", "3 main returned none");
    assertThat(result.leftovers()).isEmpty();
  }

  @Test
  void timers_for_the_same_instant_are_noticed() {
    Program meeting = Programs.of("[[\"spawn\", \"t1\", [[\"sleep\", 5]]], [\"sleep\", 5]]");
    Program passing = Programs.of("[[\"spawn\", \"t1\", [[\"sleep\", 4]]], [\"sleep\", 5]]");

    assertThat(ProgramRun.of(meeting, null).leftToChance()).isTrue();
    assertThat(ProgramRun.of(passing, null).leftToChance()).isFalse();
  }

  @Test
  void tasks_that_are_done_before_they_are_taken_as_they_complete_are_noticed() {
    Program program = Programs.of("""
            [["spawn", "t1", []], ["spawn", "t2", []], ["sleep", 1],
             ["as_completed", ["t1", "t2"], null]]
            """);

    assertThat(ProgramRun.of(program, null).leftToChance()).isTrue();
  }
}

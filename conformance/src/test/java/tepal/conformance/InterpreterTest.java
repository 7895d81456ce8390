// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// What the grammar says about single operations, and CPython prints for them.
class InterpreterTest {

  @Test
  void a_return_leaves_its_scopes_as_a_value() {
    assertTrace(
        """
        [["try", {"body": [["lock", "L0", [["timeout", 9, [["group", [], [["return", 5]]]]]]]],
                  "finally": [["return", 6]]}],
         ["sleep", 1]]
        """,
        "0 main start",
        "0 main lock L0 acquired",
        "0 main timeout 9 enter",
        "0 main group enter",
        "0 main group exit",
        "0 main timeout 9 exit in time",
        "0 main lock L0 released",
        "0 main finally",
        "0 main returned 5");
  }

  @Test
  void a_return_in_a_handler_wins_over_raising_again() {
    assertTrace(
        """
        [["try", {"body": [["raise", "e1"]], "error": [["return", 5]], "reraise": true}]]
        """, "0 main start", "0 main raise e1", "0 main caught AppError(e1)", "0 main returned 5");
  }

  @Test
  void an_error_arm_catches_no_cancellation() {
    assertTrace(
        """
        [["cancel", "main", ""], ["try", {"body": [["sleep", 0]], "error": []}]]
        """,
        "0 main start",
        "0 main cancel main  -> true",
        "0 main sleep 0 !Cancelled()",
        "0 main raised Cancelled()");
  }

  @Test
  void what_finally_raises_replaces_the_outcome() {
    assertTrace(
        """
        [["try", {"body": [["return", 1]], "finally": [["raise", "e2"]]}]]
        """, "0 main start", "0 main finally", "0 main raise e2", "0 main raised AppError(e2)");
  }

  @Test
  void the_label_is_that_of_the_body_that_runs() {
    assertTrace(
        """
        [["wait_for", {"name": "c1", "body": [["cancel", "main", "m1"], ["sleep", 0]]}, 5]]
        """,
        "0 main start",
        "0 c1 start",
        "0 c1 cancel main m1 -> true",
        "0 c1 sleep 0 !Cancelled(m1)",
        "0 c1 raised Cancelled(m1)",
        "0 main wait_for 5 !Cancelled(m1)",
        "0 main raised Cancelled(m1)");
  }

  @Test
  void an_operation_on_a_task_that_is_not_there_does_nothing() {
    assertTrace(
        """
        [["await", "t1"], ["cancel", "t1"], ["state", "t1"], ["wait", ["t1"], 5, "ALL_COMPLETED"],
         ["gather", ["t1"], false], ["wait_for", "t1", 3], ["as_completed", ["t1"], null]]
        """,
        "0 main start",
        "0 main await t1 -> none",
        "0 main cancel t1 -> none",
        "0 main state t1 -> unknown",
        "0 main wait 5 ALL_COMPLETED -> none",
        "0 main gather -> []",
        "0 main wait_for t1 3 -> none",
        "0 main as_completed -> none",
        "0 main returned none");
  }

  @Test
  void a_release_that_fails_replaces_what_the_body_raised() {
    assertTrace(
        """
        [["semaphore", "S1", [["release", "S1"], ["raise", "e1"]]]]
        """,
        "0 main start",
        "0 main semaphore S1 acquired",
        "0 main release S1 -> none",
        "0 main raise e1",
        "0 main raised IllegalState");
  }

  @Test
  void a_callback_goes_on_after_an_operation_that_fails() {
    assertTrace(
        """
        [["call_soon", "k1", [["release", "S1"], ["set_event", "E0"]]], ["wait_event", "E0"]]
        """,
        "0 main start",
        "0 main call_soon k1 -> none",
        "0 k1 callback",
        "0 k1 release S1 !IllegalState",
        "0 k1 set_event E0 -> none",
        "0 main wait_event E0 -> true",
        "0 main returned none");
  }

  @Test
  void exceptions_held_as_values_are_marked() {
    assertTrace(
        """
        [["spawn", "t1", [["raise", "e1"]]],
         ["spawn", "t2", [["sleep", 9]]],
         ["cancel", "t2"],
         ["gather", ["t1", "t2", {"name": "c3", "body": [["return", 3]]}], true],
         ["as_completed", ["t2"], null]]
        """,
        "0 main start",
        "0 main spawn t1 -> none",
        "0 main spawn t2 -> none",
        "0 main cancel t2 -> true",
        "0 t1 start",
        "0 t1 raise e1",
        "0 t1 raised AppError(e1)",
        "0 c3 start",
        "0 c3 returned 3",
        "0 main gather -> [!AppError(e1),!Cancelled(),3]",
        "0 main completed t2=!Cancelled",
        "0 main as_completed -> [t2=!Cancelled]",
        "0 main returned none");
  }

  private static void assertTrace(String main, String... expected) {
    assertThat(ProgramRun.of(Programs.of(main), null).trace()).containsExactly(expected);
  }
}

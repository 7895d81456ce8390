// SPDX-License-Identifier: Apache-2.0
package tepal.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
  private final OperationRounds rounds = new OperationRounds(null);
  private final Report report = new Report("bench/run", 3, null);

  @Test
  void a_ratio_is_of_medians_and_held_against_what_is_required() {
    add(Subject.OPENED, 100, 150, 900);
    add(Subject.PORTABLE, 1_200);
    add(Subject.CPYTHON, 1_800, 2_100, 1_000);

    report.operations(rounds, List.of(Operation.SWITCH_ONE));

    assertThat(report.text())
        .contains("| `sleep(0)`, one task | 150 | 1,200 | 1,800 | 12.0 (at least 10: met)"
            + " | 1.5 (at least 2: missed) | – | – |");
  }

  @Test
  void a_child_process_is_held_against_cpythons() {
    ProgramRounds programs = new ProgramRounds(null, 1);
    programs.childMicros.add(Subject.OPENED, 1_500);
    programs.vforkChildMicros.add(Subject.OPENED, 1_300);
    programs.childMicros.add(Subject.CPYTHON, 1_000);

    report.programs(programs);

    assertThat(report.text())
        .contains(
            "| Tepal | 1,500 | 1.50 (at most 2.5: met) | 1,300 | 1.30 (at most 1.2: missed) |")
        .contains("| CPython | 1,000 | 1.00 | – | – |");
  }

  @Test
  void what_was_not_measured_is_left_out() {
    add(Subject.OPENED, 100);

    report.operations(rounds, List.of(Operation.SWITCH_ONE));

    assertThat(report.text())
        .contains("| 100 | – | – | – | – | – | – |")
        .contains("- Python: none");
  }

  @Test
  void where_another_thread_has_to_wake_up_elapsed_time_counts() {
    rounds.elapsedNanos(Operation.SET_BY_THREAD).add(Subject.OPENED, 100);
    rounds.elapsedNanos(Operation.SET_BY_THREAD).add(Subject.PORTABLE, 200);
    rounds.elapsedNanos(Operation.SET_BY_THREAD).add(Subject.CPYTHON, 240);
    rounds.elapsedNanos(Operation.UNPARK).add(Subject.OPENED, 80);

    report.operations(rounds, List.of(Operation.SET_BY_THREAD, Operation.UNPARK));

    assertThat(report.text())
        .contains("| 2.4 (at least 1.25: met) | 1.2 (at least 1.25: missed) |")
        .contains("takes 1.25 of the time of")
        .contains("(at most 1.5: met).");
  }

  @Test
  void an_even_number_of_rounds_has_its_median_in_the_middle() {
    Samples samples = new Samples();
    samples.add(Subject.OPENED, 3);
    samples.add(Subject.OPENED, 1);

    assertThat(samples.median(Subject.OPENED)).hasValue(2);
    assertThat(samples.median(Subject.CPYTHON)).isEmpty();
  }

  @Test
  void a_shells_times_are_added_up() {
    assertThat(Processes.seconds("1m4.500s 0m0.250s")).isEqualTo(64.75);
  }

  private void add(Subject subject, double... nanos) {
    for (double value : nanos) {
      rounds.cpuNanos(Operation.SWITCH_ONE).add(subject, value);
    }
  }
}

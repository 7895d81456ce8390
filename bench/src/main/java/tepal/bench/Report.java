// SPDX-License-Identifier: Apache-2.0
package tepal.bench;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.DoubleFunction;
import org.jspecify.annotations.Nullable;

/// What a run found out, as Markdown.
final class Report {
  private static final String NOTHING = "–";

  // what the requirements on sleeping tasks are about
  private static final int REQUIRED_TASKS = 1_000_000;

  // what a child process may take of CPython's time, with the JDK's usual launcher and without
  private static final double MAX_CHILD = 2.5;
  private static final double MAX_VFORK_CHILD = 1.2;

  private final StringBuilder text = new StringBuilder();
  private final List<Subject> subjects = new ArrayList<>();

  Report(String command, int rounds, @Nullable Python python) {
    subjects.addAll(List.of(Subject.OPENED, Subject.PORTABLE, Subject.CPYTHON));
    if (python != null && python.hasUvloop()) {
      subjects.add(Subject.UVLOOP);
    }
    line("`%s`: medians of %d %s.".formatted(command, rounds, rounds == 1 ? "round" : "rounds"));
    line("");
    line("- Machine: %s %s, %d processors"
        .formatted(
            System.getProperty("os.name"),
            System.getProperty("os.arch"),
            Runtime.getRuntime().availableProcessors()));
    line("- Java: " + Runtime.version());
    line("- Tepal: " + String.join(" ", Java.TUNED));
    line("- Tepal, portable: " + String.join(" ", Java.PORTABLE));
    line("- Python: "
        + (python == null
            ? "none; expected a CPython 3.11 or newer on the PATH or in BENCH_PYTHON"
            : python.description()));
  }

  String text() {
    return text.toString();
  }

  void operations(OperationRounds rounds, List<Operation> measured) {
    line("");
    line("Processor time of the whole process per operation, in nanoseconds, and the bytes that"
        + " Tepal allocates (JMH after its warm-up, with `" + OperationRounds.STEADY + "`):");
    line("");
    List<String> header = new ArrayList<>(List.of("operation"));
    subjects.forEach(subject -> header.add(subject.title));
    header.addAll(List.of("CPython / Tepal", "CPython / portable", "bytes", "bytes, portable"));
    header(header);
    for (Operation operation : measured) {
      row(operation, rounds.cpuNanos(operation), rounds.bytes(operation));
    }
    line("");
    line("Elapsed time per operation, in nanoseconds; other programs on the machine count too:");
    line("");
    header(header.subList(0, header.size() - 2));
    for (Operation operation : measured) {
      elapsedRow(operation, rounds.elapsedNanos(operation));
    }
    if (measured.containsAll(List.of(Operation.SET_BY_THREAD, Operation.UNPARK))) {
      wakeUp(rounds);
    }
  }

  private void wakeUp(OperationRounds rounds) {
    OptionalDouble floor = rounds.elapsedNanos(Operation.UNPARK).median(Subject.OPENED);
    OptionalDouble set = rounds.elapsedNanos(Operation.SET_BY_THREAD).median(Subject.OPENED);
    if (floor.isPresent() && set.isPresent()) {
      double ratio = set.getAsDouble() / floor.getAsDouble();
      line("");
      line("\"%s\" takes %s of the time of \"%s\"%s."
          .formatted(
              Operation.SET_BY_THREAD.title,
              String.format(Locale.ROOT, "%.2f", ratio),
              Operation.UNPARK.title,
              verdict("at most 1.5", ratio <= 1.5)));
    }
  }

  private void row(Operation operation, Samples cpu, Samples bytes) {
    List<String> cells = times(operation, cpu);
    cells.add(ratio(cpu.ratio(Subject.CPYTHON, Subject.OPENED), operation.required));
    cells.add(ratio(cpu.ratio(Subject.CPYTHON, Subject.PORTABLE), operation.requiredPortable));
    cells.add(whole(bytes.median(Subject.OPENED)));
    cells.add(whole(bytes.median(Subject.PORTABLE)));
    row(cells);
  }

  private void elapsedRow(Operation operation, Samples elapsed) {
    List<String> cells = times(operation, elapsed);
    double required = operation.requiredElapsed;
    cells.add(ratio(elapsed.ratio(Subject.CPYTHON, Subject.OPENED), required));
    cells.add(ratio(elapsed.ratio(Subject.CPYTHON, Subject.PORTABLE), required));
    row(cells);
  }

  private List<String> times(Operation operation, Samples samples) {
    List<String> cells = new ArrayList<>(List.of(operation.title));
    subjects.forEach(subject -> cells.add(whole(samples.median(subject))));
    return cells;
  }

  void programs(ProgramRounds rounds) {
    line("");
    line(String.format(
        Locale.ROOT,
        "%,d tasks, each of which sleeps a random time below a second; the whole process:",
        rounds.tasks()));
    line("");
    header(List.of("", "seconds", "processor seconds", "max RSS, MB", "heap bytes a task"));
    for (Subject subject : Subject.values()) {
      if (rounds.elapsedSeconds.median(subject).isPresent()) {
        programRow(rounds, subject);
      }
    }
    children(rounds);
    line("");
    line("Hello, from the start of the process to its end, in milliseconds:");
    line("");
    header(List.of("", "as it is", "with an AOT cache", "`./tepal run`, from its source"));
    for (Subject subject : Subject.values()) {
      if (rounds.helloSeconds.median(subject).isPresent()) {
        row(List.of(
            subject.title,
            scaled(rounds.helloSeconds.median(subject), 1e3),
            scaled(rounds.archivedHelloSeconds.median(subject), 1e3),
            scaled(rounds.commandHelloSeconds.median(subject), 1e3)));
      }
    }
  }

  private void children(ProgramRounds rounds) {
    line("");
    line("A child process that does nothing, from its start to its end, in microseconds of elapsed"
        + " time (the fastest batch of 50), and with `" + Java.VFORK + "`:");
    line("");
    header(List.of("", "as it is", "/ CPython", "with VFORK", "/ CPython"));
    OptionalDouble python = rounds.childMicros.median(Subject.CPYTHON);
    for (Subject subject : Subject.values()) {
      OptionalDouble usual = rounds.childMicros.median(subject);
      OptionalDouble vfork = rounds.vforkChildMicros.median(subject);
      if (usual.isPresent()) {
        row(List.of(
            subject.title,
            whole(usual),
            share(usual, python, subject == Subject.OPENED ? MAX_CHILD : 0),
            whole(vfork),
            share(vfork, python, subject == Subject.OPENED ? MAX_VFORK_CHILD : 0)));
      }
    }
  }

  private static String share(OptionalDouble value, OptionalDouble of, double required) {
    if (value.isEmpty() || of.isEmpty()) {
      return NOTHING;
    }
    double share = value.getAsDouble() / of.getAsDouble();
    String shown = String.format(Locale.ROOT, "%.2f", share);
    return required == 0
        ? shown
        : shown + verdict(String.format(Locale.ROOT, "at most %.1f", required), share <= required);
  }

  private void programRow(ProgramRounds rounds, Subject subject) {
    OptionalDouble elapsed = rounds.elapsedSeconds.median(subject);
    OptionalDouble bytes = rounds.heapBytes.median(subject);
    boolean judged = rounds.tasks() == REQUIRED_TASKS;
    row(List.of(
        subject.title,
        decimal(elapsed) + (judged && subject == Subject.OPENED ? atMost(elapsed, 4) : ""),
        decimal(rounds.cpuSeconds.median(subject)),
        scaled(rounds.maxResidentBytes.median(subject), 1e-6),
        whole(bytes) + (judged ? heapVerdict(bytes, subject) : "")));
  }

  private static String heapVerdict(OptionalDouble bytes, Subject subject) {
    return switch (subject) {
      case OPENED -> atMost(bytes, 900);
      case PLAIN -> atMost(bytes, 1_100);
      case PORTABLE, CPYTHON, UVLOOP -> "";
    };
  }

  // ---- Cells

  private static String ratio(OptionalDouble ratio, double required) {
    String shown = decimal(ratio);
    if (required == 0 || ratio.isEmpty()) {
      return shown;
    }
    String asked = BigDecimal.valueOf(required).stripTrailingZeros().toPlainString();
    return shown + verdict("at least " + asked, ratio.getAsDouble() >= required);
  }

  private static String atMost(OptionalDouble value, double required) {
    return value.isEmpty()
        ? ""
        : verdict(
            String.format(Locale.ROOT, "at most %,.0f", required), value.getAsDouble() <= required);
  }

  private static String verdict(String required, boolean met) {
    return " (%s: %s)".formatted(required, met ? "met" : "missed");
  }

  private static String whole(OptionalDouble value) {
    return scaled(value, 1);
  }

  private static String scaled(OptionalDouble value, double factor) {
    return cell(value, number -> String.format(Locale.ROOT, "%,.0f", number * factor));
  }

  private static String decimal(OptionalDouble value) {
    return cell(value, number -> String.format(Locale.ROOT, "%,.1f", number));
  }

  private static String cell(OptionalDouble value, DoubleFunction<String> format) {
    return value.isEmpty() ? NOTHING : format.apply(value.getAsDouble());
  }

  // ---- Lines

  private void header(List<String> cells) {
    row(cells);
    String[] rules = new String[cells.size()];
    Arrays.fill(rules, "---:");
    rules[0] = "---";
    row(List.of(rules));
  }

  private void row(List<String> cells) {
    line("| " + String.join(" | ", cells) + " |");
  }

  private void line(String line) {
    text.append(line).append('\n');
  }
}

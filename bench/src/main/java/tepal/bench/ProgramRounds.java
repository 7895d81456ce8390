// SPDX-License-Identifier: Apache-2.0
package tepal.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Measures whole programs, from the start of the process to its end.
final class ProgramRounds {
  private static final String CHILDREN = "50";

  private final @Nullable Python python;
  private final int tasks;

  /// The program of sleeping tasks.
  final Samples elapsedSeconds = new Samples();

  final Samples cpuSeconds = new Samples();
  final Samples maxResidentBytes = new Samples();

  /// What a sleeping task takes of the heap.
  final Samples heapBytes = new Samples();

  /// How long Hello takes; for Java without an archive of classes.
  final Samples helloSeconds = new Samples();

  /// The same with one.
  final Samples archivedHelloSeconds = new Samples();

  /// The same by `./tepal run`, from its source.
  final Samples commandHelloSeconds = new Samples();

  /// A child process from its start to its end.
  final Samples childMicros = new Samples();

  /// The same where the JDK starts processes without a helper program.
  final Samples vforkChildMicros = new Samples();

  ProgramRounds(@Nullable Python python, int tasks) {
    this.python = python;
    this.tasks = tasks;
  }

  int tasks() {
    return tasks;
  }

  /// Lets `./tepal` build what it needs, and compile the program.
  void prepareHello() {
    Processes.Ended _ = Processes.run(Home.HELLO_COMMAND);
  }

  void measureSleepers() {
    String count = String.valueOf(tasks);
    for (Subject subject : Subject.IN_JAVA) {
      sleepers(subject, Java.command(subject.flags(), MillionTasks.class, count));
    }
    if (python != null) {
      sleepers(Subject.CPYTHON, python.command(Subject.CPYTHON.flags(), "million.py", count));
      if (python.hasUvloop()) {
        sleepers(Subject.UVLOOP, python.command(Subject.UVLOOP.flags(), "million.py", count));
      }
    }
  }

  private void sleepers(Subject subject, List<String> command) {
    Processes.Ended ended = Processes.run(command);
    elapsedSeconds.add(subject, ended.elapsedSeconds());
    cpuSeconds.add(subject, ended.cpuSeconds());
    maxResidentBytes.add(subject, ended.number("max RSS:"));
  }

  void measureHeap() {
    for (Subject subject : Subject.IN_JAVA) {
      List<String> command =
          Java.command(subject.flags(), SleepingHeap.class, String.valueOf(tasks));
      heapBytes.add(subject, Processes.run(command).number("bytes per task:"));
    }
  }

  void measureChildren() {
    for (Subject subject : List.of(Subject.OPENED, Subject.PORTABLE)) {
      children(childMicros, subject, Java.command(subject.flags(), RoundTrips.class, CHILDREN));
      if (System.getProperty("os.name").equals("Linux")) {
        List<String> flags = Java.with(subject.flags(), Java.VFORK);
        children(vforkChildMicros, subject, Java.command(flags, RoundTrips.class, CHILDREN));
      }
    }
    if (python != null) {
      for (Subject subject : List.of(Subject.CPYTHON, Subject.UVLOOP)) {
        if (subject == Subject.CPYTHON || python.hasUvloop()) {
          children(
              childMicros, subject, python.command(subject.flags(), "subprocesses.py", CHILDREN));
        }
      }
    }
  }

  private static void children(Samples micros, Subject subject, List<String> command) {
    micros.add(subject, Processes.run(command).number("microseconds per child:"));
  }

  void measureHello() {
    commandHelloSeconds.add(Subject.OPENED, Processes.run(Home.HELLO_COMMAND).elapsedSeconds());
    for (Subject subject : Subject.IN_JAVA) {
      helloSeconds.add(
          subject, Processes.run(Java.command(subject.flags(), Hello.class)).elapsedSeconds());
      archivedHelloSeconds.add(subject, Processes.run(archivedHello(subject)).elapsedSeconds());
    }
    if (python != null) {
      helloSeconds.add(
          Subject.CPYTHON, Processes.run(python.command(List.of(), "hello.py")).elapsedSeconds());
    }
  }

  /// Returns the command that runs Hello with an archive of its classes, which it makes first if
  /// there is none.
  private static List<String> archivedHello(Subject subject) {
    Path archive = Home.TARGET.resolve("hello-" + subject.name().toLowerCase(Locale.ROOT) + ".aot");
    if (!Files.exists(archive)) {
      Processes.Ended _ = Processes.run(
          Java.command(Java.with(subject.flags(), "-XX:AOTCacheOutput=" + archive), Hello.class));
    }
    return Java.command(Java.with(subject.flags(), "-XX:AOTCache=" + archive), Hello.class);
  }
}

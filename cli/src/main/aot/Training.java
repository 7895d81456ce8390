// SPDX-License-Identifier: Apache-2.0
//
// What the JVM watches when ./tepal has it record an AOT cache: which classes a compilation and a
// typical program need, and which branches their methods take. Then the shell does what is on the
// standard input, so that it starts faster as well.

import static tepal.Asyncio.*;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import tepal.*;

void main() throws Exception {
  run(() -> {
    var left = gather(() -> work(1), () -> work(2)).await();
    check(left.equals(List.of(2, 4)));
    check(waitFor(() -> work(3), Duration.ofSeconds(10)) == 6);
    check(toThread(() -> "thread").equals("thread"));
    cancelOne();
    manyAtOnce();
  });
  shell();
}

// Ends the process.
void shell() throws Exception {
  var main = Class.forName("tepal.cli.Tepal").getDeclaredMethod("main", String[].class);
  main.setAccessible(true);
  main.invoke(null, (Object) new String[] {"repl"});
}

int work(int number) {
  sleep(Duration.ofMillis(1));
  return 2 * number;
}

void cancelOne() {
  Task<?> task = createTask(() -> sleep(Duration.ofHours(1)));
  sleep(Duration.ZERO);
  task.cancel();
  try {
    task.await();
  } catch (CancelledError e) {
    check(task.cancelled());
  }
}

// Sleeping and waking in turns, so that no branch of a wait looks as if it were never taken.
void manyAtOnce() {
  var random = new Random(1);
  TaskGroup.run(group -> IntStream.range(0, 20_000)
      .mapToObj(_ -> Duration.ofMillis(random.nextInt(100)))
      .forEach(delay -> group.createTask(() -> sleep(delay))));
}

void check(boolean expected) {
  if (!expected) {
    throw new AssertionError();
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import tepal.EventLoop;
import tepal.Runner;
import tepal.testing.VirtualClock;

class WorkTest {

  @ParameterizedTest
  @EnumSource(Operation.class)
  void a_benchmark_does_as_many_operations_as_it_says(Operation operation) throws Exception {
    Method benchmark = methodOf(operation);
    LoopState state = new LoopState();

    Object done = benchmark.invoke(
        benchmark.getDeclaringClass().getDeclaredConstructor().newInstance(), state);
    state.close();

    assertThat(done)
        .isEqualTo(benchmark.getAnnotation(OperationsPerInvocation.class).value())
        .isEqualTo(LoopState.OPERATIONS);
  }

  private static Method methodOf(Operation operation) throws Exception {
    List<String> names = Arrays.asList(operation.benchmark.split("\\.", -1));
    return Class.forName("tepal.bench." + names.getFirst())
        .getMethod(names.getLast(), LoopState.class);
  }

  @Test
  void every_operation_has_its_like_in_Python() throws IOException {
    String python = Files.readString(Path.of("python", "operations.py"));

    assertThat(python).contains("OPERATIONS = 10_000");
    assertThat(Operation.values())
        .allSatisfy(operation -> assertThat(python).contains('"' + operation.benchmark + '"'));
  }

  @Test
  void the_flags_measured_are_those_of_the_command() throws IOException {
    String command = Files.readString(Path.of("..", "tepal"));

    assertThat(Java.TUNED.stream().skip(1))
        .allSatisfy(flag -> assertThat(command).contains(flag));
  }

  @Test
  void all_tasks_of_a_million_sleep_below_a_second() {
    VirtualClock clock = new VirtualClock();
    try (Runner runner = new Runner(EventLoop.builder().clock(clock))) {
      double slept = runner.run(() -> MillionTasks.sleepAll(1_000));

      assertThat(slept).isBetween(300.0, 700.0);
      assertThat(clock.nanoTime()).isLessThan(1_000_000_000L);
    }
  }

  @Test
  void a_child_process_takes_some_time() {
    try (Runner runner = new Runner()) {
      assertThat(runner.run(() -> RoundTrips.fastestMicros(3, 2))).isPositive();
    }
  }

  @Test
  void sleeping_tasks_take_some_heap() {
    try (Runner runner = new Runner()) {
      long bytes = runner.run(() -> SleepingHeap.bytesPerTask(5_000));

      // Stacks of code that is not compiled yet are several times as large.
      assertThat(bytes).isBetween(300L, 20_000L);
    }
  }
}

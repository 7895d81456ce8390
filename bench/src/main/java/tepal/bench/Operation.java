// SPDX-License-Identifier: Apache-2.0
package tepal.bench;

/// An operation that is measured in all subjects.
enum Operation {
  SWITCH_ONE("SwitchBenchmark.one", "`sleep(0)`, one task", 10, 2),
  SWITCH_HUNDRED("SwitchBenchmark.hundred", "`sleep(0)`, a hundred tasks in turn", 6, 2),
  SPAWN("SpawnBenchmark.createAndAwait", "create and await a task", 15, 0),
  SPAWN_HUNDRED("SpawnBenchmark.createHundred", "create a hundred tasks, then await them", 0, 0),
  QUEUE("QueueBenchmark.handOver", "queue hand-over, room for one item", 10, 0),
  QUEUE_WINDOW("QueueBenchmark.window", "queue hand-over, room for a hundred", 0, 0),
  FUTURE("FutureBenchmark.setByAnother", "await a future that another task sets", 0, 0),
  CALL_SOON("CallbackBenchmark.callSoon", "`callSoon`, an iteration each", 0, 0),
  TIMER_CANCEL("TimerBenchmark.callLaterAndCancel", "`callLater` and cancel", 0, 0),
  TIMER_SLEEP("TimerBenchmark.sleepShortest", "sleep a nanosecond", 0, 0),
  TIMEOUT("TimerBenchmark.timeoutAround", "`timeout` around a `sleep(0)`", 0, 0),
  LOCK_FREE("LockBenchmark.free", "take a free lock", 0, 0),
  LOCK_CONTENDED("LockBenchmark.contended", "lock held across a `sleep(0)`, ten tasks", 0, 0),
  TO_THREAD("ThreadBenchmark.toThread", "`toThread`, there and back", 3),
  SET_BY_THREAD(
      "ThreadBenchmark.setByThread", "await a future that a thread sets when asked", 1.25),
  UNPARK("ThreadBenchmark.unpark", "two threads that wake each other, no loop", 0),
  // at most 1.5 times the time of Python's asynchronous generator
  GENERATOR_STEP("GeneratorBenchmark.step", "a generator's step", 0.67, 0),
  GENERATOR_AWAITS("GeneratorBenchmark.stepThatAwaits", "a step that awaits what is done", 0, 0),
  GENERATOR_FOR("GeneratorBenchmark.forLoop", "`for` over a generator of 1,000 items", 0, 0),
  GENERATOR_OUTSIDE("GeneratorBenchmark.outside", "a generator's step outside a loop", 0, 0);

  /// The class and method of the benchmark, and its name in operations.py.
  final String benchmark;

  final String title;

  /// How many times as fast as CPython this has to be, by processor time; 0 if nothing is
  /// asked.
  final double required;

  final double requiredPortable;

  /// The same by elapsed time, in both modes: what counts where another thread has to wake
  /// up.
  final double requiredElapsed;

  Operation(String benchmark, String title, double required, double requiredPortable) {
    this(benchmark, title, required, requiredPortable, 0);
  }

  Operation(String benchmark, String title, double requiredElapsed) {
    this(benchmark, title, 0, 0, requiredElapsed);
  }

  Operation(
      String benchmark,
      String title,
      double required,
      double requiredPortable,
      double requiredElapsed) {
    this.benchmark = benchmark;
    this.title = title;
    this.required = required;
    this.requiredPortable = requiredPortable;
    this.requiredElapsed = requiredElapsed;
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;
import static tepal.Asyncio.toThread;
import static tepal.Asyncio.waitFor;
import static tepal.testing.Testing.waitAllTasksBlocked;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;
import tepal.testing.VirtualClock;

/// The seam for I/O, with a selector of the JDK over a pipe in place of a network.
class SelectorTest {
  private final Trail trail = new Trail();
  private final PipeSelector selector = new PipeSelector();
  private EventLoop.Builder builder = EventLoop.builder();

  @AfterEach
  void closePipe() throws IOException {
    selector.pipe.sink().close();
    selector.pipe.source().close();
  }

  private void run(Action<Exception> main) throws Exception {
    try (Runner runner = new Runner(builder)) {
      runner.getLoop().installSelector(selector);
      runner.run(main);
    }
  }

  @Test
  void an_idle_loop_waits_in_its_selector_until_another_thread_wakes_it() throws Exception {
    run(() -> {
      toThread(() -> {
        while (selector.longestNanos < Long.MAX_VALUE) {
          Thread.onSpinWait(); // until the loop has nothing to do
        }
        trail.add("in a thread");
      });
      trail.add("back");
    });

    trail.assertIs("in a thread", "back");
    assertThat(selector.wakeups).isPositive();
    assertThat(selector.longestNanos).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void a_timer_limits_how_long_the_selector_waits() throws Exception {
    run(() -> sleep(Duration.ofMillis(20)));

    assertThat(selector.longestNanos).isBetween(1L, 20_000_000L);
  }

  @Test
  void what_is_ready_reaches_the_loop_as_a_callback() throws Exception {
    run(() -> {
      Future<Integer> read = selector.nextByte(getRunningLoop());
      toThread(() -> selector.write(7));
      assertThat(read.await()).isEqualTo(7);
    });
  }

  @Test
  void a_busy_loop_looks_for_input_as_well() throws Exception {
    run(() -> {
      for (int i = 0; i < 160; i++) {
        sleep(Duration.ZERO);
      }
    });

    assertThat(selector.selects).isGreaterThanOrEqualTo(10);
  }

  @Test
  void what_a_step_leaves_for_the_selector_is_done_at_the_end_of_the_iteration() throws Exception {
    run(() -> {
      selector.pending = true;
      sleep(Duration.ZERO);
      trail.add(selector.pending ? "left" : "done");
    });

    trail.assertIs("done");
  }

  @Test
  void a_selector_surrounds_the_turns_of_its_thread() throws Exception {
    run(() -> sleep(Duration.ofMillis(1)));

    assertThat(selector.runs).isEqualTo(1);
    assertThat(selector.closedInRun).isTrue();
  }

  @Test
  void a_loop_knows_its_selector() throws Exception {
    run(() -> assertThat(getRunningLoop().selector()).isSameAs(selector));
  }

  @Test
  void a_virtual_clock_gives_input_that_is_expected_its_grace() throws Exception {
    builder = EventLoop.builder().clock(new VirtualClock(Duration.ofMinutes(1)));
    run(() -> {
      Future<Integer> read = selector.nextByte(getRunningLoop());
      TimerHandle _ = getRunningLoop().callLater(Duration.ofDays(1), trail.adding("a day later"));
      Thread writer = Thread.ofPlatform().start(() -> selector.write(1));
      int _ = read.await();
      trail.add("input at " + getRunningLoop().time());
      sleep(Duration.ofDays(2));
      writer.join();
    });

    trail.assertIs("input at PT0S", "a day later");
  }

  @Test
  void a_virtual_clock_jumps_when_input_did_not_come_within_its_grace() throws Exception {
    builder = EventLoop.builder().clock(new VirtualClock(Duration.ofMillis(1)));
    run(() -> {
      Future<Integer> read = selector.nextByte(getRunningLoop());
      assertThatThrownBy(() -> waitFor(read, Duration.ofDays(1)))
          .isInstanceOf(TimeoutException.class);
      trail.add("gave up at " + getRunningLoop().time());
    });

    trail.assertIs("gave up at PT24H");
  }

  @Test
  void a_timer_of_the_selector_ends_its_wait_by_the_clock_of_the_loop() throws Exception {
    builder = EventLoop.builder().clock(new VirtualClock());
    run(() -> {
      Future<@Nullable Void> alarm = selector.alarmAt(Duration.ofDays(1), getRunningLoop());
      alarm.await();
      trail.add("alarm at " + getRunningLoop().time());
    });

    trail.assertIs("alarm at PT24H");
  }

  @Test
  void input_that_is_there_comes_before_the_loop_counts_as_idle() throws Exception {
    run(() -> {
      Future<Integer> read = selector.nextByte(getRunningLoop());
      read.addDoneCallback(_ -> trail.add("input"));
      selector.write(7);
      waitAllTasksBlocked();
      trail.add("idle");
      waitAllTasksBlocked(Duration.ofMillis(2));
      trail.add("idle for a while");
    });

    trail.assertIs("input", "idle", "idle for a while");
  }

  @Test
  void a_selector_that_fails_ends_the_run_with_its_error() {
    IllegalStateException broken = new IllegalStateException("broken");
    try (EventLoop loop = builder.build()) {
      loop.installSelector(new PipeSelector() {
        @Override
        public void select(long timeoutNanos) {
          throw broken;
        }
      });
      assertThatThrownBy(loop::runForever).isSameAs(broken);
    }
  }

  @Test
  void the_selector_is_closed_once_with_its_loop() throws Exception {
    run(() -> sleep(Duration.ZERO));

    assertThat(selector.closes).isEqualTo(1);
  }

  @Test
  void a_loop_has_one_selector() {
    try (EventLoop loop = builder.build()) {
      loop.installSelector(selector);
      assertThatIllegalStateException()
          .isThrownBy(() -> loop.installSelector(new PipeSelector()))
          .withMessageStartingWith("Expected a loop without a selector, but it has one");
    }
  }

  @Test
  @OnlyOpened
  @SuppressWarnings("LockNotBeforeTry") // the test fails anyway where this does
  void a_selector_that_waits_for_a_lock_does_not_stop_the_loop() throws Exception {
    run(() -> {
      selector.lock.lock();
      sleep(Duration.ofMillis(10));
      trail.add("slept with the lock");
      selector.lock.unlock();
      sleep(Duration.ofMillis(10));
      trail.add("slept without it");
    });

    trail.assertIs("slept with the lock", "slept without it");
    assertThat(selector.selects).isPositive();
  }

  /// Waits in a selector of the JDK for the bytes of a pipe. All but `write` is confined to
  /// the loop.
  private static class PipeSelector implements Selector {
    final Pipe pipe;
    final ReentrantLock lock = new ReentrantLock();
    private final java.nio.channels.Selector selector;
    volatile int wakeups;
    int selects;
    int closes;
    int runs;
    boolean closedInRun;
    boolean pending;

    @Nullable Future<@Nullable Void> alarm;

    long alarmNanos;
    volatile long longestNanos;

    PipeSelector() {
      try {
        pipe = Pipe.open();
        selector = java.nio.channels.Selector.open();
        boolean _ = pipe.source().configureBlocking(false) == pipe.source();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    Future<Integer> nextByte(EventLoop loop) throws IOException {
      Future<Integer> read = loop.createFuture();
      Runnable onReadable = () -> read.setResult(read());
      SelectionKey _ = pipe.source()
          .register(selector, SelectionKey.OP_READ, (Runnable) () -> loop.callSoon(onReadable));
      return read;
    }

    private int read() {
      ByteBuffer buffer = ByteBuffer.allocate(1);
      try {
        int _ = pipe.source().read(buffer);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return buffer.get(0);
    }

    void write(int value) {
      try {
        int _ = pipe.sink().write(ByteBuffer.wrap(new byte[] {(byte) value}));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /// Returns a future that is done at a time of the loop's clock.
    Future<@Nullable Void> alarmAt(Duration time, EventLoop loop) {
      Future<@Nullable Void> future = loop.createFuture();
      alarm = future;
      alarmNanos = time.toNanos();
      return future;
    }

    private void ring() {
      Future<@Nullable Void> ringing = alarm;
      if (ringing != null && ringing.getLoop().time().toNanos() >= alarmNanos) {
        alarm = null;
        ringing.setResult(null);
      }
    }

    @Override
    public long deadlineNanos() {
      return alarm == null ? Long.MAX_VALUE : alarmNanos;
    }

    @Override
    public void run(Runnable turns) {
      runs++;
      turns.run();
      closedInRun = closes == 1;
    }

    @Override
    public boolean isPending() {
      return pending;
    }

    @Override
    @SuppressWarnings("LockNotBeforeTry") // nothing in between
    public void select(long timeoutNanos) {
      lock.lock();
      lock.unlock();
      selects++;
      pending = false;
      ring();
      longestNanos = Math.max(longestNanos, timeoutNanos);
      try {
        if (timeoutNanos == 0) {
          int _ = selector.selectNow(PipeSelector::deliver);
        } else {
          // 0 is no limit there
          long millis = timeoutNanos == Long.MAX_VALUE ? 0 : timeoutNanos / 1_000_000 + 1;
          int _ = selector.select(PipeSelector::deliver, millis);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static void deliver(SelectionKey key) {
      key.cancel();
      ((Runnable) key.attachment()).run();
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // whether there were any is enough
    public void wakeup() {
      wakeups++;
      var _ = selector.wakeup();
    }

    @Override
    public boolean hasWork() {
      return selector.keys().stream().anyMatch(SelectionKey::isValid);
    }

    @Override
    public void close() {
      closes++;
      try {
        selector.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}

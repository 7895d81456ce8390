// SPDX-License-Identifier: Apache-2.0
package tepal;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.run;
import static tepal.Asyncio.sleep;
import static tepal.InTask.outcome;
import static tepal.InTask.pass;
import static tepal.InTask.started;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

/// Bodies that JDK code suspends, and the threads that they run on.
class GeneratorBlockingTest {
  private static final Duration A_LITTLE = Duration.ofMillis(20);

  private final Trail trail = new Trail();

  // ---- In a task

  @Test
  @OnlyOpened
  void a_body_that_jdk_code_suspends_suspends_the_task_only() {
    var queue = new LinkedBlockingQueue<String>();
    run(() -> {
      var other = createTask(() -> {
        pass(2);
        trail.add("another task");
        queue.add("item");
      });
      Generator<String> generator = Generator.of(self -> {
        while (true) {
          self.yield(queue.take());
          JdkCode.sleep(Duration.ofMillis(1));
        }
      });
      trail.add(generator.next());
      other.await();
      queue.add("another item");
      trail.add(generator.next());
      generator.close();
    });

    trail.assertIs("another task", "item", "another item");
  }

  @Test
  @OnlyOpened
  void a_body_that_wants_a_monitor_of_another_task_suspends_the_task_only() {
    Object monitor = new Object();
    run(() -> {
      var holder = started(() -> {
        synchronized (monitor) {
          sleep(A_LITTLE);
          trail.add("holder");
        }
      });
      Generator<String> generator = Generator.of(self -> {
        synchronized (monitor) {
          self.yield("has it");
        }
        self.yield("let go");
      });
      trail.add(generator.next());
      holder.await();
      trail.add(generator.next());
      generator.close();
    });

    trail.assertIs("holder", "has it", "let go");
  }

  @Test
  @OnlyOpened
  void a_cancellation_interrupts_a_body_that_jdk_code_suspends() {
    run(() -> {
      Generator<String> generator = Generator.of(_ -> {
        try {
          JdkCode.sleep(JdkCode.AN_HOUR);
        } finally {
          trail.add("finally");
        }
      });
      var reader = started(generator::next);
      reader.cancel();
      trail.add(outcome(reader::await));
      sleep(Duration.ofMillis(1));
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
    });

    trail.assertIs("finally", "CancelledError");
  }

  @Test
  @OnlyOpened
  @SuppressWarnings("LockNotBeforeTry") // nothing is done under the lock
  void a_cancellation_that_a_lock_does_not_react_to_comes_at_the_next_wait_of_the_reader() {
    var lock = new ReentrantLock();
    run(() -> {
      var holder = started(() -> {
        lock.lock();
        try {
          sleep(A_LITTLE);
        } finally {
          lock.unlock();
        }
      });
      Generator<String> generator = Generator.of(self -> {
        lock.lock();
        lock.unlock();
        self.yield("locked");
      });
      var reader = started(() -> {
        trail.add(generator.next());
        trail.add(outcome(() -> sleep(Duration.ofHours(1))));
        generator.close();
      });
      reader.cancel();
      reader.await();
      holder.await();
    });

    trail.assertIs("locked", "CancelledError");
  }

  @Test
  @OnlyOpened
  void a_callback_whose_generator_blocks_does_not_stop_the_loop() {
    var release = new CountDownLatch(1);
    run(() -> {
      Generator<String> generator = Generator.of(self -> {
        trail.add("blocks");
        release.await();
        self.yield("value");
      });
      Future<String> read = getRunningLoop().createFuture();
      getRunningLoop().callSoon(() -> read.setResult(generator.next()));
      getRunningLoop().callSoon(() -> trail.add("next callback"));
      pass(3);
      trail.add("task");
      release.countDown();
      trail.add(read.await());
      generator.close();
    });

    trail.assertIs("blocks", "next callback", "task", "value");
  }

  @Test
  void monitors_that_a_reader_holds_stay_with_it_whatever_the_body_does() throws Exception {
    Object monitor = new Object();
    Action<RuntimeException> read = () -> {
      Generator<Integer> generator = Generator.of(self -> {
        for (int i = 0; ; i++) {
          self.yield(i);
        }
      });
      for (int i = 0; i < 1_000; i++) {
        synchronized (monitor) {
          generator.next();
          assertThat(Thread.holdsLock(monitor)).isTrue();
        }
        assertThat(Thread.holdsLock(monitor)).isFalse();
      }
      generator.close();
    };

    read.run();
    run(read);
    Thread other = Thread.ofPlatform().start(() -> {
      synchronized (monitor) {
        trail.add("free");
      }
    });
    other.join();

    trail.assertIs("free");
  }

  // ---- Outside any loop

  @Test
  void the_driver_waits_for_a_body_that_blocks() {
    var queue = new LinkedBlockingQueue<String>();
    Generator<String> generator = Generator.of(self -> self.yield(queue.take()));
    Thread other = Thread.ofPlatform().start(() -> {
      JdkCode.parkFor(A_LITTLE);
      queue.add("item");
    });

    assertThat(generator.next()).isEqualTo("item");
    generator.close();
    assertThat(other).isNotNull();
  }

  @Test
  void an_interrupt_of_the_driver_is_the_bodys() throws InterruptedException {
    for (Thread.Builder builder : List.of(Thread.ofPlatform(), Thread.ofVirtual())) {
      var blocks = new CountDownLatch(1);
      Generator<String> generator = Generator.of(_ -> {
        blocks.countDown();
        JdkCode.sleep(JdkCode.AN_HOUR);
      });
      var thrown = new AtomicReference<Throwable>();
      Thread reader = builder.start(() -> {
        try {
          generator.next();
        } catch (CompletionException e) {
          thrown.set(requireNonNull(e.getCause()));
        }
      });
      blocks.await();
      reader.interrupt();
      reader.join();

      assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    }
  }

  @Test
  void the_interrupt_status_goes_along_with_control() {
    Generator<Boolean> generator = Generator.of(self -> {
      self.yield(Thread.interrupted());
      self.yield(Thread.currentThread().isInterrupted());
      Thread.currentThread().interrupt();
      self.yield(true);
    });
    Thread.currentThread().interrupt();

    assertThat(generator.next()).isTrue();
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(generator.next()).isFalse();
    assertThat(generator.next()).isTrue();
    assertThat(Thread.interrupted()).isTrue();
    generator.close();
  }

  @Test
  void a_wake_up_of_the_bodys_thread_while_nobody_drives_it_changes_nothing() {
    List<Thread> own = new ArrayList<>();
    Generator<Integer> generator = Generator.of(self -> {
      own.add(Thread.currentThread());
      for (int i = 0; ; i++) {
        self.yield(i);
      }
    });
    for (int i = 0; i < 100; i++) {
      assertThat(generator.next()).isEqualTo(i);
      LockSupport.unpark(own.getFirst());
      own.getFirst().interrupt();
    }
    run(() -> {
      for (int i = 100; i < 200; i++) {
        assertThat(generator.next()).isEqualTo(i);
        LockSupport.unpark(own.getFirst());
        own.getFirst().interrupt();
        sleep(Duration.ZERO);
      }
    });
    assertThat(generator.next()).isEqualTo(200);
    generator.close();
  }

  // ---- Threads

  @Test
  void the_thread_of_a_body_is_the_same_whoever_drives_it() {
    var local = new ThreadLocal<String>();
    Generator<String> generator = Generator.of(self -> {
      local.set("the body's");
      Thread me = Thread.currentThread();
      while (true) {
        self.yield(local.get() + (me == Thread.currentThread()));
      }
    });
    List<String> read = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      read.add(generator.next());
      run(() -> {
        read.add(generator.next());
        createTask(() -> read.add(generator.next())).await();
      });
      read.add(CompletableFuture.supplyAsync(generator::next).join());
      var onVirtual = new CompletableFuture<String>();
      Thread _ = Thread.ofVirtual().start(() -> onVirtual.complete(generator.next()));
      read.add(onVirtual.join());
    }
    generator.close();

    assertThat(read).hasSize(15).containsOnly("the body'strue");
  }

  @Test
  void a_lock_that_a_body_holds_across_a_yield_is_its_own() {
    var lock = new ReentrantLock();
    Generator<String> generator = Generator.of(self -> {
      lock.lock();
      try {
        self.yield("locked");
      } finally {
        lock.unlock();
      }
    });

    assertThat(generator.next()).isEqualTo("locked");
    assertThat(lock.isLocked()).isTrue();
    assertThat(lock.isHeldByCurrentThread()).isFalse();
    run(generator::close);
    assertThat(lock.isLocked()).isFalse();
  }

  @Test
  void a_virtual_thread_that_a_body_starts_runs_beside_it() {
    run(() -> {
      Generator<String> generator = Generator.of(self -> {
        var value = getRunningLoop().<String>createFuture();
        var loop = getRunningLoop();
        Thread _ = Thread.ofVirtual().start(() -> {
          JdkCode.parkFor(Duration.ofMillis(1));
          Handle _ = loop.callSoonThreadsafe(() -> value.setResult("from the thread"));
        });
        self.yield(value.await());
      });
      trail.add(generator.next());
      generator.close();
    });

    trail.assertIs("from the thread");
  }

  @Test
  void two_threads_that_drive_at_once_get_an_error_or_a_value_each() throws Exception {
    Generator<Integer> generator = Generator.of(self -> {
      for (int i = 0; ; i++) {
        self.yield(i);
      }
    });
    List<Integer> read = java.util.Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      threads.add(Thread.ofPlatform().start(() -> {
        for (int j = 0; j < 500; j++) {
          try {
            read.add(generator.send(null));
          } catch (IllegalStateException e) {
            assertThat(e).hasMessageContaining("already executing");
          }
        }
      }));
    }
    for (Thread each : threads) {
      each.join();
    }
    int next = generator.next();
    generator.close();

    assertThat(read).doesNotHaveDuplicates().hasSize(next);
  }
}

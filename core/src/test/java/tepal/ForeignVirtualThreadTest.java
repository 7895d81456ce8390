// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.run;
import static tepal.Asyncio.wrapFuture;
import static tepal.InTask.pass;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Virtual threads that code in a task starts: they are not tasks, and run beside the loop.
class ForeignVirtualThreadTest {

  @Test
  void such_a_thread_runs_beside_the_loop() {
    run(() -> {
      var done = new CompletableFuture<Boolean>();
      Thread _ = Thread.startVirtualThread(
          () -> done.complete(Asyncio.currentTask() == null && Strand.current() == null));
      // The loop is busy meanwhile: on its carrier the thread could not run.
      while (!done.isDone()) {
        Thread.onSpinWait();
      }
      assertThat(done.join()).isTrue();
    });
  }

  @Test
  void such_a_thread_may_block_without_the_loop() {
    run(() -> {
      var queue = new LinkedBlockingQueue<String>();
      var answer = new CompletableFuture<String>();
      Thread _ = Thread.startVirtualThread(() -> answer.complete(takeFrom(queue)));
      var other = createTask(() -> queue.add("item"));
      other.await();
      assertThat(wrapFuture(answer).await()).isEqualTo("item");
    });
  }

  @Test
  void such_a_thread_sleeps_and_holds_monitors_without_the_loop() {
    var monitor = new Object();
    run(() -> {
      var done = new CompletableFuture<String>();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        threads.add(Thread.startVirtualThread(() -> {
          synchronized (monitor) {
            JdkCode.parkFor(Duration.ofMillis(2));
          }
        }));
      }
      Thread _ = Thread.startVirtualThread(() -> {
        threads.forEach(ForeignVirtualThreadTest::join);
        done.complete("all");
      });
      assertThat(wrapFuture(done).await()).isEqualTo("all");
    });
  }

  @Test
  void an_executor_of_virtual_threads_works_in_a_task() throws Exception {
    run(() -> {
      try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
        var calls = IntStream.range(0, 100)
            .mapToObj(i -> wrapFuture(CompletableFuture.supplyAsync(() -> i, executor)))
            .toList();
        int sum = 0;
        for (var each : calls) {
          sum += each.await();
        }
        assertThat(sum).isEqualTo(4_950);
      }
    });
  }

  @Test
  void a_parallel_stream_works_in_a_task() {
    run(() -> assertThat(IntStream.range(0, 100_000).parallel().sum()).isEqualTo(704_982_704));
  }

  @Test
  void a_client_that_reads_on_a_thread_of_its_own_works_in_a_task() throws Exception {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread _ = Thread.startVirtualThread(() -> answer(server));
      String answer = Asyncio.<String, Exception>run(() -> {
        var response = new CompletableFuture<String>();
        Thread _ = Thread.startVirtualThread(() -> request(server, response));
        return wrapFuture(response).await();
      });
      assertThat(answer).isEqualTo("hello");
    }
  }

  @Test
  void such_a_thread_outlives_the_loop() {
    var gate = new CountDownLatch(1);
    var woken = new CompletableFuture<String>();
    try (var runner = new Runner()) {
      runner.run(() -> {
        Thread _ = Thread.startVirtualThread(() -> {
          await(gate);
          JdkCode.parkFor(Duration.ofMillis(1));
          woken.complete("after close");
        });
        pass(2);
      });
    }
    gate.countDown();
    assertThat(woken.join()).isEqualTo("after close");
  }

  @Test
  void what_such_a_thread_starts_outlives_the_loop_too() {
    var gate = new CountDownLatch(1);
    var woken = new CompletableFuture<String>();
    run(() -> {
      Thread _ = Thread.startVirtualThread(() -> {
        await(gate);
        Thread _ = Thread.startVirtualThread(() -> {
          JdkCode.parkFor(Duration.ofMillis(1));
          woken.complete("a grandchild");
        });
      });
    });
    gate.countDown();
    assertThat(woken.join()).isEqualTo("a grandchild");
  }

  @Test
  void such_a_thread_may_run_a_loop_of_its_own() {
    run(() -> {
      var result = new CompletableFuture<String>();
      Thread _ = Thread.startVirtualThread(() -> run(() -> {
        pass(3);
        result.complete("from another loop");
      }));
      assertThat(wrapFuture(result).await()).isEqualTo("from another loop");
    });
  }

  @Test
  void such_a_thread_cannot_await() {
    run(() -> {
      var thrown = new CompletableFuture<Throwable>();
      var future = getRunningLoop().<String>createFuture();
      Thread _ = Thread.startVirtualThread(() -> thrown.complete(catchThrowable(future::await)));
      assertThat(wrapFuture(thrown).await())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("await() must be called in a task");
    });
  }

  private static String takeFrom(LinkedBlockingQueue<String> queue) {
    try {
      return queue.take();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void await(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void answer(ServerSocket server) {
    try (var socket = server.accept()) {
      JdkCode.parkFor(Duration.ofMillis(5));
      socket.getOutputStream().write("hello".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void request(ServerSocket server, CompletableFuture<String> response) {
    try (var socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
      byte[] bytes = socket.getInputStream().readAllBytes();
      response.complete(new String(bytes, java.nio.charset.StandardCharsets.UTF_8));
    } catch (IOException e) {
      response.completeExceptionally(e);
    }
  }
}

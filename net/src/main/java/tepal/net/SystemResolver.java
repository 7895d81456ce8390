// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tepal.Asyncio;

/// The resolver of the operating system, on threads of its own.
final class SystemResolver implements Resolver {
  /*
   * Its threads are not those of the default executor: there, a few names that take their time to
   * fail delay whatever else a program does in threads, and the other way round [1]. What waits for
   * a thread is a task's call each, so that the tasks bound the queue.
   *
   * [1] https://github.com/python/cpython/issues/112169
   */
  static final SystemResolver INSTANCE = new SystemResolver();

  private static final int MAX_THREADS = 8;
  private static final long KEEP_ALIVE_SECONDS = 10;

  private final Executor threads = newPool();

  private SystemResolver() {}

  private static Executor newPool() {
    ThreadPoolExecutor pool = new ThreadPoolExecutor(
        MAX_THREADS,
        MAX_THREADS,
        KEEP_ALIVE_SECONDS,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        Thread.ofPlatform()
            .name("tepal-names-", 0)
            .daemon()
            .inheritInheritableThreadLocals(false)
            .factory());
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  @Override
  public List<InetAddress> resolve(String host, @Nullable StandardProtocolFamily family) {
    return call(() -> List.of(InetAddress.getAllByName(host)));
  }

  @Override
  public String reverse(InetAddress address) {
    return call(() -> {
      // a copy that has forgotten the name it may have been made with
      InetAddress nameless = InetAddress.getByAddress(address.getAddress());
      String name = nameless.getHostName();
      if (name.equals(nameless.getHostAddress())) {
        throw new UnknownHostException(name + ": this address has no name");
      }
      return name;
    });
  }

  private interface Lookup<T> {
    T call() throws UnknownHostException;
  }

  private <T> T call(Lookup<T> lookup) {
    return Asyncio.getRunningLoop()
        .runInExecutor(threads, () -> {
          try {
            return lookup.call();
          } catch (UnknownHostException e) {
            throw new UncheckedIOException(e);
          }
        })
        .await();
  }

  @Override
  public String toString() {
    return "Resolver[system]";
  }
}

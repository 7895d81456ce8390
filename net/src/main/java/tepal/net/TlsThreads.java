// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The threads on which engines do what takes long: signatures and the checking of certificates.
///
/// Daemons named `tepal-tls-N`, for all loops of the process: at most one for each processor,
/// each of which ends when it had nothing to do for 10 s. What waits for them is at most one
/// step of each handshake. Not the default executor of a loop, which users fill with calls that
/// block.
final class TlsThreads {
  static final Executor POOL = pool();

  private TlsThreads() {}

  private static Executor pool() {
    int most = Runtime.getRuntime().availableProcessors();
    ThreadPoolExecutor pool = new ThreadPoolExecutor(
        most,
        most,
        10,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        Thread.ofPlatform()
            .name("tepal-tls-", 0)
            .daemon()
            .inheritInheritableThreadLocals(false)
            .factory());
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }
}

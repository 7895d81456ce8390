// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tepal.Asyncio;
import tepal.Awaitable;
import tepal.Future;
import tepal.Task;
import tepal.TaskOptions;

/// Calls that several tasks wait for: one for each key at a time. Confined to the loop.
final class SharedCalls<K, V> {
  /*
   * The call is a task of its own, so that no waiter's cancellation ends it while another waits.
   * Whoever leaves last cancels it.
   */
  private final Map<K, Call> running = new HashMap<>();

  private final class Call {
    private final K key;
    private final Task<V> task;
    private final List<Future<V>> waiters = new ArrayList<>();

    Call(K key, Awaitable<V> body) {
      this.key = key;
      this.task = Asyncio.createTask(body, TaskOptions.named(key.toString()));
      task.addDoneCallback(_ -> ended());
    }

    V await() {
      Future<V> waiter = Asyncio.getRunningLoop().createFuture();
      waiters.add(waiter);
      try {
        return waiter.await();
      } finally {
        waiters.remove(waiter);
        if (waiters.isEmpty()) {
          running.remove(key, this);
          var _ = task.cancel(); // does nothing if it has ended
        }
      }
    }

    private void ended() {
      running.remove(key, this);
      @Nullable Throwable failure = task.cancelled() ? null : task.exception();
      for (Future<V> waiter : waiters) {
        if (waiter.done()) {
          continue;
        }
        if (task.cancelled()) {
          var _ = waiter.cancel();
        } else if (failure != null) {
          waiter.setException(failure);
        } else {
          waiter.setResult(task.result());
        }
      }
    }
  }

  /// Returns the value of the call for a key, which `body` makes if none is under way. Suspends the
  /// current task.
  V call(K key, Awaitable<V> body) {
    Call call = running.get(key);
    if (call == null) {
      call = new Call(key, body);
      running.put(key, call);
    }
    return call.await();
  }

  int size() {
    return running.size();
  }
}

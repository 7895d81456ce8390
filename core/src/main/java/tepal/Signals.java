// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.HashMap;
import java.util.Map;

/// The signal handlers of one loop. Guarded by itself: any thread may add and remove.
final class Signals {
  private record Installed(OsSignal signal, Object before) {}

  private final EventLoop loop;
  private final Map<String, Installed> installed = new HashMap<>();

  Signals(EventLoop loop) {
    this.loop = loop;
  }

  synchronized void add(String name, Runnable callback) {
    OsSignal signal = new OsSignal(name);
    Context context = Context.copyContext();
    Object before = signal.handle(() -> {
      if (!loop.isClosed()) {
        Handle _ = loop.callSoonThreadsafe(callback, context.copy());
      }
    });
    Installed earlier = installed.get(name);
    installed.put(name, new Installed(signal, earlier == null ? before : earlier.before()));
  }

  synchronized boolean remove(String name) {
    Installed removed = installed.remove(name);
    if (removed == null) {
      return false;
    }
    removed.signal().restore(removed.before());
    return true;
  }

  synchronized void removeAll() {
    installed.values().forEach(each -> each.signal().restore(each.before()));
    installed.clear();
  }
}

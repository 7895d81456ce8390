// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A thread that waits in a selector of the JDK for the channels of one loop.
final class ReadinessThread implements Runnable {
  /*
   * The loop leaves commands and wakes the selector: it takes none of the locks of the selector and of
   * the channels that this thread holds while it registers, waits and closes. `asleep` is set before
   * the commands are looked at for the last time, and whoever adds one clears it, so that no
   * command waits for the next event and only the first of several costs a system call.
   *
   * A channel that nobody waits for any more is taken out of the selector before the loop is told:
   * when a task goes on, its channel can be closed or made blocking as if it had never been
   * here.
   *
   * One channel must not end the thread for all the others. If the selector itself fails, all who wait
   * are told, and whoever comes later: `failure` is set before the commands are run for the last time,
   * and looked at after one was added.
   *
   * A selector is not woken when one of its channels is closed, and the channel's descriptor stays
   * open until the next select. So while there are channels it looks after them ten times a second. With
   * none it sleeps.
   */

  // how soon a channel is noticed that was closed while it was waited for
  private static final long CLOSED_AFTER_MILLIS = 100;

  private static final long JOIN_MILLIS = 1000;

  private final Readiness readiness;
  private final Selector selector;
  private final Thread thread;
  private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean asleep = new AtomicBoolean();
  private volatile boolean closed;

  // why nothing can be waited for any more; null while it can
  private volatile @Nullable UncheckedIOException failure;

  // the rest is confined to this thread

  private final Set<Watched> watched = new HashSet<>();

  // what became ready in the last select
  private final List<Readiness.Wait> ready = new ArrayList<>();

  /// A channel that is registered, and what waits for it.
  private static final class Watched {
    final SelectionKey key;
    Readiness.@Nullable Wait reader;
    Readiness.@Nullable Wait writer;

    Watched(SelectionKey key) {
      this.key = key;
    }
  }

  ReadinessThread(Readiness readiness) {
    this.readiness = readiness;
    this.thread = Thread.ofPlatform()
        .name("tepal-channels")
        .daemon()
        .inheritInheritableThreadLocals(false)
        .unstarted(this);
    try {
      this.selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- On the loop

  void start() {
    thread.start();
  }

  void watch(Readiness.Wait wait) {
    command(() -> add(wait));
  }

  void forget(Readiness.Wait wait) {
    command(() -> remove(wait));
  }

  private void command(Runnable command) {
    if (closed) {
      return;
    }
    commands.add(command);
    if (failure != null) {
      runCommands();
    } else if (asleep.getAndSet(false)) {
      Selector _ = selector.wakeup();
    }
  }

  /// Ends the thread, and waits a while until it has closed its selector.
  void close() {
    closed = true;
    Selector _ = selector.wakeup();
    try {
      thread.join(JOIN_MILLIS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- On this thread

  @Override
  public void run() {
    try (selector) {
      while (!closed) {
        turn();
      }
    } catch (IOException e) {
      fail(new UncheckedIOException("The selector of a loop's channels failed", e));
    }
  }

  private void turn() throws IOException {
    try {
      runCommands();
      asleep.set(true);
      boolean wait = commands.isEmpty() && !closed;
      select(wait ? (watched.isEmpty() ? 0 : CLOSED_AFTER_MILLIS) : -1);
      asleep.set(false);
      tellReady();
    } catch (RuntimeException e) {
      System.getLogger("tepal").log(Level.ERROR, "A channel could not be waited for", e);
    }
  }

  /// Tells all who wait, and all who will.
  private void fail(UncheckedIOException reason) {
    failure = reason;
    for (Watched channel : watched) {
      channel.reader = over(channel.reader);
      channel.writer = over(channel.writer);
    }
    ready.forEach(wait -> readiness.tell(wait, reason));
    ready.clear();
    runCommands();
  }

  private void runCommands() {
    for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
      command.run();
    }
  }

  /// Waits so many milliseconds, for ever if 0, and not at all if negative.
  private void select(long millis) throws IOException {
    if (millis < 0) {
      int _ = selector.selectNow(this::becameReady);
    } else {
      int _ = selector.select(this::becameReady, millis);
    }
  }

  // not private for a test: no test can close a channel at that moment
  void becameReady(SelectionKey key) {
    Watched channel = (Watched) key.attachment();
    int operations;
    try {
      operations = key.readyOps();
    } catch (CancelledKeyException _) {
      return; // It was closed after the select: `takeClosed` finds it.
    }
    if ((operations & Readiness.Direction.READ.operations) != 0) {
      channel.reader = over(channel.reader);
    }
    if ((operations & Readiness.Direction.WRITE.operations) != 0) {
      channel.writer = over(channel.writer);
    }
    update(channel);
  }

  private Readiness.@Nullable Wait over(Readiness.@Nullable Wait wait) {
    if (wait != null) {
      ready.add(wait);
    }
    return null;
  }

  private void tellReady() throws IOException {
    while (watched.size() != selector.keys().size()) {
      takeClosed();
      int _ = selector.selectNow(this::becameReady);
    }
    ready.forEach(wait -> readiness.tell(wait, null));
    ready.clear();
  }

  /// Wakes those who wait for a channel that was closed: they try and see.
  private void takeClosed() {
    for (Iterator<Watched> each = watched.iterator(); each.hasNext(); ) {
      Watched channel = each.next();
      if (!channel.key.isValid()) {
        each.remove();
        channel.reader = over(channel.reader);
        channel.writer = over(channel.writer);
      }
    }
  }

  private void add(Readiness.Wait wait) {
    if (failure != null) {
      readiness.tell(wait, failure);
      return;
    }
    try {
      Watched channel = watched(wait.channel());
      if (wait.direction() == Readiness.Direction.READ) {
        channel.reader = wait;
      } else {
        channel.writer = wait;
      }
      update(channel);
    } catch (CancelledKeyException | ClosedChannelException _) {
      readiness.tell(wait, null); // a wait for what is closed is over: whoever waits tries and sees
    } catch (IOException e) {
      readiness.tell(wait, new UncheckedIOException(e.getMessage(), e));
    } catch (RuntimeException e) {
      readiness.tell(wait, e);
    }
  }

  private Watched watched(SelectableChannel channel) throws IOException {
    SelectionKey key = channel.keyFor(selector);
    if (key != null && !key.isValid()) {
      int _ = selector.selectNow(this::becameReady);
      key = null;
    }
    if (key != null) {
      return (Watched) key.attachment();
    }
    key = channel.register(selector, 0);
    Watched added = new Watched(key);
    key.attach(added);
    watched.add(added);
    return added;
  }

  private void remove(Readiness.Wait wait) {
    SelectionKey key = wait.channel().keyFor(selector);
    if (key == null || failure != null) {
      return;
    }
    Watched channel = (Watched) key.attachment();
    if (channel.reader == wait) {
      channel.reader = null;
    } else if (channel.writer == wait) {
      channel.writer = null;
    }
    update(channel);
  }

  /// Lets the selector watch for what is waited for, or drop the channel.
  private void update(Watched channel) {
    SelectionKey key = channel.key;
    if (channel.reader == null && channel.writer == null) {
      key.cancel();
      watched.remove(channel);
      return;
    }
    int wanted = (channel.reader == null ? 0 : Readiness.Direction.READ.operations)
        | (channel.writer == null ? 0 : Readiness.Direction.WRITE.operations);
    try {
      key.interestOps(wanted & key.channel().validOps());
    } catch (CancelledKeyException _) {
      // It was closed, which is seen after the next select.
    }
  }
}

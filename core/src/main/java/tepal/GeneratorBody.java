// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/// The body of a generator and where it stands: what a [Generator] drives, and what the body
/// yields to.
///
/// Not the generator itself, so that only its users keep that one alive.
final class GeneratorBody<Y extends @Nullable Object> implements Generator.Yielder<Y> {
  /*
   * state      entered by                     leaves by
   * ---------  -----------------------------  ---------------------------------------------------
   * NEW        constructor                    a step → RUNNING
   * SUSPENDED  a step in which it yields      a step → RUNNING
   * RUNNING    a step                         the end of the step → SUSPENDED;  of the body → DONE
   * DONE       the end of the body            –
   *
   * Whoever finds a body running gets an error, so that there is one driver at a time. Everything else
   * here belongs to whoever has control, the driver or the body.
   */
  private static final byte NEW = 0;
  private static final byte SUSPENDED = 1;
  private static final byte RUNNING = 2;
  private static final byte DONE = 3;
  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(GeneratorBody.class, "state", byte.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /// What a body has come to when it gives control back.
  enum Came {
    /// It yields a value.
    TO_A_YIELD,
    /// It has delegated to another one, which has not run yet for it.
    TO_A_DELEGATION,
    /// It has a result or a failure.
    TO_ITS_END
  }

  private final Generator.Body<Y> body;

  // what the user wrote, for its name
  private final Object code;

  private volatile byte state = NEW;
  private boolean begun;
  private boolean ended;
  private boolean returned;

  // null before the first step and after the last one
  private @Nullable GeneratorThread thread;

  // what the body is given when it goes on: something to throw, or else what was sent
  private @Nullable Object sent;
  private @Nullable Throwable thrown;

  // what it has yielded, or returned; where it has delegated, what the delegate is sent first
  private @Nullable Object value;

  // what it has thrown; where it has delegated, what the delegate is thrown first
  private @Nullable Throwable failure;

  // set while this waits in yieldFrom()
  private @Nullable GeneratorBody<? extends Y> delegate;

  // whether another body has delegated to this
  private boolean delegatedTo;

  // the loop whose task drove this first and that closes it if nobody else does; null if there is
  // none
  private @Nullable EventLoop home;

  // whether nobody has the generator any more; set by the cleaner's thread
  private volatile boolean abandoned;

  GeneratorBody(Generator.Body<Y> body, Object code) {
    this.body = body;
    this.code = code;
  }

  // ---- On the driver's thread

  /// Lets this, or the body that it has delegated to, go on until one yields or this ends.
  ///
  /// @param send what its `yield` returns
  /// @param raise what its `yield` throws instead; null for nothing
  /// @return whether it yielded; otherwise this has ended
  /// @throws IllegalStateException if one of them is running, or the current thread is pinned;
  ///     nothing has happened then
  boolean step(@Nullable Object send, @Nullable Throwable raise) {
    if (!begin()) {
      return false;
    }
    try {
      if (delegate == null) {
        Came came = goOn(send, raise);
        if (came != Came.TO_A_DELEGATION) {
          return came == Came.TO_A_YIELD;
        }
        return DelegatedStep.begin(this);
      }
      return DelegatedStep.goOn(this, send, raise);
    } finally {
      settle();
    }
  }

  /// Does what [#step] does for this body only.
  Came stepAlone(@Nullable Object send, @Nullable Throwable raise) {
    if (!begin()) {
      return Came.TO_ITS_END;
    }
    try {
      return goOn(send, raise);
    } finally {
      settle();
    }
  }

  /// Makes the current thread the one that drives this. Returns false if this has ended.
  private boolean begin() {
    byte before = state;
    if (before == DONE) {
      return false;
    }
    if (before == RUNNING || !STATE.compareAndSet(this, before, RUNNING)) {
      throw alreadyExecuting();
    }
    return true;
  }

  private void settle() {
    state = ended ? DONE : begun ? SUSPENDED : NEW;
  }

  /// Lets this go on until it gives control back. Called while it is `RUNNING`.
  Came goOn(@Nullable Object send, @Nullable Throwable raise) {
    GeneratorThread own = thread;
    if (own == null && raise != null) {
      end(null, raise);
      return Came.TO_ITS_END;
    }
    sent = send;
    thrown = raise;
    if (own == null) {
      own = start();
    }
    try {
      own.resume();
    } catch (IllegalStateException pinned) {
      sent = null;
      thrown = null;
      throw pinned;
    }
    if (ended) {
      leaveHome();
      return Came.TO_ITS_END;
    }
    return delegate == null ? Came.TO_A_YIELD : Came.TO_A_DELEGATION;
  }

  private GeneratorThread start() {
    GeneratorThread own = GeneratorThread.of(this::run);
    thread = own;
    Task<?> task = Task.current();
    if (task != null) {
      home = task.getLoop();
      home.generators.add(this);
    }
    return own;
  }

  void leaveHome() {
    EventLoop loop = home;
    home = null;
    if (loop != null) {
      loop.generators.remove(this);
    }
  }

  /// Closes this: its body, if it has begun, gets a [GeneratorExit] and ends.
  ///
  /// @throws IllegalStateException if it is running, or yields again
  void close() {
    if (state == DONE) {
      return;
    }
    if (step(null, new GeneratorExit())) {
      value = null;
      throw ignoredExit();
    }
    Throwable e = takeFailure();
    if (e != null && !(e instanceof GeneratorExit)) {
      throw Thrown.unchecked(e);
    }
  }

  /// Closes this, as nobody has its generator any more. Called by the cleaner's thread.
  void abandoned() {
    if (state == DONE || (state == NEW && thread == null)) {
      return;
    }
    abandoned = true;
    EventLoop loop = home;
    if (loop == null || !loop.generators.closeSoon(this)) {
      closeOutside();
    }
  }

  boolean isAbandoned() {
    return abandoned;
  }

  /// Closes this on a thread of its own, in no loop.
  void closeOutside() {
    Thread _ = Thread.ofVirtual().name("tepal-generator-close").start(() -> {
      try {
        close();
      } catch (Throwable e) {
        ErrorReports.log(Generators.errorDuringClosing(this, e));
      }
    });
  }

  boolean isNew() {
    return state == NEW;
  }

  boolean isDone() {
    return state == DONE;
  }

  boolean hasReturned() {
    return state == DONE && returned;
  }

  boolean isDelegatedTo() {
    return delegatedTo;
  }

  /// Returns what this has yielded or returned.
  @Nullable Object value() {
    return value;
  }

  @Nullable Object takeValue() {
    Object taken = value;
    value = null;
    return taken;
  }

  @Nullable Throwable takeFailure() {
    Throwable taken = failure;
    failure = null;
    return taken;
  }

  IllegalStateException alreadyExecuting() {
    return new IllegalStateException(
        "Expected a generator that is suspended, but it is already executing: " + this);
  }

  IllegalStateException ignoredExit() {
    return new IllegalStateException(
        "Expected a generator that is closed to end, but it ignored GeneratorExit and yielded: "
            + this);
  }

  // ---- The chain of those to whom a body has delegated

  /// Returns the last one of the chain that begins here.
  GeneratorBody<? extends Y> innermost() {
    GeneratorBody<? extends Y> last = this;
    for (var next = delegate; next != null; next = next.delegate) {
      last = next;
    }
    return last;
  }

  /// Returns the one in the chain that begins here which has delegated to `last`.
  GeneratorBody<? extends Y> delegatorOf(GeneratorBody<?> last) {
    GeneratorBody<? extends Y> before = this;
    for (var next = delegate; next != null && next != last; next = next.delegate) {
      before = next;
    }
    return before;
  }

  /// Lets this wait for nobody: the one to whom it has delegated has ended.
  void endDelegation() {
    GeneratorBody<?> over = delegate;
    if (over != null) {
      over.delegatedTo = false;
      delegate = null;
    }
  }

  /// Makes what `last` has yielded what this has.
  void takeValueOf(GeneratorBody<? extends Y> last) {
    value = last.takeValue();
  }

  // ---- On the body's thread

  private void run() {
    begun = true;
    try {
      Object _ = received(); // perhaps this was closed before it began
      Object result = body.call(this);
      returned = true;
      end(result, null);
    } catch (Throwable e) {
      end(null, e);
    }
  }

  private void end(@Nullable Object result, @Nullable Throwable e) {
    value = result;
    failure = e;
    ended = true;
    thread = null;
  }

  @Override
  @SuppressWarnings("NamedLikeContextualKeyword") // as in the interface
  public @Nullable Object yield(Y item) {
    GeneratorThread own = ownThread();
    value = item;
    own.suspend();
    return received();
  }

  @Override
  public @Nullable Object yieldFrom(Generator<? extends Y> generator) {
    GeneratorThread own = ownThread();
    GeneratorBody<? extends Y> sub = generator.body();
    if (sub.innermost().state == RUNNING) {
      throw sub.alreadyExecuting();
    }
    passOnFetched(generator);
    delegate = sub;
    sub.delegatedTo = true;
    try {
      own.suspend();
    } catch (IllegalStateException pinned) {
      endDelegation();
      throw pinned;
    } finally {
      Reference.reachabilityFence(generator);
    }
    return received();
  }

  /// Yields a value that the generator has fetched already, and keeps the answer for it.
  private void passOnFetched(Generator<? extends Y> generator) {
    value = null;
    failure = null;
    if (generator.hasFetched()) {
      try {
        value = this.yield(generator.takeFetched());
      } catch (Throwable e) {
        failure = e;
      }
    }
  }

  @Override
  public void yieldFrom(Iterable<? extends Y> items) {
    if (items instanceof Generator<? extends Y> generator) {
      Object _ = yieldFrom(generator);
      return;
    }
    Iterator<? extends Y> iterator = items.iterator();
    try {
      while (iterator.hasNext()) {
        Object unwanted = this.yield(iterator.next());
        if (unwanted != null) {
          throw new IllegalStateException(
              "Expected nothing to be sent to what is no generator, but got "
                  + ErrorReports.textOf(unwanted));
        }
      }
    } catch (GeneratorExit e) {
      closeIterator(iterator);
      throw e;
    }
  }

  private static void closeIterator(Iterator<?> iterator) {
    if (iterator instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (Exception e) {
        throw Thrown.<RuntimeException>sneak(e);
      }
    }
  }

  private @Nullable Object received() {
    Throwable toThrow = thrown;
    Object received = sent;
    thrown = null;
    sent = null;
    if (toThrow != null) {
      throw Thrown.<RuntimeException>sneak(toThrow);
    }
    return received;
  }

  private GeneratorThread ownThread() {
    GeneratorThread own = thread;
    if (own == null || own.thread() != Thread.currentThread()) {
      throw new IllegalStateException("Expected the body of the generator to yield, but %s did: %s"
          .formatted(Thread.currentThread(), this));
    }
    return own;
  }

  // ---- Description

  @Override
  public String toString() {
    String word = switch (state) {
      case NEW -> "not started";
      case SUSPENDED -> "suspended";
      case RUNNING -> "executing";
      default -> "ended";
    };
    return "Generator[%s, %s]".formatted(nameOf(code), word);
  }

  /// Returns the name of the class that the user's code is in: of a lambda the class around it.
  private static String nameOf(Object code) {
    String name = code.getClass().getName();
    int lambda = name.indexOf("$$Lambda");
    String type = lambda < 0 ? name : name.substring(0, lambda);
    return type.substring(type.lastIndexOf('.') + 1);
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/// Values that a piece of code makes one by one, as they are asked for.
///
/// ```java
/// Generator<Integer> squares(int count) {
///   return Generator.of(self -> {
///     for (int i = 0; i < count; i++) {
///       self.yield(i * i);
///     }
///   });
/// }
/// ```
///
/// A plain `for` iterates over it. The body runs from one `yield` to the next whenever a value
/// is asked for, and not before. It runs in place of whoever asks: in a task it may await,
/// sleep and block like the task itself, which suspends meanwhile; `currentTask()` and context
/// variables are the task's; a cancellation of the task is thrown where the body waits, and
/// passes out to the task. So this is Python's generator and its asynchronous generator in
/// one. It works outside any loop as well, on any thread.
///
/// *Closing.* A generator that is not read to its end should be closed, best by `try` with
/// resources: the body ends with [GeneratorExit] at its `yield`, and its `finally` blocks run.
/// One that is dropped half-read is closed some time after it was collected: in a new task of
/// the loop whose task drove it first, or else on a thread of its own. A loop closes what
/// its tasks have begun to read when it is shut down ([EventLoop#shutdownAsyncgens()]). Do
/// not yield inside a `timeout` or a [TaskGroup]: they would go on around what the reader does
/// between two steps.
///
/// *Threads.* The body has a virtual thread of its own: thread-locals, and locks that it
/// holds across a `yield`, stay with it whoever drives it; those of the driver are not its.
/// Any task or thread may drive a generator, also one that another one has begun to drive, as
/// long as their calls do not overlap; a call that does fails.
///
/// *Exceptions* that the body throws arrive unchanged where it is driven, but for a checked
/// one, which arrives as the cause of a [CompletionException].
///
/// Mirrors Python's
/// [generators](https://docs.python.org/3.14/reference/expressions.html#generator-iterator-methods)
/// and asynchronous generators.
///
/// ## Differences from Python
///
/// What is sent and returned has no static type: `self.yield(average) instanceof Double next`.
/// A `NoSuchElementException` that leaves the body is not turned into another exception.
///
/// @param <Y> the type of the values
public final class Generator<Y extends @Nullable Object> implements Iterable<Y>, AutoCloseable {
  private final GeneratorBody<Y> body;

  // whether hasNext() has taken the body to a value that nobody has got yet
  private boolean fetched;

  // closes the body when nobody has this any more; null before it has yielded
  private Cleaner.@Nullable Cleanable cleanable;

  private Generator(Body<Y> body, Object code) {
    this.body = new GeneratorBody<>(body, code);
  }

  /// Returns a generator of what `action` yields. Nothing of it runs yet.
  ///
  /// May be called from any thread.
  ///
  /// @param action what makes the values
  /// @param <Y> the type of the values
  /// @return the generator
  public static <Y extends @Nullable Object> Generator<Y> of(Action<Y> action) {
    Objects.requireNonNull(action, "action");
    return new Generator<>(
        self -> {
          action.run(self);
          return null;
        },
        action);
  }

  /// Returns a generator of what `body` yields, which has a result in the end: for another
  /// body that delegates to it, [Yielder#yieldFrom(Generator)], or for [#result()].
  ///
  /// May be called from any thread.
  ///
  /// @param body what makes the values and returns the result
  /// @param <Y> the type of the values
  /// @return the generator
  public static <Y extends @Nullable Object> Generator<Y> returning(Body<Y> body) {
    return new Generator<>(Objects.requireNonNull(body, "body"), body);
  }

  // ---- Driving it

  /// Returns an iterator that drives this generator: [#hasNext()] and [#next()]. A generator
  /// can be read once; another iterator goes on where this one stands.
  ///
  /// @return the iterator
  @Override
  public Iterator<Y> iterator() {
    return new Values();
  }

  /// Lets the body go on to its next `yield`, unless it was taken there already, and returns
  /// whether there is one.
  ///
  /// Suspends the current task when the body does. If the task is cancelled then, the body
  /// gets the cancellation.
  ///
  /// @return false if the generator has ended or was closed
  /// @throws CompletionException if the body throws a checked exception, which is its cause
  /// @throws IllegalStateException if the generator is executing already, or if the current
  ///     thread is a task's and pinned, by a class initialiser or a native frame on its stack
  public boolean hasNext() {
    if (!fetched && !body.isDone()) {
      fetched = advance(null, null);
    }
    return fetched;
  }

  /// Lets the body go on to its next `yield`, unless [#hasNext()] has taken it there, and
  /// returns the value: `anext()` and `next()` of Python. Suspends as [#hasNext()] does.
  ///
  /// @return the value
  /// @throws NoSuchElementException if the generator has ended or was closed
  /// @throws CompletionException if the body throws a checked exception, which is its cause
  /// @throws IllegalStateException as [#hasNext()] does
  public Y next() {
    if (!hasNext()) {
      throw hasEnded();
    }
    return takeFetched();
  }

  /// Lets the body go on with `value` as what its `yield` returns, and returns the next value:
  /// `asend()` and `send()` of Python. Suspends as [#hasNext()] does.
  ///
  /// @param value what to send; must be null if the generator was not started yet
  /// @return the next value
  /// @throws NoSuchElementException if the generator has ended, or ends without another value;
  ///     what it returned is in [#result()]
  /// @throws CompletionException if the body throws a checked exception, which is its cause
  /// @throws IllegalStateException if the generator was not started and the value is not null,
  ///     if `hasNext()` has fetched a value that `next()` has not taken, or as [#hasNext()]
  ///     does
  public Y send(@Nullable Object value) {
    requireNothingFetched("send()");
    if (value != null && body.isNew()) {
      throw new IllegalStateException(
          "Expected null to be sent to a generator that was not started, which has no yield to"
              + " return it, but got " + ErrorReports.textOf(value));
    }
    return body.isDone() ? failEnded() : valueOf(advance(value, null));
  }

  /// Lets the body go on with `exception` thrown by its `yield`, and returns the next value:
  /// `athrow()` and `throw()` of Python. Suspends as [#hasNext()] does.
  ///
  /// A generator that was not started ends without running, and one that has ended stays so;
  /// then the exception is thrown here. As `yield` declares none, a body can catch a checked
  /// exception only with `catch (Exception e)`.
  ///
  /// @param exception what to throw, as it is
  /// @return the next value, if the body caught the exception and yielded again
  /// @throws NoSuchElementException if the body caught the exception and ended
  /// @throws CompletionException if the body throws a checked exception, which is its cause
  /// @throws IllegalStateException if `hasNext()` has fetched a value that `next()` has not
  ///     taken, or as [#hasNext()] does
  public Y throwInto(Throwable exception) {
    Objects.requireNonNull(exception, "exception");
    requireNothingFetched("throwInto()");
    if (body.isDone()) {
      throw Thrown.unchecked(exception);
    }
    return valueOf(advance(null, exception));
  }

  /// Ends the generator: the body gets a [GeneratorExit] at its `yield`, and its `finally`
  /// blocks run. Suspends as [#hasNext()] does. `aclose()` and `close()` of Python.
  ///
  /// A body that was not started never runs. Does nothing if the generator has ended. A value
  /// that `hasNext()` has fetched is dropped.
  ///
  /// @throws CompletionException if the body throws a checked exception, which is its cause
  /// @throws IllegalStateException if the body yields again; it is suspended there then. Or as
  ///     [#hasNext()] does
  @Override
  public void close() {
    try {
      body.close();
    } finally {
      fetched = false;
      settle();
      Reference.reachabilityFence(this);
    }
  }

  /// Returns what the body returned: its result, or null if it has none.
  ///
  /// @return the result
  /// @throws IllegalStateException if the body has not returned: it has not ended, or it was
  ///     closed or threw an exception
  public @Nullable Object result() {
    if (!body.hasReturned()) {
      throw new IllegalStateException(
          "Expected a generator whose body has returned, but it has not: " + this);
    }
    return body.value();
  }

  /// Returns the values as a stream. Closing the stream closes the generator; reading it
  /// suspends as [#hasNext()] does, so that it must not be made parallel in a task.
  ///
  /// @return a sequential, ordered stream of unknown length
  public Stream<Y> stream() {
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(iterator(), Spliterator.ORDERED),
            /* parallel= */ false)
        .onClose(this::close);
  }

  private boolean advance(@Nullable Object send, @Nullable Throwable raise) {
    try {
      if (body.step(send, raise)) {
        return true;
      }
    } finally {
      settle();
      Reference.reachabilityFence(this);
    }
    Throwable failure = body.takeFailure();
    if (failure != null) {
      throw Thrown.unchecked(failure);
    }
    return false;
  }

  /// Sees to it that a body which has not ended is closed when nobody has this any more.
  private void settle() {
    Cleaner.Cleanable present = cleanable;
    if (body.isDone()) {
      if (present != null) {
        cleanable = null;
        present.clean();
      }
    } else if (present == null) {
      cleanable = UnretrievedFailure.Registry.CLEANER.register(this, body::abandoned);
    }
  }

  private Y valueOf(boolean yielded) {
    return yielded ? takeValue() : failEnded();
  }

  private Y failEnded() {
    throw hasEnded();
  }

  private NoSuchElementException hasEnded() {
    return new NoSuchElementException(
        "Expected a generator that yields another value, but it has ended: " + this);
  }

  private void requireNothingFetched(String what) {
    if (fetched) {
      throw new IllegalStateException(
          "Expected next() to take the value that hasNext() has fetched before " + what
              + " is called: " + this);
    }
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // null where Y allows it
  private Y takeValue() {
    return (Y) body.takeValue();
  }

  private final class Values implements Iterator<Y> {
    @Override
    public boolean hasNext() {
      return Generator.this.hasNext();
    }

    @Override
    public Y next() {
      return Generator.this.next();
    }
  }

  // ---- For yieldFrom

  GeneratorBody<Y> body() {
    return body;
  }

  boolean hasFetched() {
    return fetched;
  }

  Y takeFetched() {
    fetched = false;
    return takeValue();
  }

  @Override
  public String toString() {
    return body.toString();
  }

  // ---- Bodies

  /// What a body yields to.
  ///
  /// For the body itself: used by any other code, it throws `IllegalStateException`.
  ///
  /// @param <Y> the type of the values
  public sealed interface Yielder<Y extends @Nullable Object> permits GeneratorBody {

    /// Gives `value` to whoever drives the generator, and returns when the generator is driven
    /// again.
    ///
    /// @param value the value
    /// @return what was sent with [Generator#send]; null if nothing was
    /// @throws GeneratorExit if the generator is closed
    /// @throws IllegalStateException if the body's thread is pinned by a class initialiser or
    ///     a native frame on its stack: in a loop in opened mode; elsewhere it keeps a carrier
    ///     of the JDK's while it waits
    @SuppressWarnings("NamedLikeContextualKeyword") // it is the field's word, and always qualified
    @Nullable Object yield(Y value);

    /// Yields what another generator yields, until that one ends, and returns its result.
    ///
    /// What is sent and thrown meanwhile goes to that one directly. If this one is closed, that
    /// one is closed first.
    ///
    /// @param generator the other one; goes on where it stands
    /// @return what its body returned; null if it had ended before
    /// @throws GeneratorExit if the generator is closed
    /// @throws IllegalStateException if the other generator is executing; if it is closed and
    ///     yields again; or as [#yield] does
    @Nullable Object yieldFrom(Generator<? extends Y> generator);

    /// Yields what is in `items`.
    ///
    /// An exception that is thrown in goes to the body. If the generator is closed and the
    /// iterator is [AutoCloseable], that one is closed first.
    ///
    /// @param items the items
    /// @throws GeneratorExit if the generator is closed
    /// @throws IllegalStateException if something is sent, which only a generator takes; or as
    ///     [#yield] does
    void yieldFrom(Iterable<? extends Y> items);
  }

  /// The body of a generator that has no result.
  ///
  /// @param <Y> the type of the values
  @FunctionalInterface
  public interface Action<Y extends @Nullable Object> {

    /// Runs the body. May suspend the task that drives the generator.
    ///
    /// @param self what to yield to
    /// @throws Exception if the body fails
    void run(Yielder<Y> self) throws Exception;
  }

  /// The body of a generator that has a result.
  ///
  /// @param <Y> the type of the values
  @FunctionalInterface
  public interface Body<Y extends @Nullable Object> {

    /// Runs the body. May suspend the task that drives the generator.
    ///
    /// @param self what to yield to
    /// @return the result
    /// @throws Exception if the body fails
    @Nullable Object call(Yielder<Y> self) throws Exception;
  }
}

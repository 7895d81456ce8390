// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The values of [ContextVar]s that a task, a callback or a thread sees.
///
/// Confined to whoever runs in it. Mirrors
/// [`contextvars.Context`](https://docs.python.org/3.14/library/contextvars.html#contextvars.Context).
public final class Context {
  /*
   * The values are an array of alternating variables and values, ordered by the variables' numbers,
   * which is replaced and never changed: copying a context copies one reference, as Python's copies
   * the root of a tree. Setting copies the array; programs have few variables and set them rarely.
   */
  static final Object ABSENT = new Object();
  private static final @Nullable Object[] EMPTY = {};

  // the contexts of threads that run no strand
  private static final ThreadLocal<Context> OF_THREAD = ThreadLocal.withInitial(Context::new);

  private @Nullable Object[] bindings;

  // whether somebody is inside run() or call()
  private boolean entered;

  /// Creates a context in which no variable is set.
  public Context() {
    this(EMPTY);
  }

  private Context(@Nullable Object[] bindings) {
    this.bindings = bindings;
  }

  /// Returns a copy of the current context. Costs the same however many variables are set.
  ///
  /// @return the copy
  public static Context copyContext() {
    return new Context(current().bindings);
  }

  /// Makes `context` that of the current thread, which runs no strand.
  static void adopt(Context context) {
    OF_THREAD.set(context);
  }

  static Context current() {
    Strand strand = Strand.current();
    return strand == null ? OF_THREAD.get() : strand.context;
  }

  /// Returns a copy of this context.
  ///
  /// @return the copy
  public Context copy() {
    return new Context(bindings);
  }

  /// Runs `action` in this context; what it sets stays in this context.
  ///
  /// May suspend, if the action does.
  ///
  /// @param action what to run
  /// @param <X> what the action may throw
  /// @throws X if the action does
  /// @throws IllegalStateException if this context is entered already
  public <X extends Throwable> void run(Action<X> action) throws X {
    Context before = enter();
    try {
      action.run();
    } finally {
      leave(before);
    }
  }

  /// Runs `body` in this context and returns its value; what it sets stays in this context.
  ///
  /// May suspend, if the body does.
  ///
  /// @param body what to run
  /// @param <T> the type of the value
  /// @param <X> what the body may throw
  /// @return the body's value
  /// @throws X if the body does
  /// @throws IllegalStateException if this context is entered already
  public <T extends @Nullable Object, X extends Throwable> T call(Body<T, X> body) throws X {
    Context before = enter();
    try {
      return body.call();
    } finally {
      leave(before);
    }
  }

  /// Returns the value of a variable in this context, or null if it is not set here.
  ///
  /// @param variable the variable
  /// @param <T> the type of its value
  /// @return the value
  @SuppressWarnings("unchecked")
  public <T extends @Nullable Object> @Nullable T get(ContextVar<T> variable) {
    Object value = lookUp(variable);
    return value == ABSENT ? null : (T) value;
  }

  private Context enter() {
    Context before = current();
    if (entered || before == this) {
      throw new IllegalStateException("Expected a context that is not entered, but it is: " + this);
    }
    entered = true;
    makeCurrent(this);
    return before;
  }

  private void leave(Context before) {
    makeCurrent(before);
    entered = false;
  }

  private static void makeCurrent(Context context) {
    Strand strand = Strand.current();
    if (strand == null) {
      OF_THREAD.set(context);
    } else {
      strand.context = context;
    }
  }

  @Nullable Object lookUp(ContextVar<?> variable) {
    int index = indexOf(variable);
    return index < 0 ? ABSENT : bindings[index + 1];
  }

  /// Sets a variable, or unsets it if the value is [#ABSENT].
  void bind(ContextVar<?> variable, @Nullable Object value) {
    int index = indexOf(variable);
    if (value == ABSENT) {
      if (index >= 0) {
        bindings = without(index);
      }
    } else if (index >= 0) {
      @Nullable Object[] changed = bindings.clone();
      changed[index + 1] = value;
      bindings = changed;
    } else {
      bindings = with(-index - 1, variable, value);
    }
  }

  private @Nullable Object[] with(int index, ContextVar<?> variable, @Nullable Object value) {
    @Nullable Object[] more = new @Nullable Object[bindings.length + 2];
    System.arraycopy(bindings, 0, more, 0, index);
    more[index] = variable;
    more[index + 1] = value;
    System.arraycopy(bindings, index, more, index + 2, bindings.length - index);
    return more;
  }

  private @Nullable Object[] without(int index) {
    @Nullable Object[] fewer = Arrays.copyOf(bindings, bindings.length - 2);
    System.arraycopy(bindings, index + 2, fewer, index, fewer.length - index);
    return fewer;
  }

  /// Returns where a variable is, or `-(where it would be) - 1`.
  private int indexOf(ContextVar<?> variable) {
    @Nullable Object[] array = bindings;
    int low = 0;
    int high = array.length / 2;
    while (low < high) {
      int middle = (low + high) >>> 1;
      ContextVar<?> there = (ContextVar<?>) array[2 * middle];
      if (there == variable) {
        return 2 * middle;
      }
      if (there != null && there.id < variable.id) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return -(2 * low) - 1;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("Context[");
    for (int i = 0; i < bindings.length; i += 2) {
      ContextVar<?> variable = (ContextVar<?>) bindings[i];
      if (variable != null) {
        text.append(i == 0 ? "" : ", ").append(variable.name()).append('=').append(bindings[i + 1]);
      }
    }
    return text.append(']').toString();
  }
}

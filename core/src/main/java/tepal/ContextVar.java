// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A variable that each task has its own value of, inherited by the tasks that it creates.
///
/// Declare one as a constant. Outside a loop each thread has its own values. May be used from
/// any thread. Mirrors
/// [`contextvars.ContextVar`](https://docs.python.org/3.14/library/contextvars.html).
///
/// @param <T> the type of the value
public final class ContextVar<T extends @Nullable Object> {
  private static final AtomicInteger NEXT_ID = new AtomicInteger();

  // contexts keep their variables in this order
  final int id = NEXT_ID.getAndIncrement();
  private final String name;
  private final boolean hasDefault;
  private final @Nullable T defaultValue;

  /// Creates a variable without a default.
  ///
  /// @param name for [#toString()]
  public ContextVar(String name) {
    this.name = Objects.requireNonNull(name, "name");
    this.hasDefault = false;
    this.defaultValue = null;
  }

  /// Creates a variable with a default.
  ///
  /// @param name for [#toString()]
  /// @param defaultValue what [#get()] returns where the variable is not set
  public ContextVar(String name, T defaultValue) {
    this.name = Objects.requireNonNull(name, "name");
    this.hasDefault = true;
    this.defaultValue = defaultValue;
  }

  /// Returns the variable's name.
  ///
  /// @return the name
  public String name() {
    return name;
  }

  /// Returns the value in the current context, or the default.
  ///
  /// @return the value
  /// @throws NoSuchElementException if the variable is not set and has no default
  @SuppressWarnings({"unchecked", "NullAway"}) // null where T allows it
  public T get() {
    Object value = Context.current().lookUp(this);
    if (value != Context.ABSENT) {
      return (T) value;
    }
    if (!hasDefault) {
      throw new NoSuchElementException(
          "Expected the context variable " + name + " to be set, but it is not and has no default");
    }
    return defaultValue;
  }

  /// Returns the value in the current context, or `fallback` if the variable is not set.
  ///
  /// @param fallback what to return instead of the variable's own default
  /// @return the value
  @SuppressWarnings({"unchecked", "NullAway"}) // null where T allows it
  public T get(T fallback) {
    Object value = Context.current().lookUp(this);
    return value == Context.ABSENT ? fallback : (T) value;
  }

  /// Sets the value in the current context.
  ///
  /// @param value the new value
  /// @return what [#reset] needs to restore the old one; may be left unused
  public Token<T> set(T value) {
    Context context = Context.current();
    Object old = context.lookUp(this);
    context.bind(this, value);
    return new Token<>(this, context, old);
  }

  /// Restores the value that the variable had before the [#set] that returned `token`.
  ///
  /// @param token what that call returned
  /// @throws IllegalArgumentException if the token belongs to another variable or another
  ///     context
  /// @throws IllegalStateException if the token was used already
  public void reset(Token<T> token) {
    token.use(this);
  }

  @Override
  public String toString() {
    return "ContextVar[" + name + "]";
  }

  /// What [ContextVar#set] returns: the way back to the value before. As a resource,
  /// `try (var _ = user.set("anna"))`, it restores that value at the end of the block.
  ///
  /// Mirrors `contextvars.Token`.
  ///
  /// @param <T> the type of the variable's value
  public static final class Token<T extends @Nullable Object> implements AutoCloseable {
    private final ContextVar<T> variable;
    private final Context context;
    private final @Nullable Object oldValue;
    private boolean used;

    private Token(ContextVar<T> variable, Context context, @Nullable Object oldValue) {
      this.variable = variable;
      this.context = context;
      this.oldValue = oldValue;
    }

    /// Returns the variable that was set.
    ///
    /// @return the variable
    public ContextVar<T> var() {
      return variable;
    }

    /// Returns whether the variable was set before; `Token.MISSING` is Python's word for when
    /// not.
    ///
    /// @return whether there is an old value
    public boolean hasOldValue() {
      return oldValue != Context.ABSENT;
    }

    /// Returns the value before, or null if the variable was not set.
    ///
    /// @return the old value
    @SuppressWarnings("unchecked")
    public @Nullable T oldValue() {
      return hasOldValue() ? (T) oldValue : null;
    }

    /// Restores the value before.
    ///
    /// @throws IllegalArgumentException if called in another context
    /// @throws IllegalStateException if this was used already
    @Override
    public void close() {
      use(variable);
    }

    private void use(ContextVar<T> resetting) {
      if (resetting != variable) {
        throw new IllegalArgumentException(
            "Expected a token of %s, got one of %s".formatted(resetting, variable));
      }
      if (Context.current() != context) {
        throw new IllegalArgumentException(
            "Expected the context in which %s was set, but the current one is another"
                .formatted(variable));
      }
      if (used) {
        throw new IllegalStateException("Expected a token that was not used yet: " + this);
      }
      used = true;
      context.bind(variable, oldValue);
    }

    @Override
    public String toString() {
      return "Token[" + variable.name + (used ? ", used" : "") + "]";
    }
  }
}

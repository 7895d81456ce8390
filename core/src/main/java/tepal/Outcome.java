// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// How an awaitable ended: with a value, or with an exception held as a value.
///
/// What `asyncio.gather(..., return_exceptions=True)` puts into its list, with a type.
///
/// @param <T> the type of the value
public sealed interface Outcome<T extends @Nullable Object> {

  /// Returns the value, or throws the exception as `await` would have.
  ///
  /// @return the value
  /// @throws CompletionException if the exception is a checked one, which is its cause
  T get();

  /// An end with a value.
  ///
  /// @param value the value
  /// @param <T> the type of the value
  record Value<T extends @Nullable Object>(T value) implements Outcome<T> {
    @Override
    public T get() {
      return value;
    }
  }

  /// An end with an exception, which is a [CancelledError] if the awaitable was cancelled.
  ///
  /// @param exception the exception itself, never wrapped
  /// @param <T> the type of the value that is missing
  record Failure<T extends @Nullable Object>(Throwable exception) implements Outcome<T> {
    @Override
    public T get() {
      throw Thrown.unchecked(exception);
    }
  }
}

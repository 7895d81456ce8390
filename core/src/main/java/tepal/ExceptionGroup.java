// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.io.Serial;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Several exceptions that happened at once, thrown as one: what a [TaskGroup] throws.
///
/// Its members are the exceptions themselves, never wrapped, and may be groups again. Stack
/// traces print them as suppressed ones. What Python's `except*` does, [#handle] does:
///
/// ```java
/// catch (ExceptionGroup group) {
///   group.handle(IOException.class, failed -> log(failed)); // and throws the others
/// }
/// ```
///
/// Mirrors
/// [`ExceptionGroup`](https://docs.python.org/3.14/library/exceptions.html#ExceptionGroup).
public final class ExceptionGroup extends RuntimeException {
  @Serial
  private static final long serialVersionUID = 1L;

  private final String groupMessage;
  private final ArrayList<Throwable> members;

  /// Creates a group.
  ///
  /// @param message what went wrong as a whole
  /// @param exceptions the members, in order
  /// @throws IllegalArgumentException if there are none
  public ExceptionGroup(String message, List<? extends Throwable> exceptions) {
    super(message);
    if (exceptions.isEmpty()) {
      throw new IllegalArgumentException("Expected at least one exception for a group, got none");
    }
    this.groupMessage = message;
    this.members = new ArrayList<>(exceptions);
    members.forEach(this::addSuppressed);
  }

  /// Returns the message and how many members there are.
  @Override
  public String getMessage() {
    int count = members.size();
    return "%s (%d sub-exception%s)".formatted(groupMessage, count, count == 1 ? "" : "s");
  }

  /// Returns the message alone.
  ///
  /// @return the message given
  public String message() {
    return groupMessage;
  }

  /// Returns the members, in order; groups among them are not taken apart.
  ///
  /// @return the members
  public List<Throwable> exceptions() {
    return List.copyOf(members);
  }

  /// Returns the group of all exceptions, at any depth, that match, nested as they are here.
  ///
  /// @param condition tried on each group first, then on its members
  /// @return the group, this one if it matches as a whole; null if nothing matches
  public @Nullable ExceptionGroup subgroup(Predicate<? super Throwable> condition) {
    return split(condition).matched();
  }

  /// Returns the group of all exceptions of a type, at any depth, nested as they are here.
  ///
  /// @param type the type
  /// @return the group; null if there are none
  public @Nullable ExceptionGroup subgroup(Class<? extends Throwable> type) {
    return subgroup(type::isInstance);
  }

  /// Parts the exceptions, at any depth, into those that match and the others.
  ///
  /// @param condition tried on each group first, then on its members
  /// @return both parts, nested as they are here
  public Split split(Predicate<? super Throwable> condition) {
    if (condition.test(this)) {
      return new Split(this, null);
    }
    List<Throwable> matched = new ArrayList<>();
    List<Throwable> rest = new ArrayList<>();
    for (Throwable member : members) {
      if (member instanceof ExceptionGroup group) {
        Split parts = group.split(condition);
        addIfPresent(matched, parts.matched());
        addIfPresent(rest, parts.rest());
      } else if (condition.test(member)) {
        matched.add(member);
      } else {
        rest.add(member);
      }
    }
    return new Split(derive(matched), derive(rest));
  }

  /// Parts the exceptions, at any depth, into those of a type and the others.
  ///
  /// @param type the type
  /// @return both parts, nested as they are here
  public Split split(Class<? extends Throwable> type) {
    return split(type::isInstance);
  }

  /// Returns a clause of [#handle(Clause...)].
  ///
  /// @param type the type
  /// @param handler told of the group of the exceptions of that type, if there are any
  /// @return the clause
  public static Clause on(
      Class<? extends Throwable> type, Consumer<? super ExceptionGroup> handler) {
    return new Clause(type, handler);
  }

  /// Calls `handler` with the exceptions of a type, if there are any, and throws the others: an
  /// `except*` clause that stands alone.
  ///
  /// @param type the type
  /// @param handler told of the group of those exceptions
  /// @throws ExceptionGroup as [#handle(Clause...)] does
  public void handle(Class<? extends Throwable> type, Consumer<? super ExceptionGroup> handler) {
    handle(on(type, handler));
  }

  /// Gives each clause the exceptions of its type that those before it left, if there are any, and
  /// throws what none has taken: the `except*` clauses of a `try`.
  ///
  /// A handler that throws does not keep the following ones from being called.
  ///
  /// @param clauses the clauses, in order; `on(Throwable.class, ...)` takes all
  /// @throws ExceptionGroup with what handlers threw and what is left, if there is any
  public void handle(Clause... clauses) {
    List<Throwable> thrown = new ArrayList<>();
    ExceptionGroup rest = this;
    for (Clause clause : clauses) {
      Split parts = rest.split(clause.type());
      ExceptionGroup matched = parts.matched();
      if (matched != null) {
        callHandler(clause, matched, thrown);
        rest = parts.rest();
      }
      if (rest == null) {
        break;
      }
    }
    if (!thrown.isEmpty()) {
      addIfPresent(thrown, rest);
      throw new ExceptionGroup(groupMessage, thrown);
    }
    if (rest != null) {
      throw rest;
    }
  }

  private static void callHandler(Clause clause, ExceptionGroup matched, List<Throwable> thrown) {
    try {
      clause.handler().accept(matched);
    } catch (RuntimeException e) {
      thrown.add(e);
    }
  }

  private static void addIfPresent(List<Throwable> list, @Nullable ExceptionGroup group) {
    if (group != null) {
      list.add(group);
    }
  }

  private @Nullable ExceptionGroup derive(List<Throwable> some) {
    if (some.isEmpty()) {
      return null;
    }
    ExceptionGroup derived = new ExceptionGroup(groupMessage, some);
    derived.setStackTrace(getStackTrace());
    return derived;
  }

  @Override
  public String toString() {
    return members.stream()
        .map(Throwable::toString)
        .collect(Collectors.joining(", ", "ExceptionGroup: " + getMessage() + " [", "]"));
  }

  /// The two parts of a group.
  ///
  /// @param matched the exceptions that match; null if there are none
  /// @param rest the others; null if there are none
  public record Split(
      @Nullable ExceptionGroup matched, @Nullable ExceptionGroup rest) {}

  /// One clause of [#handle(Clause...)]: what is done with the exceptions of a type.
  ///
  /// @param type the type
  /// @param handler told of the group of those exceptions
  public record Clause(Class<? extends Throwable> type, Consumer<? super ExceptionGroup> handler) {}
}

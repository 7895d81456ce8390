// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The operations that take nothing but strings and integers, each with the places of its
/// arguments.
enum Verb {
  // of any task, by its name
  CANCEL(Kind.INSTANT, Place.TASK, Place.MESSAGE),
  STATE(Kind.INSTANT, Place.TASK),
  ON_TASK_DONE(Kind.INSTANT, Place.TASK, Place.LABEL),
  AWAIT(Kind.SUSPENDING, Place.TASK),
  SHIELD(Kind.SUSPENDING, Place.TASK),

  // of the current task
  UNCANCEL(Kind.IN_TASKS),
  CANCELLING(Kind.IN_TASKS),
  SLEEP(Kind.SUSPENDING, Place.TICKS),

  // of a plain future
  SET_RESULT(Kind.INSTANT, Place.FUTURE, Place.VALUE),
  SET_EXCEPTION(Kind.INSTANT, Place.FUTURE, Place.ERROR),
  CANCEL_FUTURE(Kind.INSTANT, Place.FUTURE, Place.MESSAGE),
  ON_DONE(Kind.INSTANT, Place.FUTURE, Place.LABEL),
  FUTURE(Kind.SUSPENDING, Place.FUTURE),

  // of an event
  SET_EVENT(Kind.INSTANT, Place.EVENT),
  CLEAR_EVENT(Kind.INSTANT, Place.EVENT),
  WAIT_EVENT(Kind.SUSPENDING, Place.EVENT),

  // of a condition
  NOTIFY(Kind.INSTANT, Place.CONDITION, Place.COUNT),
  NOTIFY_ALL(Kind.INSTANT, Place.CONDITION),
  WAIT_CONDITION(Kind.SUSPENDING, Place.CONDITION),

  // of a semaphore
  RELEASE(Kind.INSTANT, Place.SEMAPHORE),
  ACQUIRE(Kind.SUSPENDING, Place.SEMAPHORE),

  // of a barrier
  BARRIER(Kind.SUSPENDING, Place.BARRIER),
  RESET_BARRIER(Kind.SUSPENDING, Place.BARRIER),
  ABORT_BARRIER(Kind.SUSPENDING, Place.BARRIER),

  // of a queue
  PUT_NOWAIT(Kind.INSTANT, Place.QUEUE, Place.VALUE),
  GET_NOWAIT(Kind.INSTANT, Place.QUEUE),
  TASK_DONE(Kind.INSTANT, Place.QUEUE),
  SIZE(Kind.INSTANT, Place.QUEUE),
  PUT(Kind.SUSPENDING, Place.QUEUE, Place.VALUE),
  GET(Kind.SUSPENDING, Place.QUEUE),
  JOIN(Kind.SUSPENDING, Place.QUEUE),

  // of a context variable
  SET_VAR(Kind.INSTANT, Place.VAR, Place.VALUE),
  GET_VAR(Kind.INSTANT, Place.VAR);

  /// Where an operation may stand.
  enum Kind {
    /// Anywhere, also in a callback.
    INSTANT,
    /// In a task only, although it never suspends.
    IN_TASKS,
    /// In a task only; it may suspend.
    SUSPENDING
  }

  /// What an argument is.
  enum Place {
    TASK,
    LABEL,
    TICKS,
    COUNT,
    VALUE,
    ERROR,
    /// A string that may be left out; always the last argument.
    MESSAGE,
    LOCK,
    SEMAPHORE,
    EVENT,
    CONDITION,
    QUEUE,
    FUTURE,
    VAR,
    BARRIER
  }

  private static final Map<String, Verb> BY_WORD =
      Arrays.stream(values()).collect(Collectors.toMap(Verb::word, Function.identity()));

  private final Kind kind;

  @SuppressWarnings("ImmutableEnumChecker") // the list is immutable
  private final List<Place> places;

  Verb(Kind kind, Place... places) {
    this.kind = kind;
    this.places = List.of(places);
  }

  /// Returns the verb for a word of a program, or null if there is none.
  static @Nullable Verb of(String word) {
    return BY_WORD.get(word);
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  Kind kind() {
    return kind;
  }

  List<Place> places() {
    return places;
  }

  /// Returns how many arguments there must be at least.
  int required() {
    return places.contains(Place.MESSAGE) ? places.size() - 1 : places.size();
  }
}

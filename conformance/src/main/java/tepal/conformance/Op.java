// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tepal.ReturnWhen;

/// One operation of a program.
///
/// Times are ticks, which are seconds of virtual time; a time of null is none at all.
sealed interface Op {

  /// The operation's word in a program.
  String word();

  /// What `OP ARGS` is in the trace: the word, and those arguments that are strings or integers.
  default String heading() {
    return word();
  }

  /// The lists of operations inside this one.
  default List<List<Op>> blocks() {
    return switch (this) {
      case Try attempt ->
        Stream.of(attempt.body, attempt.cancelled, attempt.error, attempt.last)
            .filter(Objects::nonNull)
            .toList();
      case Repeat repeat -> List.of(repeat.body);
      case Limit limit -> List.of(limit.body);
      case Group group ->
        Stream.concat(group.children.stream().map(Child::body), Stream.of(group.body))
            .toList();
      case Hold hold -> List.of(hold.body);
      case Spawn spawn -> List.of(spawn.child.body());
      case Schedule schedule -> List.of(schedule.body);
      case Gather gather -> gather.participants.stream().flatMap(Op::inline).toList();
      case WaitFor waitFor -> inline(waitFor.participant).toList();
      case Return _, Raise _, Wait _, AsCompleted _, Shutdown _, Plain _ -> List.of();
    };
  }

  private static Stream<List<Op>> inline(Participant participant) {
    return participant instanceof Child child ? Stream.of(child.body()) : Stream.empty();
  }

  /// Ends the whole child with a value.
  record Return(@Nullable Object value) implements Op {
    @Override
    public String word() {
      return "return";
    }

    @Override
    public String heading() {
      return word() + " " + Texts.value(value);
    }
  }

  /// Raises an [AppError].
  record Raise(String error) implements Op {
    @Override
    public String word() {
      return "raise";
    }

    @Override
    public String heading() {
      return word() + " " + error;
    }
  }

  /// Runs a body and catches what leaves it. An arm that is null is not there, which is not the
  /// same as one that does nothing.
  record Try(
      List<Op> body,
      @Nullable List<Op> cancelled,
      @Nullable List<Op> error,
      @Nullable List<Op> last,
      boolean reraise)
      implements Op {
    @Override
    public String word() {
      return "try";
    }
  }

  /// Runs a body a number of times.
  record Repeat(int times, List<Op> body) implements Op {
    @Override
    public String word() {
      return "repeat";
    }

    @Override
    public String heading() {
      return word() + " " + times;
    }
  }

  /// Runs a body under a time limit.
  record Limit(@Nullable Long ticks, List<Op> body) implements Op {
    @Override
    public String word() {
      return "timeout";
    }

    @Override
    public String heading() {
      return word() + " " + (ticks == null ? "None" : ticks);
    }
  }

  /// Runs a body as that of a task group with some children.
  record Group(List<Child> children, List<Op> body) implements Op {
    @Override
    public String word() {
      return "group";
    }
  }

  /// Runs a body while something is held.
  record Hold(Thing thing, String name, List<Op> body) implements Op {

    /// What can be held.
    enum Thing {
      LOCK,
      SEMAPHORE,
      CONDITION
    }

    @Override
    public String word() {
      return thing.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String heading() {
      return word() + " " + name;
    }
  }

  /// Starts a task.
  record Spawn(Child child, boolean eager) implements Op {
    @Override
    public String word() {
      return eager ? "spawn_eager" : "spawn";
    }

    @Override
    public String heading() {
      return word() + " " + child.name();
    }
  }

  /// Schedules a callback: soon if the delay is null, else as a timer, also if it is 0.
  record Schedule(@Nullable Long delay, String label, List<Op> body) implements Op {
    @Override
    public String word() {
      return delay == null ? "call_soon" : "call_later";
    }

    @Override
    public String heading() {
      return Op.heading(word(), delay, label);
    }
  }

  /// Waits for all, or for the first that fails.
  record Gather(List<Participant> participants, boolean returnExceptions) implements Op {
    @Override
    public String word() {
      return "gather";
    }
  }

  /// Waits for one, with a limit.
  record WaitFor(Participant participant, @Nullable Long ticks) implements Op {
    @Override
    public String word() {
      return "wait_for";
    }

    @Override
    public String heading() {
      String name = participant instanceof Participant.Named named ? named.name() : null;
      return Op.heading(word(), name, ticks);
    }
  }

  /// Waits until some tasks are done, and cancels nothing.
  record Wait(List<String> names, @Nullable Long ticks, ReturnWhen until) implements Op {
    @Override
    public String word() {
      return "wait";
    }

    @Override
    public String heading() {
      return Op.heading(word(), ticks, until.name());
    }
  }

  /// Takes tasks in the order in which they end.
  record AsCompleted(List<String> names, @Nullable Long ticks) implements Op {
    @Override
    public String word() {
      return "as_completed";
    }

    @Override
    public String heading() {
      return Op.heading(word(), ticks);
    }
  }

  /// Shuts a queue down.
  record Shutdown(String queue, boolean immediate) implements Op {
    @Override
    public String word() {
      return "shutdown";
    }

    @Override
    public String heading() {
      return Op.heading(word(), queue);
    }
  }

  /// Any operation whose arguments are single values, as its verb's places say.
  record Plain(Verb verb, List<@Nullable Object> arguments) implements Op {
    @Override
    public String word() {
      return verb.word();
    }

    @Override
    public String heading() {
      return Op.heading(word(), arguments.toArray());
    }

    @Nullable Object value(int index) {
      return arguments.get(index);
    }

    String text(int index) {
      return (String) requireNonNull(arguments.get(index));
    }

    long number(int index) {
      return (Long) requireNonNull(arguments.get(index));
    }

    /// Returns the message at a place that may be missing, which is not the same as an empty one.
    @Nullable String message(int index) {
      return index < arguments.size() ? text(index) : null;
    }
  }

  private static String heading(String word, @Nullable Object... arguments) {
    return Stream.of(arguments)
        .filter(argument -> argument instanceof String || argument instanceof Long)
        .map(argument -> " " + argument)
        .collect(Collectors.joining("", word, ""));
  }
}

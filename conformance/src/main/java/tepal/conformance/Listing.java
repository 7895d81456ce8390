// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tepal.conformance.Declarations.Slots;
import tepal.conformance.Declarations.Store;

/// A program as people read it: one operation a line, indented by what it is inside of.
final class Listing {
  private static final String INDENT = "  ";

  private final StringBuilder text = new StringBuilder();

  private Listing() {}

  /// Returns the lines of a program, each ended by a line feed.
  static String of(Program program) {
    var listing = new Listing();
    listing.declarations(program.declarations());
    listing.line("", "main");
    listing.block(INDENT, program.main());
    return listing.text.toString();
  }

  private void declarations(Declarations declarations) {
    names("locks", declarations.locks());
    objects("semaphores", declarations.semaphores(), Listing::slots);
    names("events", declarations.events());
    names("conditions", declarations.conditions());
    objects("queues", declarations.queues(), Listing::store);
    objects("barriers", declarations.barriers(), parties -> "of " + parties);
    names("futures", declarations.futures());
    names("vars", declarations.vars());
  }

  private static String slots(Slots slots) {
    return "of " + slots.value() + (slots.bounded() ? " bounded" : "");
  }

  private static String store(Store store) {
    String size = store.maxsize() == 0 ? "" : " of " + store.maxsize();
    return store.order().name().toLowerCase(Locale.ROOT) + size;
  }

  private void names(String what, List<String> names) {
    if (!names.isEmpty()) {
      line("", what + " " + String.join(", ", names));
    }
  }

  private <T> void objects(String what, Map<String, T> objects, Function<T, String> describe) {
    if (!objects.isEmpty()) {
      line(
          "",
          objects.entrySet().stream()
              .map(entry -> entry.getKey() + " " + describe.apply(entry.getValue()))
              .collect(Collectors.joining(", ", what + " ", "")));
    }
  }

  private void block(String indent, List<Op> ops) {
    if (ops.isEmpty()) {
      line(indent, "(nothing)");
    }
    ops.forEach(op -> op(indent, op));
  }

  private void op(String indent, Op op) {
    String inner = indent + INDENT;
    switch (op) {
      case Op.Try attempt -> attempt(indent, attempt);
      case Op.Group group -> {
        line(indent, "group");
        group.children().forEach(child -> child(inner, "child ", child));
        line(inner, "body");
        block(inner + INDENT, group.body());
      }
      case Op.Gather gather -> {
        line(indent, gather.returnExceptions() ? "gather, exceptions as values" : "gather");
        gather.participants().forEach(participant -> participant(inner, participant));
      }
      case Op.WaitFor waitFor -> {
        line(indent, "wait_for" + ticks(waitFor.ticks()));
        participant(inner, waitFor.participant());
      }
      case Op.Wait wait ->
        line(indent, "wait " + wait.names() + ticks(wait.ticks()) + " " + wait.until());
      case Op.AsCompleted each ->
        line(indent, "as_completed " + each.names() + ticks(each.ticks()));
      case Op.Shutdown shutdown ->
        line(indent, shutdown.heading() + (shutdown.immediate() ? " immediately" : ""));
      case Op.Return _, Op.Raise _, Op.Plain _ -> line(indent, op.heading());
      case Op.Repeat _, Op.Limit _, Op.Hold _, Op.Spawn _, Op.Schedule _ -> {
        line(indent, op.heading());
        op.blocks().forEach(block -> block(inner, block));
      }
    }
  }

  private void attempt(String indent, Op.Try attempt) {
    line(indent, "try");
    block(indent + INDENT, attempt.body());
    arm(indent, "if cancelled", attempt.cancelled());
    arm(indent, "if an error", attempt.error());
    arm(indent, "finally", attempt.last());
    if (attempt.reraise()) {
      line(indent, "and raise again");
    }
  }

  private void arm(String indent, String title, @Nullable List<Op> ops) {
    if (ops != null) {
      line(indent, title);
      block(indent + INDENT, ops);
    }
  }

  private void participant(String indent, Participant participant) {
    switch (participant) {
      case Child child -> child(indent, "inline ", child);
      case Participant.Named named -> line(indent, "task " + named.name());
    }
  }

  private void child(String indent, String what, Child child) {
    line(indent, what + child.name());
    block(indent + INDENT, child.body());
  }

  private static String ticks(@Nullable Long ticks) {
    return ticks == null ? "" : " " + ticks;
  }

  private void line(String indent, String content) {
    text.append(indent).append(content).append('\n');
  }
}

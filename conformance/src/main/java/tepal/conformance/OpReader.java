// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tepal.ReturnWhen;
import tepal.conformance.Op.Hold.Thing;
import tepal.conformance.Verb.Place;
import tools.jackson.databind.JsonNode;

/// Reads operations from JSON and refuses what is not of the grammar.
final class OpReader {
  private static final Set<String> TRY_KEYS =
      Set.of("body", "cancelled", "error", "finally", "reraise");
  private static final Set<String> CHILD_KEYS = Set.of("name", "body");

  private final Names names;

  OpReader(Names names) {
    this.names = names;
  }

  List<Op> ops(JsonNode node) {
    return opsOf(node, /* inCallback= */ false);
  }

  private List<Op> callback(JsonNode node) {
    return opsOf(node, /* inCallback= */ true);
  }

  private List<Op> opsOf(JsonNode node, boolean inCallback) {
    Json.requireArray(node, "a list of operations");
    var ops = new ArrayList<Op>(node.size());
    for (JsonNode element : node) {
      Op op = op(element);
      if (inCallback && !mayStandInCallback(op)) {
        throw new UnreadableProgramException(
            "Expected an operation that needs no task in a callback, got " + Json.brief(element));
      }
      ops.add(op);
    }
    return List.copyOf(ops);
  }

  private static boolean mayStandInCallback(Op op) {
    return switch (op) {
      case Op.Plain plain -> plain.verb().kind() == Verb.Kind.INSTANT;
      case Op.Spawn _, Op.Schedule _, Op.Shutdown _ -> true;
      default -> false;
    };
  }

  private Op op(JsonNode node) {
    Json.requireArray(node, "an operation");
    String word = Json.text(node.path(0), "the word of an operation");
    try {
      return switch (word) {
        case "return" -> new Op.Return(Json.value(argument(node, 1, 1)));
        case "raise" -> new Op.Raise(Json.text(argument(node, 1, 1), "an error"));
        case "try" -> attempt(argument(node, 1, 1));
        case "repeat" -> new Op.Repeat(Json.count(argument(node, 1, 2)), ops(argument(node, 2, 2)));
        case "timeout" -> new Op.Limit(Json.limit(argument(node, 1, 2)), ops(argument(node, 2, 2)));
        case "group" -> new Op.Group(children(argument(node, 1, 2)), ops(argument(node, 2, 2)));
        case "lock" -> hold(node, Thing.LOCK, Place.LOCK);
        case "semaphore" -> hold(node, Thing.SEMAPHORE, Place.SEMAPHORE);
        case "condition" -> hold(node, Thing.CONDITION, Place.CONDITION);
        case "spawn" -> new Op.Spawn(spawned(node), /* eager= */ false);
        case "spawn_eager" -> new Op.Spawn(spawned(node), /* eager= */ true);
        case "call_soon" ->
          new Op.Schedule(null, label(argument(node, 1, 2)), callback(argument(node, 2, 2)));
        case "call_later" ->
          new Op.Schedule(
              Json.ticks(argument(node, 1, 3)),
              label(argument(node, 2, 3)),
              callback(argument(node, 3, 3)));
        case "gather" ->
          new Op.Gather(participants(argument(node, 1, 2)), Json.flag(argument(node, 2, 2)));
        case "wait_for" ->
          new Op.WaitFor(participant(argument(node, 1, 2)), Json.limit(argument(node, 2, 2)));
        case "wait" ->
          new Op.Wait(
              Json.texts(argument(node, 1, 3)),
              Json.limit(argument(node, 2, 3)),
              until(argument(node, 3, 3)));
        case "as_completed" ->
          new Op.AsCompleted(Json.texts(argument(node, 1, 2)), Json.limit(argument(node, 2, 2)));
        case "shutdown" ->
          new Op.Shutdown(
              names.require(Place.QUEUE, argument(node, 1, 2)), Json.flag(argument(node, 2, 2)));
        default -> plain(word, node);
      };
    } catch (UnreadableProgramException e) {
      throw e.in(word);
    }
  }

  private Op plain(String word, JsonNode node) {
    Verb verb = Verb.of(word);
    if (verb == null) {
      throw new UnreadableProgramException("Unknown operation " + Json.brief(node));
    }
    int given = node.size() - 1;
    if (given < verb.required() || given > verb.places().size()) {
      throw new UnreadableProgramException(
          "Expected %d arguments, got %s".formatted(verb.places().size(), Json.brief(node)));
    }
    var arguments = new ArrayList<@Nullable Object>(given);
    for (int i = 0; i < given; i++) {
      arguments.add(names.argument(verb.places().get(i), node.path(i + 1)));
    }
    return new Op.Plain(verb, arguments);
  }

  private Op attempt(JsonNode node) {
    Json.requireKeys(node, TRY_KEYS);
    return new Op.Try(
        ops(node.path("body")),
        arm(node, "cancelled"),
        arm(node, "error"),
        arm(node, "finally"),
        node.has("reraise") && Json.flag(node.path("reraise")));
  }

  private @Nullable List<Op> arm(JsonNode node, String key) {
    return node.has(key) ? ops(node.path(key)) : null;
  }

  private Op hold(JsonNode node, Thing thing, Place place) {
    return new Op.Hold(
        thing, names.require(place, argument(node, 1, 2)), ops(argument(node, 2, 2)));
  }

  private Child spawned(JsonNode node) {
    return new Child(
        Json.text(argument(node, 1, 2), "the name of a task"), ops(argument(node, 2, 2)));
  }

  private List<Child> children(JsonNode node) {
    Json.requireArray(node, "a list of children");
    return node.valueStream().map(this::child).toList();
  }

  private Child child(JsonNode node) {
    Json.requireKeys(node, CHILD_KEYS);
    return new Child(Json.text(node.path("name"), "a name"), ops(node.path("body")));
  }

  private List<Participant> participants(JsonNode node) {
    Json.requireArray(node, "a list of children and names");
    return node.valueStream().map(this::participant).toList();
  }

  private Participant participant(JsonNode node) {
    return node.isString() ? new Participant.Named(node.stringValue()) : child(node);
  }

  private static String label(JsonNode node) {
    return Json.text(node, "a label");
  }

  private static ReturnWhen until(JsonNode node) {
    String word = Json.text(node, "when to return");
    return Stream.of(ReturnWhen.values())
        .filter(until -> until.name().equals(word))
        .findAny()
        .orElseThrow(() -> new UnreadableProgramException(
            "Expected one of " + Arrays.toString(ReturnWhen.values()) + ", got " + word));
  }

  private static JsonNode argument(JsonNode node, int index, int count) {
    if (node.size() != count + 1) {
      throw new UnreadableProgramException(
          "Expected %d arguments, got %s".formatted(count, Json.brief(node)));
    }
    return node.path(index);
  }
}

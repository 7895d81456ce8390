// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import tepal.conformance.Declarations.Order;
import tepal.conformance.Declarations.Slots;
import tepal.conformance.Declarations.Store;
import tools.jackson.databind.JsonNode;

/// Reads programs from JSON and refuses what is not of the grammar.
final class ProgramReader {
  private static final Set<String> PROGRAM_KEYS = Set.of("objects", "main");
  private static final Set<String> OBJECT_KEYS = Set.of(
      "locks", "events", "conditions", "futures", "vars", "semaphores", "queues", "barriers");

  private ProgramReader() {}

  static Program program(JsonNode node) {
    Json.requireKeys(node, PROGRAM_KEYS);
    Declarations declarations = declarations(node.path("objects"));
    try {
      return new Program(
          declarations, new OpReader(new Names(declarations)).ops(node.path("main")));
    } catch (UnreadableProgramException e) {
      throw e.in("main");
    }
  }

  static List<String> trace(JsonNode node) {
    Json.requireArray(node, "a trace, which is a list of lines");
    return node.valueStream().map(line -> Json.text(line, "a line of a trace")).toList();
  }

  private static Declarations declarations(JsonNode node) {
    try {
      Json.requireKeys(node, OBJECT_KEYS);
      return new Declarations(
          names(node, "locks"),
          names(node, "events"),
          names(node, "conditions"),
          names(node, "futures"),
          names(node, "vars"),
          named(node, "semaphores", ProgramReader::slots),
          named(node, "queues", ProgramReader::store),
          named(node, "barriers", parties -> Json.atLeast(1, parties)));
    } catch (UnreadableProgramException e) {
      throw e.in("objects");
    }
  }

  private static List<String> names(JsonNode node, String key) {
    return node.has(key) ? Json.texts(node.path(key)) : List.of();
  }

  private static <T> Map<String, T> named(JsonNode node, String key, Function<JsonNode, T> reader) {
    var objects = new LinkedHashMap<String, T>();
    if (node.has(key)) {
      JsonNode values = node.path(key);
      Json.requireKeys(values, Set.copyOf(values.propertyNames()));
      values.properties().forEach(e -> objects.put(e.getKey(), reader.apply(e.getValue())));
    }
    return objects;
  }

  private static Slots slots(JsonNode node) {
    return new Slots(Json.atLeast(0, node.path(0)), Json.flag(node.path(1)));
  }

  private static Store store(JsonNode node) {
    String word = Json.text(node.path(0), "fifo, lifo or priority");
    Order order = Stream.of(Order.values())
        .filter(each -> each.name().toLowerCase(Locale.ROOT).equals(word))
        .findAny()
        .orElseThrow(() -> new UnreadableProgramException("Unknown kind of queue " + word));
    return new Store(order, Json.count(node.path(1)));
  }
}

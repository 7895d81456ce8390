// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tepal.conformance.Verb.Place;
import tools.jackson.databind.JsonNode;

/// The names that a program declares, by what they stand for. Names of tasks and labels are free.
final class Names {
  private final Map<Place, Set<String>> declared;

  Names(Declarations declarations) {
    declared = Map.of(
        Place.LOCK, Set.copyOf(declarations.locks()),
        Place.EVENT, Set.copyOf(declarations.events()),
        Place.CONDITION, Set.copyOf(declarations.conditions()),
        Place.FUTURE, Set.copyOf(declarations.futures()),
        Place.VAR, Set.copyOf(declarations.vars()),
        Place.SEMAPHORE, declarations.semaphores().keySet(),
        Place.QUEUE, declarations.queues().keySet(),
        Place.BARRIER, declarations.barriers().keySet());
  }

  /// Reads the argument of a plain operation.
  @Nullable Object argument(Place place, JsonNode node) {
    return switch (place) {
      case TASK -> Json.text(node, "the name of a task");
      case LABEL -> Json.text(node, "a label");
      case ERROR -> Json.text(node, "an error");
      case MESSAGE -> Json.text(node, "a message");
      case TICKS, COUNT -> Json.ticks(node);
      case VALUE -> Json.value(node);
      case LOCK, SEMAPHORE, EVENT, CONDITION, QUEUE, FUTURE, VAR, BARRIER -> require(place, node);
    };
  }

  /// Reads the name of something that must be declared.
  String require(Place place, JsonNode node) {
    String what = place.name().toLowerCase(Locale.ROOT);
    String name = Json.text(node, "the name of a " + what);
    if (!declared.getOrDefault(place, Set.of()).contains(name)) {
      throw new UnreadableProgramException("No " + what + " is declared as " + name);
    }
    return name;
  }
}

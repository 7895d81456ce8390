// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What a trace says about who took and gave back what: slots of semaphores, items of queues,
/// locks.
final class Ledger {
  private static final Pattern SEPARATOR = Pattern.compile(" ");

  private final Map<String, Integer> released = new HashMap<>();
  private final Map<String, Map<String, Integer>> items = new HashMap<>();
  private final Map<String, Integer> unfinished = new HashMap<>();
  private final Map<String, String> holders = new HashMap<>();
  private final List<String> overlaps = new ArrayList<>();

  private Ledger() {}

  static Ledger of(Stream<String> lines) {
    var ledger = new Ledger();
    lines.forEach(ledger::enter);
    return ledger;
  }

  /// Enters a line, such as `5 t3 put Q0 66 -> none` or `5 t3 lock L0 acquired`.
  private void enter(String line) {
    List<String> words = List.of(SEPARATOR.split(line, -1));
    if (words.size() < 5 || words.getLast().startsWith("!")) {
      return;
    }
    String name = words.get(3);
    switch (words.get(2)) {
      case "lock" -> hold(words.get(1), name, words.get(4));
      case "semaphore" -> add(released, name, words.get(4).equals("released") ? 1 : -1);
      case "acquire" -> add(released, name, -1);
      case "release" -> add(released, name, 1);
      case "put", "put_nowait" -> {
        add(itemsOf(name), words.get(4), 1);
        add(unfinished, name, 1);
      }
      case "get", "get_nowait" -> add(itemsOf(name), words.get(5), -1);
      case "task_done" -> add(unfinished, name, -1);
      default -> {
        // Nothing is taken or given back.
      }
    }
  }

  private void hold(String label, String lock, String event) {
    if (event.equals("released")) {
      holders.remove(lock);
      return;
    }
    String other = holders.put(lock, label);
    if (other != null) {
      overlaps.add("lock %s was acquired by %s while %s held it".formatted(lock, label, other));
    }
  }

  private Map<String, Integer> itemsOf(String queue) {
    return items.computeIfAbsent(queue, _ -> new HashMap<>());
  }

  private static void add(Map<String, Integer> counts, String key, int change) {
    counts.merge(key, change, Integer::sum);
  }

  /// Returns how many more slots of a semaphore were given back than taken.
  int released(String semaphore) {
    return released.getOrDefault(semaphore, 0);
  }

  /// Returns how much more often each item was put into a queue than got out of it.
  Map<String, Integer> items(String queue) {
    return items.getOrDefault(queue, Map.of());
  }

  /// Returns how much more often items were put into a queue than reported as done.
  int unfinished(String queue) {
    return unfinished.getOrDefault(queue, 0);
  }

  /// Returns where two tasks held a lock at the same time.
  List<String> overlaps() {
    return List.copyOf(overlaps);
  }
}

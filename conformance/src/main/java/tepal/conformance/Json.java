// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The kinds of values that programs consist of, read from JSON or refused.
final class Json {
  /// How much of an unreadable value an error message quotes.
  private static final int QUOTED_CHARS = 80;

  private Json() {}

  static String text(JsonNode node, String what) {
    if (!node.isString()) {
      throw expected(what, node);
    }
    return node.stringValue();
  }

  static List<String> texts(JsonNode node) {
    requireArray(node, "a list of names");
    return node.valueStream().map(element -> text(element, "a name")).toList();
  }

  static boolean flag(JsonNode node) {
    if (!node.isBoolean()) {
      throw expected("true or false", node);
    }
    return node.booleanValue();
  }

  static long ticks(JsonNode node) {
    if (!node.isIntegralNumber() || !node.canConvertToLong()) {
      throw expected("a number of ticks", node);
    }
    return node.longValue();
  }

  /// Returns a number of ticks, or null for no limit.
  static @Nullable Long limit(JsonNode node) {
    return node.isNull() ? null : Long.valueOf(ticks(node));
  }

  static int count(JsonNode node) {
    if (!node.isIntegralNumber() || !node.canConvertToInt()) {
      throw expected("a number", node);
    }
    return node.intValue();
  }

  static int atLeast(int least, JsonNode node) {
    int count = count(node);
    if (count < least) {
      throw expected("a number of at least " + least, node);
    }
    return count;
  }

  /// Returns a value that a program passes on: a string, an integer, a boolean, null or a list of
  /// them.
  static @Nullable Object value(JsonNode node) {
    if (node.isNull()) {
      return null;
    }
    if (node.isString()) {
      return node.stringValue();
    }
    if (node.isBoolean()) {
      return node.booleanValue();
    }
    if (node.isArray()) {
      return node.valueStream().<@Nullable Object>map(Json::value).toList();
    }
    if (node.isIntegralNumber() && node.canConvertToLong()) {
      return node.longValue();
    }
    throw expected("a value", node);
  }

  static void requireArray(JsonNode node, String what) {
    if (!node.isArray()) {
      throw expected(what, node);
    }
  }

  static void requireKeys(JsonNode node, Set<String> keys) {
    if (!node.isObject() || !keys.containsAll(node.propertyNames())) {
      throw expected("an object with keys of " + keys.stream().sorted().toList(), node);
    }
  }

  /// Returns a node as JSON, cut to a length that fits into a message.
  static String brief(JsonNode node) {
    String json = node.isMissingNode() ? "nothing" : node.toString();
    return json.length() <= QUOTED_CHARS ? json : json.substring(0, QUOTED_CHARS) + "...";
  }

  private static UnreadableProgramException expected(String what, JsonNode node) {
    return new UnreadableProgramException("Expected " + what + ", got " + brief(node));
  }
}

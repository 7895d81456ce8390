// SPDX-License-Identifier: Apache-2.0
package tepal.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static tepal.streams.Bytes.bytes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The search for separators, against a plain one that looks at everything each time.
class SearchTest {
  private final ByteChunks chunks = new ByteChunks();

  @ParameterizedTest
  @CsvSource({
    "aXb, X, 1, 2",
    "abXY, XY, 2, 4",
    "XXY, XY, 1, 3",
    "aXbY, Y;X, 1, 2", // the one that ends first
    "aXYZ, XYZ;Y, 2, 3", // also if it begins later
    "aXY, XY;Y, 2, 3", // of two that end together the shortest
    "aXY, Y;XY, 2, 3",
    "aXYa, XYb;a, 0, 1"
  })
  void the_match_that_ends_first_counts_and_then_the_shortest(
      String data, String separators, int start, int end) {
    for (int size = 1; size <= data.length(); size++) {
      chunks.clear();
      Search search = Search.of(chunks, separators(separators));
      boolean found = false;
      for (int i = 0; i < data.length() && !found; i += size) {
        chunks.add(bytes(data.substring(i, Math.min(i + size, data.length()))));
        found = search.find();
      }
      assertThat(found).isTrue();
      assertThat(search.matchStart()).isEqualTo(start);
      assertThat(search.matchEnd()).isEqualTo(end);
    }
  }

  @Test
  void a_part_of_a_separator_is_none() {
    Search search = Search.of(chunks, separators("END"));
    chunks.add(bytes("aEN"));

    assertThat(search.find()).isFalse();
    assertThat(search.withoutSeparator()).isEqualTo(1);
    chunks.add(bytes("D"));
    assertThat(search.find()).isTrue();
  }

  @Test
  void what_was_taken_meanwhile_is_not_part_of_a_match() {
    Search search = Search.of(chunks, separators("XY"));
    chunks.add(bytes("aX"));
    assertThat(search.find()).isFalse();

    chunks.skip(2);
    chunks.add(bytes("YXY"));

    assertThat(search.find()).isTrue();
    assertThat(search.matchStart()).isEqualTo(1);
  }

  @Test
  void there_must_be_a_separator_of_a_byte_or_more() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Search.of(chunks, List.of()))
        .withMessage("Expected separators of one byte or more, found none");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Search.of(chunks, List.of(bytes("a"), bytes(""))))
        .withMessage("Expected separators of one byte or more, found an empty one");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void random_separators_are_found_where_a_plain_search_finds_them(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 2_000; round++) {
      List<byte[]> separators = new ArrayList<>();
      for (int i = random.nextInt(3); i >= 0; i--) {
        separators.add(randomBytes(random, 1 + random.nextInt(3)));
      }
      byte[] data = randomBytes(random, random.nextInt(40));
      check(data, separators, random);
    }
  }

  private void check(byte[] data, List<byte[]> separators, Random random) {
    chunks.clear();
    int gone = random.nextInt(5);
    chunks.add(new byte[gone]);
    chunks.skip(gone);
    Search search = Search.of(chunks, separators);
    for (int at = 0; ; ) {
      long[] expected = plain(Arrays.copyOf(data, at), separators);
      assertThat(search.find()).isEqualTo(expected != null);
      if (expected != null) {
        assertThat(new long[] {search.matchStart(), search.matchEnd()}).isEqualTo(expected);
      }
      if (expected != null || at == data.length) {
        return;
      }
      int end = Math.min(data.length, at + 1 + random.nextInt(10));
      chunks.add(Arrays.copyOfRange(data, at, end));
      at = end;
    }
  }

  private static long @Nullable [] plain(byte[] data, List<byte[]> separators) {
    for (int end = 1; end <= data.length; end++) {
      for (int length = 1; length <= end; length++) {
        byte[] part = Arrays.copyOfRange(data, end - length, end);
        if (separators.stream().anyMatch(each -> Arrays.equals(each, part))) {
          return new long[] {end - length, end};
        }
      }
    }
    return null;
  }

  @Test
  void a_byte_is_found_at_any_place_among_any_others() {
    Random random = new Random(5);
    for (int round = 0; round < 20_000; round++) {
      byte[] data = new byte[random.nextInt(30)];
      random.nextBytes(data);
      byte wanted = (byte) random.nextInt();
      if (data.length > 0 && random.nextBoolean()) {
        data[random.nextInt(data.length)] = wanted;
      }
      int from = random.nextInt(data.length + 1);
      int to = from + random.nextInt(data.length - from + 1);
      int expected = -1;
      for (int i = to - 1; i >= from; i--) {
        expected = data[i] == wanted ? i : expected;
      }
      assertThat(Search.indexOf(wanted, data, from, to)).isEqualTo(expected);
    }
  }

  private static byte[] randomBytes(Random random, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) "abc".charAt(random.nextInt(3));
    }
    return bytes;
  }

  private static List<byte[]> separators(String text) {
    return Arrays.stream(text.split(";", -1)).map(Bytes::bytes).toList();
  }
}

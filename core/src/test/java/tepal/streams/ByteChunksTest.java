// SPDX-License-Identifier: Apache-2.0
package tepal.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.streams.Bytes.bytes;
import static tepal.streams.Bytes.text;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ByteChunksTest {
  private final ByteChunks chunks = new ByteChunks();

  @Test
  void an_array_that_is_taken_whole_is_handed_out_as_it_is() {
    byte[] first = new byte[10];
    byte[] second = new byte[1_000];
    chunks.add(first);
    chunks.add(second);

    assertThat(chunks.take(10)).isSameAs(first);
    assertThat(chunks.take(5_000)).isSameAs(second);
    assertThat(chunks.isEmpty()).isTrue();
  }

  @Test
  void parts_of_arrays_are_copied() {
    chunks.add(bytes("abc"));
    chunks.add(new byte[1_000]);

    assertThat(text(chunks.take(2))).isEqualTo("ab");
    assertThat(chunks.take(3)).containsExactly('c', 0, 0);
    assertThat(chunks.size()).isEqualTo(998);
  }

  @Test
  void nothing_is_taken_from_nothing() {
    chunks.add(new byte[0]);
    chunks.add(ByteBuffer.allocate(0));

    assertThat(chunks.isEmpty()).isTrue();
    assertThat(chunks.take(5)).isEmpty();
    chunks.skip(5);
    chunks.clear();
    assertThat(chunks.size()).isZero();
  }

  @Test
  void single_bytes_are_gathered_in_few_arrays() {
    for (int i = 0; i < 100_000; i++) {
      chunks.add(new byte[] {(byte) i});
    }

    int arrays = 0;
    for (var each = chunks.chunkAt(0); each != null; each = each.next) {
      arrays++;
    }
    assertThat(arrays).isLessThan(30);
    for (int i = 0; i < 100_000; i++) {
      assertThat(chunks.take(1)[0]).isEqualTo((byte) i);
    }
  }

  @Test
  void a_small_piece_does_not_change_an_array_that_was_handed_in() {
    byte[] first = bytes("first");
    chunks.add(first);
    chunks.add(bytes("second"));
    chunks.add(ByteBuffer.wrap(bytes("third")));

    assertThat(text(chunks.take(100))).isEqualTo("firstsecondthird");
    assertThat(text(first)).isEqualTo("first");
  }

  @Test
  void what_is_put_back_comes_first_again() {
    chunks.add(bytes("abc"));
    chunks.add(new byte[1_000]);
    chunks.skip(1);
    long position = chunks.position();
    ByteChunks taken = new ByteChunks();
    taken.addAll(chunks);
    chunks.add(bytes("d"));
    assertThat(chunks.position()).isEqualTo(position + 1_002);

    chunks.putBack(taken);

    assertThat(taken.isEmpty()).isTrue();
    assertThat(chunks.position()).isEqualTo(position);
    assertThat(chunks.size()).isEqualTo(1_003);
    assertThat(text(chunks.take(2))).isEqualTo("bc");
    chunks.skip(1_000);
    assertThat(text(chunks.take(2))).isEqualTo("d");
  }

  @Test
  void putting_back_nothing_changes_nothing() {
    chunks.add(bytes("abc"));

    chunks.putBack(new ByteChunks());

    assertThat(text(chunks.take(9))).isEqualTo("abc");
  }

  @Test
  void only_positions_that_are_here_have_a_chunk() {
    chunks.add(bytes("abc"));
    chunks.skip(1);

    assertThat(chunks.chunkAt(1).size()).isEqualTo(2);
    assertThatThrownBy(() -> chunks.chunkAt(0))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("Expected a position from 1 to 3, found 0");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void bytes_come_out_as_they_went_in_however_they_are_cut(long seed) {
    Random random = new Random(seed);
    int total = 300_000;
    int in = 0;
    int out = 0;
    while (out < total) {
      for (int i = random.nextInt(4); i > 0 && in < total; i--) {
        byte[] piece = new byte[Math.min(total - in, 1 << random.nextInt(12))];
        for (int j = 0; j < piece.length; j++) {
          piece[j] = (byte) (in * 31 + j * 31);
        }
        in += piece.length;
        if (random.nextBoolean()) {
          chunks.add(piece);
        } else {
          chunks.add(ByteBuffer.wrap(piece));
        }
      }
      byte[] taken = takeSome(random);
      for (byte each : taken) {
        assertThat(each).isEqualTo((byte) (out++ * 31));
      }
      assertThat(chunks.size()).isEqualTo(in - out);
      assertThat(chunks.position()).isEqualTo(out);
      assertThat(chunks.isEmpty()).isEqualTo(in == out);
    }
  }

  private byte[] takeSome(Random random) {
    int count = 1 << random.nextInt(13);
    if (random.nextBoolean()) {
      return chunks.take(count);
    }
    ByteBuffer target = ByteBuffer.allocateDirect(count);
    chunks.moveTo(target);
    byte[] taken = new byte[target.position()];
    target.flip().get(taken);
    return taken;
  }
}

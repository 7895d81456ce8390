// SPDX-License-Identifier: Apache-2.0
package tepal.streams;

import java.nio.charset.Charset;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The lines of a reader, as they come.
final class Lines<T> implements Iterator<T> {
  private static final byte LINE_FEED = '\n';
  private static final byte CARRIAGE_RETURN = '\r';

  private final StreamReader reader;
  private final Function<byte[], T> form;

  // read ahead by hasNext(); null if it was not called since, empty at the end of the stream
  private byte @Nullable [] line;

  Lines(StreamReader reader, Function<byte[], T> form) {
    this.reader = reader;
    this.form = form;
  }

  @Override
  public boolean hasNext() {
    return ahead().length > 0;
  }

  @Override
  public T next() {
    byte[] next = ahead();
    if (next.length == 0) {
      throw new NoSuchElementException("Expected a line, found the end of the stream");
    }
    line = null;
    return form.apply(next);
  }

  private byte[] ahead() {
    byte[] present = line;
    if (present == null) {
      present = reader.readLine();
      line = present;
    }
    return present;
  }

  static String decode(byte[] line, Charset charset) {
    int length = line.length;
    if (length > 0 && line[length - 1] == LINE_FEED) {
      length--;
      if (length > 0 && line[length - 1] == CARRIAGE_RETURN) {
        length--;
      }
    }
    return new String(line, 0, length, charset);
  }

  static void requireLineFeed(Charset charset) {
    byte[] encoded = charset.canEncode() ? "\n".getBytes(charset) : ByteChunks.NONE;
    if (encoded.length != 1 || encoded[0] != LINE_FEED) {
      throw new IllegalArgumentException(
          "Expected a charset in which a line feed is the byte 10, found " + charset);
    }
  }
}

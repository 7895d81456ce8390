// SPDX-License-Identifier: Apache-2.0
package tepal.files;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.util.Arrays;

/// Bytes of files as text.
final class FileText {
  private FileText() {}

  /// Returns what `bytes` say.
  ///
  /// @throws CharacterCodingException if they say nothing in this charset
  static String decode(byte[] bytes, Charset charset) throws CharacterCodingException {
    String text = new String(bytes, charset);
    // What cannot be decoded has become this character. Decoding strictly takes several times as
    // long.
    return text.indexOf('\uFFFD') < 0
        ? text
        : charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }

  static String withoutTerminator(String line) {
    int end = line.length();
    if (end > 0 && line.charAt(end - 1) == '\n') {
      end--;
      if (end > 0 && line.charAt(end - 1) == '\r') {
        end--;
      }
    }
    return line.substring(0, end);
  }

  /// Refuses a charset in which a line feed is not the byte 10, and nothing else, as in
  /// UTF-16.
  static void requireByteLines(Charset charset) {
    byte[] lineFeed = charset.canEncode() ? "\n".getBytes(charset) : new byte[0];
    if (!Arrays.equals(lineFeed, new byte[] {'\n'})) {
      throw new IllegalStateException(
          "Expected a charset in which a line feed is the byte 10, to read lines, but it is %s"
              .formatted(charset));
    }
  }
}

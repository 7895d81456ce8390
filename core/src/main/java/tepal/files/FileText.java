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

  /// Returns whether a line feed is the byte 10 in a charset, and nothing else is, unlike UTF-16.
  static boolean hasByteLines(Charset charset) {
    return charset.canEncode() && Arrays.equals("\n".getBytes(charset), new byte[] {'\n'});
  }
}

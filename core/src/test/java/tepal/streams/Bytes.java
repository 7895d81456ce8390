// SPDX-License-Identifier: Apache-2.0
package tepal.streams;

import java.nio.charset.StandardCharsets;

/// Bytes as text, one character each, for tests to be readable.
public final class Bytes {
  private Bytes() {}

  /// Returns the bytes of a text.
  ///
  /// @param text the text, of characters up to U+00FF
  /// @return a new array
  public static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /// Returns bytes as a text.
  ///
  /// @param bytes the bytes
  /// @return the text
  public static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}

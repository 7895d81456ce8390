// SPDX-License-Identifier: Apache-2.0
package tepal.cli.repl;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/// A standard input that is handed out line by line, so that the shell and the snippets can
/// share it: a reader with a buffer, as `IO.readln` has, would otherwise take the next snippets
/// with it.
final class LineInput extends FilterInputStream {
  private final Charset charset;
  private boolean atLineStart = true;

  LineInput(InputStream in, Charset charset) {
    super(in);
    this.charset = charset;
  }

  /// Returns the next line without its end, or null if there is none.
  @Nullable String readLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next = read();
    if (next < 0) {
      return null;
    }
    while (next >= 0 && next != '\n') {
      line.write(next);
      next = read();
    }
    String text = line.toString(charset);
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }

  @Override
  public int read() throws IOException {
    int next = super.read();
    atLineStart = next == '\n';
    return next;
  }

  /// Reads at most to the end of the line.
  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int count = 0;
    while (count < length) {
      int next = read();
      if (next < 0) {
        return count == 0 ? -1 : count;
      }
      bytes[offset + count++] = (byte) next;
      if (next == '\n') {
        break;
      }
    }
    return count;
  }

  /// Returns 0 between two lines, where readers with a buffer would otherwise go on.
  @Override
  public int available() throws IOException {
    return atLineStart ? 0 : super.available();
  }
}

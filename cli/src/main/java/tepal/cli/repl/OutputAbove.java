// SPDX-License-Identifier: Apache-2.0
package tepal.cli.repl;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import org.jline.reader.LineReader;

/// What tasks print while a line is being typed, above that line; at other times, as it comes.
final class OutputAbove extends OutputStream {
  private final LineReader reader;
  private final PrintStream direct;

  // the line that has no end yet; guarded by the PrintStream around this
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  /// @param direct what was the stream before
  OutputAbove(LineReader reader, PrintStream direct) {
    this.reader = reader;
    this.direct = direct;
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    line.write(bytes, offset, length);
    if (!reader.isReading()) {
      direct.write(line.toByteArray(), 0, line.size());
      direct.flush();
      line.reset();
      return;
    }
    int end = offset + length;
    int last = end - 1;
    while (last >= offset && bytes[last] != '\n') {
      last--;
    }
    if (last >= offset) {
      int rest = end - 1 - last;
      byte[] all = line.toByteArray();
      line.reset();
      line.write(all, all.length - rest, rest);
      reader.printAbove(new String(all, 0, all.length - rest, direct.charset()));
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static tepal.sync.NamedTasks.onLoop;
import static tepal.sync.NamedTasks.pass;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tepal.Asyncio;
import tepal.Task;
import tepal.testing.Trail;

/// What CPython's `StreamReader` did with random data, here done again. The traces are printed by
/// `src/test/python/reader_traces.py`, which says what they mean.
class StreamReaderTracesTest {
  private static final HexFormat HEX = HexFormat.of();

  @Test
  void a_reader_does_what_cpythons_does() throws IOException {
    List<String> lines =
        Files.readAllLines(Path.of("src/test/resources/tepal/streams/reader-traces.txt")).stream()
            .filter(line -> !line.startsWith("#"))
            .toList();

    assertThat(lines).hasSizeGreaterThan(500);
    onLoop(() -> {
      for (int i = 0; i < lines.size(); i += 2) {
        String[] words = lines.get(i).split(" ", -1);
        String events = lines.get(i);
        assertThat(new Case(Integer.parseInt(words[0])).run(words))
            .as(events)
            .isEqualTo(lines.get(i + 1));
      }
    });
  }

  private static final class Case {
    private final Trail trail = new Trail();
    private final StreamReader reader;
    private @Nullable Task<?> reading;
    private boolean ended;

    Case(int limit) {
      reader = new StreamReader(limit);
      reader.setTransport(new MemoryTransport(trail));
    }

    String run(String[] words) {
      for (String word : Arrays.asList(words).subList(1, words.length)) {
        happen(word.split(":", -1));
        for (int i = 0; i < 4; i++) {
          pass();
        }
        trail.add(".");
      }
      if (reading != null) {
        reading.cancel();
      }
      return String.join("|", trail.words());
    }

    private void happen(String[] event) {
      if (event[0].equals("feed")) {
        feed(bytes(event[1]));
      } else if (event[0].equals("eof")) {
        ended = true;
        reader.feedEof();
      } else if (reading == null || reading.done()) {
        reading = Asyncio.createTask(() -> trail.add(event[0] + outcome(event)));
      }
    }

    private void feed(byte[] data) {
      if (!ended && data.length % 2 == 0) {
        reader.feedData(data);
      } else if (!ended) {
        reader.feedData(ByteBuffer.wrap(data));
      }
    }

    private String outcome(String[] event) {
      try {
        return "=" + text(read(event));
      } catch (IncompleteReadException e) {
        return " incomplete " + text(e.partial()) + " "
            + Objects.requireNonNullElse(e.expected(), "None");
      } catch (LimitOverrunException e) {
        return " overrun" + (event[0].equals("readline") ? "" : " " + e.consumed());
      }
    }

    private byte[] read(String[] event) {
      return switch (event[0]) {
        case "readline" -> reader.readLine();
        case "readuntil" ->
          reader.readUntil(Arrays.stream(event).skip(1).map(Case::bytes).toList());
        case "readexactly" -> reader.readExactly(Integer.parseInt(event[1]));
        case "read" -> reader.read(Integer.parseInt(event[1]));
        case "readall" -> reader.read();
        default -> throw new IllegalArgumentException(event[0]);
      };
    }

    private static byte[] bytes(String text) {
      return text.equals("-") ? new byte[0] : HEX.parseHex(text);
    }

    private static String text(byte[] bytes) {
      return bytes.length == 0 ? "-" : HEX.formatHex(bytes);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import java.util.ArrayList;
import java.util.List;
import tepal.EventLoop;

/// What a program does, line by line: `TICK LABEL EVENT`.
///
/// Confined to the loop while it runs. The last line of the main task ends the trace; what is left
/// of the program then goes on into the aftermath, which is not compared with anything, but from
/// which the audit learns what became of every lock, slot and item.
final class Trace {
  private final EventLoop loop;
  private final List<String> lines = new ArrayList<>();
  private final List<String> aftermath = new ArrayList<>();
  private boolean ended;

  Trace(EventLoop loop) {
    this.loop = loop;
  }

  void log(String label, String event) {
    String line = loop.time().toSeconds() + " " + label + " " + event;
    (ended ? aftermath : lines).add(line);
  }

  /// Logs the last line.
  void end(String label, String event) {
    log(label, event);
    end();
  }

  /// Ends the trace where it is.
  void end() {
    ended = true;
  }

  /// Returns how many lines have been logged, the aftermath included.
  int length() {
    return lines.size() + aftermath.size();
  }

  List<String> lines() {
    return List.copyOf(lines);
  }

  List<String> aftermath() {
    return List.copyOf(aftermath);
  }
}

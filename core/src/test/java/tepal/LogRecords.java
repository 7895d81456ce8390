// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// What the library logs while this is open, which then does not reach the console.
final class LogRecords extends Handler implements AutoCloseable {
  // a strong reference: java.util.logging forgets a logger, and its handlers, otherwise
  private final Logger logger = Logger.getLogger("tepal");
  private final List<LogRecord> records = new CopyOnWriteArrayList<>();

  private LogRecords() {}

  /// Begins to collect what the logger `tepal` is given.
  ///
  /// @return the records, to be closed
  static LogRecords ofTepal() {
    LogRecords records = new LogRecords();
    records.logger.addHandler(records);
    records.logger.setUseParentHandlers(false);
    return records;
  }

  /// Returns the texts logged so far.
  ///
  /// @return the texts, oldest first
  List<String> messages() {
    return records.stream().map(LogRecord::getMessage).toList();
  }

  /// Forgets what was logged so far.
  void clear() {
    records.clear();
  }

  /// Returns the texts logged so far that begin like this.
  ///
  /// @param beginning the beginning
  /// @return the texts, oldest first
  List<String> messages(String beginning) {
    return messages().stream().filter(each -> each.startsWith(beginning)).toList();
  }

  /// Returns the messages of the exceptions logged so far.
  ///
  /// @return the messages, oldest first
  List<String> exceptionMessages() {
    return records.stream()
        .map(LogRecord::getThrown)
        .filter(Objects::nonNull)
        .map(Throwable::getMessage)
        .toList();
  }

  @Override
  public void publish(LogRecord record) {
    records.add(record);
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
    logger.setUseParentHandlers(true);
  }
}

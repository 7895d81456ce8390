// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// What the library logs while this is open, instead of the log.
final class LogRecords extends Handler {
  private final Logger logger = Logger.getLogger("tepal");
  private final List<LogRecord> records = new CopyOnWriteArrayList<>();

  LogRecords() {
    logger.setUseParentHandlers(false);
    logger.addHandler(this);
  }

  /// Returns the messages so far, in order.
  List<String> messages() {
    return records.stream().map(LogRecord::getMessage).toList();
  }

  /// Returns the messages so far that begin like this.
  List<String> messages(String beginning) {
    return messages().stream().filter(each -> each.startsWith(beginning)).toList();
  }

  @Override
  public void publish(LogRecord logRecord) {
    records.add(logRecord);
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
    logger.setUseParentHandlers(true);
  }
}

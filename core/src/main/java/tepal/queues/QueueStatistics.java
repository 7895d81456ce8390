// SPDX-License-Identifier: Apache-2.0
package tepal.queues;

/// A snapshot of a [Queue].
///
/// @param size how many items were in the queue
/// @param maxsize how many it holds at most; zero or less if it has no bound
/// @param gettersWaiting how many tasks waited for an item, without those already woken
/// @param puttersWaiting how many tasks waited for room, without those already woken
/// @param unfinishedTasks how many items were put and not marked by [Queue#taskDone()]
/// @param shutDown whether the queue was shut down
public record QueueStatistics(
    int size,
    int maxsize,
    int gettersWaiting,
    int puttersWaiting,
    long unfinishedTasks,
    boolean shutDown) {

  /** What stands in the brackets of a queue's `toString`. */
  String text() {
    var text = new StringBuilder(maxsize > 0 ? size + " of " + maxsize : count(size, "item"));
    if (gettersWaiting > 0) {
      text.append(", ").append(count(gettersWaiting, "getter")).append(" waiting");
    }
    if (puttersWaiting > 0) {
      text.append(", ").append(count(puttersWaiting, "putter")).append(" waiting");
    }
    if (unfinishedTasks > 0) {
      text.append(", ").append(unfinishedTasks).append(" unfinished");
    }
    return text.append(shutDown ? ", shut down" : "").toString();
  }

  private static String count(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }
}

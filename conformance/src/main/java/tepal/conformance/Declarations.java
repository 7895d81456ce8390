// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import java.util.List;
import java.util.Map;

/// The objects of a program, made in this order before its main task starts.
///
/// @param locks names of locks
/// @param events names of events
/// @param conditions names of conditions, each with a lock of its own
/// @param futures names of plain futures
/// @param vars names of context variables, whose default is 0
/// @param semaphores semaphores by name
/// @param queues queues by name
/// @param barriers numbers of parties by the barrier's name
record Declarations(
    List<String> locks,
    List<String> events,
    List<String> conditions,
    List<String> futures,
    List<String> vars,
    Map<String, Slots> semaphores,
    Map<String, Store> queues,
    Map<String, Integer> barriers) {

  /// What a semaphore starts with.
  ///
  /// @param value how often it can be acquired
  /// @param bounded whether releasing it more often than acquiring it is an error
  record Slots(int value, boolean bounded) {}

  /// What a queue is.
  ///
  /// @param order which item leaves first
  /// @param maxsize how many items it holds; 0 for any number
  record Store(Order order, int maxsize) {}

  /// Which item leaves a queue first.
  enum Order {
    FIFO,
    LIFO,
    PRIORITY
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal;

/// What a future keeps of those who want to know that it is done.
interface Completion {

  /// Returns the entry of the ready queue that will tell them.
  Ready completed(Future<?> future);
}

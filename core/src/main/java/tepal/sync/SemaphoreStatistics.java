// SPDX-License-Identifier: Apache-2.0
package tepal.sync;

/// A snapshot of a [Semaphore].
///
/// @param value how many slots were free and not promised to a task
/// @param tasksWaiting how many tasks were suspended in [Semaphore#acquire()]
public record SemaphoreStatistics(int value, int tasksWaiting) {}

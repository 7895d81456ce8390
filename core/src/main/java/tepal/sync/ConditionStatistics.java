// SPDX-License-Identifier: Apache-2.0
package tepal.sync;

/// A snapshot of a [Condition].
///
/// @param tasksWaiting how many tasks were suspended in [Condition#await()] waiting to be signalled
/// @param lockStatistics the same about its lock; a task that was signalled and waits to get the
///     lock again counts there
public record ConditionStatistics(int tasksWaiting, LockStatistics lockStatistics) {}

// SPDX-License-Identifier: Apache-2.0
package tepal.sync;

/// A snapshot of a [Lock].
///
/// @param locked whether the lock was locked
/// @param tasksWaiting how many tasks were suspended in [Lock#acquire()]
public record LockStatistics(boolean locked, int tasksWaiting) {}

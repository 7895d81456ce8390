// SPDX-License-Identifier: Apache-2.0
package tepal.sync;

/// A snapshot of a [Barrier].
///
/// @param parties how many tasks have to come before all go on
/// @param tasksWaiting how many tasks waited for others to come, [Barrier#nWaiting()]
/// @param broken whether the barrier was broken
public record BarrierStatistics(int parties, int tasksWaiting, boolean broken) {}

// SPDX-License-Identifier: Apache-2.0
package tepal.sync;

/// A snapshot of an [Event].
///
/// @param set whether the flag was set
/// @param tasksWaiting how many tasks were suspended in [Event#await()]
public record EventStatistics(boolean set, int tasksWaiting) {}

// SPDX-License-Identifier: Apache-2.0

/// The event loop, coroutines, tasks and futures of Python's `asyncio`.
///
/// Start with [Asyncio], whose static functions are the words a program is written in, then
/// [Task] and [TaskGroup]. Behind them, package-private: [Scheduler] decides what runs next, a
/// [Strand] is a thread of control that it switches to, and [Carrier] and [Baton] are the two
/// ways of switching (opened and portable mode).
@NullMarked
package tepal;

import org.jspecify.annotations.NullMarked;

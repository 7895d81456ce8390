// SPDX-License-Identifier: Apache-2.0
/// Child processes, as asyncio has them.
///
/// Start with [Subprocess][tepal.process.Subprocess]. It is built on the lower level that is
/// there too: [subprocessExec][tepal.process.Subprocess#subprocessExec] makes a
/// [transport][tepal.streams.SubprocessTransport] and calls back a
/// [protocol][tepal.streams.SubprocessProtocol].
///
/// The JDK starts, reads, writes and reaps; each of these blocks a thread, and none of them
/// the loop. Behind the interfaces, package-private: [Child][tepal.process.Child] is what
/// happens on the thread of one child, and [ChildTransport][tepal.process.ChildTransport] what
/// its loop knows of it. Its pipes are those of `tepal.blocking`.
@NullMarked
package tepal.process;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/// Asyncio's streams, transports and protocols: how bytes get to a task and from it.
///
/// Two layers. At the upper one a task reads from a
/// [StreamReader][tepal.streams.StreamReader] and writes to a
/// [StreamWriter][tepal.streams.StreamWriter], which suspend it while there is nothing to
/// read or too much is waiting to be written. At the lower one a
/// [transport][tepal.streams.Transport] moves the bytes and calls back a
/// [protocol][tepal.streams.Protocol], which must not suspend.
/// [StreamReaderProtocol][tepal.streams.StreamReaderProtocol] is where they meet.
///
/// What the bytes go through is not known here: `tepal.process` has transports over the pipes
/// of a child process, `tepal.pipes` over those of this one, a network layer has its own. For
/// those who write one, [WaterMarks][tepal.streams.WaterMarks] and
/// [FlowControl][tepal.streams.FlowControl] are the two sides of asyncio's flow control.
///
/// Nothing here is thread-safe: all of it is confined to one loop.
@NullMarked
package tepal.streams;

import org.jspecify.annotations.NullMarked;

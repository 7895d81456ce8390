// SPDX-License-Identifier: Apache-2.0
/// Sockets for Tepal's loop.
///
/// [Net][tepal.net.Net] has the functions: `openConnection` and `startServer` for tasks that read
/// and write streams, `createConnection` and `createServer` for protocols, and their twins for
/// Unix sockets. A [Server][tepal.net.Server] listens; a [Connection][tepal.net.Connection] is a
/// stream in both directions. What streams, transports and protocols are is in
/// [tepal.streams][tepal.streams].
@NullMarked
package tepal.net;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0

/// What an echo server costs, beside raw Netty, asyncio and uvloop under the same load in the same
/// run: `bench/echo`.
@NullMarked
package tepal.bench.echo;

import org.jspecify.annotations.NullMarked;

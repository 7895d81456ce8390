// SPDX-License-Identifier: Apache-2.0
/// Pipes of this process, as asyncio has them: standard input and output, named pipes, and
/// whatever else has a stream or channel of the JDK that blocks.
///
/// Start with [Pipes][tepal.pipes.Pipes]. Pipes to and from children are in `tepal.process`.
@NullMarked
package tepal.pipes;

import org.jspecify.annotations.NullMarked;

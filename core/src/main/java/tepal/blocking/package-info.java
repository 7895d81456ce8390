// SPDX-License-Identifier: Apache-2.0
/// Streams of the JDK that block, as transports of a loop: what `tepal.process` and
/// `tepal.pipes` share. Not exported.
///
/// A [PipeReader][tepal.blocking.PipeReader] reads a [Source][tepal.blocking.Source] on a
/// thread, for a [ReadPipe][tepal.blocking.ReadPipe]; a
/// [WritePipe][tepal.blocking.WritePipe] has its batches written to a
/// [Sink][tepal.blocking.Sink]. A [PipeOwner][tepal.blocking.PipeOwner] knows the protocol.
@NullMarked
package tepal.blocking;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
package tepal;

/// A frame of the stack of a task.
///
/// Mirrors
/// [`asyncio.FrameCallGraphEntry`](https://docs.python.org/3.14/library/asyncio-graph.html#asyncio.FrameCallGraphEntry).
///
/// @param frame the class, method, file and line
public record FrameCallGraphEntry(StackTraceElement frame) {}

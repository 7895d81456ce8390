// SPDX-License-Identifier: Apache-2.0
package tepal;

/// How a loop runs its tasks.
///
/// Both give the same order of events. [EventLoop#mode()] says which one a loop has; the
/// system property `tepal.mode`, `opened` or `portable`, asks for one.
public enum LoopMode {
  /// The loop is the scheduler of its virtual threads, which needs the package `java.lang` of
  /// the module `java.base` to be open to this library. JDK code that blocks suspends the task
  /// only.
  OPENED,

  /// The tasks are virtual threads of the JDK's own scheduler that hand a baton on. Works
  /// everywhere; slower, and JDK code that blocks in a task stops the loop, as in asyncio.
  PORTABLE
}

// SPDX-License-Identifier: Apache-2.0
import org.jspecify.annotations.NullMarked;

/// Python's asyncio on the JVM: the event loop, tasks, futures and what is built on them.
@NullMarked
module tepal {
  requires static transitive org.jspecify;
  requires jdk.unsupported;

  exports tepal;
  exports tepal.bridges;
  exports tepal.files;
  exports tepal.loops;
  exports tepal.pipes;
  exports tepal.process;
  exports tepal.queues;
  exports tepal.streams;
  exports tepal.sync;
  exports tepal.testing;
}

// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Virtual threads with a scheduler of our own: the one place that reaches into the JDK.
///
/// The hook is the constructor of `java.lang.ThreadBuilders$VirtualThreadBuilder` that takes
/// an [Executor], and `VirtualThread.defaultScheduler()`. Both are reachable where `java.lang`
/// is open to this module, and nothing tries to open it by force: `sun.misc.Unsafe` warns on
/// JDK 25 and is refused later.
final class VirtualThreads {
  // (Executor) Thread.Builder.OfVirtual; null where java.lang is not open
  private static final @Nullable MethodHandle BUILDER;

  private static final @Nullable Executor DEFAULT_SCHEDULER;

  static {
    MethodHandle builder = null;
    Executor scheduler = null;
    try {
      var lookup = MethodHandles.privateLookupIn(Thread.class, MethodHandles.lookup());
      builder = lookup
          .findConstructor(
              Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder"),
              MethodType.methodType(void.class, Executor.class))
          .asType(MethodType.methodType(Thread.Builder.OfVirtual.class, Executor.class));
      scheduler = (Executor) lookup
          .findStatic(
              Class.forName("java.lang.VirtualThread"),
              "defaultScheduler",
              MethodType.methodType(Executor.class))
          .invoke();
    } catch (Throwable e) {
      // Not open, or a JDK that has it no more: the caller goes on in portable mode.
      builder = null;
    }
    BUILDER = builder;
    DEFAULT_SCHEDULER = scheduler;
  }

  private VirtualThreads() {}

  static boolean areOpen() {
    return BUILDER != null && DEFAULT_SCHEDULER != null;
  }

  /// Returns the flag that opens what is needed, for this library on the class path or module
  /// path.
  static String flag() {
    Module module = VirtualThreads.class.getModule();
    return "--add-opens java.base/java.lang="
        + (module.isNamed() ? module.getName() : "ALL-UNNAMED");
  }

  /// Returns a builder of virtual threads that `scheduler` runs.
  static Thread.Builder.OfVirtual builder(Executor scheduler) {
    MethodHandle builder = BUILDER;
    if (builder == null) {
      throw new IllegalStateException("java.base/java.lang is not open; add " + flag());
    }
    try {
      return (Thread.Builder.OfVirtual) builder.invokeExact(scheduler);
    } catch (Throwable e) {
      throw Thrown.sneak(e);
    }
  }

  /// Returns whether a virtual thread of the JDK's scheduler that waits keeps its carrier
  /// meanwhile, which waits too.
  static boolean isPinned(Thread waiting) {
    // VirtualThread[#22,name]/waiting@ForkJoinPool-1-worker-1
    String description = waiting.toString();
    return description.startsWith("waiting@", description.lastIndexOf("]/") + 2);
  }

  /// Runs a continuation where those of ordinary virtual threads run.
  static void runElsewhere(Runnable continuation) {
    Executor scheduler = DEFAULT_SCHEDULER;
    if (scheduler == null) {
      throw new IllegalStateException("java.base/java.lang is not open; add " + flag());
    }
    scheduler.execute(continuation);
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.lang.System.Logger.Level;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// How the strands of a loop get their threads and take turns: the seam between the two modes.
abstract sealed class Turns permits Carrier, Baton {

  /// Makes a strand that will run `task`, or else `body`.
  abstract Strand strand(
      Scheduler scheduler,
      @Nullable Task<?> task,
      Context context,
      String name,
      @Nullable Runnable body);

  /// Makes a strand of the thread of a generator's body, which is driven in a loop.
  abstract Strand strand(Scheduler scheduler, GeneratorThread generator);

  /// Lets strands take turns until the scheduler has none left. Called by the thread that runs
  /// the loop.
  abstract void run(Scheduler scheduler);

  abstract LoopMode mode();

  /// Does what can be done for a loop whose next strand has had its turn for too long without
  /// beginning it. Called by the watchdog.
  ///
  /// @return what was wrong, or null if nothing was
  @Nullable String rescue(Scheduler scheduler) {
    return null;
  }

  /// Returns the turns of a mode.
  ///
  /// @param asked the mode, or null for what the property `tepal.mode` says, or else opened
  ///     mode where it is possible
  /// @throws IllegalStateException if opened mode is asked for and not possible
  static Turns of(@Nullable LoopMode asked) {
    LoopMode mode = asked == null ? Preference.read(System.getProperty("tepal.mode")) : asked;
    if (mode == LoopMode.PORTABLE) {
      return Baton.INSTANCE;
    }
    if (VirtualThreads.areOpen()) {
      return Carrier.INSTANCE;
    }
    if (mode == LoopMode.OPENED) {
      throw new IllegalStateException(
          "Expected java.base/java.lang to be open for opened mode, but it is not; add "
              + VirtualThreads.flag());
    }
    Preference.warnOnce();
    return Baton.INSTANCE;
  }

  /// What was asked for on the command line.
  private static final class Preference {
    private static boolean warned;

    static @Nullable LoopMode read(@Nullable String value) {
      return switch (value == null ? "auto" : value.toLowerCase(Locale.ROOT)) {
        case "opened" -> LoopMode.OPENED;
        case "portable" -> LoopMode.PORTABLE;
        case "auto" -> null;
        default ->
          throw new IllegalArgumentException(
              "Expected the system property tepal.mode to be opened, portable or auto, but it is "
                  + value);
      };
    }

    static synchronized void warnOnce() {
      if (!warned) {
        warned = true;
        System.getLogger("tepal")
            .log(
                Level.WARNING,
                "Tasks run in portable mode: slower, and blocking JDK code in a task stops the loop."
                    + " Start java with {0} for opened mode, or with -Dtepal.mode=portable to silence this.",
                VirtualThreads.flag());
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal.junit;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;
import tepal.EventLoop;
import tepal.LoopMode;
import tepal.testing.VirtualClock;

/// What was asked for, for one test.
///
/// @param onLoop the annotation that holds for it
/// @param limit how long each of its methods may take; null for no limit
record Settings(OnLoop onLoop, @Nullable Duration limit) {
  private static final String TIMEOUT_MODE = "junit.jupiter.execution.timeout.mode";

  /// Returns the settings of the test with this context.
  ///
  /// @throws ExtensionConfigurationException if a limit is out of its range
  static Settings of(ExtensionContext context) {
    OnLoop onLoop = AnnotationSupport.findAnnotation(context.getElement(), OnLoop.class)
        .or(() -> onClass(context))
        .orElseThrow(() -> new ExtensionConfigurationException(
            "Expected @OnLoop on %s, its class or an outer one, but there is none"
                .formatted(context.getDisplayName())));
    require(onLoop.timeoutSeconds() > 0, "timeoutSeconds of one or more", onLoop.timeoutSeconds());
    require(
        onLoop.deadlockAfterMillis() >= 0,
        "deadlockAfterMillis of zero or more",
        onLoop.deadlockAfterMillis());
    return new Settings(
        onLoop, areTimeoutsOff(context) ? null : Duration.ofSeconds(onLoop.timeoutSeconds()));
  }

  private static Optional<OnLoop> onClass(ExtensionContext context) {
    return AnnotationSupport.findAnnotation(
        context.getRequiredTestClass(), OnLoop.class, context.getEnclosingTestClasses());
  }

  private static void require(boolean holds, String expected, long found) {
    if (!holds) {
      throw new ExtensionConfigurationException(
          "Expected @OnLoop with %s, got %d".formatted(expected, found));
    }
  }

  private static boolean areTimeoutsOff(ExtensionContext context) {
    String mode = context.getConfigurationParameter(TIMEOUT_MODE).orElse("enabled");
    return switch (mode.toLowerCase(Locale.ROOT)) {
      case "disabled" -> true;
      case "disabled_on_debug" -> isDebugged();
      default -> false;
    };
  }

  private static boolean isDebugged() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .anyMatch(each -> each.startsWith("-agentlib:jdwp") || each.startsWith("-Xrunjdwp"));
  }

  /// Returns a new clock; null for the machine's.
  @Nullable VirtualClock newClock() {
    VirtualClock clock = switch (onLoop.clock()) {
      case VIRTUAL -> new VirtualClock();
      case MANUAL -> VirtualClock.manual();
      case SYSTEM -> null;
    };
    boolean detects = onLoop.deadlockAfterMillis() < Long.MAX_VALUE;
    return clock == null || !detects
        ? clock
        : clock.failOnDeadlock(Duration.ofMillis(onLoop.deadlockAfterMillis()));
  }

  /// Returns how to make the loop.
  EventLoop.Builder newLoop(@Nullable VirtualClock clock) {
    EventLoop.Builder builder = EventLoop.builder();
    if (clock != null) {
      builder = builder.clock(clock);
    }
    if (onLoop.debug()) {
      builder = builder.debug(true);
    }
    return switch (onLoop.mode()) {
      case DEFAULT -> builder;
      case OPENED -> builder.mode(LoopMode.OPENED);
      case PORTABLE -> builder.mode(LoopMode.PORTABLE);
    };
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import tepal.testing.VirtualClock;

/// Runs each test method as the main task of a loop of its own, in virtual time.
///
/// A test also fails if the loop had an error that nobody was told of, such as a task that
/// failed unnoticed; a test that expects one sets an exception handler of its own.
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(OnLoop.Extension.class)
@interface OnLoop {

  /// What JUnit calls in place of the test method.
  final class Extension implements InvocationInterceptor {
    @Override
    public void interceptTestMethod(
        Invocation<@Nullable Void> test,
        ReflectiveInvocationContext<Method> method,
        ExtensionContext context)
        throws Throwable {
      List<ExceptionContext> unhandled = new ArrayList<>();
      try (Runner runner = new Runner(EventLoop.builder().clock(new VirtualClock()))) {
        runner.getLoop().setExceptionHandler((_, error) -> unhandled.add(error));
        runner.<Throwable>run(test::proceed);
      }
      if (!unhandled.isEmpty()) {
        throw new AssertionError(
            "The loop was left with " + unhandled, unhandled.getFirst().exception());
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal.junit;

import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.DynamicTestInvocationContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import tepal.EventLoop;
import tepal.testing.Trail;
import tepal.testing.VirtualClock;

/// What JUnit calls around the tests that are [OnLoop].
final class OnLoopExtension implements InvocationInterceptor, ParameterResolver, AfterEachCallback {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(OnLoopExtension.class);

  OnLoopExtension() {}

  /// Returns the loop of a test, which is made when it is first asked for.
  private static TestLoop loopOf(ExtensionContext context) {
    return context
        .getStore(NAMESPACE)
        .computeIfAbsent(TestLoop.class, _ -> new TestLoop(Settings.of(context)), TestLoop.class);
  }

  // ---- Methods as tasks

  @Override
  public void interceptBeforeEachMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    run(invocation, method, context);
  }

  @Override
  public void interceptTestMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    run(invocation, method, context);
  }

  @Override
  public void interceptTestTemplateMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    run(invocation, method, context);
  }

  @Override
  public <T extends @Nullable Object> T interceptTestFactoryMethod(
      Invocation<T> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    return run(invocation, method, context);
  }

  @Override
  public void interceptDynamicTest(
      Invocation<@Nullable Void> invocation,
      DynamicTestInvocationContext test,
      ExtensionContext context)
      throws Throwable {
    Object _ = loopOf(context).run(context.getDisplayName(), invocation::proceed);
  }

  @Override
  public void interceptAfterEachMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    run(invocation, method, context);
  }

  private static <T extends @Nullable Object> T run(
      Invocation<T> invocation,
      ReflectiveInvocationContext<? extends Executable> method,
      ExtensionContext context)
      throws Throwable {
    return loopOf(context).run(method.getExecutable().getName(), invocation::proceed);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    TestLoop loop = context.getStore(NAMESPACE).get(TestLoop.class, TestLoop.class);
    if (loop != null) {
      loop.end(context.getExecutionException().isPresent());
    }
  }

  // ---- Parameters

  @Override
  public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
    return ExtensionContextScope.TEST_METHOD; // also for the parameters of a constructor
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == EventLoop.class || type == VirtualClock.class || type == Trail.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    if (context.getTestMethod().isEmpty()) {
      throw new ParameterResolutionException(
          "Expected a parameter of what belongs to one test, as each has a loop of its own, but %s belongs to all tests of %s"
              .formatted(
                  parameter.getDeclaringExecutable(),
                  context.getRequiredTestClass().getName()));
    }
    TestLoop loop = loopOf(context);
    Class<?> type = parameter.getParameter().getType();
    if (type == EventLoop.class) {
      return loop.loop();
    }
    return type == Trail.class ? loop.trail() : loop.clock();
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.lang.reflect.Method;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/// The tests of [GeneratorTest] on a virtual thread of the JDK's scheduler.
@ExtendWith(GeneratorOnVirtualThreadTest.OnVirtualThread.class)
class GeneratorOnVirtualThreadTest extends GeneratorTest {

  static final class OnVirtualThread implements InvocationInterceptor {
    @Override
    public void interceptTestMethod(
        Invocation<@Nullable Void> test,
        ReflectiveInvocationContext<Method> method,
        ExtensionContext context)
        throws Throwable {
      AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
      Thread.ofVirtual()
          .start(() -> {
            try {
              test.proceed();
            } catch (Throwable e) {
              failure.set(e);
            }
          })
          .join();
      Throwable thrown = failure.get();
      if (thrown != null) {
        throw thrown;
      }
    }
  }
}

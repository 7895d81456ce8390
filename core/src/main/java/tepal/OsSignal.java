// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/// A signal of the operating system: the one place that knows `sun.misc.Signal`.
///
/// By reflection, since the compiler warns of every direct use, which no annotation silences.
final class OsSignal {
  private static final Class<?> SIGNAL;
  private static final Class<?> HANDLER;
  private static final Method HANDLE;
  private static final Method RAISE;
  private static final Object DEFAULT;
  private static final Object IGNORE;

  static {
    try {
      SIGNAL = Class.forName("sun.misc.Signal");
      HANDLER = Class.forName("sun.misc.SignalHandler");
      HANDLE = SIGNAL.getMethod("handle", SIGNAL, HANDLER);
      RAISE = SIGNAL.getMethod("raise", SIGNAL);
      DEFAULT = HANDLER.getField("SIG_DFL").get(null);
      IGNORE = HANDLER.getField("SIG_IGN").get(null);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Object signal;

  // what `handle` installed last
  private @Nullable Object installed;

  /// Looks a signal up.
  ///
  /// @param name its name without the prefix
  /// @throws IllegalArgumentException if the platform has no such signal
  OsSignal(String name) {
    try {
      signal = SIGNAL.getConstructor(String.class).newInstance(name);
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(
          "Expected the name of a signal, such as TERM, but the platform has no signal " + name,
          e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Installs what is to run on the signal, and returns what was there before, to be given to
  /// [#restore].
  ///
  /// @throws IllegalArgumentException if the JVM or the system keeps the signal for itself
  Object handle(Runnable action) {
    Object handler = Proxy.newProxyInstance(
        HANDLER.getClassLoader(),
        new Class<?>[] {HANDLER},
        (proxy, method, arguments) -> switch (method.getName()) {
          case "handle" -> {
            action.run();
            yield null;
          }
          case "equals" -> proxy == arguments[0];
          case "hashCode" -> System.identityHashCode(proxy);
          default -> "handler of " + signal;
        });
    installed = handler;
    return install(handler);
  }

  void restore(Object handler) {
    Object _ = install(handler);
  }

  /// Restores what was there before [#handle], unless somebody else has installed something
  /// since, which then stays.
  void restoreOwn(Object before) {
    Object replaced = install(before);
    if (replaced != installed) {
      restore(replaced);
    }
  }

  /// Returns whether a handler is the JVM's own, which ends the process: not a program's, nor
  /// one of the system's, which [#raise] would not reach.
  static boolean isDefault(Object handler) {
    return handler != DEFAULT
        && handler != IGNORE
        && handler.getClass().getName().startsWith("sun.misc.");
  }

  /// Sends the signal to this process, where a handler of Java code is installed.
  void raise() {
    try {
      Object _ = RAISE.invoke(null, signal);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private Object install(@Nullable Object handler) {
    try {
      return HANDLE.invoke(null, signal, handler);
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException("The signal cannot be handled: " + signal, e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}

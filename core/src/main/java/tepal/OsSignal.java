// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/// A signal of the operating system: the one place that knows `sun.misc.Signal`.
///
/// By reflection, since the compiler warns of every direct use, which no annotation silences.
final class OsSignal {
  /// The parts of `sun.misc.Signal` and `sun.misc.SignalHandler` that are used.
  private record Api(
      Constructor<?> signal,
      Class<?> handler,
      Method handle,
      Method raise,
      Object byDefault,
      Object ignore) {

    static @Nullable Api lookUp() {
      try {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        return new Api(
            signal.getConstructor(String.class),
            handler,
            signal.getMethod("handle", signal, handler),
            signal.getMethod("raise", signal),
            handler.getField("SIG_DFL").get(null),
            handler.getField("SIG_IGN").get(null));
      } catch (ReflectiveOperationException e) {
        return null; // a run-time image that was made without the module jdk.unsupported
      }
    }
  }

  // null where the JDK has no such classes
  private static final @Nullable Api API = Api.lookUp();

  private final Api api;
  private final Object signal;

  // what `handle` installed last
  private @Nullable Object installed;

  /// Looks a signal up.
  ///
  /// @param name its name without the prefix
  /// @throws IllegalArgumentException if the platform has no such signal
  /// @throws UnsupportedOperationException if the run-time image has no `sun.misc.Signal`
  OsSignal(String name) {
    Api present = API;
    if (present == null) {
      throw new UnsupportedOperationException(
          "Signals need the module jdk.unsupported, which this run-time image does not have");
    }
    api = present;
    try {
      signal = api.signal.newInstance(name);
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
        api.handler.getClassLoader(),
        new Class<?>[] {api.handler},
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
  boolean isDefault(Object handler) {
    return handler != api.byDefault
        && handler != api.ignore
        && handler.getClass().getName().startsWith("sun.misc.");
  }

  /// Sends the signal to this process, where a handler of Java code is installed.
  void raise() {
    try {
      Object _ = api.raise.invoke(null, signal);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private Object install(@Nullable Object handler) {
    try {
      return api.handle.invoke(null, signal, handler);
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException("The signal cannot be handled: " + signal, e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal.cli;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A program that is loaded and can be run, once.
final class Program {
  private final Class<?> type;
  private final Method main;
  private final List<String> arguments;

  private Program(Class<?> type, Method main, List<String> arguments) {
    this.type = type;
    this.main = main;
    this.arguments = arguments;
  }

  /// Loads a program and finds its main method as the JVM does (JEP 512): `main(String[])`
  /// before `main()`, both static or not.
  ///
  /// @param source where it comes from
  /// @param classes its classes
  /// @param arguments what its main method will get
  /// @throws CannotRunException if it has no such method
  static Program load(SourceFile source, CompiledClasses classes, List<String> arguments)
      throws CannotRunException {
    ClassLoader loader = new Loader(classes.files(), Program.class.getClassLoader());
    Class<?> type;
    try {
      type = loader.loadClass(classes.mainClass());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
    Method main = mainMethod(type, String[].class);
    if (main == null) {
      main = mainMethod(type);
    }
    if (main == null) {
      throw new CannotRunException(
          "Expected 'void main()' or 'void main(String[] args)' in the first class of %s, but %s has neither"
              .formatted(source.path(), type.getName()));
    }
    return new Program(type, main, arguments);
  }

  /// Runs the program's main method on the current thread.
  ///
  /// @throws Throwable what it throws, without the frames of this command
  void run() throws Throwable {
    Thread.currentThread().setContextClassLoader(type.getClassLoader());
    main.setAccessible(true);
    try {
      Object self = Modifier.isStatic(main.getModifiers()) ? null : instance();
      Object _ = main.getParameterCount() == 0
          ? main.invoke(self)
          : main.invoke(self, (Object) arguments.toArray(String[]::new));
    } catch (InvocationTargetException e) {
      Throwable thrown = e.getTargetException();
      cutOurFrames(thrown);
      throw thrown;
    }
  }

  private Object instance() throws ReflectiveOperationException {
    Constructor<?> constructor = type.getDeclaredConstructor();
    constructor.setAccessible(true);
    return constructor.newInstance();
  }

  private static @Nullable Method mainMethod(Class<?> type, Class<?>... parameters) {
    for (Class<?> each = type; each != null; each = each.getSuperclass()) {
      for (Method method : each.getDeclaredMethods()) {
        if (method.getName().equals("main")
            && method.getReturnType() == void.class
            && !Modifier.isPrivate(method.getModifiers())
            && Arrays.equals(method.getParameterTypes(), parameters)) {
          return method;
        }
      }
    }
    return null;
  }

  /// Removes what lies below the program's main method, which is not its author's concern.
  private static void cutOurFrames(Throwable thrown) {
    StackTraceElement[] stack = thrown.getStackTrace();
    int ours = 0;
    while (ours < stack.length && !stack[ours].getClassName().equals(Program.class.getName())) {
      ours++;
    }
    if (ours == stack.length) {
      return; // it comes from another thread
    }
    while (ours > 0 && stack[ours - 1].getClassName().contains(".reflect.")) {
      ours--;
    }
    thrown.setStackTrace(Arrays.copyOf(stack, ours));
  }

  /// Defines the program's classes, below those of this process.
  private static final class Loader extends ClassLoader {
    private final Map<String, byte[]> files;

    Loader(Map<String, byte[]> files, ClassLoader parent) {
      super(parent);
      this.files = files;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      byte[] file = files.get(name);
      if (file == null) {
        throw new ClassNotFoundException(name);
      }
      return defineClass(name, file, 0, file.length);
    }
  }
}

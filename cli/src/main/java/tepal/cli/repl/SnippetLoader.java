// SPDX-License-Identifier: Apache-2.0
package tepal.cli.repl;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import jdk.jshell.execution.LoaderDelegate;
import jdk.jshell.spi.ExecutionControl.ClassBytecodes;
import jdk.jshell.spi.ExecutionControl.ClassInstallException;
import jdk.jshell.spi.ExecutionControl.InternalException;

/// Defines the classes of snippets, below those of this process and of the user's class path.
final class SnippetLoader extends URLClassLoader implements LoaderDelegate {
  // by the names of the classes; filled by the shell's thread, read by any
  private final Map<String, byte[]> files = new ConcurrentHashMap<>();

  SnippetLoader() {
    super(new URL[0], SnippetLoader.class.getClassLoader());
  }

  @Override
  public void load(ClassBytecodes[] classes) throws ClassInstallException {
    ClassBytecodes[] woven = StopCheckWeaver.weave(classes, this);
    for (ClassBytecodes each : woven) {
      files.put(each.name(), each.bytecodes());
    }
    boolean[] loaded = new boolean[woven.length];
    try {
      for (int i = 0; i < woven.length; i++) {
        // Linked now, so that a mistake is seen by JShell.
        var _ = loadClass(woven[i].name()).getDeclaredMethods();
        loaded[i] = true;
      }
    } catch (ReflectiveOperationException | LinkageError e) {
      throw new ClassInstallException("load: " + e, loaded);
    }
  }

  @Override
  public Class<?> findClass(String name) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      Class<?> known = findLoadedClass(name);
      if (known != null) {
        return known;
      }
      byte[] file = files.remove(name);
      return file == null ? super.findClass(name) : defineClass(name, file, 0, file.length);
    }
  }

  @Override
  public void addToClasspath(String path) throws InternalException {
    for (String each : path.split(Pattern.quote(File.pathSeparator), -1)) {
      try {
        addURL(new File(each).toURI().toURL());
      } catch (MalformedURLException e) {
        throw new InternalException(e.toString());
      }
    }
  }

  @Override
  public void classesRedefined(ClassBytecodes[] classes) {
    // JShell gives a class that changes another name here.
  }
}

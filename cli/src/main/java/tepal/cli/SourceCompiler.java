// SPDX-License-Identifier: Apache-2.0
package tepal.cli;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TaskEvent;
import com.sun.source.util.TaskListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.JavaFileObject.Kind;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/// Compiles a program's source file in memory, against the class path of this process.
final class SourceCompiler {
  // one file is one program: nothing is looked up in other sources, and processors are off
  private static final List<String> OPTIONS =
      List.of("-proc:none", "-implicit:none", "-g", "-parameters", "-Xlint:none", "-nowarn");

  private SourceCompiler() {}

  /// Compiles `source`.
  ///
  /// @param source the program
  /// @param messages where the compiler writes its errors
  /// @throws CannotRunException if there were any, or if there is no class in the file
  static CompiledClasses compile(SourceFile source, Writer messages)
      throws IOException, CannotRunException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    Output output = new Output(compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8));
    JavacTask task = (JavacTask)
        compiler.getTask(messages, output, null, OPTIONS, null, List.of(new Input(source)));
    FirstClass first = new FirstClass();
    task.addTaskListener(first);
    if (!task.call()) {
      throw new CannotRunException(source.path() + " does not compile");
    }
    if (first.name == null) {
      throw new CannotRunException(
          "Expected a program in %s, but it declares nothing".formatted(source.path()));
    }
    return new CompiledClasses(first.name, output.classFiles());
  }

  /// Learns which class the file begins with.
  private static final class FirstClass implements TaskListener {
    // null until a file with a class has been parsed
    private @Nullable String name;

    @Override
    public void finished(TaskEvent event) {
      CompilationUnitTree unit = event.getCompilationUnit();
      if (event.getKind() == TaskEvent.Kind.PARSE && unit != null) {
        ExpressionTree packageName = unit.getPackageName();
        String prefix = packageName == null ? "" : packageName + ".";
        name = unit.getTypeDecls().stream()
            .filter(ClassTree.class::isInstance)
            .map(type -> prefix + ((ClassTree) type).getSimpleName())
            .findFirst()
            .orElse(null);
      }
    }
  }

  /// The source; a public class in it may have any name, since nobody will look for its file.
  private static final class Input extends SimpleJavaFileObject {
    private final SourceFile source;

    Input(SourceFile source) {
      super(source.path().toUri(), Kind.SOURCE);
      this.source = source;
    }

    @Override
    public String getName() {
      return source.path().toString();
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return source.text();
    }

    @Override
    public boolean isNameCompatible(String simpleName, Kind kind) {
      return kind == Kind.SOURCE;
    }
  }

  /// Keeps in memory what the compiler writes.
  private static final class Output extends ForwardingJavaFileManager<StandardJavaFileManager> {
    private final Map<String, ByteArrayOutputStream> written = new LinkedHashMap<>();

    Output(StandardJavaFileManager files) {
      super(files);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        JavaFileManager.Location location,
        String className,
        Kind kind,
        @Nullable FileObject sibling) {
      URI uri = URI.create("memory:///" + className.replace('.', '/') + kind.extension);
      return new SimpleJavaFileObject(uri, kind) {
        @Override
        public OutputStream openOutputStream() {
          return written.computeIfAbsent(className, _ -> new ByteArrayOutputStream());
        }
      };
    }

    Map<String, byte[]> classFiles() {
      Map<String, byte[]> files = new LinkedHashMap<>();
      written.forEach((name, bytes) -> files.put(name, bytes.toByteArray()));
      return files;
    }
  }
}

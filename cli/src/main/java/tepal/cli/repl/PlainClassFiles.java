// SPDX-License-Identifier: Apache-2.0
package tepal.cli.repl;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileElement;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeModel;
import java.lang.classfile.FieldTransform;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.attribute.RuntimeInvisibleTypeAnnotationsAttribute;
import java.lang.classfile.attribute.RuntimeVisibleTypeAnnotationsAttribute;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ForwardingJavaFileObject;
import javax.tools.JavaFileObject;
import javax.tools.JavaFileObject.Kind;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import org.jspecify.annotations.Nullable;

/// Shows JShell the class files of the class path without the annotations of types.
final class PlainClassFiles {
  /*
   * JShell declares a `var` with the text of its type. In that text it writes an annotation before
   * the package's name, `Task<@Nullable java.lang.Void>`, which is not Java, so that
   * `var task = createTask(() -> sleep(...))` would not compile [1]. Nothing else here needs these
   * annotations, nor the code of methods.
   *
   * [1] JDK 25, com.sun.tools.javac.code.Printer.visitClassType
   */
  private static final ClassTransform PLAIN = ClassTransform.dropping(
          (ClassElement element) -> isOfTypes(element))
      .andThen(
          ClassTransform.transformingFields(FieldTransform.dropping(PlainClassFiles::isOfTypes)))
      .andThen(ClassTransform.transformingMethods(
          MethodTransform.dropping(element -> element instanceof CodeModel || isOfTypes(element))));

  private final StandardJavaFileManager files;

  private PlainClassFiles(StandardJavaFileManager files) {
    this.files = files;
  }

  /// Returns a file manager that shows the files of another.
  static StandardJavaFileManager of(StandardJavaFileManager files) {
    PlainClassFiles plain = new PlainClassFiles(files);
    return (StandardJavaFileManager) Proxy.newProxyInstance(
        PlainClassFiles.class.getClassLoader(),
        new Class<?>[] {StandardJavaFileManager.class},
        (_, method, arguments) -> plain.call(method, arguments));
  }

  private static boolean isOfTypes(ClassFileElement element) {
    return element instanceof RuntimeVisibleTypeAnnotationsAttribute
        || element instanceof RuntimeInvisibleTypeAnnotationsAttribute;
  }

  private @Nullable Object call(Method method, Object @Nullable [] arguments) throws Throwable {
    if (arguments != null) {
      for (int i = 0; i < arguments.length; i++) {
        if (arguments[i] instanceof Plain plain) {
          arguments[i] = plain.original();
        }
      }
    }
    try {
      Object result = method.invoke(files, arguments);
      return arguments != null && arguments[0] == StandardLocation.CLASS_PATH
          ? plain(method.getName(), result)
          : result;
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    }
  }

  /// Returns the result of a method that looks for files, as it is to be shown; that of any other
  /// method as it is.
  private static @Nullable Object plain(String method, @Nullable Object result) {
    if (method.equals("list") && result instanceof Iterable<?> files) {
      List<@Nullable Object> shown = new ArrayList<>();
      files.forEach(each -> shown.add(plain(each)));
      return shown;
    }
    return method.equals("getJavaFileForInput") ? plain(result) : result;
  }

  private static @Nullable Object plain(@Nullable Object file) {
    return file instanceof JavaFileObject original && original.getKind() == Kind.CLASS
        ? new Plain(original)
        : file;
  }

  private static final class Plain extends ForwardingJavaFileObject<JavaFileObject> {
    Plain(JavaFileObject file) {
      super(file);
    }

    JavaFileObject original() {
      return fileObject;
    }

    @Override
    public InputStream openInputStream() throws IOException {
      try (InputStream in = super.openInputStream()) {
        ClassFile classFile = ClassFile.of();
        return new ByteArrayInputStream(
            classFile.transformClass(classFile.parse(in.readAllBytes()), PLAIN));
      }
    }
  }
}

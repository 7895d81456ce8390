// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import static java.util.stream.Collectors.joining;

import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a user of a type can see of it, as lines of text: the type, then its members,
/// indented.
///
/// Nullness and throws clauses are part of it. What every object has (`equals`, `hashCode`,
/// `toString`) is not.
final class ApiDescription {
  private static final Set<String> OF_EVERY_OBJECT = Set.of("equals", "hashCode", "toString");

  private ApiDescription() {}

  static List<String> of(Class<?> type) {
    List<String> members = new ArrayList<>();
    fields(type).map(field -> "  " + describe(field)).forEach(members::add);
    constructors(type).map(constructor -> "  " + describe(constructor)).forEach(members::add);
    methods(type).map(method -> "  " + describe(method)).sorted().forEach(members::add);
    members.add(0, describe(type));
    return members.stream().map(ApiDescription::shorten).toList();
  }

  /// Whether code outside the module can name the type, provided that its package is exported.
  static boolean isExported(Class<?> type) {
    Class<?> outer = type.getEnclosingClass();
    return !type.isSynthetic()
        && !type.isAnonymousClass()
        && !type.isLocalClass()
        && isVisible(type.getModifiers())
        && (outer == null || isExported(outer));
  }

  private static boolean isVisible(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  // Which members

  private static Stream<Field> fields(Class<?> type) {
    return Arrays.stream(type.getDeclaredFields())
        .filter(field -> isVisible(field.getModifiers()) && !field.isSynthetic());
  }

  private static Stream<Constructor<?>> constructors(Class<?> type) {
    return Arrays.stream(type.getDeclaredConstructors())
        .filter(constructor -> isVisible(constructor.getModifiers()) && !constructor.isSynthetic());
  }

  /// The type's own methods and those of superclasses that only the module itself can name.
  private static Stream<Method> methods(Class<?> type) {
    Stream<Method> own = Arrays.stream(type.getDeclaredMethods())
        .filter(method -> isVisible(method.getModifiers()) && !method.isSynthetic())
        .filter(method -> !OF_EVERY_OBJECT.contains(method.getName()));
    Class<?> parent = type.getSuperclass();
    return parent == null || isExported(parent) ? own : Stream.concat(own, methods(parent));
  }

  // How they are written

  private static String describe(Class<?> type) {
    String start = type.toGenericString().replaceFirst("<.*", "").replace("public ", "");
    return (type.isInterface() ? start.replace("abstract ", "") : start)
        + typeParameters(type.getTypeParameters())
        + list(" extends ", superclass(type))
        + list(type.isInterface() ? " extends " : " implements ", type.getAnnotatedInterfaces());
  }

  private static AnnotatedType[] superclass(Class<?> type) {
    Class<?> parent = type.getSuperclass();
    boolean tellsNothing = parent == null
        || parent == Object.class
        || type.isEnum()
        || type.isRecord()
        || !isExported(parent);
    return tellsNothing
        ? new AnnotatedType[0]
        : new AnnotatedType[] {type.getAnnotatedSuperclass()};
  }

  private static String describe(Field field) {
    return modifiers(field.getModifiers() & Modifier.fieldModifiers())
        + field.getAnnotatedType()
        + " "
        + field.getName();
  }

  private static String describe(Constructor<?> constructor) {
    return modifiers(constructor.getModifiers() & Modifier.constructorModifiers())
        + constructor.getDeclaringClass().getSimpleName()
        + parametersAndExceptions(constructor);
  }

  private static String describe(Method method) {
    String typeParameters = typeParameters(method.getTypeParameters());
    return modifiers(method.getModifiers() & Modifier.methodModifiers())
        + (method.isDefault() ? "default " : "")
        + (typeParameters.isEmpty() ? "" : typeParameters + " ")
        + method.getAnnotatedReturnType()
        + " "
        + method.getName()
        + parametersAndExceptions(method);
  }

  private static String modifiers(int modifiers) {
    String text = Modifier.toString(modifiers).replaceAll("\\b(public|synchronized|native) ?", "");
    return text.isEmpty() ? "" : text.strip() + " ";
  }

  private static String typeParameters(TypeVariable<?>[] variables) {
    return variables.length == 0
        ? ""
        : Arrays.stream(variables)
            .map(variable -> variable.getName() + list(" extends ", variable.getAnnotatedBounds()))
            .collect(joining(", ", "<", ">"));
  }

  private static String parametersAndExceptions(Executable executable) {
    String parameters = Arrays.stream(executable.getAnnotatedParameterTypes())
        .map(AnnotatedType::toString)
        .collect(joining(", ", "(", ")"));
    return (executable.isVarArgs() ? parameters.replaceFirst("\\[]\\)$", "...)") : parameters)
        + list(" throws ", executable.getAnnotatedExceptionTypes());
  }

  private static String list(String keyword, AnnotatedType... types) {
    String list = Arrays.stream(types)
        .map(AnnotatedType::toString)
        .filter(type -> !type.equals("java.lang.Object"))
        .collect(joining(", "));
    return list.isEmpty() ? "" : keyword + list;
  }

  private static String shorten(String line) {
    return line.replace("@" + Nullable.class.getName() + "()", "@Nullable")
        .replace('$', '.')
        .replaceAll("\\bjava\\.lang\\.(?=[A-Z])", "");
  }
}

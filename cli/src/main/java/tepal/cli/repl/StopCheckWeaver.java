// SPDX-License-Identifier: Apache-2.0
package tepal.cli.repl;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.util.HashSet;
import java.util.Set;
import jdk.jshell.spi.ExecutionControl.ClassBytecodes;

/// Puts a call of [StopCheck] at the beginning of each method of a snippet and before each jump
/// backwards.
final class StopCheckWeaver {
  private static final ClassDesc STOP_CHECK = ClassDesc.of(StopCheck.class.getName());

  private StopCheckWeaver() {}

  /// Returns `classes` with the calls; those whose code cannot be rewritten as they are.
  ///
  /// @param classes what one snippet was compiled to
  /// @param loader knows the classes of the snippets before
  static ClassBytecodes[] weave(ClassBytecodes[] classes, ClassLoader loader) {
    ClassFile reader = ClassFile.of();
    ClassHierarchyResolver resolver = ClassHierarchyResolver.ofClassLoading(loader);
    for (ClassBytecodes each : classes) {
      resolver = of(reader.parse(each.bytecodes())).orElse(resolver);
    }
    ClassFile writer = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(resolver));
    ClassBytecodes[] woven = new ClassBytecodes[classes.length];
    for (int i = 0; i < classes.length; i++) {
      woven[i] = weave(writer, classes[i]);
    }
    return woven;
  }

  private static ClassBytecodes weave(ClassFile writer, ClassBytecodes one) {
    ClassTransform transform =
        ClassTransform.transformingMethodBodies(CodeTransform.ofStateful(Checks::new));
    try {
      byte[] woven = writer.transformClass(writer.parse(one.bytecodes()), transform);
      return new ClassBytecodes(one.name(), woven);
    } catch (IllegalArgumentException e) {
      return one; // too long with the calls, or in terms of a class that is not to be found
    }
  }

  /// Returns a resolver that knows this class, which is not loaded yet.
  private static ClassHierarchyResolver of(ClassModel model) {
    ClassDesc self = model.thisClass().asSymbol();
    var info = model.flags().has(java.lang.reflect.AccessFlag.INTERFACE)
        ? ClassHierarchyResolver.ClassHierarchyInfo.ofInterface()
        : ClassHierarchyResolver.ClassHierarchyInfo.ofClass(
            model.superclass().map(type -> type.asSymbol()).orElse(ConstantDescs.CD_Object));
    return type -> type.equals(self) ? info : null;
  }

  /// The state of one method: the labels that were passed.
  private static final class Checks implements CodeTransform {
    private final Set<Label> passed = new HashSet<>();

    @Override
    public void atStart(CodeBuilder builder) {
      check(builder);
    }

    @Override
    public void accept(CodeBuilder builder, CodeElement element) {
      if (element instanceof LabelTarget target) {
        boolean _ = passed.add(target.label());
      } else if (element instanceof BranchInstruction jump && passed.contains(jump.target())) {
        check(builder);
      }
      builder.with(element);
    }

    private static void check(CodeBuilder builder) {
      builder.invokestatic(STOP_CHECK, "here", ConstantDescs.MTD_void);
    }
  }
}

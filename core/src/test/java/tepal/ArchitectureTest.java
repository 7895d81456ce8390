// SPDX-License-Identifier: Apache-2.0
package tepal;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.targetOwner;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableFrom;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasModifiers.Predicates.modifier;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.nio.channels.FileChannel;
import org.junit.jupiter.api.Test;

/// The rules of the architecture that a machine can check; each test is named after its rule.
class ArchitectureTest {
  private static final JavaClasses MAIN = new ClassFileImporter()
      .withImportOption(new ImportOption.DoNotIncludeTests())
      .importPackages("tepal");

  private static final JavaClasses TESTS = new ClassFileImporter()
      .withImportOption(new ImportOption.OnlyIncludeTests())
      .importPackages("tepal");

  /// Where a thread that blocks is what is tested, so that virtual time does not help.
  private static final Class<?>[] TESTS_OF_BLOCKING_CODE = {
    BlockedCallbackTest.class,
    BlockingCancellationTest.class,
    BlockingCodeTest.class,
    ClosingTest.class,
    CtrlCPrograms.class,
    DebugReportsTest.class,
    DroppedGeneratorTest.class,
    ForeignVirtualThreadTest.class,
    GeneratorBlockingTest.class,
    InterruptedScopesTest.class,
    LeakTest.class,
    NoSuspendTest.class,
    StrandStackSamplerTest.class,
    SuspensionAssertionTest.class,
    WatchdogTest.class
  };

  /// The packages that a user could have written.
  private static final String[] BUILT_ON_THE_PUBLIC_API = {
    "tepal.sync",
    "tepal.queues",
    "tepal.streams",
    "tepal.bridges",
    "tepal.files",
    "tepal.blocking",
    "tepal.pipes",
    "tepal.loops",
    "tepal.process",
    "tepal.testing"
  };

  @Test
  void packages_depend_on_each_other_one_way_only() {
    check(slices().assignedFrom(new EachPackageIsASlice()).should().beFreeOfCycles(), MAIN);
  }

  @Test
  void the_loop_knows_no_package_that_is_built_on_it() {
    check(
        noClasses()
            .that()
            .resideInAPackage("tepal")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("tepal.*.."),
        MAIN);
  }

  @Test
  void what_a_user_could_have_written_sees_only_public_types() {
    check(
        classes()
            .that()
            .resideInAnyPackage(BUILT_ON_THE_PUBLIC_API)
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage("java..", "org.jspecify..")
                .or(resideInAnyPackage(BUILT_ON_THE_PUBLIC_API))
                .or(resideInAPackage("tepal").and(modifier(JavaModifier.PUBLIC)))),
        MAIN);
  }

  @Test
  void what_a_user_could_have_written_uses_only_public_members() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(BUILT_ON_THE_PUBLIC_API)
            .should()
            .accessTargetWhere(describe("protected in tepal", ArchitectureTest::isProtectedInTepal))
            .orShould()
            .dependOnClassesThat()
            .resideInAPackage("java.lang.reflect..")
            .orShould()
            .dependOnClassesThat(resideInAPackage("java.lang.invoke")
                .and(name("java.lang.invoke.VarHandle")
                    .or(name("java.lang.invoke.MethodHandle"))
                    .or(name("java.lang.invoke.MethodHandles")))),
        MAIN);
  }

  @Test
  void packages_are_named_for_what_they_are_about() {
    check(
        noClasses()
            .should()
            .resideInAnyPackage("..util..", "..common..", "..internal..", "..impl..", "..misc.."),
        MAIN);
  }

  @Test
  void the_core_does_not_know_that_sockets_exist() {
    // Their exceptions it has to know: some of them mean that the task was interrupted. And files
    // have channels too.
    check(
        noClasses()
            .should()
            .dependOnClassesThat(
                resideInAnyPackage("java.net..", "java.nio.channels..", "io.netty..")
                    .and(not(assignableTo(Throwable.class)))
                    .and(not(assignableFrom(FileChannel.class)))),
        MAIN);
  }

  @Test
  void nothing_here_prints() {
    check(NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS, MAIN);
  }

  @Test
  void tests_never_sleep() {
    check(
        noClasses()
            .that()
            .doNotBelongToAnyOf(JdkCode.class)
            .should()
            .callMethodWhere(
                target(name("sleep")).and(targetOwner(not(resideInAPackage("tepal.."))))),
        TESTS);
  }

  @Test
  void only_tests_of_blocking_code_block() {
    check(
        noClasses()
            .that()
            .doNotBelongToAnyOf(JdkCode.class)
            .and(not(belongToAnyOf(TESTS_OF_BLOCKING_CODE)))
            .should()
            .callMethodWhere(targetOwner(belongToAnyOf(JdkCode.class))),
        TESTS);
  }

  private static boolean isProtectedInTepal(JavaAccess<?> access) {
    return access
        .getTarget()
        .resolveMember()
        .filter(member -> member.getOwner().getPackageName().equals("tepal"))
        .filter(member -> member.getModifiers().contains(JavaModifier.PROTECTED))
        .isPresent();
  }

  private static void check(ArchRule rule, JavaClasses classes) {
    rule.allowEmptyShould(true).check(classes);
  }

  /// ArchUnit's own `tepal.(**)` leaves out the package `tepal` itself.
  private static final class EachPackageIsASlice implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
      return SliceIdentifier.of(javaClass.getPackageName());
    }

    @Override
    public String getDescription() {
      return "each package";
    }
  }
}

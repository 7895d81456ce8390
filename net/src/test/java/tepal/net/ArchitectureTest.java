// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// The rules of ARCHITECTURE.md that a machine can check; each test is named after its rule.
class ArchitectureTest {
  private static final JavaClasses MAIN = new ClassFileImporter()
      .withImportOption(new ImportOption.DoNotIncludeTests())
      .importPackages("tepal");

  private static final JavaClasses TESTS = new ClassFileImporter()
      .withImportOption(new ImportOption.OnlyIncludeTests())
      .importPackages("tepal");

  @Test
  void packages_depend_on_each_other_one_way_only() {
    slices().matching("tepal.(**)").should().beFreeOfCycles().check(MAIN);
  }

  @Test
  void only_netty_classes_know_netty() {
    noClasses()
        .that()
        .haveNameNotMatching("tepal\\.net\\.Netty.*") // and what is nested in them
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.netty..")
        .check(MAIN);
  }

  @Test
  void netty_classes_are_package_private() {
    classes()
        .that()
        .haveSimpleNameStartingWith("Netty")
        .should()
        .bePackagePrivate()
        .allowEmptyShould(true)
        .check(MAIN);
  }

  @Test
  void nothing_but_the_cli_prints() {
    NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(MAIN);
  }

  @Test
  void tests_never_sleep() {
    noClasses().should().callMethod(Thread.class, "sleep", long.class).check(TESTS);
    noClasses()
        .should()
        .callMethod(Thread.class, "sleep", java.time.Duration.class)
        .check(TESTS);
  }
}

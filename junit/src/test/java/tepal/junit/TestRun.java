// SPDX-License-Identifier: Apache-2.0
package tepal.junit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/// What came of the tests of a class that JUnit ran inside of a test.
final class TestRun implements TestExecutionListener {
  // by display name: tests, and containers that failed
  private final Map<String, TestExecutionResult> results = new LinkedHashMap<>();

  private TestRun() {}

  /// Runs the tests of a class.
  static TestRun of(Class<?> tests) {
    return of(tests, Map.of());
  }

  /// Runs the tests of a class, with configuration parameters of JUnit.
  static TestRun of(Class<?> tests, Map<String, String> configuration) {
    LauncherConfig config = LauncherConfig.builder()
        .enableLauncherSessionListenerAutoRegistration(false)
        .enableLauncherDiscoveryListenerAutoRegistration(false)
        .enablePostDiscoveryFilterAutoRegistration(false)
        .enableTestExecutionListenerAutoRegistration(false)
        .build();
    LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
        .selectors(selectClass(tests))
        .configurationParameters(configuration)
        .configurationParameter("junit.jupiter.execution.timeout.threaddump.enabled", "false")
        .build();
    TestRun run = new TestRun();
    LauncherFactory.create(config).execute(request, run);
    return run;
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    boolean failed = result.getStatus() != TestExecutionResult.Status.SUCCESSFUL;
    if (test.isTest() || failed) {
      results.put(test.getDisplayName(), result);
    }
  }

  /// Returns the names of what ran, each with how it ended.
  String summary() {
    StringBuilder text = new StringBuilder();
    results.forEach((name, result) -> text.append(text.isEmpty() ? "" : ", ")
        .append(name)
        .append(": ")
        .append(result.getStatus().name().toLowerCase(Locale.ROOT)));
    return text.toString();
  }

  /// Returns why the only test failed.
  Throwable failure() {
    if (results.size() != 1) {
      throw new AssertionError("Expected one test, got " + summary());
    }
    return failureOf(results.keySet().iterator().next());
  }

  /// Returns why a test failed.
  Throwable failureOf(String name) {
    TestExecutionResult result =
        Objects.requireNonNull(results.get(name), () -> name + " is not in: " + summary());
    return result
        .getThrowable()
        .orElseThrow(() -> new AssertionError("Expected a failure of " + name + ": " + summary()));
  }
}

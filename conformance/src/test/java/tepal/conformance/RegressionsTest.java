// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// Programs whose traces were once not CPython's, with what the oracle printed for them.
class RegressionsTest {
  @Test
  void every_program_gives_the_trace_that_CPython_printed() {
    Cli cli = Cli.run("run", Path.of("regressions.jsonl"));

    assertThat(cli.out()).doesNotContain("differs").contains("passed ");
    assertThat(cli.err()).isEmpty();
    assertThat(cli.status()).isZero();
  }
}

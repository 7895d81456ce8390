// SPDX-License-Identifier: Apache-2.0
import org.jspecify.annotations.NullMarked;

/// Runs programs whose traces CPython has printed, and random ones, against Tepal's public API.
@NullMarked
module tepal.conformance {
  requires static org.jspecify;
  requires info.picocli;
  requires tepal;
  requires tools.jackson.core;
  requires tools.jackson.databind;

  opens tepal.conformance to
      info.picocli;
}

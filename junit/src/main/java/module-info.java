// SPDX-License-Identifier: Apache-2.0
import org.jspecify.annotations.NullMarked;

/// Tests for JUnit that run as tasks of a loop.
@NullMarked
module tepal.junit {
  requires transitive org.junit.jupiter.api;
  requires transitive tepal;
  requires java.management; // whether a debugger is attached

  exports tepal.junit;

  // JUnit makes the extension, which is not public.
  opens tepal.junit to
      org.junit.platform.commons;
}

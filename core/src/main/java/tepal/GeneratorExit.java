// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.io.Serial;

/// Thrown into a generator's body that is closed, at the place where it last yielded.
///
/// An [Error], so that `catch (Exception e)` does not swallow it. A body that catches it to
/// clean up rethrows it or returns; it must not yield any more. Mirrors Python's
/// `GeneratorExit`, which is a `BaseException` for the same reason.
public final class GeneratorExit extends Error {
  @Serial
  private static final long serialVersionUID = 1L;

  /// Creates one, as [Generator#close()] does.
  public GeneratorExit() {
    super();
  }
}

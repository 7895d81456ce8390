// SPDX-License-Identifier: Apache-2.0
package tepal.bench;

import java.util.Locale;
import tepal.Asyncio;
import tepal.process.Subprocess;

/// A program: child processes that do nothing, one after the other, each started and waited for.
public final class RoundTrips {
  private static final String NOTHING = "/bin/true";
  private static final int BATCHES = 10;

  private RoundTrips() {}

  /// Runs the program and prints the time that one child took in the fastest of ten batches, after
  /// five batches of warm-up.
  ///
  /// @param arguments how many children a batch has
  public static void main(String... arguments) {
    int count = Integer.parseInt(arguments[0]);
    double micros = Asyncio.run(() -> {
      double _ = fastestMicros(count, BATCHES / 2);
      return fastestMicros(count, BATCHES);
    });
    System.out.printf(Locale.ROOT, "microseconds per child: %.1f%n", micros);
  }

  static double fastestMicros(int count, int batches) {
    double fastest = Double.POSITIVE_INFINITY;
    for (int i = 0; i < batches; i++) {
      fastest = Math.min(fastest, microsPerChild(count));
    }
    return fastest;
  }

  private static double microsPerChild(int count) {
    long start = System.nanoTime();
    for (int i = 0; i < count; i++) {
      try (var child = Subprocess.createSubprocessExec(NOTHING)) {
        if (child.await() != 0) {
          throw new IllegalStateException("Expected a child that ends with 0, found " + child);
        }
      }
    }
    return (System.nanoTime() - start) / 1e3 / count;
  }
}

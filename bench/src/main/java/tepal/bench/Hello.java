// SPDX-License-Identifier: Apache-2.0
package tepal.bench;

import java.time.Duration;
import tepal.Asyncio;

/// A program: Hello without the second's sleep, to see how long a start takes.
public final class Hello {
  private Hello() {}

  /// Prints two lines, with a `sleep(0)` between them.
  ///
  /// @param arguments none
  public static void main(String... arguments) {
    Asyncio.run(() -> {
      System.out.println("Hello ...");
      Asyncio.sleep(Duration.ZERO);
      System.out.println("... World!");
    });
  }
}

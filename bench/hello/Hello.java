// SPDX-License-Identifier: Apache-2.0
//
// examples/Hello.java without the second's sleep, for bench/run to see how long `./tepal run` takes.

import static tepal.Asyncio.*;

void main() {
  run(() -> {
    IO.println("Hello ...");
    sleep(Duration.ZERO);
    IO.println("... World!");
  });
}

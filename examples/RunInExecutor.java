// SPDX-License-Identifier: Apache-2.0
//
// Code that blocks or computes for long runs in threads: the loop's own, or any ExecutorService.
//
//   ./tepal run examples/RunInExecutor.java

import static tepal.Asyncio.*;

void main() throws Exception {
  run(() -> {
    var loop = getRunningLoop();
    IO.println("default executor: " + loop.runInExecutor(null, this::bytesFromFile).await());

    try (var pool = Executors.newFixedThreadPool(2)) {
      IO.println("own pool: " + loop.runInExecutor(pool, this::bytesFromFile).await());
    }
    try (var cores = Executors.newWorkStealingPool()) {
      IO.println("one for computing: " + loop.runInExecutor(cores, this::sumOfSquares).await());
    }
    IO.println("toThread: " + toThread(this::sumOfSquares));
  });
}

int bytesFromFile() throws IOException {
  Path file = Files.createTempFile("example", null);
  try {
    Files.write(file, new byte[100]);
    return Files.readAllBytes(file).length;
  } finally {
    Files.delete(file);
  }
}

long sumOfSquares() {
  return LongStream.range(0, 1_000_000).map(i -> i * i).sum();
}

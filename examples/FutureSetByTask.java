// SPDX-License-Identifier: Apache-2.0
//
// A future is a value that is not there yet: one task sets it, another awaits it.
//
//   ./tepal run examples/FutureSetByTask.java

import static tepal.Asyncio.*;

import tepal.Future;

void main() {
  run(() -> {
    Future<String> answer = getRunningLoop().createFuture();
    answer.addDoneCallback(future -> IO.println("callback: " + future.result()));
    createTask(() -> setAfterAWhile(answer));

    IO.println("hello ...");
    IO.println(answer.await());
  });
}

void setAfterAWhile(Future<String> future) {
  sleep(Duration.ofMillis(500));
  future.setResult("... world");
}

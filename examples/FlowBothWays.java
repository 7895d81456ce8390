// SPDX-License-Identifier: Apache-2.0
//
// A task publishes to a subscriber that knows no loop, and reads what others publish.
//
//   ./tepal run examples/FlowBothWays.java

import static tepal.Asyncio.*;

import java.util.concurrent.SubmissionPublisher;
import tepal.bridges.Publishers;

void main() {
  run(() -> {
    // From a task to a subscriber: two items, as it asks for two.
    Flow.Publisher<Integer> numbers = Publishers.generate(emitter -> {
      try {
        for (int i = 1; ; i++) {
          sleep(Duration.ofMillis(1));
          emitter.emit(i);
        }
      } finally {
        IO.println("publisher: cancelled");
      }
    });
    var twoItems = new TwoItems();
    numbers.subscribe(twoItems);
    await(twoItems.done);
    sleep(Duration.ofMillis(10));
    // From a publisher with threads of its own to a loop in this task.
    var squares = new SubmissionPublisher<Integer>();
    try (var items = Publishers.iterate(squares, 2)) {
      Thread.ofVirtual().start(() -> {
        IntStream.rangeClosed(1, 5).map(i -> i * i).forEach(squares::submit);
        squares.close();
      });
      items.forEach(square -> IO.println("read " + square));
    }
  });
}

static class TwoItems implements Flow.Subscriber<Integer> {
  final CompletableFuture<String> done = new CompletableFuture<>();
  Flow.Subscription subscription;

  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    subscription.request(2);
  }

  public void onNext(Integer item) {
    IO.println("subscriber: " + item);
    if (item == 2) {
      subscription.cancel();
      done.complete("enough");
    }
  }

  public void onError(Throwable failure) {}
  public void onComplete() {}
}

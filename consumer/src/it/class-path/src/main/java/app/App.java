package app;

import static tepal.Asyncio.*;

import java.time.Duration;
import tepal.TaskGroup;

class App {
  public static void main(String[] args) {
    run(() -> {
      System.out.println("mode: " + getRunningLoop().mode());
      TaskGroup.run(group -> {
        group.createTask(() -> greet("left"));
        group.createTask(() -> greet("right"));
      });
    });
  }

  static void greet(String name) {
    sleep(Duration.ofMillis(100));
    System.out.println("hello from " + name);
  }
}

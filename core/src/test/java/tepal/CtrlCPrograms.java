// SPDX-License-Identifier: Apache-2.0
package tepal;

import static tepal.Asyncio.run;
import static tepal.Asyncio.sleep;

import java.time.Duration;

/// What [CtrlCTest] runs in processes of their own. Each prints `ready` when it can be
/// interrupted.
final class CtrlCPrograms {
  private static final Duration HOURS = Duration.ofHours(2);

  private CtrlCPrograms() {}

  /// Cleans up when it is cancelled.
  static final class CleansUp {
    private CleansUp() {}

    public static void main(String[] args) {
      run(() -> {
        try {
          print("ready");
          sleep(HOURS);
        } finally {
          sleep(Duration.ofMillis(1));
          print("cleaned up");
        }
      });
      print("not reached");
    }
  }

  /// Does not end when it is cancelled.
  static final class Ignores {
    private Ignores() {}

    public static void main(String[] args) {
      run(() -> {
        print("ready");
        for (int i = 0; i < 100; i++) {
          try {
            sleep(HOURS);
          } catch (CancelledError e) {
            print("ignored");
          }
        }
      });
    }
  }

  /// Ends as it likes when it is cancelled.
  static final class Returns {
    private Returns() {}

    public static void main(String[] args) {
      run(() -> {
        try {
          print("ready");
          sleep(HOURS);
        } catch (CancelledError e) {
          print("returned");
        }
      });
      print("after run");
    }
  }

  /// Has a handler of its own.
  static final class HandlesItself {
    private HandlesItself() {}

    public static void main(String[] args) {
      run(() -> {
        var loop = Asyncio.getRunningLoop();
        var handled = loop.<String>createFuture();
        loop.addSignalHandler("INT", () -> handled.setResult("handled"));
        Asyncio.toThread(() -> nested());
        print("ready");
        print(handled.await());
      });
    }

    /// Another loop must not take the signal away.
    private static void nested() {
      run(() -> sleep(Duration.ofMillis(1)));
    }
  }

  /// Runs twice on one loop, with a handler that it added in the first run.
  static final class RunsTwice {
    private RunsTwice() {}

    public static void main(String[] args) {
      try (var runner = new Runner()) {
        var loop = runner.getLoop();
        var handled = loop.<String>createFuture();
        runner.run(() -> loop.addSignalHandler("INT", () -> handled.setResult("handled")));
        runner.run(() -> {
          print("ready");
          print(handled.await());
        });
      }
      print("closed");
      JdkCode.compute(HOURS);
    }
  }

  /// Waits in JDK code.
  static final class Blocks {
    private Blocks() {}

    public static void main(String[] args) throws InterruptedException {
      run(() -> {
        try {
          print("ready");
          JdkCode.sleep(HOURS);
        } finally {
          print("cleaned up");
        }
      });
    }
  }

  /// Never lets the loop turn.
  static final class Computes {
    private Computes() {}

    public static void main(String[] args) {
      run(() -> {
        print("ready");
        JdkCode.compute(HOURS);
      });
    }
  }

  private static void print(String line) {
    System.out.println(line);
    System.out.flush();
  }
}

// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tepal.conformance.Op.Hold.Thing;

/// Makes up operations that have no others inside them.
final class Leaves {
  private final Dice dice;
  private final Cast cast;

  Leaves(Dice dice, Cast cast) {
    this.dice = dice;
    this.cast = cast;
  }

  static Op plain(Verb verb, @Nullable Object... arguments) {
    return new Op.Plain(verb, Arrays.asList(arguments));
  }

  static Op sleep(long ticks) {
    return plain(Verb.SLEEP, ticks);
  }

  String error() {
    return "e" + dice.between(1, 4);
  }

  /// Yields once, or sleeps.
  Op pause() {
    return sleep(dice.percent(40) ? 0 : dice.ticks());
  }

  Op cancel() {
    return cancel(cast.anyTask());
  }

  Op cancel(String task) {
    return dice.percent(30) ? plain(Verb.CANCEL, task, message()) : plain(Verb.CANCEL, task);
  }

  private String message() {
    return dice.percent(8) ? "" : "m" + dice.between(1, 3);
  }

  /// Something of any family that may suspend.
  Op suspending(Spot spot) {
    return switch (dice.below(12)) {
      case 0 -> plain(Verb.WAIT_EVENT, event());
      case 1 -> plain(Verb.FUTURE, future());
      case 2 -> plain(Verb.GET, queue());
      case 3 -> plain(Verb.PUT, queue(), item());
      case 4 -> plain(Verb.ACQUIRE, semaphore());
      case 5 -> dice.percent(40) ? plain(Verb.JOIN, queue()) : plain(Verb.BARRIER, "B0");
      case 6 -> awaiting(spot);
      default -> pause();
    };
  }

  /// Something that never suspends and may stand in a callback.
  Op instant() {
    return switch (dice.below(10)) {
      case 0, 1 -> cancel();
      case 2 -> plain(Verb.STATE, cast.anyTask());
      case 3 -> plain(Verb.ON_TASK_DONE, cast.anyTask(), cast.label("k"));
      case 4 -> plain(Verb.ON_DONE, future(), cast.label("k"));
      case 5 -> dice.percent(75) ? ofVars() : plain(Verb.SIZE, queue());
      default -> waking();
    };
  }

  /// Something that may wake who waits for it.
  Op waking() {
    return switch (dice.below(12)) {
      case 0, 1 -> plain(Verb.SET_EVENT, event());
      case 2, 3 -> plain(Verb.SET_RESULT, future(), item());
      case 4 -> plain(Verb.SET_EXCEPTION, future(), error());
      case 5 ->
        dice.percent(50)
            ? plain(Verb.CANCEL_FUTURE, future())
            : plain(Verb.CANCEL_FUTURE, future(), message());
      case 6, 7 -> plain(Verb.PUT_NOWAIT, queue(), item());
      case 8 -> plain(Verb.GET_NOWAIT, queue());
      case 9 -> plain(Verb.RELEASE, semaphore());
      case 10 -> dice.percent(70) ? plain(Verb.TASK_DONE, queue()) : shutdown();
      default -> dice.percent(60) ? plain(Verb.NOTIFY_ALL, "C0") : plain(Verb.CLEAR_EVENT, event());
    };
  }

  /// Two operations about the same thing.
  ///
  /// @param waiting waits for it
  /// @param waking wakes one that waits, or all
  record Contest(Op waiting, Op waking) {}

  Contest contest() {
    String queue = queue();
    String semaphore = semaphore();
    String event = event();
    String future = future();
    return switch (dice.below(8)) {
      case 0 -> new Contest(plain(Verb.GET, queue), plain(Verb.PUT_NOWAIT, queue, item()));
      case 1 -> new Contest(plain(Verb.PUT, queue, item()), plain(Verb.GET_NOWAIT, queue));
      case 2 -> new Contest(plain(Verb.ACQUIRE, semaphore), plain(Verb.RELEASE, semaphore));
      case 3 ->
        new Contest(
            new Op.Hold(Thing.SEMAPHORE, semaphore, List.of(sleep(0))),
            plain(Verb.RELEASE, semaphore));
      case 4 -> new Contest(plain(Verb.WAIT_EVENT, event), plain(Verb.SET_EVENT, event));
      case 5 -> new Contest(plain(Verb.FUTURE, future), plain(Verb.SET_RESULT, future, item()));
      case 6 ->
        new Contest(
            new Op.Hold(Thing.LOCK, "L0", List.of(pause())),
            new Op.Hold(Thing.LOCK, "L0", List.of()));
      default ->
        new Contest(
            new Op.Hold(Thing.CONDITION, "C0", List.of(plain(Verb.WAIT_CONDITION, "C0"))),
            new Op.Hold(Thing.CONDITION, "C0", List.of(notifying())));
    };
  }

  Op ofTasks(Spot spot) {
    return switch (dice.below(7)) {
      case 0, 1, 2 -> awaiting(spot);
      case 3 -> plain(Verb.SHIELD, dice.percent(6) ? spot.label() : cast.anyTask());
      case 4 -> plain(Verb.STATE, cast.anyTask());
      case 5 -> plain(Verb.ON_TASK_DONE, cast.anyTask(), cast.label("k"));
      default -> ofVars();
    };
  }

  /// Waits for a task that may be waited for, or rarely for one that is not there, or for
  /// itself. The latter only where the name cannot belong to an older task, which might wait for
  /// this one.
  private Op awaiting(Spot spot) {
    if (spot.holdsCondition()) {
      return plain(Verb.SHIELD, cast.anyTask());
    }
    if (dice.percent(4) && (spot.label().startsWith("g") || spot.isInMain())) {
      return plain(Verb.AWAIT, spot.label());
    }
    return plain(Verb.AWAIT, cast.hasComplete() ? cast.completeTask() : "t0");
  }

  Op cancelling(Spot spot) {
    return switch (dice.below(8)) {
      case 0 -> plain(Verb.UNCANCEL);
      case 1 -> plain(Verb.CANCELLING);
      case 2 -> plain(Verb.SHIELD, cast.anyTask());
      case 3 -> spot.isInMain() ? cancel() : cancel(spot.label());
      default -> cancel();
    };
  }

  Op ofLocks() {
    return switch (dice.below(10)) {
      case 0, 1 -> plain(Verb.WAIT_EVENT, event());
      case 2 -> plain(Verb.SET_EVENT, event());
      case 3 -> plain(Verb.CLEAR_EVENT, event());
      case 4 -> plain(Verb.ACQUIRE, semaphore());
      case 5 -> plain(Verb.RELEASE, semaphore());
      case 6 -> plain(Verb.NOTIFY_ALL, "C0");
      case 7, 8 -> plain(Verb.BARRIER, "B0");
      default -> plain(dice.percent(50) ? Verb.RESET_BARRIER : Verb.ABORT_BARRIER, "B0");
    };
  }

  Op notifying() {
    return dice.percent(60)
        ? plain(Verb.NOTIFY_ALL, "C0")
        : plain(Verb.NOTIFY, "C0", (long) dice.between(1, 2));
  }

  /// Something for a task that holds the condition. To wait without holding it would take it away
  /// from who does, and keep it.
  Op ofHeldCondition() {
    return dice.percent(45) ? notifying() : plain(Verb.WAIT_CONDITION, "C0");
  }

  Op ofQueues() {
    return switch (dice.below(12)) {
      case 0, 1, 2 -> plain(Verb.PUT, queue(), item());
      case 3, 4, 5 -> plain(Verb.GET, queue());
      case 6 -> plain(Verb.PUT_NOWAIT, queue(), item());
      case 7 -> plain(Verb.GET_NOWAIT, queue());
      case 8 -> plain(Verb.TASK_DONE, queue());
      case 9 -> plain(Verb.JOIN, queue());
      case 10 -> plain(Verb.SIZE, queue());
      default -> shutdown();
    };
  }

  Op ofFutures() {
    return switch (dice.below(8)) {
      case 0, 1, 2 -> plain(Verb.FUTURE, future());
      case 3 -> plain(Verb.SET_RESULT, future(), item());
      case 4 -> plain(Verb.SET_EXCEPTION, future(), error());
      case 5 -> plain(Verb.CANCEL_FUTURE, future());
      case 6 -> plain(Verb.CANCEL_FUTURE, future(), message());
      default -> plain(Verb.ON_DONE, future(), cast.label("k"));
    };
  }

  private Op ofVars() {
    return dice.percent(50) ? plain(Verb.GET_VAR, "V0") : plain(Verb.SET_VAR, "V0", item());
  }

  private Op shutdown() {
    return new Op.Shutdown(queue(), dice.percent(40));
  }

  private long item() {
    return dice.between(1, 99);
  }

  private String event() {
    return dice.pick("E0", "E1");
  }

  private String future() {
    return dice.pick("F0", "F1", "F2", "F3");
  }

  private String queue() {
    return dice.pick("Q0", "Q1");
  }

  private String semaphore() {
    return dice.pick("S0", "S1");
  }
}

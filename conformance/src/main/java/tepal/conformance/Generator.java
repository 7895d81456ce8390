// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tepal.ReturnWhen;
import tepal.conformance.Declarations.Order;
import tepal.conformance.Declarations.Slots;
import tepal.conformance.Declarations.Store;
import tepal.conformance.Dice.Weighted;
import tepal.conformance.Op.Hold.Thing;

/// Makes up programs of the whole grammar, weighted towards cancellation at awkward moments.
///
/// Each program prefers some kinds of operations, so that small programs have many of the same kind
/// and they meet. What the grammar promises is kept in these ways:
///
/// - Main is one `try` around one `timeout 50000`.
/// - No program is stuck: a task called `rescue` sleeps until long after that timeout and then
///   cancels everything, main as well, as often as the longest chain of handlers could need.
/// - No cancellation goes round without end: [Cast].
/// - Nothing depends on what asyncio leaves open. Timers hardly ever meet, as no length of time is used
///   twice in a program; whoever runs a program in which they do drops it
///   ([ProgramRun.Result#leftToChance]).
final class Generator {
  private static final long MAIN_TICKS = 50_000;
  private static final long RESCUE_TICKS = 50_500;
  private static final long RESCUE_PAUSE_TICKS = 13;
  private static final int RESCUES = 200;
  private static final long SETTLE_TICKS = 5_000;
  private static final int MAX_DEPTH = 4;

  /// The kinds of operations that a program may prefer.
  private enum Family {
    TIME,
    WAKING,
    CONTROL,
    TASKS,
    CANCELLING,
    SCOPES,
    COMBINING,
    LOCKS,
    QUEUES,
    FUTURES,
    CALLBACKS
  }

  private final Dice dice;
  private final Cast cast;
  private final Leaves leaves;
  private final List<Weighted<Family>> families;
  private int budget; // how many operations may still be made

  private Generator(long seed) {
    dice = new Dice(seed);
    cast = new Cast(dice);
    leaves = new Leaves(dice, cast);
    families =
        Stream.of(Family.values())
            .map(family -> new Weighted<>(weight(family), family))
            .toList();
    budget = dice.between(12, 90);
  }

  /// Returns the program of a seed.
  static Program program(long seed) {
    return new Generator(seed).program();
  }

  private int weight(Family family) {
    return switch (family) {
      case TIME, WAKING -> 8;
      case CONTROL, TASKS, CANCELLING -> dice.pick(2, 4, 8);
      default -> dice.pick(0, 1, 2, 8);
    };
  }

  private Program program() {
    var declarations = declarations();
    var ops = new ArrayList<Op>();
    int starters = dice.between(1, 5);
    for (int i = 0; i < starters; i++) {
      ops.add(spawn(1));
    }
    while (budget > 0) {
      step("main", 1).forEach(op -> ops.add(ofMain(op)));
    }
    ops.add(Leaves.sleep(0));
    ops.add(
        quietly(
            new Op.Wait(
                cast.everybody().stream().filter(name -> name.startsWith("t")).toList(),
                1_500L + dice.ticks(),
                ReturnWhen.ALL_COMPLETED)));
    ops.add(Leaves.sleep(SETTLE_TICKS));
    cast.everybody().forEach(name -> ops.add(Leaves.plain(Verb.STATE, name)));
    ops.addFirst(rescue());
    var limited = new Op.Limit(MAIN_TICKS, List.copyOf(ops));
    return new Program(
        declarations,
        List.of(new Op.Try(List.of(limited), null, List.of(), null, /* reraise= */ false)));
  }

  private Declarations declarations() {
    return new Declarations(
        List.of("L0", "L1"),
        List.of("E0", "E1"),
        List.of("C0"),
        List.of("F0", "F1", "F2", "F3"),
        List.of("V0"),
        inOrder(
            Map.entry("S0", new Slots(dice.between(1, 2), /* bounded= */ false)),
            Map.entry("S1", new Slots(1, /* bounded= */ true))),
        inOrder(
            Map.entry("Q0", new Store(dice.pick(Order.values()), dice.between(0, 2))),
            Map.entry("Q1", new Store(Order.FIFO, dice.between(0, 1)))),
        inOrder(Map.entry("B0", dice.between(2, 3))));
  }

  /// Mostly keeps an operation from ending main or from keeping it waiting until its timeout.
  private Op ofMain(Op op) {
    boolean instant =
        op instanceof Op.Plain plain
            && (plain.verb().kind() == Verb.Kind.INSTANT || plain.verb() == Verb.SLEEP);
    if (instant || op instanceof Op.Spawn || op instanceof Op.Schedule || dice.percent(12)) {
      return op;
    }
    return tolerantly(new Op.Limit(dice.ticks(), List.of(op)));
  }

  @SafeVarargs
  private static <T> Map<String, T> inOrder(Map.Entry<String, T>... entries) {
    var map = new LinkedHashMap<String, T>();
    for (Map.Entry<String, T> entry : entries) {
      map.put(entry.getKey(), entry.getValue());
    }
    return map;
  }

  private Op rescue() {
    var cancels = new ArrayList<Op>();
    cast.everybody().forEach(name -> cancels.add(Leaves.plain(Verb.CANCEL, name)));
    cancels.add(Leaves.sleep(RESCUE_PAUSE_TICKS));
    return new Op.Spawn(
        new Child(
            "rescue",
            List.of(Leaves.sleep(RESCUE_TICKS), new Op.Repeat(RESCUES, List.copyOf(cancels)))),
        /* eager= */ false);
  }

  // Bodies

  private List<Op> body(String label, int depth) {
    int length = dice.between(1, Math.max(1, 5 - depth));
    var ops = new ArrayList<Op>();
    for (int i = 0; i < length; i++) {
      ops.addAll(step(label, depth));
    }
    return List.copyOf(ops);
  }

  private List<Op> block(String label, int depth) {
    return dice.percent(35) ? List.of() : body(label, depth);
  }

  private Child child(String name, int depth) {
    return new Child(name, body(name, depth));
  }

  /// A few operations that belong together; mostly one.
  private List<Op> step(String label, int depth) {
    budget--;
    if (budget <= 0 || depth > MAX_DEPTH) {
      return List.of(guarded(leaves.suspending(), label, depth));
    }
    if (dice.percent(18)) {
      return awkward(label, depth);
    }
    return List.of(guarded(single(label, depth), label, depth));
  }

  private Op single(String label, int depth) {
    return switch (dice.weighted(families)) {
      case TIME -> leaves.pause();
      case WAKING ->
        dice.percent(12)
            ? new Op.Hold(Thing.CONDITION, "C0", List.of(leaves.notifying()))
            : leaves.waking();
      case CONTROL -> control(label, depth);
      case TASKS -> dice.percent(50) ? spawn(depth + 1) : leaves.ofTasks(label);
      case CANCELLING -> leaves.cancelling(label);
      case SCOPES -> scope(label, depth);
      case COMBINING -> combined(depth);
      case LOCKS -> dice.percent(50) ? hold(label, depth) : leaves.ofLocks();
      case QUEUES -> leaves.ofQueues();
      case FUTURES -> leaves.ofFutures();
      case CALLBACKS -> schedule(depth);
    };
  }

  /// Often puts a `try` around an operation, so that a program goes on after what fails.
  private Op guarded(Op op, String label, int depth) {
    if (dice.percent(45)) {
      return op;
    }
    if (dice.percent(60)) {
      return dice.percent(50) ? quietly(op) : tolerantly(op);
    }
    return attempt(List.of(op), label, depth);
  }

  private static Op quietly(Op op) {
    return new Op.Try(List.of(op), null, List.of(), null, /* reraise= */ false);
  }

  private static Op tolerantly(Op op) {
    return new Op.Try(List.of(op), List.of(), List.of(), null, /* reraise= */ false);
  }

  private Op attempt(List<Op> body, String label, int depth) {
    return new Op.Try(
        body,
        arm(55, label, depth),
        arm(55, label, depth),
        arm(35, label, depth),
        dice.percent(25));
  }

  private @Nullable List<Op> arm(int probability, String label, int depth) {
    return dice.percent(probability) ? block(label, depth + 1) : null;
  }

  private Op control(String label, int depth) {
    return switch (dice.below(8)) {
      case 0 -> new Op.Return((long) dice.between(1, 99));
      case 1 -> new Op.Raise(leaves.error());
      case 2, 3 -> new Op.Repeat(dice.between(2, 3), body(label, depth + 1));
      default -> attempt(body(label, depth + 1), label, depth);
    };
  }

  private Op scope(String label, int depth) {
    if (dice.percent(60)) {
      return new Op.Limit(limit(), body(label, depth + 1));
    }
    var children = new ArrayList<Child>();
    int count = dice.between(1, 3);
    for (int i = 0; i < count; i++) {
      String name = cast.task("g");
      children.add(child(name, depth + 1));
      cast.complete(name);
    }
    return new Op.Group(List.copyOf(children), block(label, depth + 1));
  }

  private Op hold(String label, int depth) {
    if (dice.percent(35)) {
      var ops = new ArrayList<>(block(label, depth + 1));
      ops.add(dice.below(ops.size() + 1), leaves.ofHeldCondition());
      return new Op.Hold(Thing.CONDITION, "C0", List.copyOf(ops));
    }
    return dice.percent(50)
        ? new Op.Hold(Thing.LOCK, dice.pick("L0", "L1"), body(label, depth + 1))
        : new Op.Hold(Thing.SEMAPHORE, dice.pick("S0", "S1"), body(label, depth + 1));
  }

  private Op combined(int depth) {
    return switch (dice.below(4)) {
      case 0 -> gather(depth);
      case 1 -> new Op.WaitFor(participant(depth), limit());
      case 2 -> new Op.Wait(cast.anyTasks(3), limit(), dice.pick(ReturnWhen.values()));
      default -> new Op.AsCompleted(cast.anyTasks(3), limit());
    };
  }

  private Op gather(int depth) {
    var participants = new ArrayList<Participant>();
    int count = dice.between(0, 3);
    for (int i = 0; i < count; i++) {
      participants.add(participant(depth));
    }
    return new Op.Gather(List.copyOf(participants), dice.percent(45));
  }

  private Participant participant(int depth) {
    return cast.hasComplete() && dice.percent(45)
        ? new Participant.Named(cast.completeTask())
        : child(cast.label("c"), depth + 1);
  }

  private Op spawn(int depth) {
    String name = cast.task("t");
    Child child = child(name, depth);
    cast.complete(name);
    return new Op.Spawn(child, dice.percent(15));
  }

  private Op schedule(int depth) {
    var ops = new ArrayList<Op>();
    String label = cast.label("k");
    int count = dice.between(0, 3);
    for (int i = 0; i < count; i++) {
      ops.add(dice.percent(8) && depth < MAX_DEPTH ? spawn(depth + 1) : leaves.instant());
    }
    Long delay = dice.percent(55) ? null : dice.percent(15) ? Long.valueOf(0) : dice.ticks();
    return new Op.Schedule(delay, label, List.copyOf(ops));
  }

  private @Nullable Long limit() {
    return dice.percent(12) ? null : dice.percent(15) ? Long.valueOf(0) : dice.ticks();
  }

  // Cancellation at awkward moments

  private List<Op> awkward(String label, int depth) {
    Op cancel = leaves.cancel();
    return switch (dice.below(9)) {
      // before its first step, at its first wait, or with that wait over
      case 0, 1 -> {
        Op spawn = spawn(depth + 1);
        Op kill = leaves.cancel(((Op.Spawn) spawn).child().name());
        yield switch (dice.below(4)) {
          case 0 -> List.of(spawn, kill);
          case 1 -> List.of(spawn, Leaves.sleep(0), kill);
          case 2 -> List.of(spawn, Leaves.sleep(0), kill, kill, Leaves.sleep(0), kill);
          default -> List.of(spawn, leaves.pause(), leaves.instant(), kill);
        };
      }
      // just woken, or about to be
      case 2 -> List.of(quietly(leaves.waking()), cancel, leaves.pause());
      case 3 -> List.of(cancel, quietly(leaves.waking()), leaves.pause());
      // itself, with something still to do
      case 4 ->
        List.of(
            label.equals("main") ? cancel : leaves.cancel(label),
            dice.percent(50)
                ? Leaves.plain(dice.percent(50) ? Verb.UNCANCEL : Verb.CANCELLING)
                : leaves.instant(),
            guarded(leaves.suspending(), label, depth));
      // from a callback, while it waits
      case 5 ->
        List.of(
            new Op.Schedule(null, cast.label("k"), List.of(cancel)),
            guarded(leaves.suspending(), label, depth));
      // while it cleans up
      case 6 ->
        List.of(
            new Op.Try(
                List.of(leaves.suspending()),
                List.of(guarded(leaves.suspending(), label, depth)),
                null,
                List.of(leaves.suspending()),
                dice.percent(50)));
      // at a barrier that is nearly full
      case 7 -> {
        var parties = new ArrayList<Op>();
        for (int i = 0; i < 3; i++) {
          String name = cast.task("t");
          Op meet = guarded(Leaves.plain(Verb.BARRIER, "B0"), name, depth + 1);
          parties.add(new Op.Spawn(new Child(name, List.of(meet, leaves.pause())), false));
          cast.complete(name);
        }
        parties.add(dice.below(4), Leaves.sleep(0));
        parties.add(dice.below(5), cancel);
        yield List.copyOf(parties);
      }
      // by a limit inside another
      default ->
        List.of(
            new Op.Limit(
                limit(),
                List.of(
                    guarded(new Op.Limit(limit(), body(label, depth + 2)), label, depth + 2))));
    };
  }
}

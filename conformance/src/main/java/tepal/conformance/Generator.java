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
/// - No cancellation goes round without end: [Cast]. None is stuck for good either: [Spot].
/// - Nothing depends on what asyncio leaves open. Timers hardly ever meet, as no length of time
///   is used twice in a program; whoever runs a program in which they do drops it
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
    families = Stream.of(Family.values())
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
      ops.add(spawn(Spot.inTask("main", 0)));
    }
    while (budget > 0) {
      step(Spot.inTask("main", 1)).forEach(op -> ops.add(ofMain(op)));
    }
    ops.add(Leaves.sleep(0));
    ops.add(quietly(new Op.Wait(
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
            Map.entry("S0", new Slots(dice.between(0, 2), /* bounded= */ false)),
            Map.entry("S1", new Slots(dice.between(1, 2), /* bounded= */ true))),
        inOrder(
            Map.entry("Q0", new Store(dice.pick(Order.values()), dice.between(0, 2))),
            Map.entry("Q1", new Store(Order.FIFO, dice.between(0, 1)))),
        inOrder(Map.entry("B0", dice.between(1, 3))));
  }

  /// Mostly keeps an operation from ending main or from keeping it waiting until its timeout.
  private Op ofMain(Op op) {
    boolean instant = op instanceof Op.Plain plain
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

  private List<Op> body(Spot spot) {
    int length = dice.between(1, Math.max(1, 5 - spot.depth()));
    var ops = new ArrayList<Op>();
    for (int i = 0; i < length; i++) {
      ops.addAll(step(spot));
    }
    return List.copyOf(ops);
  }

  private List<Op> block(Spot spot) {
    return dice.percent(35) ? List.of() : body(spot);
  }

  /// A few operations that belong together; mostly one.
  private List<Op> step(Spot spot) {
    budget--;
    if (budget <= 0 || spot.depth() > MAX_DEPTH) {
      return List.of(guarded(leaves.suspending(spot), spot));
    }
    if (dice.percent(18)) {
      return awkward(spot);
    }
    return List.of(guarded(single(spot), spot));
  }

  private Op single(Spot spot) {
    return switch (dice.weighted(families)) {
      case TIME -> leaves.pause();
      case WAKING -> waking();
      case CONTROL -> control(spot);
      case TASKS -> dice.percent(50) ? spawn(spot) : leaves.ofTasks(spot);
      case CANCELLING -> leaves.cancelling(spot);
      case SCOPES -> dice.percent(60) || spot.holdsCondition() ? limit(spot) : group(spot);
      case COMBINING -> combined(spot);
      case LOCKS -> dice.percent(50) ? hold(spot) : leaves.ofLocks();
      case QUEUES -> leaves.ofQueues();
      case FUTURES -> leaves.ofFutures();
      case CALLBACKS -> schedule(spot);
    };
  }

  /// Often puts a `try` around an operation, so that a program goes on after what fails.
  private Op guarded(Op op, Spot spot) {
    if (dice.percent(45)) {
      return op;
    }
    if (dice.percent(60)) {
      return dice.percent(50) ? quietly(op) : tolerantly(op);
    }
    return attempt(List.of(op), spot);
  }

  private static Op quietly(Op op) {
    return new Op.Try(List.of(op), null, List.of(), null, /* reraise= */ false);
  }

  private static Op tolerantly(Op op) {
    return new Op.Try(List.of(op), List.of(), List.of(), null, /* reraise= */ false);
  }

  private Op attempt(List<Op> body, Spot spot) {
    return new Op.Try(body, arm(55, spot), arm(55, spot), arm(35, spot), dice.percent(25));
  }

  private @Nullable List<Op> arm(int probability, Spot spot) {
    return dice.percent(probability) ? block(spot.inside()) : null;
  }

  private Op waking() {
    return dice.percent(12)
        ? new Op.Hold(Thing.CONDITION, "C0", List.of(leaves.notifying()))
        : leaves.waking();
  }

  private Op control(Spot spot) {
    return switch (dice.below(8)) {
      case 0 -> new Op.Return((long) dice.between(1, 99));
      case 1 -> new Op.Raise(leaves.error());
      case 2, 3 -> new Op.Repeat(dice.between(2, 3), body(spot.inside()));
      default -> attempt(body(spot.inside()), spot);
    };
  }

  private Op limit(Spot spot) {
    return new Op.Limit(ticks(), body(spot.inside()));
  }

  private Op group(Spot spot) {
    var children = new ArrayList<Child>();
    int count = dice.between(1, 3);
    for (int i = 0; i < count; i++) {
      children.add(task("g", spot));
    }
    return new Op.Group(List.copyOf(children), block(spot.inside()));
  }

  private Op hold(Spot spot) {
    if (dice.percent(35)) {
      var ops = new ArrayList<>(block(spot.holding()));
      ops.add(dice.below(ops.size() + 1), leaves.ofHeldCondition());
      return new Op.Hold(Thing.CONDITION, "C0", List.copyOf(ops));
    }
    return dice.percent(50)
        ? new Op.Hold(Thing.LOCK, dice.pick("L0", "L1"), body(spot.inside()))
        : new Op.Hold(Thing.SEMAPHORE, dice.pick("S0", "S1"), body(spot.inside()));
  }

  private Op combined(Spot spot) {
    return switch (spot.holdsCondition() ? dice.between(2, 3) : dice.below(4)) {
      case 0 -> gather(spot);
      case 1 -> new Op.WaitFor(participant(spot), ticks());
      case 2 -> new Op.Wait(cast.anyTasks(3), ticks(), dice.pick(ReturnWhen.values()));
      default -> new Op.AsCompleted(cast.anyTasks(3), ticks());
    };
  }

  private Op gather(Spot spot) {
    var participants = new ArrayList<Participant>();
    int count = dice.between(0, 3);
    for (int i = 0; i < count; i++) {
      participants.add(participant(spot));
    }
    return new Op.Gather(List.copyOf(participants), dice.percent(45));
  }

  private Participant participant(Spot spot) {
    if (cast.hasComplete() && dice.percent(45)) {
      return new Participant.Named(cast.completeTask());
    }
    String label = cast.label("c");
    return new Child(label, body(Spot.inTask(label, spot.depth() + 1)));
  }

  private Op spawn(Spot spot) {
    return new Op.Spawn(task("t", spot), dice.percent(15));
  }

  private Child task(String prefix, Spot spot) {
    String name = cast.task(prefix);
    var child = new Child(name, body(Spot.inTask(name, spot.depth() + 1)));
    cast.complete(name);
    return child;
  }

  private Op schedule(Spot spot) {
    var ops = new ArrayList<Op>();
    String label = cast.label("k");
    int count = dice.between(0, 3);
    for (int i = 0; i < count; i++) {
      ops.add(inCallback(spot.inside()));
    }
    Long delay = dice.percent(55) ? null : dice.percent(15) ? Long.valueOf(0) : dice.ticks();
    return new Op.Schedule(delay, label, List.copyOf(ops));
  }

  private Op inCallback(Spot spot) {
    if (spot.depth() <= MAX_DEPTH && dice.percent(15)) {
      return dice.percent(50) ? spawn(spot) : schedule(spot);
    }
    return leaves.instant();
  }

  private @Nullable Long ticks() {
    return dice.percent(12) ? null : dice.percent(15) ? Long.valueOf(0) : dice.ticks();
  }

  // Cancellation at awkward moments

  private List<Op> awkward(Spot spot) {
    return switch (dice.below(11)) {
      case 0, 1 -> cancelYoung(spot);
      case 2 -> List.of(quietly(leaves.waking()), leaves.cancel(), leaves.pause());
      case 3 -> List.of(leaves.cancel(), quietly(leaves.waking()), leaves.pause());
      case 4 -> cancelSelf(spot);
      case 5 -> cancelFromCallback(spot);
      case 6 -> List.of(cleanUp(spot));
      case 7 -> meet(spot);
      case 8, 9 -> contest(spot);
      default ->
        List.of(new Op.Limit(ticks(), List.of(guarded(limit(spot.inside()), spot.inside()))));
    };
  }

  /// A task before its first step, at its first wait, or with that wait over.
  private List<Op> cancelYoung(Spot spot) {
    Child child = task("t", spot);
    Op spawn = new Op.Spawn(child, dice.percent(15));
    Op cancel = leaves.cancel(child.name());
    return switch (dice.below(4)) {
      case 0 -> List.of(spawn, cancel);
      case 1 -> List.of(spawn, Leaves.sleep(0), cancel);
      case 2 -> List.of(spawn, Leaves.sleep(0), cancel, cancel, Leaves.sleep(0), cancel);
      default -> List.of(spawn, leaves.pause(), leaves.instant(), cancel);
    };
  }

  /// The task itself, with something still to do.
  private List<Op> cancelSelf(Spot spot) {
    Op next = dice.percent(50)
        ? Leaves.plain(dice.percent(50) ? Verb.UNCANCEL : Verb.CANCELLING)
        : leaves.instant();
    Op cancel = spot.isInMain() ? leaves.cancel() : leaves.cancel(spot.label());
    return List.of(cancel, next, guarded(leaves.suspending(spot), spot));
  }

  private List<Op> cancelFromCallback(Spot spot) {
    return List.of(
        new Op.Schedule(null, cast.label("k"), List.of(leaves.cancel())),
        guarded(leaves.suspending(spot), spot));
  }

  /// Something to suspend in while a cancellation is on its way out.
  private Op cleanUp(Spot spot) {
    return new Op.Try(
        List.of(leaves.suspending(spot)),
        List.of(guarded(leaves.suspending(spot), spot)),
        null,
        List.of(leaves.suspending(spot)),
        dice.percent(50));
  }

  /// Tasks at a barrier, and a cancellation among them.
  private List<Op> meet(Spot spot) {
    var ops = new ArrayList<Op>();
    for (int i = 0; i < 3; i++) {
      String name = cast.task("t");
      Op party = guarded(Leaves.plain(Verb.BARRIER, "B0"), Spot.inTask(name, spot.depth() + 1));
      ops.add(new Op.Spawn(new Child(name, List.of(party, leaves.pause())), /* eager= */ false));
      cast.complete(name);
    }
    ops.add(dice.below(4), Leaves.sleep(0));
    ops.add(dice.below(5), leaves.cancel());
    return List.copyOf(ops);
  }

  /// Tasks that wait for the same thing, which becomes free just before one of them is cancelled,
  /// or
  /// just after.
  private List<Op> contest(Spot spot) {
    Leaves.Contest contest = leaves.contest();
    var ops = new ArrayList<Op>();
    var names = new ArrayList<String>();
    for (int i = dice.between(1, 3); i > 0; i--) {
      String name = cast.task("t");
      Op wait = guarded(contest.waiting(), Spot.inTask(name, spot.depth() + 1));
      ops.add(new Op.Spawn(new Child(name, List.of(wait)), /* eager= */ false));
      names.add(name);
      cast.complete(name);
    }
    ops.add(leaves.pause());
    Op cancel = leaves.cancel(dice.pick(names));
    Op waking = quietly(contest.waking());
    ops.addAll(dice.percent(70) ? List.of(waking, cancel) : List.of(cancel, waking));
    ops.add(Leaves.sleep(0));
    return List.copyOf(ops);
  }
}

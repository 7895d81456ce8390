// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Makes a program that fails as small as it can while it still fails.
///
/// Greedy: the first smaller program that fails is taken and the search begins again with it, until
/// no smaller one fails or enough have been tried. Main stays one `try` around one `timeout`, and
/// its first operation, which rescues a main task that is stuck, stays as well.
final class Shrinker {
  private final Predicate<Program> fails;
  private int triesLeft;

  private Shrinker(Predicate<Program> fails, int tries) {
    this.fails = fails;
    triesLeft = tries;
  }

  /// Returns a program that fails and is as small as was found.
  ///
  /// @param program a program that fails
  /// @param fails whether a smaller one fails in the same way
  /// @param tries how many programs to try
  static Program shrink(Program program, Predicate<Program> fails, int tries) {
    return new Shrinker(fails, tries).shrink(program);
  }

  private Program shrink(Program program) {
    Program smallest = program;
    while (true) {
      Program current = smallest;
      Program next = candidates(current)
          .takeWhile(_ -> triesLeft-- > 0)
          .filter(fails)
          .findFirst()
          .orElse(null);
      if (next == null) {
        return smallest;
      }
      smallest = next;
    }
  }

  private static Stream<Program> candidates(Program program) {
    if (program.main().size() == 1
        && program.main().getFirst() instanceof Op.Try attempt
        && attempt.body().size() == 1
        && attempt.body().getFirst() instanceof Op.Limit limit
        && !limit.body().isEmpty()) {
      Op first = limit.body().getFirst();
      return smaller(limit.body().subList(1, limit.body().size()))
          .map(rest -> with(program, attempt, limit, concat(List.of(first), rest)));
    }
    return smaller(program.main()).map(main -> new Program(program.declarations(), main));
  }

  private static Program with(Program program, Op.Try attempt, Op.Limit limit, List<Op> body) {
    List<Op> limited = List.of(new Op.Limit(limit.ticks(), body));
    Op.Try outer = new Op.Try(
        limited, attempt.cancelled(), attempt.error(), attempt.last(), attempt.reraise());
    return new Program(program.declarations(), List.of(outer));
  }

  // Smaller lists: without a part, with the inside of an operation in its place, with a smaller one

  private static Stream<List<Op>> smaller(List<Op> ops) {
    return Stream.of(without(ops), hoisted(ops), replaced(ops, Shrinker::smaller))
        .flatMap(Function.identity());
  }

  private static <T> Stream<List<T>> without(List<T> list) {
    return Stream.iterate(list.size(), size -> size > 0, size -> size / 2)
        .flatMap(size -> IntStream.iterate(0, start -> start < list.size(), start -> start + size)
            .mapToObj(
                start -> splice(list, start, Math.min(start + size, list.size()), List.of())));
  }

  private static Stream<List<Op>> hoisted(List<Op> ops) {
    return IntStream.range(0, ops.size())
        .boxed()
        .flatMap(i -> ops.get(i).blocks().stream().map(block -> splice(ops, i, i + 1, block)));
  }

  private static <T> Stream<List<T>> replaced(List<T> list, Function<T, Stream<T>> smaller) {
    return IntStream.range(0, list.size())
        .boxed()
        .flatMap(
            i -> smaller.apply(list.get(i)).map(with -> splice(list, i, i + 1, List.of(with))));
  }

  private static <T> List<T> splice(List<T> list, int from, int to, List<T> with) {
    return concat(concat(list.subList(0, from), with), list.subList(to, list.size()));
  }

  private static <T> List<T> concat(List<T> first, List<T> second) {
    var all = new ArrayList<>(first);
    all.addAll(second);
    return List.copyOf(all);
  }

  // Smaller operations

  private static Stream<Op> smaller(Op op) {
    return switch (op) {
      case Op.Try attempt -> smaller(attempt);
      case Op.Repeat repeat ->
        smaller(repeat.body()).map(body -> new Op.Repeat(repeat.times(), body));
      case Op.Limit limit -> smaller(limit.body()).map(body -> new Op.Limit(limit.ticks(), body));
      case Op.Group group ->
        Stream.concat(
            lists(group.children(), Shrinker::smaller).map(c -> new Op.Group(c, group.body())),
            smaller(group.body()).map(body -> new Op.Group(group.children(), body)));
      case Op.Hold hold ->
        smaller(hold.body()).map(body -> new Op.Hold(hold.thing(), hold.name(), body));
      case Op.Spawn spawn ->
        smaller(spawn.child()).map(child -> new Op.Spawn(child, spawn.eager()));
      case Op.Schedule schedule ->
        smaller(schedule.body())
            .map(body -> new Op.Schedule(schedule.delay(), schedule.label(), body));
      case Op.Gather gather ->
        lists(gather.participants(), Shrinker::smaller)
            .map(all -> new Op.Gather(all, gather.returnExceptions()));
      case Op.WaitFor waitFor ->
        smaller(waitFor.participant()).map(one -> new Op.WaitFor(one, waitFor.ticks()));
      case Op.Wait wait ->
        without(wait.names()).map(names -> new Op.Wait(names, wait.ticks(), wait.until()));
      case Op.AsCompleted each ->
        without(each.names()).map(names -> new Op.AsCompleted(names, each.ticks()));
      case Op.Return _, Op.Raise _, Op.Shutdown _, Op.Plain _ -> Stream.empty();
    };
  }

  private static Stream<Op> smaller(Op.Try op) {
    boolean again = op.reraise();
    return Stream.of(
            Stream.of(new Op.Try(op.body(), op.cancelled(), op.error(), null, false))
                .filter(_ -> again || op.last() != null),
            smaller(op.body())
                .map(body -> new Op.Try(body, op.cancelled(), op.error(), op.last(), again)),
            arms(op.cancelled())
                .map(arm -> new Op.Try(op.body(), arm.ops(), op.error(), op.last(), again)),
            arms(op.error())
                .map(arm -> new Op.Try(op.body(), op.cancelled(), arm.ops(), op.last(), again)),
            arms(op.last())
                .map(arm -> new Op.Try(op.body(), op.cancelled(), op.error(), arm.ops(), again)))
        .flatMap(Function.identity());
  }

  /// An arm of a `try`, in a stream, which cannot hold null.
  private record Arm(@Nullable List<Op> ops) {}

  private static Stream<Arm> arms(@Nullable List<Op> arm) {
    return arm == null
        ? Stream.empty()
        : Stream.concat(Stream.of(new Arm(null)), smaller(arm).map(Arm::new));
  }

  private static <T> Stream<List<T>> lists(List<T> list, Function<T, Stream<T>> smaller) {
    return Stream.concat(without(list), replaced(list, smaller));
  }

  private static Stream<Child> smaller(Child child) {
    return smaller(child.body()).map(body -> new Child(child.name(), body));
  }

  private static Stream<Participant> smaller(Participant participant) {
    return participant instanceof Child child
        ? smaller(child).map(Participant.class::cast)
        : Stream.empty();
  }
}

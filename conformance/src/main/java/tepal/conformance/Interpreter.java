// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tepal.Asyncio;
import tepal.Body;
import tepal.CancelledError;
import tepal.TaskGroup;
import tepal.TaskOptions;
import tepal.Timeout;
import tepal.sync.Held;

/// Runs the operations of a program and logs what they do.
///
/// Each operation is one call of Tepal's public API, and what the call does is what gets logged:
/// there is no waiting, cancelling or ordering here. The label of a line is that of the child whose
/// body is running, also where it runs inside another's task; so it is passed on as a parameter.
///
/// Operations hand out a [Returned] if they end the whole child, and null if the next one is to
/// run.
final class Interpreter {
  private final World world;
  private final Trace trace;
  private final PlainOps plain;
  private final Combinators combinators;

  Interpreter(World world, Trace trace) {
    this.world = world;
    this.trace = trace;
    plain = new PlainOps(world, trace);
    combinators = new Combinators(world, trace, this::child);
  }

  /// Runs the main task's body; its last line is the last of the trace.
  @Nullable Object main(List<Op> body) {
    trace.log("main", "start");
    @Nullable Returned returned;
    try {
      returned = run("main", body);
    } catch (RuntimeException | Error e) {
      trace.end("main", "raised " + Texts.kind(e));
      throw e;
    }
    @Nullable Object value = returned == null ? null : returned.value();
    trace.end("main", "returned " + Texts.value(value));
    return value;
  }

  /// Runs the body of a child, in whatever task this is called.
  @Nullable Object child(Child child) {
    trace.log(child.name(), "start");
    @Nullable Returned returned;
    try {
      returned = run(child.name(), child.body());
    } catch (RuntimeException | Error e) {
      trace.log(child.name(), "raised " + Texts.kind(e));
      throw e;
    }
    @Nullable Object value = returned == null ? null : returned.value();
    trace.log(child.name(), "returned " + Texts.value(value));
    return value;
  }

  private @Nullable Returned run(String label, List<Op> ops) {
    for (Op op : ops) {
      @Nullable Returned returned = run(label, op);
      if (returned != null) {
        return returned;
      }
    }
    return null;
  }

  private @Nullable Returned run(String label, Op op) {
    switch (op) {
      case Op.Return end -> {
        return new Returned(end.value());
      }
      case Op.Raise raise -> {
        trace.log(label, raise.heading());
        throw new AppError(raise.error());
      }
      case Op.Try attempt -> {
        return attempt(label, attempt);
      }
      case Op.Repeat repeat -> {
        return repeat(label, repeat);
      }
      case Op.Limit limit -> {
        return limit(label, limit);
      }
      case Op.Group group -> {
        return group(label, group);
      }
      case Op.Hold hold -> {
        return hold(label, hold);
      }
      case Op.Plain call -> logged(label, op, () -> plain.run(call));
      case Op.Spawn spawn -> logged(label, op, () -> spawn(spawn));
      case Op.Schedule schedule -> logged(label, op, () -> schedule(schedule));
      case Op.Shutdown shutdown -> logged(label, op, () -> plain.shutdown(shutdown));
      case Op.Gather gather -> logged(label, op, () -> combinators.gather(gather));
      case Op.Wait wait -> logged(label, op, () -> combinators.await(wait));
      case Op.WaitFor waitFor -> logged(label, op, () -> combinators.waitFor(waitFor));
      case Op.AsCompleted each -> logged(label, op, () -> combinators.asCompleted(label, each));
    }
    return null;
  }

  /// Logs what a call returns or throws.
  private void logged(String label, Op op, Body<@Nullable Object, RuntimeException> call) {
    @Nullable Object value;
    try {
      value = call.call();
    } catch (RuntimeException | Error e) {
      trace.log(label, op.heading() + " !" + Texts.kind(e));
      throw e;
    }
    trace.log(label, op.heading() + " -> " + Texts.value(value));
  }

  // Operations that shape a body

  private @Nullable Returned attempt(String label, Op.Try attempt) {
    try {
      return caught(label, attempt);
    } finally {
      if (attempt.last() != null) {
        trace.log(label, "finally");
        run(label, attempt.last());
      }
    }
  }

  private @Nullable Returned caught(String label, Op.Try attempt) {
    try {
      return run(label, attempt.body());
    } catch (CancelledError e) {
      return handled(label, e, attempt.cancelled(), attempt.reraise());
    } catch (RuntimeException e) {
      return handled(label, e, attempt.error(), attempt.reraise());
    }
  }

  private <X extends Throwable> @Nullable Returned handled(
      String label, X exception, @Nullable List<Op> handler, boolean reraise) throws X {
    if (handler == null) {
      throw exception;
    }
    trace.log(label, "caught " + Texts.kind(exception));
    @Nullable Returned returned = run(label, handler);
    if (returned == null && reraise) {
      throw exception;
    }
    return returned;
  }

  private @Nullable Returned repeat(String label, Op.Repeat repeat) {
    for (int i = 0; i < repeat.times(); i++) {
      @Nullable Returned returned = run(label, repeat.body());
      if (returned != null) {
        return returned;
      }
    }
    return null;
  }

  private @Nullable Returned limit(String label, Op.Limit limit) {
    trace.log(label, limit.heading() + " enter");
    Timeout timeout = Timeout.after(world.scope(limit.ticks()));
    @Nullable Returned returned;
    try {
      returned = timeout.<@Nullable Returned, RuntimeException>call(() -> run(label, limit.body()));
    } catch (RuntimeException | Error e) {
      trace.log(label, limit.heading() + " !" + Texts.kind(e));
      throw e;
    }
    trace.log(label, limit.heading() + (timeout.expired() ? " exit expired" : " exit in time"));
    return returned;
  }

  private @Nullable Returned group(String label, Op.Group group) {
    trace.log(label, "group enter");
    @Nullable Returned returned;
    try {
      returned = TaskGroup.<@Nullable Returned, RuntimeException>call(scope -> {
        for (Child child : group.children()) {
          var options = TaskOptions.named(child.name());
          world.know(child.name(), scope.createTask(() -> child(child), options));
        }
        return run(label, group.body());
      });
    } catch (RuntimeException | Error e) {
      trace.log(label, "group !" + Texts.kind(e));
      throw e;
    }
    trace.log(label, "group exit");
    return returned;
  }

  private @Nullable Returned hold(String label, Op.Hold hold) {
    Held held;
    try {
      held = acquire(hold);
    } catch (RuntimeException | Error e) {
      trace.log(label, hold.heading() + " !" + Texts.kind(e));
      throw e;
    }
    trace.log(label, hold.heading() + " acquired");
    // Not try-with-resources: what a release throws replaces what the body threw.
    try {
      return run(label, hold.body());
    } finally {
      held.close();
      trace.log(label, hold.heading() + " released");
    }
  }

  private Held acquire(Op.Hold hold) {
    return switch (hold.thing()) {
      case LOCK -> world.lock(hold.name()).acquire();
      case SEMAPHORE -> world.semaphore(hold.name()).acquire();
      case CONDITION -> world.condition(hold.name()).acquire();
    };
  }

  // Operations that start something

  private @Nullable Object spawn(Op.Spawn spawn) {
    Child child = spawn.child();
    TaskOptions options = TaskOptions.named(child.name());
    if (spawn.eager()) {
      options = options.eagerly();
    }
    world.know(child.name(), Asyncio.createTask(() -> child(child), options));
    return null;
  }

  private @Nullable Object schedule(Op.Schedule schedule) {
    Runnable callback = () -> callback(schedule.label(), schedule.body());
    if (schedule.delay() == null) {
      world.loop().callSoon(callback);
    } else {
      world.loop().callLater(world.timer(schedule.delay()), callback);
    }
    return null;
  }

  private void callback(String label, List<Op> ops) {
    trace.log(label, "callback");
    for (Op op : ops) {
      try {
        run(label, op);
      } catch (RuntimeException _) {
        // It has been logged, and the next operation runs.
      }
    }
  }
}

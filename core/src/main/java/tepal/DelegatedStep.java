// SPDX-License-Identifier: Apache-2.0
package tepal;

import org.jspecify.annotations.Nullable;
import tepal.GeneratorBody.Came;

/// A step of a generator whose body waits in `yieldFrom` for another one.
final class DelegatedStep<Y extends @Nullable Object> {
  /*
   * The body that delegates is no loop that passes everything on. It is suspended, and a step goes to the
   * innermost body of the chain at once, past those in between: it costs one switch, however long
   * the chain is. When the innermost one ends, its result or failure goes to the one that had delegated to
   * it, within the same step. The rules are those of PEP 380 [1].
   *
   * GeneratorExit closes from the inside out. Whatever is closed must end, or the one that had delegated to
   * it gets an error; what it returns then does not count.
   *
   * [1] https://peps.python.org/pep-0380/#formal-semantics
   */
  private final GeneratorBody<Y> outer;

  // what the next body to go on is given
  private @Nullable Object send;
  private @Nullable Throwable raise;

  // the one that is being closed, unless it is `outer`, and by what
  private @Nullable GeneratorBody<?> closing;
  private @Nullable GeneratorExit exit;

  private DelegatedStep(GeneratorBody<Y> outer) {
    this.outer = outer;
  }

  /// Goes on with what `outer` has just delegated to. Returns whether there is a value;
  /// otherwise `outer` has ended.
  static <Y extends @Nullable Object> boolean begin(GeneratorBody<Y> outer) {
    DelegatedStep<Y> step = new DelegatedStep<>(outer);
    step.give(outer.takeValue(), outer.takeFailure());
    return step.run();
  }

  /// Gives the innermost one what `outer` was given. Returns what [#begin] does.
  static <Y extends @Nullable Object> boolean goOn(
      GeneratorBody<Y> outer, @Nullable Object send, @Nullable Throwable raise) {
    DelegatedStep<Y> step = new DelegatedStep<>(outer);
    step.give(send, raise);
    return step.run();
  }

  /// Determines what the innermost one is given.
  private void give(@Nullable Object toSend, @Nullable Throwable toThrow) {
    send = toSend;
    raise = toThrow;
    if (toThrow instanceof GeneratorExit generatorExit) {
      exit = generatorExit;
      closes(outer.innermost());
    }
  }

  private void closes(GeneratorBody<?> body) {
    closing = body == outer ? null : body;
  }

  private boolean run() {
    for (; ; ) {
      GeneratorBody<? extends Y> last = outer.innermost();
      if (last.isDone()) {
        leave(last, null, raise); // it was driven by others meanwhile
        continue;
      }
      Came came = last == outer ? outer.goOn(send, raise) : last.stepAlone(send, raise);
      if (came == Came.TO_A_DELEGATION) {
        Object first = last.takeValue();
        Throwable thrown = last.takeFailure();
        if (closing == null) {
          give(first, thrown);
        } else {
          send = first;
          raise = thrown;
        }
      } else if (came == Came.TO_ITS_END) {
        if (last == outer) {
          return false;
        }
        leave(last, last.value(), last.takeFailure());
      } else if (closing == null) {
        outer.takeValueOf(last);
        return true;
      } else {
        ignored(closing, last);
      }
    }
  }

  /// Gives what `last` has come to to the one that had delegated to it.
  private void leave(GeneratorBody<?> last, @Nullable Object result, @Nullable Throwable failure) {
    GeneratorBody<? extends Y> to = outer.delegatorOf(last);
    to.endDelegation();
    send = result;
    raise = failure;
    if (last == closing) {
      closes(to);
      if (failure == null || failure instanceof GeneratorExit) {
        send = null;
        raise = exit;
      }
    }
  }

  /// Gives the one that had delegated to `closed` an error: it was to end, but `last`, which
  /// is it or to which it has delegated meanwhile, has yielded.
  private void ignored(GeneratorBody<?> closed, GeneratorBody<?> last) {
    Object _ = last.takeValue();
    GeneratorBody<? extends Y> to = outer.delegatorOf(closed);
    to.endDelegation();
    send = null;
    raise = closed.ignoredExit();
    closes(to);
  }
}

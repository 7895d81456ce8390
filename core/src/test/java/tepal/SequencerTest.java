// SPDX-License-Identifier: Apache-2.0
package tepal;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.gather;
import static tepal.Asyncio.sleep;
import static tepal.testing.Testing.assertDoesNotSuspend;
import static tepal.testing.Testing.waitAllTasksBlocked;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tepal.testing.Sequencer;
import tepal.testing.Trail;

@OnLoop
class SequencerTest {
  private static final String BROKEN =
      "Expected a sequence in which all blocks can have their turn, but the wait for block %d was cancelled";

  private final Trail trail = new Trail();
  private final Sequencer sequencer = new Sequencer();

  // ---- In order

  @Test
  void blocks_run_in_the_order_of_their_numbers_whoever_asks_first() {
    gather(() -> blocks(0, 4), () -> blocks(2, 5), () -> blocks(1, 3)).await();

    trail.assertIs(
        "0 begins",
        "0 ends",
        "1 begins",
        "1 ends",
        "2 begins",
        "2 ends",
        "3 begins",
        "3 ends",
        "4 begins",
        "4 ends",
        "5 begins",
        "5 ends");
  }

  @Test
  void a_block_whose_turn_it_is_begins_without_suspending() {
    assertDoesNotSuspend(() -> sequencer.at(0).close());
    assertDoesNotSuspend(() -> sequencer.at(1).close());
  }

  @Test
  void a_block_that_fails_ends_as_well() {
    Task<?> second = createTask(() -> blocks(1));
    assertThatThrownBy(() -> {
          try (var _ = sequencer.at(0)) {
            throw new IllegalArgumentException("failed");
          }
        })
        .hasMessage("failed");
    second.await();

    trail.assertIs("1 begins", "1 ends");
  }

  @Test
  void a_block_ends_once() {
    Sequencer.Block block = sequencer.at(0);
    block.close();
    block.close();
    Task<?> third = createTask(() -> blocks(2));
    waitAllTasksBlocked();
    trail.assertIs();

    sequencer.at(1).close();
    third.await();
    trail.assertIs("2 begins", "2 ends");
  }

  @Test
  void it_says_where_it_is() {
    assertThat(sequencer).hasToString("Sequencer[next block 0, 0 waiting]");
    Sequencer.Block block = sequencer.at(0);
    Task<?> waiting = InTask.started(() -> blocks(1));
    assertThat(sequencer).hasToString("Sequencer[in block 0, 1 waiting]");
    assertThat(block).hasToString("Block[0]");

    block.close();
    waiting.await();
    assertThat(sequencer).hasToString("Sequencer[next block 2, 0 waiting]");
  }

  // ---- Used wrongly

  @Test
  void a_number_is_used_once() {
    sequencer.at(0).close();
    Task<?> waiting = InTask.started(() -> blocks(3));

    assertThatIllegalStateException()
        .isThrownBy(() -> sequencer.at(0))
        .withMessage("Expected a position that was not used before, but 0 was");
    assertThatIllegalStateException()
        .isThrownBy(() -> sequencer.at(3))
        .withMessage("Expected a position that was not used before, but 3 was");
    Sequencer.Block open = sequencer.at(1);
    Task<?> second = createTask(() -> blocks(1));
    assertThatIllegalStateException()
        .isThrownBy(second::await)
        .withMessage("Expected a position that was not used before, but 1 was");

    open.close();
    sequencer.at(2).close();
    waiting.await();
  }

  @Test
  void a_task_does_not_wait_for_its_own_block() {
    InTask.me().setName("main");
    Sequencer.Block open = sequencer.at(0);

    assertThatIllegalStateException()
        .isThrownBy(() -> sequencer.at(1))
        .withMessage(
            "Expected a task that is in no block, as it would wait for itself, but main asks for"
                + " block 1 in block 0");
    open.close();
    sequencer.at(1).close();
  }

  @Test
  void numbers_begin_at_zero() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sequencer.at(-1))
        .withMessage("Expected a position of zero or more, got -1");
  }

  @Test
  void it_takes_a_task() {
    Asyncio.toThread(() -> assertThatIllegalStateException()
        .isThrownBy(() -> sequencer.at(0))
        .withMessageStartingWith("at() must be called in a task"));
  }

  // ---- Cancelled

  @Test
  void a_wait_that_is_cancelled_breaks_the_sequence_for_all_that_wait_and_all_that_come() {
    Sequencer.Block open = sequencer.at(0);
    Task<?> second = InTask.started(() -> blocks(2));
    Task<?> third = InTask.started(() -> blocks(3));
    second.cancel();

    assertThatThrownBy(second::await).isInstanceOf(CancelledError.class);
    assertThatIllegalStateException().isThrownBy(third::await).withMessage(BROKEN.formatted(2));
    open.close();
    assertThatIllegalStateException()
        .isThrownBy(() -> sequencer.at(1))
        .withMessage(BROKEN.formatted(2));
    assertThat(sequencer).hasToString("Sequencer[broken at 2, 0 waiting]");
  }

  @Test
  void a_task_that_is_cancelled_after_it_was_woken_breaks_the_sequence() {
    Sequencer.Block open = sequencer.at(0);
    Task<?> first = InTask.started(() -> blocks(1));
    Task<?> second = InTask.started(() -> blocks(2));
    open.close();
    first.cancel();

    assertThatThrownBy(first::await).isInstanceOf(CancelledError.class);
    assertThatIllegalStateException().isThrownBy(second::await).withMessage(BROKEN.formatted(1));
    trail.assertIs();
  }

  @Test
  void a_task_that_is_cancelled_before_it_waits_breaks_the_sequence() {
    Sequencer.Block open = sequencer.at(0);
    Task<?> first = createTask(() -> {
      InTask.me().cancel();
      blocks(1);
    });

    assertThatThrownBy(first::await).isInstanceOf(CancelledError.class);
    open.close();
    assertThatIllegalStateException().isThrownBy(() -> sequencer.at(1));
  }

  @Test
  void several_that_are_cancelled_together_tell_of_the_first() {
    Sequencer.Block open = sequencer.at(0);
    List<Task<?>> waiting = new ArrayList<>();
    for (int position = 1; position < 4; position++) {
      int each = position;
      waiting.add(InTask.started(() -> blocks(each)));
    }
    waiting.forEach(Task::cancel);
    waiting.forEach(task -> assertThatThrownBy(task::await).isInstanceOf(CancelledError.class));

    open.close();
    assertThatIllegalStateException()
        .isThrownBy(() -> sequencer.at(4))
        .withMessage(BROKEN.formatted(1));
  }

  private void blocks(int... positions) {
    for (int position : positions) {
      try (var _ = sequencer.at(position)) {
        trail.add(position + " begins");
        sleep(ofSeconds(1));
        trail.add(position + " ends");
      }
    }
  }
}

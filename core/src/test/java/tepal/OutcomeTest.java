// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OutcomeTest {
  @Test
  void a_value_is_returned() {
    Outcome<String> outcome = new Outcome.Value<>("value");

    assertThat(outcome.get()).isEqualTo("value");
    assertThat(new Outcome.Value<@Nullable Object>(null).get()).isNull();
  }

  @Test
  void an_unchecked_exception_is_thrown_as_it_is() {
    var failure = new ArithmeticException("division");
    Outcome<String> outcome = new Outcome.Failure<>(failure);

    assertThatThrownBy(outcome::get).isSameAs(failure);
  }

  @Test
  void a_checked_exception_is_thrown_as_a_cause() {
    var failure = new IOException("disk full");
    Outcome<String> outcome = new Outcome.Failure<>(failure);

    assertThatThrownBy(outcome::get)
        .isInstanceOf(CompletionException.class)
        .cause()
        .isSameAs(failure);
  }

  @Test
  void a_switch_needs_no_default() {
    assertThat(describe(new Outcome.Value<>(1))).isEqualTo("value 1");
    assertThat(describe(new Outcome.Failure<>(new CancelledError())))
        .isEqualTo("failure tepal.CancelledError");
  }

  private static String describe(Outcome<Integer> outcome) {
    return switch (outcome) {
      case Outcome.Value<Integer>(Integer value) -> "value " + value;
      case Outcome.Failure<Integer>(Throwable exception) -> "failure " + exception;
    };
  }
}

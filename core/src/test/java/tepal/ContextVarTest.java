// SPDX-License-Identifier: Apache-2.0
package tepal;

import static java.time.Duration.ZERO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

class ContextVarTest {
  private final Trail trail = new Trail();
  private final ContextVar<String> user = new ContextVar<>("user");
  private final ContextVar<String> city = new ContextVar<>("city", "nowhere");

  // ---- Variables

  @Test
  void a_variable_that_is_not_set_has_its_default_or_none() {
    new Context().run(() -> {
      assertThat(city.get()).isEqualTo("nowhere");
      assertThat(city.get("fallback")).isEqualTo("fallback");
      assertThat(user.get("fallback")).isEqualTo("fallback");
      assertThatThrownBy(user::get)
          .isInstanceOf(NoSuchElementException.class)
          .hasMessage("Expected the context variable user to be set, but it is not and has no"
              + " default");
    });
  }

  @Test
  void a_variable_has_the_value_that_was_set_last() {
    new Context().run(() -> {
      user.set("anna");
      user.set("bert");

      assertThat(user.get()).isEqualTo("bert");
      assertThat(user.get("fallback")).isEqualTo("bert");
    });
  }

  @Test
  void null_is_a_value_and_a_default() {
    ContextVar<@Nullable String> nullable = new ContextVar<>("nullable", null);
    new Context().run(() -> {
      assertThat(nullable.get()).isNull();
      nullable.set("x");
      nullable.set(null);
      assertThat(nullable.get("fallback")).isNull();
    });
  }

  @Test
  void a_token_restores_the_value_before() {
    new Context().run(() -> {
      user.set("anna");
      var token = user.set("bert");
      assertThat(token.hasOldValue()).isTrue();
      assertThat(token.oldValue()).isEqualTo("anna");
      assertThat(token.var()).isSameAs(user);

      user.reset(token);
      assertThat(user.get()).isEqualTo("anna");
    });
  }

  @Test
  void a_token_of_the_first_set_unsets_the_variable() {
    new Context().run(() -> {
      var token = city.set("here");
      assertThat(token.hasOldValue()).isFalse();
      assertThat(token.oldValue()).isNull();

      city.reset(token);
      assertThat(city.get()).isEqualTo("nowhere");
    });
  }

  @Test
  void a_token_as_a_resource_restores_the_value_at_the_end_of_the_block() {
    new Context().run(() -> {
      user.set("anna");
      try (var _ = user.set("bert")) {
        trail.add(user.get());
      }
      trail.add(user.get());
    });

    trail.assertIs("bert", "anna");
  }

  @Test
  void a_token_serves_once() {
    new Context().run(() -> {
      var token = user.set("anna");
      assertThat(token).hasToString("Token[user]");
      user.reset(token);

      assertThat(token).hasToString("Token[user, used]");
      assertThatIllegalStateException()
          .isThrownBy(() -> user.reset(token))
          .withMessage("Expected a token that was not used yet: Token[user, used]");
    });
  }

  @Test
  void a_token_serves_its_own_variable_only() {
    new Context().run(() -> {
      var token = user.set("anna");

      assertThatIllegalArgumentException()
          .isThrownBy(() -> city.reset(token))
          .withMessage("Expected a token of ContextVar[city], got one of ContextVar[user]");
    });
  }

  @Test
  void a_token_serves_in_its_own_context_only() {
    new Context().run(() -> {
      var token = user.set("anna");

      assertThatIllegalArgumentException()
          .isThrownBy(() -> Context.copyContext().run(() -> user.reset(token)))
          .withMessageContaining("the current one is another");
    });
  }

  @Test
  void a_variable_has_a_name() {
    assertThat(user.name()).isEqualTo("user");
    assertThat(user).hasToString("ContextVar[user]");
  }

  // ---- Contexts

  @Test
  void what_is_set_in_a_context_stays_there() {
    Context context = new Context();
    context.run(() -> user.set("anna"));

    assertThat(context.get(user)).isEqualTo("anna");
    assertThat(context.get(city)).isNull();
    assertThat(context.<String, RuntimeException>call(user::get)).isEqualTo("anna");
    assertThat(user.get("not set here")).isEqualTo("not set here");
  }

  @Test
  void a_copy_goes_its_own_way() {
    Context context = new Context();
    context.run(() -> user.set("anna"));
    Context copy = context.copy();
    copy.run(() -> user.set("bert"));

    assertThat(context.get(user)).isEqualTo("anna");
    assertThat(copy.get(user)).isEqualTo("bert");
  }

  @Test
  void a_context_is_left_when_its_body_fails() {
    Context context = new Context();

    assertThatThrownBy(() -> context.run(() -> {
          user.set("anna");
          throw new IOException("disk full");
        }))
        .isInstanceOf(IOException.class);
    assertThat(user.get("not set here")).isEqualTo("not set here");
    assertThat(context.get(user)).isEqualTo("anna");
  }

  @Test
  void contexts_can_be_nested_but_not_in_themselves() {
    Context outer = new Context();
    Context inner = new Context();

    outer.run(() -> {
      user.set("outer");
      inner.run(() -> {
        assertThat(user.get("not set here")).isEqualTo("not set here");
        assertThatIllegalStateException()
            .isThrownBy(() -> outer.run(() -> trail.add("entered twice")))
            .withMessage("Expected a context that is not entered, but it is: Context[user=outer]");
      });
      assertThat(user.get()).isEqualTo("outer");
    });
    trail.assertIs();
  }

  @Test
  void each_thread_has_values_of_its_own() throws InterruptedException {
    new Context().run(() -> user.set("anna"));
    Thread thread = Thread.ofPlatform().start(() -> {
      trail.add(user.get("nobody"));
      user.set("bert");
    });
    thread.join();

    trail.assertIs("nobody");
    assertThat(user.get("nobody")).isEqualTo("nobody");
  }

  @Test
  void a_context_describes_its_values() {
    Context context = new Context();
    assertThat(context).hasToString("Context[]");

    context.run(() -> {
      city.set("here");
      user.set("anna");
    });
    assertThat(context).hasToString("Context[user=anna, city=here]");
  }

  @Test
  void many_variables_keep_their_values_apart() {
    List<ContextVar<Integer>> variables = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      variables.add(new ContextVar<>("v" + i));
    }
    Map<ContextVar<Integer>, Integer> expected = new HashMap<>();
    List<ContextVar.Token<Integer>> firstTokens = new ArrayList<>();
    Random random = new Random(1);
    Context context = new Context();

    context.run(() -> {
      for (int i = 0; i < 2_000; i++) {
        ContextVar<Integer> variable = variables.get(random.nextInt(variables.size()));
        var token = variable.set(i);
        if (expected.put(variable, i) == null) {
          firstTokens.add(token);
        }
      }
      expected.forEach((variable, value) -> assertThat(variable.get()).isEqualTo(value));
      firstTokens.forEach(ContextVar.Token::close);
    });
    assertThat(context).hasToString("Context[]");
  }

  // ---- On a loop

  @Test
  @OnLoop
  void a_task_inherits_values_and_changes_its_own_only() {
    user.set("anna");
    Task<?> task = Asyncio.createTask(() -> {
      trail.add(user.get());
      user.set("bert");
      Asyncio.sleep(ZERO);
      trail.add(user.get());
    });
    user.set("carl");

    task.await();
    trail.assertIs("anna", "bert");
    assertThat(user.get()).isEqualTo("carl");
  }

  @Test
  @OnLoop
  void tasks_that_share_a_context_see_each_others_values() {
    Context shared = new Context();
    TaskOptions options = TaskOptions.named("x").inContext(shared);
    Task<?> setter = Asyncio.createTask(() -> user.set("shared"), options);
    Task<String> getter = Asyncio.createTask(() -> user.get(), options);

    setter.await();
    assertThat(getter.await()).isEqualTo("shared");
  }

  @Test
  @OnLoop
  void a_context_can_be_entered_across_a_wait() {
    Context context = new Context();
    Task<?> other = Asyncio.createTask(() -> trail.add("other: " + user.get("not set here")));
    context.run(() -> {
      user.set("anna");
      Asyncio.sleep(ZERO);
      trail.add("main: " + user.get());
    });

    other.await();
    trail.assertIs("other: not set here", "main: anna");
  }

  @Test
  @OnLoop
  void a_thread_gets_a_copy_of_the_context_of_the_task() throws Exception {
    user.set("anna");
    String seen = Asyncio.toThread(() -> {
      String inherited = user.get();
      user.set("changed");
      return inherited;
    });

    assertThat(seen).isEqualTo("anna");
    assertThat(user.get()).isEqualTo("anna");
  }
}

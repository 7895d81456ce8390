// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.ExceptionGroup.on;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

class ExceptionGroupTest {
  private final Trail trail = new Trail();
  private final IOException disk = new IOException("disk full");
  private final FileNotFoundException file = new FileNotFoundException("no file");
  private final ArithmeticException division = new ArithmeticException("division");
  private final ExceptionGroup inner = new ExceptionGroup("inner", List.of(file, division));
  private final ExceptionGroup group = new ExceptionGroup("outer", List.of(disk, inner));

  // ---- The group

  @Test
  void a_group_holds_its_members_in_order() {
    assertThat(group.exceptions()).containsExactly(disk, inner);
    assertThat(group.message()).isEqualTo("outer");
    assertThat(group).hasMessage("outer (2 sub-exceptions)");
    assertThat(new ExceptionGroup("one", List.of(disk))).hasMessage("one (1 sub-exception)");
  }

  @Test
  void a_stack_trace_prints_the_members() {
    assertThat(group.getSuppressed()).containsExactly(disk, inner);
  }

  @Test
  void a_group_describes_itself_with_its_members() {
    assertThat(new ExceptionGroup("outer", List.of(disk, division)))
        .hasToString("ExceptionGroup: outer (2 sub-exceptions)"
            + " [java.io.IOException: disk full, java.lang.ArithmeticException: division]");
  }

  @Test
  void a_group_has_at_least_one_member() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ExceptionGroup("empty", List.of()))
        .withMessage("Expected at least one exception for a group, got none");
  }

  @Test
  void the_members_are_copied_and_cannot_be_changed() {
    List<Throwable> given = new ArrayList<>(List.of(disk));
    ExceptionGroup copied = new ExceptionGroup("copied", given);
    given.add(division);

    assertThat(copied.exceptions()).containsExactly(disk);
    assertThatThrownBy(() -> copied.exceptions().add(division))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  // ---- split and subgroup

  @Test
  void splitting_by_type_keeps_the_nesting() {
    var parts = group.split(IOException.class);

    assertThat(describe(parts.matched())).isEqualTo("outer(disk full, inner(no file))");
    assertThat(describe(parts.rest())).isEqualTo("outer(inner(division))");
  }

  @Test
  void splitting_keeps_the_exceptions_themselves() {
    ExceptionGroup matched = Objects.requireNonNull(group.subgroup(ArithmeticException.class));

    assertThat(matched.exceptions().getFirst())
        .isInstanceOfSatisfying(
            ExceptionGroup.class,
            part -> assertThat(part.exceptions().getFirst()).isSameAs(division));
  }

  @Test
  void a_part_says_where_the_whole_was_thrown() {
    ExceptionGroup matched = Objects.requireNonNull(group.subgroup(IOException.class));

    assertThat(matched.getStackTrace()).isEqualTo(group.getStackTrace());
  }

  @Test
  void a_group_that_matches_as_a_whole_is_the_matched_part_itself() {
    var parts = group.split(ExceptionGroup.class);

    assertThat(parts.matched()).isSameAs(group);
    assertThat(parts.rest()).isNull();
    assertThat(group.subgroup(each -> each == inner)).isNotNull();
  }

  @Test
  void a_nested_group_that_matches_is_not_taken_apart() {
    var parts = group.split(each -> each == inner);

    assertThat(Objects.requireNonNull(parts.matched()).exceptions()).containsExactly(inner);
    assertThat(Objects.requireNonNull(parts.rest()).exceptions()).containsExactly(disk);
  }

  @Test
  void a_part_without_exceptions_is_null() {
    assertThat(group.split(NullPointerException.class).matched()).isNull();
    assertThat(group.subgroup(NullPointerException.class)).isNull();
    assertThat(group.split(Exception.class).rest()).isNull();
  }

  @Test
  void members_can_be_chosen_by_a_condition() {
    ExceptionGroup matched = group.subgroup(each -> "division".equals(each.getMessage()));

    assertThat(describe(matched)).isEqualTo("outer(inner(division))");
  }

  // ---- handle

  @Test
  void each_clause_gets_what_those_before_it_left_and_the_rest_is_thrown() {
    assertThatThrownBy(() -> group.handle(
            on(FileNotFoundException.class, each -> trail.add(describe(each))),
            on(IOException.class, each -> trail.add(describe(each))),
            on(IOException.class, each -> trail.add("nothing is left: " + each))))
        .isInstanceOfSatisfying(
            ExceptionGroup.class,
            rest -> assertThat(describe(rest)).isEqualTo("outer(inner(division))"));

    trail.assertIs("outer(inner(no file))", "outer(disk full)");
  }

  @Test
  void a_clause_alone_throws_the_others() {
    assertThatThrownBy(() -> group.handle(IOException.class, each -> trail.add(describe(each))))
        .isInstanceOfSatisfying(
            ExceptionGroup.class,
            rest -> assertThat(describe(rest)).isEqualTo("outer(inner(division))"));
    trail.assertIs("outer(disk full, inner(no file))");
  }

  @Test
  void when_all_is_handled_nothing_is_thrown() {
    group.handle(
        on(IOException.class, _ -> trail.add("io")),
        on(ArithmeticException.class, _ -> trail.add("arithmetic")),
        on(Throwable.class, _ -> trail.add("nothing is left")));

    trail.assertIs("io", "arithmetic");
  }

  @Test
  void what_handlers_throw_leaves_with_what_is_left() {
    assertThatThrownBy(() -> group.handle(
            on(FileNotFoundException.class, _ -> {
              throw new IllegalStateException("in the first");
            }),
            on(IOException.class, _ -> {
              throw new IllegalStateException("in the second");
            })))
        .isInstanceOfSatisfying(
            ExceptionGroup.class,
            thrown -> assertThat(describe(thrown))
                .isEqualTo("outer(in the first, in the second, outer(inner(division)))"));
  }

  private static String describe(@Nullable Throwable exception) {
    if (exception instanceof ExceptionGroup some) {
      return some.message()
          + some.exceptions().stream()
              .map(ExceptionGroupTest::describe)
              .collect(java.util.stream.Collectors.joining(", ", "(", ")"));
    }
    return exception == null ? "null" : "" + exception.getMessage();
  }
}

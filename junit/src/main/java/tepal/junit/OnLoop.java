// SPDX-License-Identifier: Apache-2.0
package tepal.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/// Runs tests as tasks of a loop, so that they can await, in virtual time.
///
/// ```java
/// @OnLoop
/// class RetryTest {
///   @Test
///   void gives_up_after_a_minute(EventLoop loop, Trail trail) {
///     assertThrows(TimeoutException.class, () -> timeout(Duration.ofMinutes(1), this::poll));
///     assertEquals(Duration.ofMinutes(1), loop.time());
///   }
/// }
/// ```
///
/// Each test has a loop of its own. Its `@BeforeEach` methods, the test and its `@AfterEach`
/// methods are tasks of this loop, one after the other, and run in one context: what one of them
/// sets in a [tepal.ContextVar] the next one sees, and a task that is started before the test
/// runs on during it. That holds for every kind of test: `@ParameterizedTest`, `@RepeatedTest`,
/// `@TestFactory` and each of its dynamic tests, and tests in `@Nested` classes. Constructors,
/// `@BeforeAll` and `@AfterAll` run as usual, outside any loop.
///
/// Constructors and methods of one test can have parameters of the types [tepal.EventLoop], for
/// its loop, [tepal.testing.VirtualClock], for the loop's clock, and [tepal.testing.Trail], for a
/// trail that all of them share.
///
/// What a test throws is its failure, as the same object. A test also fails
///
/// * if it leaves a task pending, after its `@AfterEach` methods; they are named, with their
///   stacks, and then cancelled. A task that needs no more than a hundred iterations of the loop
///   to end is none;
/// * if its loop had an error that nobody was told of, such as a task that failed and was not
///   awaited. A test that expects one sets an exception handler of its own;
/// * if it hangs: the failure shows the loop's tasks and where they wait. In virtual time that is
///   known at once when nothing can happen any more
///   ([tepal.testing.VirtualClock#failOnDeadlock]), otherwise when the time is up; the test's
///   task is then cancelled. If JUnit's own `@Timeout` is over first, the tasks are logged, with
///   the logger `tepal`. Where JUnit's timeouts are switched off
///   (`junit.jupiter.execution.timeout.mode`), or off for debugging, this one is as well.
///
/// On a class it holds for all tests of the class, of its subclasses and of `@Nested` classes; on
/// a method or an inner class it takes the place of the outer one. It can be put on an annotation
/// of your own.
///
/// The loop runs on a thread of its own; the thread of JUnit waits for it, and values that other
/// extensions have put into its [ThreadLocal]s are not seen in the test. The loop's mode is what
/// [tepal.EventLoop.Builder#mode] says; for opened mode the JVM of the tests needs
/// `--add-opens java.base/java.lang=ALL-UNNAMED`. To test both modes run the tests twice, with the
/// system property `tepal.mode`.
///
/// Mirrors
/// [`unittest.IsolatedAsyncioTestCase`](https://docs.python.org/3.14/library/unittest.html#unittest.IsolatedAsyncioTestCase).
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(OnLoopExtension.class)
@SuppressWarnings("exports") // only JUnit, to which the package is open, makes the extension
public @interface OnLoop {

  /// What time is on the loop.
  enum Clock {
    /// A [tepal.testing.VirtualClock], which jumps to the next timer when nothing is ready.
    VIRTUAL,

    /// A [tepal.testing.VirtualClock] that only the test moves, with
    /// [tepal.testing.VirtualClock#advance].
    MANUAL,

    /// The machine's clock, [tepal.LoopClock#system()].
    SYSTEM
  }

  /// How the loop switches between tasks.
  enum Mode {
    /// As the system property `tepal.mode` says, or else opened where that is possible.
    DEFAULT,

    /// [tepal.LoopMode#OPENED]; the test fails if that is not possible.
    OPENED,

    /// [tepal.LoopMode#PORTABLE].
    PORTABLE
  }

  /// What time is on the loop.
  ///
  /// @return the kind of clock
  Clock clock() default Clock.VIRTUAL;

  /// How the loop switches between tasks.
  ///
  /// @return the mode
  Mode mode() default Mode.DEFAULT;

  /// Whether to switch the loop's debug mode on. If not, it is on where the system property
  /// `tepal.debug` is `true`.
  ///
  /// @return whether to switch it on
  boolean debug() default false;

  /// How long the test, and each method before and after it, may take in real time, in seconds.
  ///
  /// @return the limit; one or more
  long timeoutSeconds() default 60;

  /// For how long, in milliseconds of real time, a loop in virtual time on which nothing can
  /// happen any more waits for threads that it knows nothing of, before it is a deadlock.
  ///
  /// @return the time; zero if no thread calls in from outside, [Long#MAX_VALUE] to wait until
  ///     the time is up
  long deadlockAfterMillis() default 1_000;

  /// Whether the test may leave tasks pending. They are cancelled in any case.
  ///
  /// @return whether it may
  boolean allowPendingTasks() default false;
}

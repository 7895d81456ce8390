// SPDX-License-Identifier: Apache-2.0

/// What a deterministic test of concurrent code needs, with whatever test framework.
///
/// | type | what a test does with it |
/// |---|---|
/// | [VirtualClock][tepal.testing.VirtualClock] | lets a loop's time jump instead of passing |
/// | [Trail][tepal.testing.Trail] | writes down what happens, and asserts the order |
/// | [Testing][tepal.testing.Testing] | waits until all other tasks are blocked |
/// | [Sequencer][tepal.testing.Sequencer] | forces blocks in different tasks into one order |
///
/// For JUnit, `@OnLoop` in the module `tepal.junit` runs a test method as a task.
@NullMarked
package tepal.testing;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
package tepal;

/// The tests of [GeneratorTest] in a task.
@OnLoop
class GeneratorOnLoopTest extends GeneratorTest {}

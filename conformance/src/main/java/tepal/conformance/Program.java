// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import java.util.List;
import java.util.stream.Stream;

/// A program of the grammar: what exists before its main task starts, and what that task does.
///
/// @param declarations the locks, queues and so on that it uses
/// @param main the body of the main task
record Program(Declarations declarations, List<Op> main) {

  /// Returns all operations, each before those inside it.
  Stream<Op> operations() {
    return operations(main);
  }

  private static Stream<Op> operations(List<Op> ops) {
    return ops.stream()
        .flatMap(
            op -> Stream.concat(Stream.of(op), op.blocks().stream().flatMap(Program::operations)));
  }
}

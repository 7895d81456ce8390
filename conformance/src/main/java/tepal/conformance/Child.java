// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import java.util.List;

/// A coroutine with a name: the body of a task, or an awaitable for `gather` or `wait_for`.
///
/// @param name the label of its lines in the trace, and of its task if it is spawned or in a group
/// @param body what it does between its `start` and its `returned` or `raised`
record Child(String name, List<Op> body) implements Participant {}

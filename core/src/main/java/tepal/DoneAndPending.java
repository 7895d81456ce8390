// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What `Asyncio.wait` found: the futures that are done and those that are not.
///
/// Both sets keep the order in which the futures were given.
///
/// @param done futures with a result, an exception or a cancellation
/// @param pending futures that are not done
/// @param <T> the type of the futures' values
public record DoneAndPending<T extends @Nullable Object>(
    Set<Future<T>> done, Set<Future<T>> pending) {}

// SPDX-License-Identifier: Apache-2.0
package tepal.bridges;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A task that has said that it has started; see [BlockingPortal#startTask].
///
/// @param value what it said
/// @param future done when the task ends; cancelling it cancels the task
/// @param <S> the type of what it said
public record StartedTask<S extends @Nullable Object>(
    S value, CompletableFuture<@Nullable Void> future) {}

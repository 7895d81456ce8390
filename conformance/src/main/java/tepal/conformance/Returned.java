// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import org.jspecify.annotations.Nullable;

/// What a list of operations hands out if one of them was a `return`; null means that it ran to its
/// end. A scope passes it on as its value, so that nothing is thrown through it.
///
/// @param value the value that the whole child returns
record Returned(@Nullable Object value) {}

// SPDX-License-Identifier: Apache-2.0

/// What a deterministic test needs: a loop's time that jumps instead of passing.
@NullMarked
package tepal.testing;

import org.jspecify.annotations.NullMarked;

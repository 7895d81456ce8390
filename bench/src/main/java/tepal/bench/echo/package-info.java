// SPDX-License-Identifier: Apache-2.0

/// What a switch, a spawn and a hand-over cost, beside CPython's asyncio doing the same work in
/// the same run: `bench/run`.
@NullMarked
package tepal.bench;

import org.jspecify.annotations.NullMarked;

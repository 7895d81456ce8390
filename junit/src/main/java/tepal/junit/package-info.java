// SPDX-License-Identifier: Apache-2.0

/// Tests for JUnit that run as tasks of a loop: [OnLoop][tepal.junit.OnLoop].
@NullMarked
package tepal.junit;

import org.jspecify.annotations.NullMarked;

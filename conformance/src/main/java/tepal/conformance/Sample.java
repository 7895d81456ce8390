// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import java.util.List;

/// A program and the trace that it must give.
///
/// @param id the program's name in its file
/// @param program the program
/// @param trace what CPython printed for it
record Sample(String id, Program program, List<String> trace) {}

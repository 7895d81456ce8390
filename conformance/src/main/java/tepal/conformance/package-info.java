// SPDX-License-Identifier: Apache-2.0

/// Same program, same trace: the conformance of Tepal with CPython's asyncio.
///
/// A [Program] is read by [ProgramReader] or made up by [Generator]; [ProgramRun] runs it with an
/// [Interpreter] and writes its [Trace]. [RunCommand] compares the trace with CPython's;
/// [FuzzCommand] checks what must hold for every program.
package tepal.conformance;

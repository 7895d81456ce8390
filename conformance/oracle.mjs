// SPDX-License-Identifier: Apache-2.0
//
// Runs oracle.py on the CPython that the npm package `pyodide` brings, for machines that have no
// Python of that version: `conformance/oracle` calls it when PYTHON=pyodide.

import { loadPyodide } from 'pyodide';

const python = await loadPyodide();
python.FS.mkdirTree('/host');
python.FS.mount(python.FS.filesystems.NODEFS, { root: '/' }, '/host');
const [oracle, ...others] = process.argv.slice(2);
python.globals.set('ARGUMENTS', python.toPy([oracle, ...others]));
process.exitCode = python.runPython(`
import asyncio, runpy, sys

asyncio._set_running_loop(None)  # Pyodide's own, which never stops
sys.argv = [a if a.startswith("-") else "/host" + a for a in ARGUMENTS]
status = 0
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
except SystemExit as e:
    status = e.code or 0
sys.stdout.flush()
status if isinstance(status, int) else 2
`);

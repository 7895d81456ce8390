# SPDX-License-Identifier: Apache-2.0
"""Prints the public names of asyncio, one on a line, as FromPythonTest reads them.

    python3.14 asyncio_names.py > ../resources/tepal/asyncio-names.txt

A name is `asyncio.x` for what is in `asyncio.__all__`, `asyncio.subprocess.x` for what is in that
module, `loop.x` for the methods of AbstractEventLoop, and `X.x` for the public members that a class
does not have from another one that is listed.
"""

import asyncio
import asyncio.subprocess
import sys

LOOPS = ("AbstractEventLoop", "BaseEventLoop", "EventLoop", "SelectorEventLoop")
# A server is a Server; the abstract class has the same members.
NOT_BY_MEMBERS = (*LOOPS, "AbstractServer")

# What an instance gets when it is made, so that its class does not show it.
OF_INSTANCES = """
    Condition.acquire Condition.locked Condition.release
    IncompleteReadError.expected IncompleteReadError.partial LimitOverrunError.consumed
    Process.pid Process.stdin Process.stdout Process.stderr
    loop.slow_callback_duration
""".split()


def public(type_):
    return {name for name in dir(type_) if not name.startswith("_")}


def members():
    classes = [getattr(asyncio, name) for name in asyncio.__all__ if name not in NOT_BY_MEMBERS]
    classes = [each for each in classes if isinstance(each, type)] + [asyncio.subprocess.Process]
    for each in classes:
        own = public(each)
        for base in each.__mro__[1:]:
            if base in classes or base.__module__ == "builtins":
                own -= public(base)
        for name in own:
            yield f"{each.__name__}.{name}"


def names():
    yield from (f"asyncio.{name}" for name in asyncio.__all__)
    yield from (f"asyncio.subprocess.{name}" for name in ("DEVNULL", "PIPE", "STDOUT", "Process"))
    yield from (f"loop.{name}" for name in public(asyncio.AbstractEventLoop))
    yield from members()
    yield from OF_INSTANCES


print(f"# CPython {sys.version_info.major}.{sys.version_info.minor}, {sys.platform}")
print("\n".join(sorted(set(names()))))

# SPDX-License-Identifier: Apache-2.0
"""Child processes that do nothing, one after the other: RoundTrips in CPython.

Usage: subprocesses.py [--uvloop] CHILDREN

Prints what one took in the fastest of ten batches of CHILDREN, after five batches of warm-up.
"""

import asyncio
import sys
import time

NOTHING = "/bin/true"
BATCHES = 10


async def micros_per_child(count):
    start = time.perf_counter()
    for _ in range(count):
        child = await asyncio.create_subprocess_exec(NOTHING)
        if await child.wait() != 0:
            raise RuntimeError(f"expected a child that ends with 0, found {child}")
    return (time.perf_counter() - start) * 1e6 / count


async def fastest_micros(count, batches):
    return min([await micros_per_child(count) for _ in range(batches)])


async def warm_up_and_measure(count):
    await fastest_micros(count, BATCHES // 2)
    return await fastest_micros(count, BATCHES)


def main(arguments):
    runner = asyncio.Runner()
    if arguments[0] == "--uvloop":
        import uvloop

        runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
        arguments = arguments[1:]
    with runner:
        micros = runner.run(warm_up_and_measure(int(arguments[0])))
    print(f"microseconds per child: {micros:.1f}")


if __name__ == "__main__":
    main(sys.argv[1:])

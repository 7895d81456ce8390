# SPDX-License-Identifier: Apache-2.0
"""A number of tasks, each of which sleeps a random time below a second: MillionTasks in CPython.

Usage: million.py [--uvloop] TASKS
"""

import asyncio
import random
import resource
import sys


async def sleep_some():
    delay = random.random()
    await asyncio.sleep(delay)
    return delay


async def sleep_all(count):
    tasks = [asyncio.create_task(sleep_some()) for _ in range(count)]
    return sum([await task for task in tasks])


def main(arguments):
    runner = asyncio.Runner()
    if arguments[0] == "--uvloop":
        import uvloop

        runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
        arguments = arguments[1:]
    count = int(arguments[0])
    with runner:
        slept = runner.run(sleep_all(count))
    print(f"{count} tasks slept {slept:.0f} s in all")
    unit = 1 if sys.platform == "darwin" else 1024
    print("max RSS:", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)


if __name__ == "__main__":
    main(sys.argv[1:])

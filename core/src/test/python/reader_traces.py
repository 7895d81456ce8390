# SPDX-License-Identifier: Apache-2.0
"""Prints what CPython's StreamReader does with random data: StreamReaderTracesTest reads it.

Usage: reader_traces.py SEED CASES

A case is two lines: a limit and events, and the trace. The events are data in hexadecimal (- for
none), the end of the stream, and reads, each of which runs as a task and may wait for later data.
After each event everything runs; the trace has a dot for that.
"""

import asyncio
import random
import sys


class Transport:
    def __init__(self, trace):
        self.pause_reading = lambda: trace.append("pause")
        self.resume_reading = lambda: trace.append("resume")


def data(dice, length):
    return bytes(dice.choice(b"ab\nX") for _ in range(length))


def event(dice):
    kind = dice.random()
    if kind < 0.45:
        return ["feed", data(dice, dice.randint(0, 12))]
    if kind < 0.55:
        return ["readline"]
    if kind < 0.7:
        return ["readuntil", *(data(dice, dice.randint(1, 3)) for _ in range(dice.randint(1, 3)))]
    if kind < 0.8:
        return ["readexactly", dice.randint(0, 9)]
    if kind < 0.92:
        return ["read", dice.randint(0, 9)]
    return ["readall"] if kind < 0.95 else ["eof"]


async def read(reader, name, arguments):
    if name == "readuntil":
        return await reader.readuntil(tuple(arguments))
    if name == "readall":
        return await reader.read()
    return await getattr(reader, name)(*arguments)


async def outcome(reader, name, *arguments):
    try:
        return "=" + show(await read(reader, name, arguments))
    except asyncio.IncompleteReadError as error:
        return f" incomplete {show(error.partial)} {error.expected}"
    except asyncio.LimitOverrunError as error:
        return f" overrun {error.consumed}"
    except ValueError:
        return " overrun"


def show(value):
    return value.hex() or "-" if isinstance(value, bytes) else str(value)


async def run(limit, events):
    trace = []
    reader = asyncio.StreamReader(limit)
    reader.set_transport(Transport(trace))
    reading = None
    ended = False

    async def note(name, *arguments):
        trace.append(name + await outcome(reader, name, *arguments))

    for name, *arguments in events:
        if name == "feed" and not ended:
            reader.feed_data(arguments[0])
        elif name == "eof":
            ended = True
            reader.feed_eof()
        elif name != "feed" and (reading is None or reading.done()):
            reading = asyncio.create_task(note(name, *arguments))
        for _ in range(4):
            await asyncio.sleep(0)
        trace.append(".")
    return trace


def main(seed, cases):
    dice = random.Random(int(seed))
    for _ in range(int(cases)):
        limit = dice.choice([1, 2, 3, 5, 8, 20])
        events = [event(dice) for _ in range(dice.randint(3, 14))]
        events += [["eof"], ["readline"], ["readline"], ["readline"]]
        print(limit, *(":".join(map(show, each)) for each in events))
        print("|".join(asyncio.run(run(limit, events))))


if __name__ == "__main__":
    main(*sys.argv[1:])

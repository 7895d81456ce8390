# SPDX-License-Identifier: Apache-2.0
"""The operations that bench/run measures, in CPython: each is the Java benchmark of the same name.

Usage: operations.py [--uvloop] NAME SECONDS

Warms up for a third of SECONDS, measures for the rest, and prints the nanoseconds per operation
as a line of JSON: {"cpu": ..., "elapsed": ..., "operations": ...}.
"""

import asyncio
import json
import queue
import sys
import threading
import time

OPERATIONS = 10_000  # as LoopState.OPERATIONS
TASKS = 100


async def yield_times(times):
    count = 0
    while count < times:
        await asyncio.sleep(0)
        count += 1
    return count


async def switch_one():
    return await yield_times(OPERATIONS)


async def switch_hundred():
    tasks = [asyncio.create_task(yield_times(OPERATIONS // TASKS)) for _ in range(TASKS)]
    return sum([await task for task in tasks])


async def one():
    return 1


async def spawn_create_and_await():
    ran = 0
    while ran < OPERATIONS:
        ran += await asyncio.create_task(one())
    return ran


async def spawn_create_hundred():
    ran = 0
    while ran < OPERATIONS:
        tasks = [asyncio.create_task(one()) for _ in range(TASKS)]
        for task in tasks:
            ran += await task
    return ran


async def pass_on(maxsize):
    queue = asyncio.Queue(maxsize)

    async def consume():
        got = 0
        while await queue.get() < OPERATIONS:
            got += 1
        return got + 1

    consumer = asyncio.create_task(consume())
    for item in range(1, OPERATIONS + 1):
        await queue.put(item)
    return await consumer


async def queue_hand_over():
    return await pass_on(1)


async def queue_window():
    return await pass_on(100)


async def future_set_by_another():
    loop = asyncio.get_running_loop()
    wanted = None

    async def set_results():
        for _ in range(OPERATIONS):
            wanted.set_result(1)
            await asyncio.sleep(0)

    setter = asyncio.create_task(set_results())
    total = 0
    for _ in range(OPERATIONS):
        wanted = loop.create_future()
        total += await wanted
    await setter
    return total


async def timer_call_later_and_cancel():
    loop = asyncio.get_running_loop()
    count = 0
    while count < OPERATIONS:
        loop.call_later(60, lambda: None).cancel()
        count += 1
        if count % 100 == 0:
            await asyncio.sleep(0)
    return count


async def timer_sleep_shortest():
    count = 0
    while count < OPERATIONS:
        await asyncio.sleep(1e-9)
        count += 1
    return count


async def timer_timeout_around():
    count = 0
    while count < OPERATIONS:
        async with asyncio.timeout(60):
            await asyncio.sleep(0)
            count += 1
    return count


async def callback_call_soon():
    loop = asyncio.get_running_loop()
    finished = loop.create_future()
    calls = 0

    def again():
        nonlocal calls
        calls += 1
        if calls < OPERATIONS:
            loop.call_soon(again)
        else:
            finished.set_result(calls)

    loop.call_soon(again)
    return await finished


async def lock_free():
    lock = asyncio.Lock()
    held = 0
    while held < OPERATIONS:
        async with lock:
            held += 1
    return held


async def lock_contended():
    lock = asyncio.Lock()

    async def hold_times(times):
        held = 0
        while held < times:
            async with lock:
                await asyncio.sleep(0)
                held += 1
        return held

    tasks = [asyncio.create_task(hold_times(OPERATIONS // 10)) for _ in range(10)]
    return sum([await task for task in tasks])


def give_one():
    return 1


async def thread_to_thread():
    ran = 0
    while ran < OPERATIONS:
        ran += await asyncio.to_thread(give_one)
    return ran


async def thread_set_by_thread():
    loop = asyncio.get_running_loop()
    wanted = queue.SimpleQueue()

    def set_results():
        for _ in range(OPERATIONS):
            loop.call_soon_threadsafe(wanted.get().set_result, 1)

    threading.Thread(target=set_results, daemon=True).start()
    total = 0
    while total < OPERATIONS:
        future = loop.create_future()
        wanted.put(future)
        total += await future
    return total


async def thread_unpark():
    asked = threading.Lock()
    answered = threading.Lock()
    asked.acquire()
    answered.acquire()

    def answer():
        for _ in range(OPERATIONS):
            asked.acquire()
            answered.release()

    threading.Thread(target=answer, daemon=True).start()
    answers = 0
    while answers < OPERATIONS:
        asked.release()
        answered.acquire()
        answers += 1
    return answers


async def ones(count):
    for _ in range(count):
        yield 1


async def generator_step():
    numbers = ones(OPERATIONS)
    total = 0
    for _ in range(OPERATIONS):
        total += await anext(numbers)
    return total


async def generator_step_that_awaits():
    one = asyncio.get_running_loop().create_future()
    one.set_result(1)

    async def awaited():
        for _ in range(OPERATIONS):
            yield await one

    total = 0
    async for number in awaited():
        total += number
    return total


async def generator_for_loop():
    total = 0
    while total < OPERATIONS:
        async for number in ones(1_000):
            total += number
    return total


async def generator_outside():
    def plain_ones():
        for _ in range(OPERATIONS):
            yield 1

    total = 0
    for number in plain_ones():
        total += number
    return total


BENCHMARKS = {
    "SwitchBenchmark.one": switch_one,
    "SwitchBenchmark.hundred": switch_hundred,
    "SpawnBenchmark.createAndAwait": spawn_create_and_await,
    "SpawnBenchmark.createHundred": spawn_create_hundred,
    "QueueBenchmark.handOver": queue_hand_over,
    "QueueBenchmark.window": queue_window,
    "FutureBenchmark.setByAnother": future_set_by_another,
    "TimerBenchmark.callLaterAndCancel": timer_call_later_and_cancel,
    "TimerBenchmark.sleepShortest": timer_sleep_shortest,
    "TimerBenchmark.timeoutAround": timer_timeout_around,
    "CallbackBenchmark.callSoon": callback_call_soon,
    "LockBenchmark.free": lock_free,
    "LockBenchmark.contended": lock_contended,
    "GeneratorBenchmark.step": generator_step,
    "GeneratorBenchmark.stepThatAwaits": generator_step_that_awaits,
    "GeneratorBenchmark.forLoop": generator_for_loop,
    "GeneratorBenchmark.outside": generator_outside,
    "ThreadBenchmark.toThread": thread_to_thread,
    "ThreadBenchmark.setByThread": thread_set_by_thread,
    "ThreadBenchmark.unpark": thread_unpark,
}


def run_for(loop, work, seconds):
    """Returns how many operations were done, and how long that took: processor and clock."""
    operations = 0
    cpu = time.process_time()
    start = time.perf_counter()
    while time.perf_counter() - start < seconds:
        operations += loop.run_until_complete(work())
    return operations, time.process_time() - cpu, time.perf_counter() - start


def main(arguments):
    new_loop = asyncio.new_event_loop
    if arguments[0] == "--uvloop":
        import uvloop

        new_loop = uvloop.new_event_loop
        arguments = arguments[1:]
    work = BENCHMARKS[arguments[0]]
    seconds = float(arguments[1])
    loop = new_loop()
    asyncio.set_event_loop(loop)
    run_for(loop, work, seconds / 3)
    operations, cpu, elapsed = run_for(loop, work, seconds * 2 / 3)
    loop.close()
    result = {"cpu": cpu, "elapsed": elapsed}
    result = {unit: total / operations * 1e9 for unit, total in result.items()}
    print(json.dumps(result | {"operations": operations}))


if __name__ == "__main__":
    main(sys.argv[1:])

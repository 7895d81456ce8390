# SPDX-License-Identifier: Apache-2.0
"""Runs programs of the conformance grammar on CPython's own asyncio, and prints their traces.

README.md beside this file describes the grammar. Where CPython leaves something to chance, such as
the order in which a task group cancels its children, it is given the order that the grammar wants.

The traces in programs/ are of CPython 3.14.2. Any Python from 3.13 on can run this file; --check
tells whether the one at hand agrees with them.
"""

import argparse
import asyncio
import contextvars
import gc
import json
import sys
import warnings

MOST_LINES = 100_000  # of a trace; no program that ends by itself comes near it
MOST_PASSES = 1_000_000  # of the loop
SUSPENDING = set(
    "sleep await shield future wait_event wait_condition put get join acquire barrier reset_barrier"
    " abort_barrier gather wait_for wait as_completed".split()
)
RECURSION = "asyncio recurses without end"


class Excluded(SystemExit):
    """The program is none of the grammar's: it is stuck, or it leaves its trace to chance.

    A SystemExit, as asyncio hands those on to who runs the loop, wherever they are raised. Programs
    can keep one from getting there by what they do in a `finally`, so the last one is remembered.
    """

    last = None

    def __init__(self, reason):
        super().__init__(reason)
        Excluded.last = self


class AppError(Exception):
    """What programs raise."""


class VirtualTimeLoop(asyncio.BaseEventLoop):
    """A loop whose clock stands still while anything is ready, and jumps to the next timer else.

    It is its own selector: that is where a loop waits, so that is where the time passes.
    """

    def __init__(self):
        super().__init__()
        self._now = 0
        self._clock_resolution = 1  # in ticks: a timer is due when its instant is before now + 1
        self._selector = self
        self._passes = 0
        self.set_exception_handler(self._handle)

    def time(self):
        return self._now

    def select(self, timeout):
        self._passes += 1
        if timeout is None:
            raise Excluded("stuck: nothing is ready, and no timer is left")
        if self._passes > MOST_PASSES:
            raise Excluded("it goes on and on")
        self._now += timeout
        due = [handle for handle in self._scheduled if handle.when() <= self._now]
        if sum(not handle.cancelled() for handle in due) > 1:
            raise Excluded(f"more than one timer is due at {self._now}")
        return []

    def _handle(self, loop, context):
        """Says nothing of tasks that failed or were left behind, which is what programs do."""
        if isinstance(context.get("exception"), RecursionError):
            raise Excluded(RECURSION)

    def _process_events(self, event_list):
        """Does nothing, as nothing is ever read or written."""

    def drop(self):
        """Forgets what is left to do, and closes the loop."""
        self._ready.clear()
        self._scheduled.clear()
        self.close()


class InOrder(dict):
    """A set that keeps the order in which its members were added."""

    add = dict.setdefault
    remove = dict.__delitem__

    def discard(self, member):
        self.pop(member, None)


class OrderedTaskGroup(asyncio.TaskGroup):
    """A group that cancels its children in the order of their creation."""

    def __init__(self):
        super().__init__()
        self._tasks = InOrder()


def as_completed(tasks, timeout):
    """Returns asyncio's iterator; of the tasks that are done already, the first comes first.

    asyncio asks a set of the tasks for their order. So it is given one task with all of the timer,
    and the others are added by what its constructor would have done with them.
    """
    iterator = asyncio.as_completed(tasks[:1], timeout=timeout)
    iterator._todo = InOrder.fromkeys(tasks)
    iterator._todo_left = len(tasks)
    for task in tasks[1:]:
        task.add_done_callback(iterator._handle_completion)
    return iterator


# How values and exceptions are written


def text(value):
    match value:
        case None:
            return "none"
        case bool():
            return "true" if value else "false"
        case list():
            return "[" + ",".join(map(text, value)) + "]"
        case BaseException():
            return "!" + kind(value)
    return str(value)


def kind(exception):
    match exception:
        case Excluded():
            raise exception
        case AppError():
            return f"AppError({exception})"
        case asyncio.CancelledError():
            return f"Cancelled({exception.args[0]})" if exception.args else "Cancelled"
        case TimeoutError():
            return "Timeout"
        case asyncio.QueueEmpty() | asyncio.QueueFull() | asyncio.QueueShutDown():
            return type(exception).__name__
        case asyncio.BrokenBarrierError():
            return "BrokenBarrier"
        case asyncio.InvalidStateError():
            return "InvalidState"
        case BaseExceptionGroup():
            return "Group[" + ",".join(map(kind, exception.exceptions)) + "]"
        case RecursionError():
            raise Excluded(RECURSION)
        case RuntimeError() | ValueError():
            return "IllegalState"
    return f"Unexpected({exception!r})"


class Returned:
    """A child has come to a `return`. Scopes see an ordinary exit when they hand it on."""

    def __init__(self, value):
        self.value = value


class Run:
    """One run of one program."""

    QUEUES = {
        "fifo": asyncio.Queue,
        "lifo": asyncio.LifoQueue,
        "priority": asyncio.PriorityQueue,
    }

    def __init__(self, program):
        self.program = program
        self.lines = []
        self.ended = False  # set when main's last line is logged; nothing after it counts
        self.loop = VirtualTimeLoop()
        self.tasks = {}
        objects = program.get("objects", {})
        self.locks = {name: asyncio.Lock() for name in objects.get("locks", ())}
        self.events = {name: asyncio.Event() for name in objects.get("events", ())}
        self.conditions = {name: asyncio.Condition() for name in objects.get("conditions", ())}
        self.futures = {name: self.loop.create_future() for name in objects.get("futures", ())}
        self.vars = {
            name: contextvars.ContextVar(name, default=0) for name in objects.get("vars", ())
        }
        self.semaphores = {
            name: (asyncio.BoundedSemaphore if bounded else asyncio.Semaphore)(value)
            for name, (value, bounded) in objects.get("semaphores", {}).items()
        }
        self.queues = {
            name: self.QUEUES[order](maxsize)
            for name, (order, maxsize) in objects.get("queues", {}).items()
        }
        self.barriers = {
            name: asyncio.Barrier(parties) for name, parties in objects.get("barriers", {}).items()
        }

    def trace(self):
        """Runs the program, and returns its trace or raises Excluded."""
        Excluded.last = None
        try:
            main = self.loop.create_task(self.main(), name="main")
            self.tasks["main"] = main
            self.loop.run_until_complete(main)
        except BaseException:
            pass  # How main ended is in the trace.
        finally:
            self.ended = True
            self.loop.drop()
        if Excluded.last:
            raise Excluded.last
        return self.lines

    def log(self, label, event):
        if self.ended:
            return
        if len(self.lines) >= MOST_LINES:
            raise Excluded("it logs and logs")
        self.lines.append(f"{self.loop.time()} {label} {event}")

    # Children

    async def main(self):
        try:
            await self.child({"name": "main", "body": self.program["main"]})
        finally:
            self.ended = True

    async def child(self, child):
        label = child["name"]
        self.log(label, "start")
        try:
            returned = await self.run(label, child["body"])
        except BaseException as e:
            self.log(label, "raised " + kind(e))
            raise
        value = returned.value if returned else None
        self.log(label, "returned " + text(value))
        return value

    def callback(self, label, ops):
        self.log(label, "callback")
        for op in ops:
            try:
                self.logged(label, op, lambda: self.instant(op))
            except Exception:
                pass  # It has been logged, and the next operation runs.

    # Operations: each hands on what ends the child, or None

    async def run(self, label, ops):
        for op in ops:
            returned = await self.step(label, op)
            if returned:
                return returned
        return None

    async def step(self, label, op):
        match op:
            case ["return", value]:
                return Returned(value)
            case ["raise", error]:
                self.log(label, f"raise {error}")
                raise AppError(error)
            case ["try", arms]:
                return await self.attempt(label, arms)
            case ["repeat", times, body]:
                for _ in range(times):
                    returned = await self.run(label, body)
                    if returned:
                        return returned
            case ["timeout", ticks, body]:
                return await self.limit(label, ticks, body)
            case ["group", children, body]:
                return await self.group(label, children, body)
            case ["lock", name, body]:
                return await self.hold(label, f"lock {name}", self.locks[name], body)
            case ["semaphore", name, body]:
                return await self.hold(label, f"semaphore {name}", self.semaphores[name], body)
            case ["condition", name, body]:
                return await self.hold(label, f"condition {name}", self.conditions[name], body)
            case [word, *_] if word in SUSPENDING:
                await self.suspending(label, op)
            case _:
                self.logged(label, op, lambda: self.instant(op))
        return None

    async def attempt(self, label, arms):
        try:
            try:
                return await self.run(label, arms["body"])
            except asyncio.CancelledError as e:
                if "cancelled" not in arms:
                    raise
                self.log(label, "caught " + kind(e))
                returned = await self.run(label, arms["cancelled"])
                if arms.get("reraise") and not returned:
                    raise
                return returned
            except Exception as e:
                if "error" not in arms:
                    raise
                self.log(label, "caught " + kind(e))
                returned = await self.run(label, arms["error"])
                if arms.get("reraise") and not returned:
                    raise
                return returned
        finally:
            if "finally" in arms and not self.ended:
                self.log(label, "finally")
                await self.run(label, arms["finally"])

    async def limit(self, label, ticks, body):
        self.log(label, f"timeout {ticks} enter")
        try:
            async with asyncio.timeout(ticks) as scope:
                returned = await self.run(label, body)
        except BaseException as e:
            self.log(label, f"timeout {ticks} !{kind(e)}")
            raise
        self.log(label, f"timeout {ticks} exit {'expired' if scope.expired() else 'in time'}")
        return returned

    async def group(self, label, children, body):
        self.log(label, "group enter")
        try:
            async with OrderedTaskGroup() as scope:
                for child in children:
                    self.tasks[child["name"]] = scope.create_task(self.child(child))
                returned = await self.run(label, body)
        except BaseException as e:
            self.log(label, "group !" + kind(e))
            raise
        self.log(label, "group exit")
        return returned

    async def hold(self, label, heading, held, body):
        try:
            await held.acquire()
        except BaseException as e:
            self.log(label, f"{heading} !{kind(e)}")
            raise
        self.log(label, f"{heading} acquired")
        try:
            return await self.run(label, body)
        finally:
            held.release()
            self.log(label, f"{heading} released")

    # Operations that are logged when they are over

    @staticmethod
    def heading(op):
        shown = [str(a) for a in op if isinstance(a, (str, int)) and not isinstance(a, bool)]
        return " ".join(shown)

    def logged(self, label, op, call):
        try:
            value = call()
        except BaseException as e:
            self.log(label, f"{self.heading(op)} !{kind(e)}")
            raise
        self.log(label, f"{self.heading(op)} -> {text(value)}")

    async def suspending(self, label, op):
        try:
            value = await self.waiting(label, op)
        except BaseException as e:
            self.log(label, f"{self.heading(op)} !{kind(e)}")
            raise
        self.log(label, f"{self.heading(op)} -> {text(value)}")

    def instant(self, op):
        loop = self.loop
        match op:
            case ["spawn", name, body]:
                self.tasks[name] = loop.create_task(self.child({"name": name, "body": body}))
            case ["spawn_eager", name, body]:
                child = self.child({"name": name, "body": body})
                self.tasks[name] = asyncio.Task(child, loop=loop, eager_start=True)
            case ["cancel", name, *message]:
                return self.tasks[name].cancel(*message) if name in self.tasks else None
            case ["uncancel"]:
                return asyncio.current_task().uncancel()
            case ["cancelling"]:
                return asyncio.current_task().cancelling()
            case ["state", name]:
                return self.state(self.tasks.get(name))
            case ["release", name]:
                self.semaphores[name].release()
            case ["set_event", name]:
                self.events[name].set()
            case ["clear_event", name]:
                self.events[name].clear()
            case ["notify", name, count]:
                self.conditions[name].notify(count)
            case ["notify_all", name]:
                self.conditions[name].notify_all()
            case ["put_nowait", name, item]:
                self.queues[name].put_nowait(item)
            case ["get_nowait", name]:
                return self.queues[name].get_nowait()
            case ["task_done", name]:
                self.queues[name].task_done()
            case ["size", name]:
                return self.queues[name].qsize()
            case ["shutdown", name, immediate]:
                self.queues[name].shutdown(immediate)
            case ["set_result", name, value]:
                self.futures[name].set_result(value)
            case ["set_exception", name, error]:
                self.futures[name].set_exception(AppError(error))
            case ["cancel_future", name, *message]:
                return self.futures[name].cancel(*message)
            case ["on_done", name, label]:
                self.futures[name].add_done_callback(lambda _: self.log(label, "done callback"))
            case ["on_task_done", name, label]:
                if name in self.tasks:
                    self.tasks[name].add_done_callback(lambda _: self.log(label, "done callback"))
            case ["set_var", name, value]:
                self.vars[name].set(value)
            case ["get_var", name]:
                return self.vars[name].get()
            case ["call_soon", label, ops]:
                loop.call_soon(self.callback, label, ops)
            case ["call_later", ticks, label, ops]:
                loop.call_later(ticks, self.callback, label, ops)
            case _:
                raise Excluded(f"there is no operation {json.dumps(op)}")
        return None

    @staticmethod
    def state(task):
        if task is None:
            return "unknown"
        if not task.done():
            return f"pending {task.cancelling()}"
        if task.cancelled():
            return "cancelled"
        if task.exception():
            return "failed " + kind(task.exception())
        return "done " + text(task.result())

    # Operations that may suspend; a name that no task has (yet) makes them do nothing

    async def waiting(self, label, op):
        match op:
            case ["sleep", ticks]:
                await asyncio.sleep(ticks)
            case ["await", name]:
                return await self.tasks[name] if name in self.tasks else None
            case ["shield", name]:
                return await asyncio.shield(self.tasks[name]) if name in self.tasks else None
            case ["future", name]:
                return await self.futures[name]
            case ["wait_event", name]:
                return await self.events[name].wait()
            case ["wait_condition", name]:
                return await self.conditions[name].wait()
            case ["put", name, item]:
                await self.queues[name].put(item)
            case ["get", name]:
                return await self.queues[name].get()
            case ["join", name]:
                await self.queues[name].join()
            case ["acquire", name]:
                return await self.semaphores[name].acquire()
            case ["barrier", name]:
                return await self.barriers[name].wait()
            case ["reset_barrier", name]:
                await self.barriers[name].reset()
            case ["abort_barrier", name]:
                await self.barriers[name].abort()
            case ["gather", participants, return_exceptions]:
                return await self.gather(participants, return_exceptions)
            case ["wait_for", participant, ticks]:
                return await self.wait_for(participant, ticks)
            case ["wait", names, ticks, when]:
                return await self.wait(names, ticks, when)
            case ["as_completed", names, ticks]:
                return await self.as_completed(label, names, ticks)
        return None

    async def gather(self, participants, return_exceptions):
        awaitables = [
            self.tasks[each] if isinstance(each, str) else self.child(each)
            for each in participants
            if not isinstance(each, str) or each in self.tasks
        ]
        return await asyncio.gather(*awaitables, return_exceptions=return_exceptions)

    async def wait_for(self, participant, ticks):
        if not isinstance(participant, str):
            return await asyncio.wait_for(self.child(participant), ticks)
        if participant in self.tasks:
            return await asyncio.wait_for(self.tasks[participant], ticks)
        return None

    async def wait(self, names, ticks, when):
        known = {name: self.tasks[name] for name in names if name in self.tasks}
        if not known:
            return None
        sets = await asyncio.wait(known.values(), timeout=ticks, return_when=when)
        return [sorted(name for name, task in known.items() if task in each) for each in sets]

    async def as_completed(self, label, names, ticks):
        known = {self.tasks[name]: name for name in names if name in self.tasks}
        if not known:
            return None
        completed = []
        async for task in as_completed(list(known), ticks):
            entry = f"{known[task]}={self.outcome(task)}"
            self.log(label, f"completed {entry}")
            completed.append(entry)
        return completed

    @staticmethod
    def outcome(task):
        try:
            return text(task.result())
        except BaseException as e:
            return "!" + kind(e)


def trace(program):
    """Returns the trace of a program, or raises Excluded.

    Tasks that are still pending are destroyed afterwards. That runs their `finally`, which finds
    nothing to work on.
    """
    run = Run(program)
    try:
        return run.trace()
    finally:
        run.__dict__.clear()
        run.ended = True


def samples(files):
    for file in files:
        with open(file, encoding="utf-8") as lines:
            for line in lines:
                if line.strip():
                    yield json.loads(line)


def main():
    parser = argparse.ArgumentParser(prog="conformance/oracle", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the traces in the files")
    parser.add_argument("files", metavar="FILE", nargs="+", help="programs, one JSON object a line")
    arguments = parser.parse_args()

    gc.disable()  # so that no task is destroyed while its program runs
    # what destroyed tasks complain about
    sys.unraisablehook = lambda _: None
    warnings.simplefilter("ignore")
    total = same = 0
    for sample in samples(arguments.files):
        total += 1
        if total % 100 == 0:
            gc.collect()
        try:
            lines = trace(sample["program"])
        except Excluded as e:
            print(f"{sample['id']}: {e}", file=sys.stderr)
            continue
        if not arguments.check:
            print(json.dumps({"id": sample["id"], "program": sample["program"], "trace": lines}))
        elif lines == sample["trace"]:
            same += 1
        else:
            report(sample["id"], sample["trace"], lines)
    if arguments.check:
        print(f"{same} of {total} traces are those of Python {sys.version.split()[0]}")
        return 0 if same == total else 1
    return 0


def report(name, expected, found):
    end = ["(the trace ends)"]
    pairs = zip(expected + end, found + end)
    number, pair = next((i, p) for i, p in enumerate(pairs, start=1) if p[0] != p[1])
    print(f"{name} differs in line {number}")
    print(f"  file:   {pair[0]}")
    print(f"  Python: {pair[1]}")


if __name__ == "__main__":
    if sys.version_info < (3, 13):
        sys.exit("conformance/oracle needs Python 3.13 or newer")
    sys.exit(main())

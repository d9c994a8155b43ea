"""A pool of worker processes: one piece of work for each task, and no failure stops the others.

A worker that dies (killed, out of memory) takes the pool with it: what ran then is tried again
alone, one by one, and fails only where its worker dies again. The interrupt key ends the work of
every worker by an exception, so that each ledger's transaction is undone; so does the end of the
process that asked for it.
"""

import gc
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.connection import wait as wait_for
from types import FrameType
from typing import Any, Generic, TypeVar

import attrs

from perfledger.domain.errors import Message, Refusals, say

Task = TypeVar("Task")
Answer = TypeVar("Answer")
Tell = Callable[[int], None]
"""Told how many tasks are done, and at least once a second."""

TICK = 1.0  # seconds


@attrs.frozen
class Failed:
    """A task that came to nothing, and why."""

    reason: Message


@attrs.frozen
class Done(Generic[Answer]):
    """What came of a task, by the key that it was given under."""

    key: str
    answer: Answer | Failed


def work_through(
    work: Callable[[Task], Answer],
    tasks: Mapping[str, Task],
    *,
    workers: int | None = None,
    tell: Tell = lambda done: None,
) -> Iterator[Done[Answer]]:
    """Do the work of every task in worker processes; the answers come as they are ready.

    `work` is a function of a module, its task and answer can be pickled, and it can be done again
    where a worker died in the middle. Whatever it raises is that task's failure. `workers` is by
    default as many as the machine has processors.
    """
    if not tasks:
        return
    size = min(workers or os.cpu_count() or 1, len(tasks))
    counted = _Counted(tell)
    waiting = deque(tasks.items())
    suspects: list[tuple[str, Task]] = []
    while waiting:
        yield from _together(work, waiting, suspects, size, counted)
    for key, task in suspects:
        again: list[tuple[str, Task]] = []
        yield from _together(work, deque([(key, task)]), again, 1, counted)
        if again:
            counted.add()
            yield Done(key, Failed(_DIED))


_DIED = say("its worker process ended twice: killed, or not enough memory")
_INTERRUPTED = say("interrupted; nothing of it was kept")


class _Counted:
    """How many tasks are done."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._done = 0

    def add(self) -> None:
        self._done += 1
        self.tell()

    def tell(self) -> None:
        self._tell(self._done)


def _together(
    work: Callable[[Task], Answer],
    waiting: "deque[tuple[str, Task]]",
    suspects: list[tuple[str, Task]],
    size: int,
    counted: _Counted,
) -> Iterator[Done[Answer]]:
    """Work with one pool until nothing waits, or until it breaks: what ran then is suspect.

    No more is handed to the pool than it works on, so that what ran is known.
    """
    running: dict[Future[Answer | Failed], tuple[str, Task]] = {}
    with _pool(size) as pool:
        broken = False
        while running or (waiting and not broken):
            while waiting and len(running) < size and not broken:
                one = waiting.popleft()
                try:
                    with _no_interrupt():
                        running[pool.submit(_guarded, work, one[1])] = one
                except BrokenProcessPool:
                    waiting.appendleft(one)  # it never began
                    broken = True
            finished, _ = wait(running, timeout=TICK, return_when=FIRST_COMPLETED)
            counted.tell()
            for future in finished:
                one = running.pop(future)
                try:
                    answer = future.result()
                except BrokenProcessPool:
                    broken = True
                    suspects.append(one)
                except Exception as error:  # an answer or an error that cannot be pickled
                    counted.add()
                    yield Done(one[0], Failed(reason_of(error)))
                else:
                    counted.add()
                    yield Done(one[0], answer)


@contextmanager
def _pool(size: int) -> Iterator[ProcessPoolExecutor]:
    """A pool whose workers are fresh processes: a fork would share connections and locks."""
    pool = ProcessPoolExecutor(
        size,
        mp_context=get_context("spawn"),
        initializer=_begin,
        initargs=(gc.get_threshold(),),
    )
    try:
        yield pool
    except BaseException:  # the interrupt key, or whoever asked wants no more
        for process in active_children():
            if process.pid is not None:
                os.kill(process.pid, signal.SIGINT)
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _no_interrupt() -> Iterator[None]:
    """Let the interrupt key wait while a worker is started, which inherits that it has to."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


# -- in the worker ------------------------------------------------------------------------------


def _begin(collecting: tuple[int, int, int]) -> None:
    """Settle a worker: it collects garbage as its parent, and ends when that does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    gc.set_threshold(*collecting)
    threading.Thread(target=_follow_parent, daemon=True).start()


def _follow_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)  # a ledger whose writer dies is whole: nothing is committed


def _guarded(work: Callable[[Task], Answer], task: Task) -> Answer | Failed:
    """The work with every failure as an answer, the interrupt key's among them."""
    signal.signal(signal.SIGINT, _interrupt)
    try:
        return work(task)
    except KeyboardInterrupt:
        return Failed(_INTERRUPTED)
    except Exception as error:
        return Failed(reason_of(error))
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # once: a second must not disturb the undoing
    raise KeyboardInterrupt


def reason_of(error: BaseException) -> Message:
    """What an error says to a person."""
    message: Any = getattr(error, "message", None)
    if isinstance(message, Message):
        return message
    if isinstance(error, Refusals):
        return say("{problem}", problem=error.refusals[0].message)
    if isinstance(error, OSError) and error.strerror is not None:
        file = error.filename or "-"
        return say("{file} could not be read: {reason}", file=str(file), reason=error.strerror)
    return say("{kind}: {reason}", kind=type(error).__name__, reason=str(error))

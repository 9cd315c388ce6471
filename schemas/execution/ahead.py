"""Work in threads: on the parts of a stream, one or a few parts ahead of the caller and with results in order; and two steps at the same time.

Not here: the work itself. Arrow and hashlib release the interpreter lock, so two threads use two cores.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar
from itertools import chain, islice
from threading import Event
from typing import TypeVar

import pyarrow as pa

THREADS = 2
"""Arrow and numpy free the interpreter's lock while they work; a third thread gains nothing, memory bandwidth is exhausted."""
_Given = TypeVar("_Given")
_Made = TypeVar("_Made")
_Other = TypeVar("_Other")

_GIVEN_UP: ContextVar[Event | None] = ContextVar("given_up", default=None)


def run_until(given_up: Event, work: Callable[[], _Made]) -> _Made:
    """Runs `work` and returns its result. Once the event `given_up` is set, the next part of a stream (`map_ahead`) within it raises InterruptedError."""
    before = _GIVEN_UP.set(given_up)
    try:
        return work()
    finally:
        _GIVEN_UP.reset(before)


def _require_wanted() -> None:
    given_up = _GIVEN_UP.get()
    if given_up is not None and given_up.is_set():
        raise InterruptedError


def map_ahead(make: Callable[[_Given], _Made], given: Iterable[_Given], most: int = THREADS) -> Iterator[_Made]:
    """Yields the result of `make` for each part, in order; at most `most` + 1 parts are held at a time.

    Raises what `make` raises, and InterruptedError if the work is given up (`run_until`).

    If `most` is larger than the number of threads, no thread is idle while the caller uses a result. A single part, as of a small file,
    is processed in the caller's thread, because starting a thread would take longer.
    """
    parts = iter(given)
    first = list(islice(parts, 2))
    if len(first) < 2:  # noqa: PLR2004 - a single part is done here
        yield from map(make, first)
        return
    with ThreadPoolExecutor(THREADS) as pool:
        ahead: deque[Future[_Made]] = deque()
        for one in chain(first, parts):
            _require_wanted()
            ahead.append(pool.submit(make, one))
            if len(ahead) > most:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
    pa.default_memory_pool().release_unused()  # otherwise the process would keep the memory of the threads


def read_ahead(parts: Iterable[_Given]) -> Iterator[_Given]:
    """Yields the parts in order; a thread fetches the next one while the caller uses one. Raises what fetching them raises."""
    left = iter(parts)
    with ThreadPoolExecutor(1) as pool:
        ahead = pool.submit(list, islice(left, 1))
        while made := ahead.result():
            ahead = pool.submit(list, islice(left, 1))
            yield from made
    pa.default_memory_pool().release_unused()  # otherwise the process would keep the memory of the thread


def run_both(step: Callable[[], _Made], other: Callable[[], _Other]) -> tuple[_Made, _Other]:
    """Returns what both steps return; `other` runs in a thread meanwhile.

    Raises what `step` raises, or else what `other` raises; either way when both have ended.
    """
    with ThreadPoolExecutor(1) as pool:
        later = pool.submit(other)
        return step(), later.result()

"""Work in threads: on the parts of a stream, a few parts ahead or one, with results in the order of the parts, and two steps side by side.

Not here: any work. Arrow and hashlib free the interpreter's lock, so two threads are two cores.
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
    """Returns what `work` returns; raises InterruptedError when it comes to the next part of a stream (`map_ahead`) after that event."""
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
    """Yields what `make` makes of each part, in order; no more than `most` parts and one are held at a time.

    Raises what `make` raises, and InterruptedError if the work is given up (`run_until`).

    With more than there are threads none stands still while the results of one part are taken in. A single part, as of a small
    file, is worked on here: to start a thread takes longer.
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
    pa.default_memory_pool().release_unused()  # what the threads had would stay with the process


def read_ahead(parts: Iterable[_Given]) -> Iterator[_Given]:
    """Yields the parts in order; a thread makes the next one while one is worked on. Raises what making them raises."""
    left = iter(parts)
    with ThreadPoolExecutor(1) as pool:
        ahead = pool.submit(list, islice(left, 1))
        while made := ahead.result():
            ahead = pool.submit(list, islice(left, 1))
            yield from made
    pa.default_memory_pool().release_unused()  # what the thread had would stay with the process


def run_both(step: Callable[[], _Made], other: Callable[[], _Other]) -> tuple[_Made, _Other]:
    """Returns what both steps return; `other` runs in a thread meanwhile.

    Raises what `step` raises, or else what `other` raises; either way when both have ended.
    """
    with ThreadPoolExecutor(1) as pool:
        later = pool.submit(other)
        return step(), later.result()

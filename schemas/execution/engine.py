"""Where work is done that falls into many units: in this process, in processes of this machine, or on machines of a cluster.

An engine takes a function and a list of units and returns the results in the order of the units; results do not depend on the engine.
Function, units and results are pickled: a function of a module, paths that are absolute, results that are small. Here: what an engine is,
and the local one. Not here: any work, the engine on a cluster (`dagster_project/spark_engine.py`), threads within one process
(`ahead.py`).
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager
from multiprocessing import get_context
from typing import NamedTuple, Protocol, TypeVar

from schemas.errors import EngineError
from schemas.text import Text

Unit = TypeVar("Unit")
Result = TypeVar("Result")


class Engine(Protocol):
    """Does units of work, anywhere."""

    @property
    def label(self) -> str:
        """The name of the engine in records of its work: `local`, `local-2`, or name and version of a cluster."""
        ...

    def map_units(self, work: Callable[[Unit], Result], units: Sequence[Unit]) -> Iterator[Result]:
        """Yields `work(unit)` for all units, in their order, as soon as they and those before them are done.

        Only the results come back: `work` must not rely on state that an earlier call has changed. Raises what `work` raises of our
        errors, and EngineError if the engine cannot do the work; the same call again does all of it again.
        """
        ...


class LargeWork(NamedTuple):
    """When work goes to an engine: the checks of files from so many bytes on, the relations of datasets from so many rows on; and how to open the engine."""

    least_bytes: int
    least_rows: int
    open_engine: Callable[[], AbstractContextManager[Engine]]


class LocalEngine:
    """This machine: the process itself, or several worker processes. Each worker takes its own memory, and a second to load its modules."""

    def __init__(self, processes: int = 1) -> None:
        self._processes = processes

    @property
    def label(self) -> str:
        """`local`, or `local-N` for N processes."""
        return "local" if self._processes == 1 else f"local-{self._processes}"

    def map_units(self, work: Callable[[Unit], Result], units: Sequence[Unit]) -> Iterator[Result]:
        """As in `Engine`. EngineError if a process was killed."""
        if self._processes == 1 or len(units) < 2:  # noqa: PLR2004 - a single unit is done here
            yield from map(work, units)
            return
        # Not forked: this process has threads (of Arrow, of DuckDB), and a fork would inherit their locks, held for ever.
        with ProcessPoolExecutor(min(self._processes, len(units)), get_context("spawn")) as pool:
            ahead: list[Future[Result]] = [pool.submit(work, unit) for unit in units]
            try:
                for one in ahead:
                    yield one.result()
            except BrokenProcessPool as broken:
                raise EngineError(
                    Text(
                        zh="一个工作进程被终止（内存不足？）；请减少 SPORTLAKE_PROCESSES 后重新运行同一命令",
                        en="a worker process was killed (out of memory?); lower SPORTLAKE_PROCESSES and give the same command again",
                    )
                ) from broken
            finally:
                for one in ahead:
                    one.cancel()

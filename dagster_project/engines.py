"""The engine that the settings choose, ready to work. Not here: what an engine is (`schemas/execution/engine.py`), the one on Spark (`spark_engine.py`)."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec

from dagster_project.engine_kind import EngineChoice, EngineKind, hide_parameters
from dagster_project.settings import Settings
from schemas.errors import EngineError, UsageError
from schemas.execution.engine import Engine, LargeWork, LocalEngine
from schemas.text import Text

SILENCE = 60.0
"""Seconds for which an engine that did not answer is not tried again by the same process."""


def make_large_work(choice: EngineChoice) -> LargeWork:
    """Returns the settings for large work on the chosen engine, which is opened for each piece of work."""
    return LargeWork(choice.ranges_from, choice.relations_from, RememberedEngine(choice).open_engine)


class RememberedEngine:
    """Opens the chosen engine, and remembers a failure: a command opens it several times, and each attempt to reach an absent one takes a minute.

    `clock`: monotonic seconds.
    """

    def __init__(self, choice: EngineChoice, clock: Callable[[], float] = time.monotonic) -> None:
        self._choice, self._clock = choice, clock
        self._failure: tuple[float, EngineError] | None = None

    @contextmanager
    def open_engine(self) -> Iterator[Engine]:
        """Yields the engine. Raises as `open_engine` does; after an EngineError every call raises it again for `SILENCE` seconds."""
        if self._failure is not None and self._clock() - self._failure[0] < SILENCE:
            raise EngineError(self._failure[1].text)
        with ExitStack() as opened:
            try:
                engine = opened.enter_context(open_engine(self._choice))
            except EngineError as error:
                self._failure = (self._clock(), error)
                raise
            yield engine


@contextmanager
def open_engine(settings: Settings | EngineChoice, chosen: EngineKind | None = None) -> Iterator[Engine]:
    """The engine of the settings, or the chosen one, while the context lasts.

    UsageError if Spark is chosen and its address or its client is missing; EngineError if nothing answers at the address.
    """
    if (chosen or settings.engine) is EngineKind.local:
        yield LocalEngine(settings.processes)
        return
    address = settings.spark_remote
    if address is None or not address.startswith("sc://"):
        setting = "没有设置" if address is None else f"为 {hide_parameters(address)}"
        raise UsageError(
            Text(
                zh=f"用 Spark 须写明地址，SPARK_REMOTE {setting}；例如 SPARK_REMOTE=sc://spark.example.org:15002",
                en=f"the engine spark needs an address, and SPARK_REMOTE is {hide_parameters(address or 'not set')}; for example SPARK_REMOTE=sc://spark.example.org:15002",
            )
        )
    if find_spec("pyspark") is None:
        raise UsageError(
            Text(
                zh="没有安装 Spark 的客户端；请运行 pip install 'sportlake[spark]'",
                en="Spark's client is not installed: pip install 'sportlake[spark]'",
            )
        )
    from dagster_project.spark_engine import open_spark_engine  # noqa: PLC0415 -- the package may be missing, and takes a second

    with open_spark_engine(address) as engine:
        yield engine

"""The engine that the settings choose, ready to work. Not here: what an engine is (`schemas/engine.py`), the one on Spark (`spark_engine.py`)."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec

from dagster_project.engine_kind import EngineChoice, EngineKind, hide_parameters
from dagster_project.settings import Settings
from schemas.engine import Engine, LargeWork, LocalEngine
from schemas.errors import UsageError
from schemas.text import Text


def make_large_work(choice: EngineChoice) -> LargeWork:
    """Returns what does large work on the engine of that choice, which is opened for each piece of it."""
    return LargeWork(choice.ranges_from, choice.relations_from, partial(open_engine, choice))


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
        told = "没有设置" if address is None else f"为 {hide_parameters(address)}"
        raise UsageError(
            Text(
                zh=f"用 Spark 须写明地址，SPARK_REMOTE {told}；例如 SPARK_REMOTE=sc://spark.example.org:15002",
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

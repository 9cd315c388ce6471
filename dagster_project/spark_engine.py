"""Units of work on a cluster, by the address of a Spark Connect server: Spark's own, or another that speaks its protocol. Sole importer of pyspark.

Each unit is pickled into one row of a table; `mapInArrow` runs them on the workers, where the same version of this package must be
installed, and returns the pickled results as they are done. Spark repeats the units of a lost worker. Not here: the work itself
(`schemas/execution/engine.py` defines its form), the choice of the engine (`engines.py`).
"""

import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import grpc
import pyarrow as pa
from pyspark.errors import PySparkException
from pyspark.sql.connect.client import DefaultChannelBuilder
from pyspark.sql.connect.client.retries import DefaultPolicy
from pyspark.sql.connect.session import SparkSession

from dagster_project.engine_kind import hide_parameters
from schemas.errors import EngineError, SportlakeError
from schemas.execution.engine import Engine, Result, Unit
from schemas.text import Text

SECONDS = 45
"""How long a server may take to answer at first; it is still starting, or there is none."""
MOST_TASKS = 64
"""Tasks into which the units are divided: what a lost worker had is done again, so many make a loss small, and each has a cost of its own."""
RETRIES = 5
"""Attempts to reach a server that stopped answering, with growing pauses, in all some 20 seconds."""
_MOST_LETTERS = 1500
_INPUT, _OUTPUT = "number int, unit binary", "number int, result binary"


class SparkEngine:
    """An open session with a Spark Connect server."""

    def __init__(self, session: SparkSession, version: str) -> None:
        self._session = session
        self.label = f"spark {version}"

    def map_units(self, work: Callable[[Unit], Result], units: Sequence[Unit]) -> Iterator[Result]:
        """As in `Engine`. EngineError if the server or the workers fail, or a worker lacks this package."""
        if not units:
            return
        pickled = pickle.dumps(work)
        rows = [(number, pickle.dumps(unit)) for number, unit in enumerate(units)]
        table = self._session.createDataFrame(rows, _INPUT).repartition(min(len(rows), MOST_TASKS))
        made = table.mapInArrow(lambda batches: do_units(pickled, batches), _OUTPUT)
        waiting: dict[int, bytes] = {}
        following = 0
        with _translate_errors():
            for row in made.toLocalIterator():
                waiting[row["number"]] = bytes(row["result"])
                while following in waiting:
                    yield _read_result(waiting.pop(following))
                    following += 1
        if following < len(units):
            raise EngineError(
                Text(
                    zh=f"Spark 只返回了 {len(units)} 个任务中的 {following} 个；请重新运行同一命令",
                    en=f"Spark gave {following} results for {len(units)} units; give the same command again",
                )
            )


@contextmanager
def open_spark_engine(address: str, seconds: float | None = None) -> Iterator[Engine]:
    """An engine on the Spark Connect server at `address` (`sc://host:port`), while the context lasts. EngineError if none answers in `SECONDS`, or so many."""
    seconds = SECONDS if seconds is None else seconds
    with _translate_errors(address):
        channel = DefaultChannelBuilder(address).toChannel()
    try:
        grpc.channel_ready_future(channel).result(timeout=seconds)
    except grpc.FutureTimeoutError as none:
        raise EngineError(
            Text(
                zh=f"{hide_parameters(address)} 在 {seconds:g} 秒内没有应答；请检查 SPARK_REMOTE 的地址、Spark Connect 服务是否启动、防火墙",
                en=f"no Spark Connect server answers at {hide_parameters(address)} within {seconds:g} seconds; check SPARK_REMOTE, whether the server runs, and firewalls",
            )
        ) from none
    finally:
        channel.close()
    with _translate_errors(address):
        session = SparkSession.builder.remote(address).create()
        session.client.set_retry_policies([DefaultPolicy(max_retries=RETRIES)])
        version = session.version
    try:
        yield SparkEngine(session, version)
    finally:
        session.stop()


def do_units(pickled: bytes, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Runs on a worker: does the units of some batches and yields one batch with each result.

    An error of our own classes is returned as a result, so that the caller can raise it unchanged; any other error ends the job.
    """
    # Here, in a worker, it turns off what Great Expectations would send; a server may have been started without our environment.
    import dagster_project.settings  # noqa: F401, PLC0415

    work = pickle.loads(pickled)  # noqa: S301 - from the command that started the job
    for batch in batches:
        for number, unit in zip(batch["number"].to_pylist(), batch["unit"].to_pylist(), strict=True):
            try:
                found = work(pickle.loads(unit))  # noqa: S301 - likewise
            except SportlakeError as wrong:
                found = wrong
            made = [pa.array([number], pa.int32()), pa.array([pickle.dumps(found)], pa.binary())]
            yield pa.RecordBatch.from_arrays(made, ["number", "result"])


def _read_result(pickled: bytes) -> Any:  # noqa: ANN401 - the caller knows what its work returns
    found = pickle.loads(pickled)  # noqa: S301 - from a worker of the cluster that the operator named
    if isinstance(found, SportlakeError):
        raise found
    return found


@contextmanager
def _translate_errors(address: str = "") -> Iterator[None]:
    """Raises EngineError for what Spark's client raises, which may repeat the address."""
    try:
        yield
    except (PySparkException, grpc.RpcError) as wrong:
        message = str(wrong).strip()
        message = (message.replace(address, hide_parameters(address)) if address else message)[-_MOST_LETTERS:]
        raise EngineError(
            Text(
                zh=f"Spark 未能完成任务；各节点须安装同一版本的 sportlake，并能读写同一存储。Spark 的说明：{message}",
                en=f"Spark did not do the work; every worker needs the same version of sportlake and the same storage. Spark says: {message}",
            )
        ) from wrong

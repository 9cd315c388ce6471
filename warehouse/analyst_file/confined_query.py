"""Queries to the analysts' file by people or programs that are not trusted, each in a process of its own (`query_worker.py`).

Only a single reading statement is executed: it cannot write, open another file or address, or change a setting. Time, memory, rows and
the length of a text are limited. A refusal is a value, so that the caller can try another query. Not here: what is in the file
(`database.py`), and where an answer comes from (`pipelines/analyst_service`).
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from schemas.text import Text

_WORKER = Path(__file__).with_name("query_worker.py")
_GRACE_SECONDS = 5
"""What starting the process, and stopping the query, may take beside the query."""


@dataclass(frozen=True)
class QueryLimits:
    """Limits of one query: rows of the answer, characters of one cell, seconds, bytes of memory."""

    rows: int = 200
    characters: int = 2_000
    seconds: float = 10
    memory: int = 512 * 2**20


@dataclass(frozen=True)
class QueryAnswer:
    """Rows in the order of the query, as JSON values.

    `total`: number of rows of the whole result, more than `rows` holds if the answer was cut. `shortened`: number of texts that were cut.
    `tables`: the tables that were read, as `schema.table`.
    """

    columns: Sequence[Mapping[str, str]]
    rows: Sequence[Sequence[Any]]
    total: int
    shortened: int
    tables: Sequence[str]

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return [column["name"] for column in self.columns]


@dataclass(frozen=True)
class QueryRefusal:
    """A query that is not answered: `kind` is a stable word, `text` says why and what to do."""

    kind: str
    text: Text


def run_confined(path: Path, query: str, limits: QueryLimits) -> QueryAnswer | QueryRefusal:
    """Returns the answer of the analysts' file at `path` to one query, or the refusal."""
    request = json.dumps({"path": str(path.absolute()), "sql": query, **asdict(limits)})
    # Runs our own interpreter without a shell; the query is passed by standard input.
    command = [sys.executable, "-I", str(_WORKER)]
    try:
        done = subprocess.run(  # noqa: S603
            command,
            input=request.encode(),
            capture_output=True,
            timeout=limits.seconds + _GRACE_SECONDS,
            check=False,
            env={},
        )
    except subprocess.TimeoutExpired:
        return _make_refusal("time", "", limits)
    try:
        answer = json.loads(done.stdout)
    except ValueError:  # the process ended early
        return _make_refusal("memory", "", limits)
    if "refused" in answer:
        return _make_refusal(answer["refused"], answer["detail"], limits)
    return QueryAnswer(**answer)


def _make_refusal(kind: str, detail: str, limits: QueryLimits) -> QueryRefusal:
    texts = {
        "statements": Text(
            zh=f"一次只能问一条查询，这里有 {detail} 条；请分开逐条提问",
            en=f"one query at a time, and there are {detail}: ask them one by one",
        ),
        "statement": Text(
            zh=f"只回答读取数据的查询（SELECT、FROM、WITH、DESCRIBE、PIVOT），不执行 {detail}；表、视图和宏列在 meta.relation",
            en=f"only queries that read are answered (SELECT, FROM, WITH, DESCRIBE, PIVOT), not {detail}; meta.relation lists tables, views and macros",
        ),
        "outside": Text(
            zh=f"查询只能读取分析库，不能读写其他文件或网址；表、视图和宏列在 meta.relation。{detail}",
            en=f"a query reads the analysts' file and no other file or address; meta.relation lists tables, views and macros. {detail}",
        ),
        "time": Text(
            zh=f"查询超过 {limits.seconds:g} 秒，已停止；请加筛选条件，或先汇总再连接",
            en=f"stopped after {limits.seconds:g} s: filter first, or aggregate before joining",
        ),
        "memory": Text(
            zh=f"查询需要超过 {limits.memory >> 20} MB 内存，已停止；请少取列、先筛选或汇总",
            en=f"stopped: it needs more than {limits.memory >> 20} MB of memory; take fewer columns, filter or aggregate first",
        ),
        "sql": Text(zh=f"查询有误：{detail}", en=f"the query is wrong: {detail}"),
    }
    return QueryRefusal(kind, texts[kind])

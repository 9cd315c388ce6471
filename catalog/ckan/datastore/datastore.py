"""`DataStore`: the DataStore of one CKAN as its publisher uses it, over one connection to PostgreSQL.

Here: the connection, its limits, idempotence, the lock that keeps two publishers apart, and the translation of
PostgreSQL's errors: the operation, the resource, the cause and the next step. Neither the address of the database nor
the value of a cell is in them, though PostgreSQL's own messages hold both; so the original error is not chained either.
Not here: how tables are loaded (with bad input found there: `load.py`), swapped and compared, and the API of CKAN.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import psycopg
from psycopg import errors
from pydantic import SecretStr

from catalog.ckan.datastore import compare, inspect, swap
from catalog.ckan.datastore.inspect import LiveTable, TableComment
from catalog.ckan.datastore.load import build_table
from catalog.ckan.datastore.statements import LAST, STAGE, checked_id, lock_key
from catalog.ckan.datastore.table_schema import TableSchema
from schemas.errors import CatalogueError
from schemas.text import Text

CONNECT_TIMEOUT = 10
STATEMENT_TIMEOUT = 900
LOCK_PATIENCE = 10
_SET = "SELECT set_config('statement_timeout', %s, false), set_config('search_path', 'public', false)"


class DataStore:
    """Context manager. The address logs in as the DataStore's writing role, or sets that role in its options.

    Seconds: `connect_timeout` for the connection, `statement_timeout` for each statement, `lock_patience` for another
    publisher. A lost connection is not reopened, because the lock is lost with it: run again. Every failure is a
    CatalogueError.
    """

    def __init__(
        self,
        database: SecretStr,
        connect_timeout: int = CONNECT_TIMEOUT,
        statement_timeout: int = STATEMENT_TIMEOUT,
        lock_patience: int = LOCK_PATIENCE,
    ) -> None:
        self._lock_patience = lock_patience
        with translate_errors(Text(zh="连接", en="connect to"), "PostgreSQL"):
            self._con = psycopg.connect(
                database.get_secret_value(),
                autocommit=True,
                connect_timeout=connect_timeout,
                client_encoding="UTF8",
                application_name="sportlake",
                prepare_threshold=None,
            )
        with translate_errors(Text(zh="设置", en="set up"), "PostgreSQL"):
            self._con.execute(_SET, [f"{statement_timeout}s"])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._con.close()

    @contextmanager
    def lock_table(self, dataset: str) -> Iterator[None]:
        """Locks the dataset against other publishers; CatalogueError if it stays locked for `lock_patience` seconds."""
        key = lock_key(dataset)
        with translate_errors(Text(zh="锁定数据集", en="lock the dataset"), dataset):
            self._take(key, dataset)
        try:
            yield
        finally:
            if not self._con.closed:
                with translate_errors(Text(zh="解锁数据集", en="unlock the dataset"), dataset):
                    self._con.execute("SELECT pg_advisory_unlock(%s)", [key])

    def stage_table(self, resource_id: str, csv: Path, sha256: str, shape: TableSchema, release: str) -> int:
        """Loads the released file into a staged table, which readers do not see; returns its row count.

        A complete staged table of the same release, file and schema is reused.

        Raises:
            CatalogueError: File, hash and schema disagree.
        """
        name = STAGE + checked_id(resource_id)
        with translate_errors(Text(zh="装入资源", en="load the resource"), resource_id):
            there = inspect.read_comment(self._con, name)
            if there and there == TableComment(release, sha256, there.rows, shape.digest):
                return there.rows
            with self._con.transaction():
                return build_table(self._con, resource_id, csv, sha256, shape, release)

    def read_live_tables(self, resource_ids: Sequence[str]) -> dict[str, LiveTable]:
        """Returns the live tables of these resources; a resource without a table is left out. Writes nothing."""
        ids = [checked_id(one) for one in resource_ids]
        with translate_errors(Text(zh="查看资源", en="look at the resources"), ", ".join(ids)):
            return inspect.read_live_tables(self._con, ids)

    def swap_table(self, resource_id: str) -> bool:
        """Makes the staged table live; returns whether there was one. Aliases, row count and index names stay correct.

        Without a staged table nothing is done if the live table is ours.

        Raises:
            CatalogueError: There is no staged table and the live table is not ours.
        """
        with translate_errors(Text(zh="切换资源", en="swap the resource"), checked_id(resource_id)):
            if inspect.read_comment(self._con, STAGE + resource_id):
                swap.swap_table(self._con, resource_id)
                return True
            if inspect.read_comment(self._con, resource_id):
                return False
        raise CatalogueError(
            Text(
                zh=f"资源 {resource_id} 没有待切换的表；请先装入（stage）",
                en=f"nothing is aside for the resource {resource_id}; stage it first",
            )
        )

    def undo_swap(self, resource_id: str) -> bool:
        """Makes the previous table live again, by the same method; False if there is none (then nothing is done)."""
        with translate_errors(Text(zh="退回资源", en="put back the resource"), checked_id(resource_id)):
            if not inspect.table_exists(self._con, LAST + resource_id):
                return False
            swap.undo_swap(self._con, resource_id)
            return True

    def prune_previous(self, resource_id: str) -> None:
        """Drops the staged and the previous table; after that no swap can be undone."""
        with (
            translate_errors(Text(zh="清理资源", en="prune the resource"), checked_id(resource_id)),
            self._con.transaction(),
        ):
            swap.prune_previous(self._con, resource_id)

    def drop_table(self, resource_id: str) -> None:
        """Removes the resource from the DataStore: its tables, aliases and row count."""
        with translate_errors(Text(zh="停用资源", en="withdraw the resource"), checked_id(resource_id)):
            swap.drop_table(self._con, resource_id)

    def find_orphans(self, known: Collection[str]) -> list[str]:
        """Returns tables of no known resource, and every staged or previous table. Writes nothing."""
        with translate_errors(Text(zh="查看", en="look for orphans of"), "DataStore"):
            return inspect.find_orphans(self._con, known)

    def find_differences(
        self, resource_id: str, csv: Path, sha256: str, shape: TableSchema
    ) -> list[tuple[str, str, str]]:
        """Returns (what, wanted, found) where the live table differs from the file, row by row. Changes nothing."""
        with (
            translate_errors(Text(zh="核对资源", en="compare the resource"), checked_id(resource_id)),
            self._con.transaction(force_rollback=True),
        ):
            return compare.find_differences(self._con, resource_id, csv, sha256, shape)

    def _take(self, key: int, dataset: str) -> None:
        try:
            with self._con.transaction():
                self._con.execute("SELECT set_config('lock_timeout', %s, true)", [f"{self._lock_patience}s"])
                self._con.execute("SELECT pg_advisory_lock(%s)", [key])
        except errors.LockNotAvailable:
            raise CatalogueError(
                Text(
                    zh=f"另一个进程正在发布数据集 {dataset}，已等待 {self._lock_patience} 秒；请在它结束后重新运行",
                    en=f"somebody else is publishing {dataset}; waited {self._lock_patience} s; run again when they have finished",
                )
            ) from None


_PLACE = re.compile(r"COPY \S+, line (?P<line>\d+)(, column (?P<column>\w+))?")
_LOST: Final = Text(
    zh="与 PostgreSQL 的连接失败或中断；请确认它在运行、地址和口令正确，然后重新运行",
    en="there is no connection to PostgreSQL, or it was lost; see that it runs and that address and password are right, then run again",
)
# By SQLSTATE, or by class of SQLSTATEs (the first two characters). Source: PostgreSQL, appendix A.
_STATES: Final = {
    "08": _LOST,
    "28": _LOST,
    "57P": _LOST,
    "55P03": Text(zh="读者占用表的时间过长，等锁超时；请稍后重新运行", en="readers held the table for too long; run again later"),
    "40": Text(zh="与别的事务冲突；请重新运行", en="it collided with another transaction; run again"),
    "57014": Text(
        zh="一条语句超过了时限或被取消；请检查数据库负荷，或放宽语句时限",
        en="a statement took too long or was cancelled; look at the load of the database, or allow statements more time",
    ),
    "53": Text(zh="数据库的磁盘、内存或连接数不足；请腾出空间后重新运行", en="the database is out of disk, memory or connections; make room and run again"),
    "42501": Text(
        zh="连接所用的角色权限不足；请以 DataStore 写角色连接，或在连接选项中 SET ROLE",
        en="the role may not do that; connect as the writing role of the DataStore, or SET ROLE to it in the options",
    ),
    "23505": Text(zh="主键在发布的文件中重复；请更正数据后重新发布", en="its primary key is in the file twice; mend the data and release again"),
    "22": Text(zh="文件中有超出列类型范围的值；请核对数据规范的字段类型后重新发布", en="the file holds a value that its column cannot; check the types of the contract and release again"),
    "54": Text(zh="有一个值超过 PostgreSQL 的上限（如索引项 2704 字节）", en="a value is larger than PostgreSQL can take (an index entry: 2704 bytes)"),
    "2BP01": Text(zh="有别的视图依赖这张表；请先删除该视图", en="another view depends on the table; drop that view first"),
    "42883": Text(zh="数据库缺少 CKAN 的函数；请运行 ckan datastore set-permissions", en="CKAN's functions are missing; run ckan datastore set-permissions"),
}  # fmt: skip
_OTHER = Text(
    zh="数据库拒绝了语句；请查看 PostgreSQL 的日志",
    en="the database refused a statement; look at the log of PostgreSQL",
)


@contextmanager
def translate_errors(what: Text, subject: str) -> Iterator[None]:
    """Turns every error of PostgreSQL inside into a CatalogueError that says `what` was done to `subject`."""
    try:
        yield
    except psycopg.Error as wrong:
        raise CatalogueError(_error_text(what, subject, wrong)) from None


def _error_text(what: Text, subject: str, wrong: psycopg.Error) -> Text:
    why, place = _error_reason(wrong), _error_place(wrong)
    kind = f"{type(wrong).__name__}, {wrong.sqlstate}" if wrong.sqlstate else type(wrong).__name__
    return Text(
        zh=f"DataStore：{what.zh} {subject} 未成（{kind}{place}）：{why.zh}",
        en=f"DataStore: could not {what.en} {subject} ({kind}{place}): {why.en}",
    )


def _error_reason(wrong: psycopg.Error) -> Text:
    state = wrong.sqlstate
    if state is None:
        return _LOST if isinstance(wrong, psycopg.OperationalError | psycopg.InterfaceError) else _OTHER
    return next((_STATES[part] for part in (state, state[:3], state[:2]) if part in _STATES), _OTHER)


def _error_place(wrong: psycopg.Error) -> str:
    """Returns line and column of the file, or the constraint; never a value."""
    found = _PLACE.match(wrong.diag.context or "")
    if found:
        return f", line {found['line']}" + (f", column {found['column']}" if found["column"] else "")
    return f", {wrong.diag.constraint_name}" if wrong.diag.constraint_name else ""

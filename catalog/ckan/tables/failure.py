"""Errors of PostgreSQL in our words: what was being done to which resource, what went wrong, and the next move.

Neither the address of the database nor the value of a cell is ever in them, though PostgreSQL's own messages hold both; the
original error is therefore not chained either. Not here: bad input that we find ourselves (`build.py`).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg

from schemas.errors import CatalogueError
from schemas.text import Text

_PLACE = re.compile(r"COPY \S+, line (?P<line>\d+)(, column (?P<column>\w+))?")
_LOST: Final = Text(
    zh="与 PostgreSQL 的连接失败或中断；请确认它在运行、地址和口令正确，然后重新运行",
    en="there is no connection to PostgreSQL, or it was lost; see that it runs and that address and password are right, then run again",
)
# By state, or by class of states (its first two characters). Source: PostgreSQL, appendix A.
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
    "22": Text(zh="文件中有列类型装不下的值；请核对契约的字段类型后重新发布", en="the file holds a value that its column cannot; check the types of the contract and release again"),
    "54": Text(zh="有一个值超过 PostgreSQL 的上限（如索引项 2704 字节）", en="a value is larger than PostgreSQL can take (an index entry: 2704 bytes)"),
    "2BP01": Text(zh="有别的视图依赖这张表；请先删除该视图", en="another view depends on the table; drop that view first"),
    "42883": Text(zh="数据库缺少 CKAN 的函数；请运行 ckan datastore set-permissions", en="CKAN's functions are missing; run ckan datastore set-permissions"),
}  # fmt: skip
_OTHER = Text(
    zh="数据库拒绝了语句；请查看 PostgreSQL 的日志",
    en="the database refused a statement; look at the log of PostgreSQL",
)


@contextmanager
def told(what: Text, subject: str) -> Iterator[None]:
    """Turns every error of PostgreSQL inside into a CatalogueError about `what` was done to `subject`."""
    try:
        yield
    except psycopg.Error as wrong:
        raise CatalogueError(_said(what, subject, wrong)) from None


def _said(what: Text, subject: str, wrong: psycopg.Error) -> Text:
    why, place = _reason(wrong), _place(wrong)
    kind = f"{type(wrong).__name__}, {wrong.sqlstate}" if wrong.sqlstate else type(wrong).__name__
    return Text(
        zh=f"DataStore：{what.zh} {subject} 未成（{kind}{place}）：{why.zh}",
        en=f"DataStore: could not {what.en} {subject} ({kind}{place}): {why.en}",
    )


def _reason(wrong: psycopg.Error) -> Text:
    state = wrong.sqlstate
    if state is None:
        return _LOST if isinstance(wrong, psycopg.OperationalError | psycopg.InterfaceError) else _OTHER
    return next((_STATES[part] for part in (state, state[:3], state[:2]) if part in _STATES), _OTHER)


def _place(wrong: psycopg.Error) -> str:
    """Line and column of the file, or the constraint; never what stands there."""
    found = _PLACE.match(wrong.diag.context or "")
    if found:
        return f", line {found['line']}" + (f", column {found['column']}" if found["column"] else "")
    return f", {wrong.diag.constraint_name}" if wrong.diag.constraint_name else ""

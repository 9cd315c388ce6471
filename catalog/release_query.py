"""Queries of the Parquet files of a release by DuckDB; here a lost or damaged file becomes an error that says what to do.

Not here: what is asked (`preview.py`, `catalog/pictures/chart_figures.py`); whether a file is the released one, byte by byte (drift of a catalogue, `verify_release`).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from schemas.errors import CatalogueError
from schemas.text import Text


def query_release(
    database: duckdb.DuckDBPyConnection, query: str, values: Sequence[object], files: Sequence[str]
) -> list[tuple[Any, ...]]:
    """Returns the answer to a query of these files of one release; `values` are its parameters.

    CatalogueError if a file is lost, damaged or lacks a requested column; it names the file if DuckDB does, otherwise the release. A lack
    of memory is raised as DuckDB's own error, because no file is at fault.
    """
    try:
        return database.execute(query, values).fetchall()
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as wrong:
        raise _unreadable_error(files, wrong) from wrong


def _unreadable_error(files: Sequence[str], wrong: duckdb.Error) -> CatalogueError:
    cause = str(wrong).partition("\n")[0]
    folder = Path(files[0]).parent
    file = next((Path(one).name for one in files if one in cause), "*.parquet")
    name = f"{folder.parent.name}/{folder.name}/{file}"
    return CatalogueError(
        Text(
            zh=f"发布文件 {name} 无法读取：{cause}；请对照 SHA256SUMS，从备份恢复该版本，再运行同一命令",
            en=f"what was released as {name} cannot be read: {cause}; compare SHA256SUMS, restore that release from a backup, and give the same command again",
        )
    )

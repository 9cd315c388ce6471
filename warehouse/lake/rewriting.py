"""Rewriting the history of a lake table: parts of every version are replaced, and the log names the new files.

The one exception to "written once, never changed": an erasure removes a value from every version (`pipelines/erasure`). Versions, their
order and their reasons stay, so whatever is pinned to a version still finds it, without the value. Not here: which rows, and who decided.

The table can be read at every moment. Order: write the new files; delete the checkpoints, which repeat old names (later commits make new
ones); let every removal in the log name both the old and the new file; let the additions name the new file; delete the old files.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse import deltalog
from warehouse.atomic_files import hold_lock, write_atomically
from warehouse.lake.parts import Part, fsync_all, rewrite_part

Rewrite = Callable[[pa.Table], pa.Table | None]
"""Other rows for those of a part; None if they stay as they are."""


def rewrite_history(
    con: duckdb.DuckDBPyConnection, table: Path, key: tuple[str, ...], rewrite: Rewrite
) -> Mapping[str, Part]:
    """Rewrites the parts of all versions and returns the new part by the old one's path; empty if none had to change.

    Nobody may write to the table meanwhile. Repeating it after a kill finishes the work. Parts that no version names are deleted.
    """
    with hold_lock(table / deltalog.LOCK):
        deltalog.remove_paths(deltalog.find_leftovers(table))
        fresh = _write_fresh(con, table, key, rewrite)
        if fresh:
            deltalog.remove_checkpoints(table)
            _rewrite_commits(
                table, lambda actions: [one for action in actions for one in _double_removal(action, fresh)]
            )
            _rewrite_commits(table, lambda actions: [_rename(action, fresh) for action in actions])
        deltalog.remove_paths(deltalog.find_leftovers(table))
    return fresh


def _write_fresh(
    con: duckdb.DuckDBPyConnection, table: Path, key: tuple[str, ...], rewrite: Rewrite
) -> dict[str, Part]:
    fresh: dict[str, Part] = {}
    with TemporaryDirectory(dir=table, prefix=deltalog.UNFINISHED_PREFIX) as aside:
        for path in _list_parts(table):
            rows = rewrite(pq.ParquetFile(table / path).read())
            if rows is not None:
                fresh[path] = rewrite_part(con, rows, key, table, path, Path(aside) / "part")
    fsync_all(table, fresh.values())
    return fresh


def _list_parts(table: Path) -> list[str]:
    named = (
        action["add"]["path"] for _, actions in deltalog.read_commits(table) for action in actions if "add" in action
    )
    return list(dict.fromkeys(named))


def _double_removal(action: dict[str, Any], fresh: Mapping[str, Part]) -> list[dict[str, Any]]:
    old = action.get("remove", {}).get("path")
    return [action, {"remove": {**action["remove"], "path": fresh[old].path}}] if old in fresh else [action]


def _rename(action: dict[str, Any], fresh: Mapping[str, Part]) -> dict[str, Any]:
    old = action.get("add", {}).get("path")
    if old not in fresh:
        return action
    part = fresh[old]
    renamed = {"path": part.path, "size": part.size, "stats": json.dumps({"numRecords": part.rows})}
    return {"add": {**action["add"], **renamed}}


def _rewrite_commits(table: Path, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> None:
    for version, actions in deltalog.read_commits(table):
        if (changed := change(actions)) != actions:
            lines = "".join(f"{json.dumps(action, separators=(',', ':'), ensure_ascii=False)}\n" for action in changed)
            write_atomically(deltalog.commit_path(table, version), lines)

"""Commits of the lake: open a Delta table, read its parts, replace parts in one compare-and-swap.

The only module that changes tables with deltalake. Every DeltaError is raised as a LakeError. Not here: retries, or what a
commit means (`warehouse/lake/lake.py`). Source of the workarounds: measured with deltalake 1.6.6 (overwrite with a stale handle
appends; the log is cleaned up by default; committed actions are not validated; `file_uris` quotes the folder's own name).
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
from deltalake import DeltaTable, Schema, Transaction
from deltalake.exceptions import CommitFailedError, DeltaError
from deltalake.transaction import AddAction, CommitProperties, RemoveAction

from schemas.contract import SLICE_COLUMNS, Contract
from schemas.errors import LakeError
from schemas.slices import SliceKey
from schemas.text import Text
from warehouse import deltalog
from warehouse.atomic_files import fsync_path, hold_lock, make_folder
from warehouse.lake.parts import Part, delta_schema
from warehouse.lake.stored_commits import CommitStore, commit_stored

_SETTINGS: dict[str, str | None] = {
    "delta.checkpointInterval": "25",  # measured: cheapest of 10, 25 and 100 in time and log size
    "delta.enableExpiredLogCleanup": "false",  # otherwise history is deleted after 30 days
    "delta.deletedFileRetentionDuration": "interval 36500 days",
}
_METADATA_KEY = "sportlake"  # our key in a commit's metadata; Spark displays `userMetadata` in its history


@dataclass(frozen=True)
class Commit:
    """One commit: the slices it replaced or withdrew, when, and why (submission, sha256, who)."""

    version: int
    at: datetime
    slices: tuple[SliceKey, ...]
    why: Mapping[str, str]


@dataclass(frozen=True)
class SliceChange:
    """A change to commit: per slice the new part (None: withdrawn), the old part, and the replacement count that was read."""

    new: Mapping[SliceKey, Part | None]
    old: Mapping[SliceKey, Part]
    replacement_counts: Mapping[SliceKey, int]
    why: Mapping[str, str]
    now: datetime


def open_for_reading(folder: Path, version: int | None = None) -> DeltaTable | None:
    """Opens the table at its newest or at a given version; None if it does not exist. LakeError if there is no such version."""
    newest = deltalog.newest_version(folder)
    if newest is None:
        return None
    if version is not None and not 0 <= version <= newest:
        raise LakeError(
            Text(
                zh=f"{folder.name} 没有版本 {version}，最新为 {newest}",
                en=f"{folder.name} has no version {version}; the newest is {newest}",
            )
        )
    with _translate_errors(folder):
        return DeltaTable(folder, version=newest if version is None else version)


def open_for_writing(
    folder: Path, contract: Contract, known: DeltaTable | None = None, store: CommitStore | None = None
) -> DeltaTable:
    """Opens the newest version; creates the table and adds columns for new contract fields where needed.

    `known`: the table as it was opened before; it is reused if it is still the newest version. `store`: the table's copy in the bucket,
    if it has one.

    LakeError if a field's type differs from its column's: history cannot be retyped, so a new field name is needed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    deltalog.rename_torn_commit(folder)
    is_newest = known is not None and known.version() == deltalog.newest_version(folder)
    table = known if is_newest else open_for_reading(folder)
    if table is not None and not _columns_to_add(table, contract):
        return table
    if store is not None:
        return _prepare_stored(folder, contract, store)
    with hold_lock(folder / deltalog.LOCK):
        table = open_for_reading(folder) or _create_table(folder, contract)
        if missing := _columns_to_add(table, contract):
            with _translate_errors(folder):
                _add_columns(table, missing)
            table = _reopen_table(folder)
            deltalog.fsync_commit(folder, table.version())
    return table


def _prepare_stored(folder: Path, contract: Contract, store: CommitStore) -> DeltaTable:
    """Creates the table or adds columns in the bucket and the folder, and returns it; another host may do the same meanwhile."""
    make_folder(folder)
    while True:
        store.follow_table()
        table = open_for_reading(folder)
        if table is not None and not _columns_to_add(table, contract):
            return table

        def write(aside: Path, table: DeltaTable | None = table) -> None:
            if table is None:
                _write_table(aside, contract)
            else:
                _add_columns(DeltaTable(aside), _columns_to_add(table, contract))

        with _translate_errors(folder):
            commit_stored(folder, -1 if table is None else table.version(), store, write)


def read_parts(table: DeltaTable, dataset: str) -> dict[SliceKey, Part]:
    """Returns the part of every slice in the table."""
    found = pa.table(table.get_add_actions(flatten=True)).to_pylist()
    return {
        SliceKey(dataset=dataset, department=part["partition.department"], period=part["partition.period"]): Part(
            part["path"], part["num_records"], part["size_bytes"]
        )
        for part in found
    }


def count_replacements(table: DeltaTable, key: SliceKey) -> int:
    """Returns how often the slice was replaced or withdrawn; the table keeps one counter per slice."""
    return table.transaction_version(_counter_name(key)) or 0


def commit(table: DeltaTable, folder: Path, change: SliceChange, store: CommitStore | None = None) -> int | None:
    """Commits the change onto the opened version and returns the new version; None if another writer committed first.

    `store`: the table's copy in the bucket, if it has one; the commit is created there first.
    """
    at = int(change.now.timestamp() * 1000)
    added = [
        AddAction(part.path, part.size, _partition_values(key), at, True, json.dumps({"numRecords": part.rows}))
        for key, part in change.new.items()
        if part
    ]
    removed = [RemoveAction(part.path, True, at, None, _partition_values(key)) for key, part in change.old.items()]
    metadata = {
        "at": change.now.isoformat(),
        "slices": [[k.department, k.period] for k in change.new],
        "why": {**change.why},
    }
    summary = " ".join([*(f"{k}={v}" for k, v in change.why.items()), *(str(key) for key in change.new)])
    properties = CommitProperties(
        custom_metadata={_METADATA_KEY: metadata, "userMetadata": summary},
        max_commit_retries=0,
        app_transactions=[Transaction(_counter_name(key), change.replacement_counts[key] + 1) for key in change.new],
    )

    def write(onto: DeltaTable) -> None:
        # Mode "append" accepts explicit removals; "overwrite" would compute them from a handle that may be stale.
        with _translate_errors(folder):
            onto.create_write_transaction(
                [*added, *removed],
                "append",
                onto.schema(),
                partition_by=list(SLICE_COLUMNS),
                commit_properties=properties,
            )

    if store is not None:
        return commit_stored(folder, table.version(), store, lambda aside: write(_reopen_table(aside)))
    try:
        write(table)
    except CommitFailedError:
        return None
    version = table.version() + 1
    deltalog.fsync_commit(folder, version)
    return version


def follow_commit(table: DeltaTable) -> None:
    """Moves an opened table on to the newest version; only the new commits are read."""
    with _translate_errors(Path(table.table_uri)):
        table.update_incremental()


def read_history(folder: Path, dataset: str, since: int = 0) -> list[Commit]:
    """Returns every commit from version `since` on that changed a slice, oldest first."""
    found = []
    for version, actions in deltalog.read_commits(folder, since):
        metadata = next(
            (a["commitInfo"][_METADATA_KEY] for a in actions if _METADATA_KEY in a.get("commitInfo", {})), None
        )
        if metadata:
            slices = [SliceKey(dataset=dataset, department=d, period=p) for d, p in metadata["slices"]]
            found.append(Commit(version, datetime.fromisoformat(metadata["at"]), tuple(slices), metadata["why"]))
    return found


def _create_table(folder: Path, contract: Contract) -> DeltaTable:
    with _translate_errors(folder):
        _write_table(folder, contract)
    deltalog.fsync_commit(folder, 0)
    fsync_path(folder)
    fsync_path(folder.parent)
    return _reopen_table(folder)


def _write_table(folder: Path, contract: Contract) -> None:
    DeltaTable.create(
        folder,
        delta_schema(contract),
        name=contract.name,
        description=f"{contract.title.zh} / {contract.title.en}",
        partition_by=list(SLICE_COLUMNS),
        configuration=_SETTINGS,
    )


def _add_columns(table: DeltaTable, missing: list[pa.Field]) -> None:
    table.alter.add_columns(Schema.from_arrow(pa.schema(missing)).fields)


def _reopen_table(folder: Path) -> DeltaTable:
    with _translate_errors(folder):
        return DeltaTable(folder)


def _columns_to_add(table: DeltaTable, contract: Contract) -> list[pa.Field]:
    there, missing = pa.schema(table.schema()), []
    for field in delta_schema(contract):
        if field.name not in there.names:
            missing.append(field)
        elif (kept := there.field(field.name).type) != field.type:
            raise LakeError(
                Text(
                    zh=f"{contract.name}.{field.name} 在数据湖中为 {kept}，数据规范要求 {field.type}；历史不能改类型，请改用新字段名",
                    en=f"{contract.name}.{field.name} is {kept} in the lake and {field.type} in the contract; history cannot be retyped: name the field anew",
                )
            )
    return missing


def _counter_name(key: SliceKey) -> str:
    return f"{key.department}/{key.period}"


def _partition_values(key: SliceKey) -> dict[str, str | None]:
    return dict(zip(SLICE_COLUMNS, (key.department, key.period), strict=True))


@contextmanager
def _translate_errors(folder: Path) -> Iterator[None]:
    """Raises LakeError for any DeltaError except CommitFailedError (another writer was faster), which is re-raised."""
    try:
        yield
    except CommitFailedError:
        raise
    except DeltaError as wrong:
        raise LakeError(
            Text(
                zh=f"数据湖 {folder.name} 无法读写：{wrong}；请检查磁盘，或从备份恢复该文件夹",
                en=f"the lake's table {folder.name} cannot be read or written: {wrong}; check the disk, or restore the folder from a backup",
            )
        ) from wrong

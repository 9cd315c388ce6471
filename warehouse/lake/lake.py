"""The lake: the accepted rows of every dataset with their whole history, one Delta table per dataset.

Grain: a row of a dataset; a *slice* (department, period) is what one submission replaces. Key of a table's state: its
version. Arrow or DuckDB writes the parts; deltalake only commits them, by compare-and-swap on the version that was read.
Not here: the part files (`warehouse/lake/parts.py`), the log files (`warehouse/deltalog.py`), single commits
(`warehouse/lake/commits.py`).

Do not glob `lake/**.parquet`: the folders hold the parts of all versions. Keep the lake on a local disk, not on NFS.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep
from typing import TypeAlias

import duckdb
import pyarrow as pa
from deltalake import DeltaTable

from schemas.contract import Contract
from schemas.errors import LakeError, SliceMoved
from schemas.slices import SliceKey, period_order, select_current
from schemas.text import Text
from warehouse import deltalog, sql
from warehouse.canonical import sort_rows
from warehouse.lake import commits, parts
from warehouse.lake.commits import Commit
from warehouse.lake.parts import Part, PartLocation
from warehouse.lake.rewriting import Rewrite, rewrite_history
from warehouse.lake.row_fingerprints import FingerprintSets, Projection
from warehouse.lake.slice_fingerprints import SliceFingerprints
from warehouse.lake.sorted_parts import StandingPart, read_sorted
from warehouse.lake.stored_commits import CommitStore
from warehouse.layout import Layout
from warehouse.released_columns import select_released_columns

__all__ = ["Commit", "Lake"]

_LARGEST_KEPT = 16 << 20
"""Bytes of an answer that is kept."""
SliceRows: TypeAlias = pa.Table | Path | None
"""The new state of a slice: rows, a file of `Lake.write_rows`, or None."""
MOST_ATTEMPTS = 200  # a failed attempt costs milliseconds, and means that another writer succeeded


class Lake:
    """The lake of one installation. Several processes may write at once; a commit is durable when `replace_slices` returns.

    `open_store`: a function that returns the copy of a dataset's table in the bucket, which gets parts and commits before the folder
    does; None without a bucket.
    """

    def __init__(self, layout: Layout, open_store: Callable[[str], CommitStore] | None = None) -> None:
        self._layout, self._open_store = layout, open_store
        self._known_tables: dict[str, _KnownTable] = {}
        self._known_sets: dict[Path, FingerprintSets] = {}

    def replace_slices(
        self, contract: Contract, slices: Mapping[SliceKey, SliceRows], why: Mapping[str, str], now: datetime
    ) -> int:
        """Replaces the rows of these slices in one commit; None withdraws a slice, a path names a file of `write_rows`.

        Returns the version that holds them. If the table already holds the same bytes nothing is committed, so a step that
        was killed after its commit can be repeated. `why` (submission, sha256, who) goes into the table's history.
        SliceMoved if another writer replaced one of the slices meanwhile; LakeError if the rows do not fit the table, or
        after `MOST_ATTEMPTS` failed commits.
        """
        folder = self._layout.lake_folder(contract.name)
        store = self._open_store(contract.name) if self._open_store else None
        known = self._take_table(contract)
        table = known.table if known and known.written_for == contract.digest else None
        if table is None:
            table = commits.open_for_writing(folder, contract, known.table if known else None, store)
        seen = {key: commits.count_replacements(table, key) for key in slices}
        there = known.parts if known and known.table is table else commits.read_parts(table, contract.name)
        fresh = self._write_parts(contract, slices, folder, table.version(), there)
        if store is not None:
            store.put_parts([part.path for key, part in fresh.items() if part != there.get(key)])
        for attempt in range(MOST_ATTEMPTS):
            changes = {key: fresh.get(key) for key in slices if not _has_same_content(fresh.get(key), there.get(key))}
            if not changes:
                return _find_first_version(folder, table, [there[key] for key in fresh])
            # The table of the first attempt is the one whose replacements were counted.
            if attempt and (moved := [key for key in changes if commits.count_replacements(table, key) != seen[key]]):
                raise _slice_moved_error(moved)
            change = commits.SliceChange(changes, {key: there[key] for key in changes if key in there}, seen, why, now)
            version = commits.commit(table, folder, change, store)
            if version is not None:
                self._keep_table(contract, table, version, _apply_changes(there, changes))
                return version
            sleep(0.002 * min(attempt, 10))
            if store is not None:
                store.follow_table()
            table = commits.open_for_writing(folder, contract, store=store)
            there = commits.read_parts(table, contract.name)
        raise LakeError(
            Text(
                zh=f"{contract.name} 正被频繁写入，{MOST_ATTEMPTS} 次提交均未成功，请稍后重试",
                en=f"{contract.name} is being written to so often that {MOST_ATTEMPTS} commits failed; try again later",
            )
        )

    def write_rows(self, contract: Contract, rows: pa.Table, target: Path) -> None:
        """Writes rows to the file `target` in the form of a part: sorted by key, in the types of the lake. Not durable yet; the same rows give the same bytes.

        LakeError if the rows do not fit the contract.
        """
        parts.write_rows(self._open_cursor(small=rows.nbytes < sql.SMALL_TABLE), rows, contract, target)

    def read_current(self, contract: Contract, version: int | None = None) -> pa.Table:
        """Returns the dataset's rows now or as of a version: the contract's fields, department, period; by primary key.

        Mode snapshot: each department's newest period; append: all periods. Empty if nothing has been accepted yet.
        """
        return self._read_files(contract, self.list_standing_parts(contract, version))

    def current_rows_query(self, contract: Contract, version: int | None = None) -> str:
        """Returns the SQL query for the rows that `read_current` returns, in the same columns, types and order; it needs no connection of the lake's."""
        folder = self._layout.lake_folder(contract.name)
        files = [folder / part.path for part in self.list_standing_parts(contract, version)]
        return parts.compose_rows_query(files, contract)

    def read_current_fields(self, contract: Contract, names: Collection[str], version: int | None = None) -> pa.Table:
        """Returns these fields, department and period of the rows that `read_current` returns, in no particular order.

        A small answer about the present state is cached until the dataset changes: the hand-ins of a batch refer to the same rows.
        """
        folder = self._layout.lake_folder(contract.name)
        wanted = self.list_standing_parts(contract, version)
        kept = self._known_tables[contract.name].fields if version is None and wanted else {}
        cache_key = (contract.digest, *sorted(names))
        if cache_key not in kept:
            con = self._open_cursor(small=parts.are_small(wanted))
            found = parts.read_part_fields(con, [folder / part.path for part in wanted], contract, names)
            if found.nbytes > _LARGEST_KEPT:
                return found
            kept[cache_key] = found
        return kept[cache_key]

    def read_sorted(self, contract: Contract, version: int | None = None) -> Iterator[pa.Table]:
        """Yields the rows of `read_current` in the order of a release and in batches: public fields, department, period.

        Texts may be dictionaries. Few rows come as one table.
        """
        there = self._current_parts(contract, version)
        keys = select_current(there, contract.policy.mode)
        if parts.are_small([there[key] for key in keys]):
            rows = select_released_columns(self.read_current(contract, version), contract)
            yield sort_rows(rows, contract.primary_key)
            return
        folder = self._layout.lake_folder(contract.name)
        found = [StandingPart(folder / there[key].path, key.department, key.period) for key in keys]
        yield from read_sorted(found, contract, self._layout.lakes / "_spill")

    def list_standing_parts(self, contract: Contract, version: int | None = None) -> list[Part]:
        """Returns the parts whose rows `read_current` returns; their paths name their bytes, so equal paths are equal rows.

        Of a snapshot these are each department's newest period, otherwise all periods.
        """
        there = self._current_parts(contract, version)
        return [there[key] for key in select_current(there, contract.policy.mode)]

    def read_slice(self, contract: Contract, key: SliceKey) -> pa.Table | None:
        """Returns the current rows of one slice, contract fields only; None if it was never accepted or was withdrawn."""
        part = self._current_parts(contract).get(key)
        return None if part is None else self._read_rows(contract, part)

    def read_previous(self, contract: Contract, key: SliceKey, fields: Collection[str] = ()) -> pa.Table | None:
        """Returns the rows that a new submission for `key` is compared with: their primary key and these fields.

        They are the current rows of the slice, or else of the department's newest earlier period; None if there are none.
        """
        there = self._current_parts(contract)
        last = period_order(key.period)
        earlier = [k for k in there if k.department == key.department and period_order(k.period) <= last]
        if not earlier:
            return None
        part = there[max(earlier, key=lambda k: period_order(k.period))]
        return self._read_rows(contract, part, {*contract.primary_key, *fields})

    def current_version(self, contract: Contract) -> int | None:
        """Returns the newest version of the dataset's table; None if nothing has ever been accepted."""
        return deltalog.newest_version(self._layout.lake_folder(contract.name)) or None

    def count_slice_rows(self, contract: Contract) -> dict[SliceKey, int]:
        """Returns the current number of rows of each slice, ordered by department and period."""
        there = self._current_parts(contract)
        return {key: there[key].rows for key in sorted(there, key=lambda k: (k.department, period_order(k.period)))}

    def open_fingerprints(self, contract: Contract, projection: Projection) -> SliceFingerprints:
        """Returns the fingerprints of all slices as they stand now; no slice is read before it is asked for."""
        there = self._current_parts(contract)
        return SliceFingerprints(self._layout, contract, projection, there, self._known_sets)

    def read_history(self, contract: Contract, since: int = 0) -> list[Commit]:
        """Returns every commit from version `since` on that changed the dataset's slices, oldest first; empty if there is none."""
        return commits.read_history(self._layout.lake_folder(contract.name), contract.name, since)

    def rewrite_history(self, dataset: str, key: tuple[str, ...], rewrite: Rewrite) -> int:
        """Replaces the rows of the parts of every version (`warehouse/lake/rewriting.py`), and returns how many parts changed.

        The caller holds the dataset's landing lock. `key`: the fields by which rows are sorted; empty if the dataset has no contract any
        more. Fingerprints of old rows are deleted.
        """
        folder = self._layout.lake_folder(dataset)
        if not (folder / "_delta_log").is_dir():
            return 0
        fresh = rewrite_history(self._duckdb.cursor(), folder, key, rewrite)
        deltalog.remove_paths(self._layout.fingerprints_folder(dataset).glob("*"))
        return len(fresh)

    def sweep_unused(self, now: datetime) -> list[Path]:
        """Deletes files that killed writers left more than a day ago; returns the paths. Every version stays readable."""
        lakes = self._layout.lakes
        tables = [path for path in sorted(lakes.iterdir()) if (path / "_delta_log").is_dir()] if lakes.is_dir() else []
        return [removed for table in tables for removed in deltalog.sweep_files(table, now)]

    @cached_property
    def _duckdb(self) -> duckdb.DuckDBPyConnection:
        return sql.open_connection(self._layout.lakes / "_spill")

    def _open_cursor(self, *, small: bool) -> duckdb.DuckDBPyConnection:
        """Returns a connection for one query; a small query uses the process's one database, so that no database that can spill has to be opened."""
        return sql.open_small_connection() if small else self._duckdb.cursor()

    def _write_parts(
        self,
        contract: Contract,
        slices: Mapping[SliceKey, SliceRows],
        folder: Path,
        version: int,
        there: Mapping[SliceKey, Part],
    ) -> dict[SliceKey, Part]:
        small = sum(rows.nbytes for rows in slices.values() if isinstance(rows, pa.Table)) < sql.SMALL_TABLE
        con = self._open_cursor(small=small)
        with TemporaryDirectory(dir=folder, prefix=deltalog.UNFINISHED_PREFIX) as aside:
            fresh = {
                key: parts.write_part(
                    con, rows, contract, PartLocation(Path(aside), folder, version + 1, key, there.get(key))
                )
                for key, rows in slices.items()
                if rows is not None
            }
        parts.fsync_all(folder, fresh.values())
        return fresh

    def _current_parts(self, contract: Contract, version: int | None = None) -> Mapping[SliceKey, Part]:
        """Returns the part of every slice. The last answer for each dataset is cached while its log is unchanged.

        An erasure changes the parts of existing versions; it changes the log too, so the cache notices it.
        """
        folder, name = self._layout.lake_folder(contract.name), contract.name
        wanted = deltalog.newest_version(folder) if version is None else version
        if wanted is None:
            return {}
        state = (wanted, deltalog.log_changed(folder))
        if name not in self._known_tables or self._known_tables[name].state != state:
            table = commits.open_for_reading(folder, wanted)
            self._known_tables[name] = _KnownTable(
                state, table, {} if table is None else commits.read_parts(table, name)
            )
        return self._known_tables[name].parts

    def _take_table(self, contract: Contract) -> "_KnownTable | None":
        """Returns the table as it was last opened, for one commit, if its log is the same since; None otherwise."""
        known = self._known_tables.pop(contract.name, None)
        return known if known and known.state == self._read_state(contract) else None

    def _keep_table(self, contract: Contract, table: DeltaTable, version: int, there: Mapping[SliceKey, Part]) -> None:
        """Caches the table after this process has committed `version` to it, so that it need not be opened again, which takes three times as long.

        It is not cached if another process has committed since. The table must have been at the newest version when the commit was begun.
        """
        # Read before the commit is read: any later change of the log changes the state, and the table is then opened again.
        state = self._read_state(contract)
        commits.follow_commit(table)
        if table.version() == state[0] == version:
            self._known_tables[contract.name] = _KnownTable(state, table, there, contract.digest)

    def _read_state(self, contract: Contract) -> tuple[int | None, int]:
        folder = self._layout.lake_folder(contract.name)
        return deltalog.newest_version(folder), deltalog.log_changed(folder)

    def _read_rows(self, contract: Contract, part: Part, fields: Collection[str] | None = None) -> pa.Table:
        return parts.read_part(self._layout.lake_folder(contract.name) / part.path, contract, fields)

    def _read_files(self, contract: Contract, wanted: list[Part]) -> pa.Table:
        folder = self._layout.lake_folder(contract.name)
        con = self._open_cursor(small=parts.are_small(wanted))
        return parts.read_part_files(con, [folder / part.path for part in wanted], contract)


@dataclass(frozen=True)
class _KnownTable:
    """A table as it was last opened: its state (version, and time of the log's last change), the handle, its parts, and cached rows by field names.

    `written_for`: the digest of the contract with which this process committed to it, so that it has the columns of that contract; None
    if it has not.
    """

    state: tuple[int | None, int]
    table: DeltaTable | None
    parts: Mapping[SliceKey, Part]
    written_for: str | None = None
    fields: dict[tuple[str, ...], pa.Table] = field(default_factory=dict)


def _apply_changes(there: Mapping[SliceKey, Part], changes: Mapping[SliceKey, Part | None]) -> dict[SliceKey, Part]:
    """Returns the parts after a commit, in the order in which `commits.read_parts` has them: new ones first."""
    new = {key: part for key, part in changes.items() if part is not None}
    return new | {key: part for key, part in there.items() if key not in changes}


def _has_same_content(fresh: Part | None, there: Part | None) -> bool:
    return (fresh and fresh.digest) == (there and there.digest)


def _find_first_version(folder: Path, table: DeltaTable, held: list[Part]) -> int:
    """Returns the first version that held all of these parts; the table's current version if `held` is empty."""
    found = [deltalog.find_adding_version(folder, part.path) for part in held]
    return max([version for version in found if version is not None], default=table.version())


def _slice_moved_error(keys: list[SliceKey]) -> SliceMoved:
    named = ", ".join(map(str, keys[:5]))
    return SliceMoved(
        Text(
            zh=f"{named} 在此期间已被另一份报送替换，请重新读取后再决定",
            en=f"{named} was replaced by another submission meanwhile; read it again and decide again",
        )
    )

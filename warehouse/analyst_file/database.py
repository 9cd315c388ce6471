"""`warehouse.duckdb`: one self-contained file for analysts, built anew and replaced by rename.

It is a cache of the lake and the ledger. Tables: one per dataset (public fields of the current rows, with department and
period), `department`, one per code list in the schema `codelist`, and the schema `meta`. Every table and column has a comment
in Chinese and English. Storage format of DuckDB 1.0, so that 1.4 opens it. Not here: the content of `meta` (`meta.py`, `due.py`, `venues.py`).
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb

from schemas import analyst_views, reference_tables
from schemas.analyst_views import digest_definitions, read_analyst_views
from schemas.codelists import CodeList
from schemas.contract import Contract
from schemas.departments import Department
from schemas.reference_tables import read_reference_tables
from schemas.time_limits.time_limits import read_time_limits
from schemas.venues import read_venue_rules
from warehouse import sql
from warehouse.analyst_file import key_tables, meta, origin_tables
from warehouse.analyst_file.code_tables import build_codelist_table, build_department_table
from warehouse.analyst_file.database_writer import DescribedMacro, write_macro, write_table, write_view
from warehouse.analyst_file.dataset_tables import write_datasets
from warehouse.analyst_file.declared_views import build_declared_views, build_reference_table
from warehouse.analyst_file.due import due_table, find_next_change, time_limit_table
from warehouse.analyst_file.file_state import CHANGES_ON, BuildState, note_state, read_state
from warehouse.analyst_file.history_tables import HistoryTables
from warehouse.analyst_file.labelled_views import build_labelled_view
from warehouse.analyst_file.meta import DescribedTable
from warehouse.analyst_file.previous_file import STRUCTURE, attach_previous, copy_structure
from warehouse.analyst_file.release_history import build_as_of_macro, history_columns
from warehouse.analyst_file.repeated_keys import build_repeated_keys
from warehouse.analyst_file.venues import VenueTables, venue_alias_table, venue_table
from warehouse.atomic_files import hold_lock, replace_durably
from warehouse.deadlines import OwedSlices
from warehouse.lake.lake import Lake
from warehouse.lake.standing import list_standing
from warehouse.layout import Layout
from warehouse.ledger.ledger import Ledger

STORAGE = "v1.0.0"
BLOCK_BYTES = 65_536
"""Each column of each table takes at least a block, and most tables are small: with DuckDB's 262 144 the file of the sample has 86 MB, with this 37 MB.

A table of a million rows takes half as much again, and with 16 384 more than twice as much.
"""
FORM = 5
"""Raised when this code writes another file from the same inputs."""
_CODE_FACTS = ("duckdb", "storage", "form")
"""Names in `meta.build`: only a file that agrees in them is built upon."""
_TEMPORARY_NAME = ".warehouse.part"


@dataclass(frozen=True)
class RebuildResult:
    """Result of a rebuild: rows per dataset; `written` is False if the inputs were unchanged and no file was written."""

    rows: Mapping[str, int]
    written: bool
    path: Path


@dataclass(frozen=True)
class WarehouseInputs:
    """The inputs of the file. The functions are called only when the file is built.

    `find_owed`: the hand-ins owed on a day. `find_venues`: the venues with their names. `find_hidden`: the releases of a dataset that may
    not be offered any more; the histories leave them out.
    """

    contracts: Mapping[str, Contract]
    codelists: Mapping[str, CodeList]
    departments: Mapping[str, Department]
    lake: Lake
    ledger: Ledger
    find_owed: Callable[[date], OwedSlices] = lambda _: OwedSlices()
    find_hidden: Callable[[str], Collection[str]] = lambda _: ()
    find_venues: Callable[[], VenueTables] = VenueTables


def rebuild_database(layout: Layout, stock: WarehouseInputs, now: datetime) -> RebuildResult:
    """Builds a temporary file and renames it over the old one; open readers keep the old file until they close it.

    Nothing is written if lake, ledger, contracts, code lists, departments, time limits and the DuckDB version are unchanged, and every
    state in `meta.due` is the same on the day of `now`.
    """
    layout.home.mkdir(parents=True, exist_ok=True)
    with hold_lock(layout.home / ".warehouse.lock"):
        versions = {name: stock.lake.current_version(contract) for name, contract in stock.contracts.items()}
        stamp = _input_fingerprint(stock, versions)
        there = read_state(layout.warehouse)
        if there is not None and there.is_right(stamp, now.date()):
            return RebuildResult(there.rows, written=False, path=layout.warehouse)
        facts = {
            "fingerprint": stamp,
            "built_at": now.isoformat(),
            "duckdb": duckdb.__version__,
            "storage": STORAGE,
            "form": str(FORM),
            STRUCTURE: _structure_fingerprint(stock),
        }
        try:
            state = _build_file(layout, stock, versions, facts, now.date())
        except duckdb.Error:
            # A damaged block of the previous file is noticed only when it is read; every rebuild would end there.
            state = _build_file(layout, stock, versions, facts, now.date(), from_scratch=True)
        # If somebody wrote into the old file and left a log (WAL) beside it, DuckDB would replay the log into the new file.
        layout.warehouse.with_name(f"{layout.warehouse.name}.wal").unlink(missing_ok=True)
        replace_durably(layout.home / _TEMPORARY_NAME, layout.warehouse)
        note_state(layout.warehouse, state)
    return RebuildResult(state.rows, written=True, path=layout.warehouse)


def is_current(layout: Layout, stock: WarehouseInputs, today: date) -> bool:
    """Whether the file exists and matches the current inputs and the day, so that `rebuild_database` would write nothing."""
    versions = {name: stock.lake.current_version(contract) for name, contract in stock.contracts.items()}
    there = read_state(layout.warehouse)
    return there is not None and there.is_right(_input_fingerprint(stock, versions), today)


def _build_file(
    layout: Layout,
    stock: WarehouseInputs,
    versions: Mapping[str, int | None],
    facts: Mapping[str, str],
    today: date,
    *,
    from_scratch: bool = False,
) -> BuildState:
    """Writes the whole file aside and closes it.

    Tables of the previous file are copied if their inputs are the same, and its whole structure if that is the same; with `from_scratch`
    the previous file is not read.
    """
    with _open_fresh_file(layout.home / _TEMPORARY_NAME) as connection:
        code = {name: facts[name] for name in _CODE_FACTS}
        there = {} if from_scratch else attach_previous(connection, layout.warehouse, code)
        # One transaction: otherwise every comment would wait for the disk.
        connection.execute("BEGIN")
        is_there = copy_structure(connection, layout.warehouse, facts[STRUCTURE], there)
        inputs = {name: _digest([versions[name], contract.digest]) for name, contract in stock.contracts.items()}
        hidden = {name: stock.find_hidden(name) for name in stock.contracts}
        history = HistoryTables(stock.contracts, layout.releases, _history_inputs(stock, hidden), hidden, there)
        changed = {
            name: name not in there or there[name].inputs != inputs[name] or not layout.current_file(name).is_file()
            for name in stock.contracts
        }
        rows = write_datasets(
            connection, layout, stock.lake, stock.contracts, versions, changed, there, is_there=is_there
        )
        history.write_histories(connection, is_there=is_there)
        history.write_changes(connection, is_there=is_there)
        owed = stock.find_owed(today)
        due = due_table(connection, stock.contracts, owed, today)
        changes_on = find_next_change(due, owed, today)
        facts = {**facts, "due_as_of": today.isoformat(), CHANGES_ON: changes_on.isoformat() if changes_on else ""}
        built = {name: (inputs[name], history.inputs[name], newest) for name, newest in history.newest.items()}
        described = _meta_tables(stock, facts, history.releases)
        described["meta"].append(meta.dataset_table(stock.contracts, versions, rows, built))
        venues = stock.find_venues()
        described["meta"] += [
            time_limit_table(read_time_limits()),
            due,
            venue_table(venues.venues),
            venue_alias_table(venues.aliases),
        ]
        for schema, tables in described.items():
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS fresh.{sql.quote_name(schema)}")
            for table in tables:
                write_table(connection, schema, table, is_there=is_there)
        if not is_there:
            _write_views(connection, stock)
        key_tables.write_relations(connection, is_there=is_there)
        connection.execute("COMMIT")
    return BuildState(facts["fingerprint"], facts[CHANGES_ON], rows)


@contextmanager
def _open_fresh_file(aside: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Opens an empty database file as `fresh` and closes it at the end. Removes leftovers of a killed build (WAL) first."""
    for left in aside.parent.glob(f"{aside.name}*"):
        left.unlink()
    with sql.open_connection(aside.parent / ".spill") as connection:
        form = f"STORAGE_VERSION '{STORAGE}', BLOCK_SIZE {BLOCK_BYTES}"
        connection.execute(f"ATTACH {sql.quote_text(str(aside))} AS fresh ({form})")
        yield connection
        connection.execute("DETACH fresh")


def _history_inputs(stock: WarehouseInputs, hidden: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Returns, for each dataset, a fingerprint of what changes its history besides new releases: contract, hidden releases, erasures."""
    redactions = [entry.facts for entry in stock.ledger.read_entries("redaction")]
    erased = Counter(facts["dataset"] for facts in redactions if "release" in facts)
    return {
        name: _digest([contract.digest, erased[name], sorted(hidden[name])])
        for name, contract in stock.contracts.items()
    }


def _digest(parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def _write_views(connection: duckdb.DuckDBPyConnection, stock: WarehouseInputs) -> None:
    """Writes the views; unqualified names in their queries refer to the file itself."""
    connection.execute("USE fresh")
    for contract in stock.contracts.values():
        write_view(connection, build_labelled_view(contract, stock.codelists))
        write_macro(connection, build_as_of_macro(contract, history_columns(contract)))
    if repeated := build_repeated_keys(stock.contracts.values()):
        write_view(connection, repeated)
    for declared in build_declared_views(read_analyst_views().values(), stock.contracts):
        if isinstance(declared, DescribedMacro):
            write_macro(connection, declared)
        else:
            write_view(connection, declared)
    connection.execute("USE memory")


def _meta_tables(
    stock: WarehouseInputs, facts: Mapping[str, str], in_history: Collection[tuple[str, str]]
) -> dict[str, list[DescribedTable]]:
    entries, standing = stock.ledger.read_entries, list(list_standing(stock.ledger).values())
    received, verdicts, releases = entries("submission"), entries("verdict"), entries("release")
    return {
        "main": [build_department_table(stock.departments)],
        "codelist": [build_codelist_table(codelist) for codelist in stock.codelists.values()],
        "reference": [build_reference_table(table) for table in read_reference_tables().values()],
        "meta": [
            meta.field_table(stock.contracts),
            key_tables.key_table(stock.contracts),
            key_tables.codelist_table(stock.codelists),
            meta.release_table(releases, entries("redaction"), in_history),
            meta.submission_table(received, verdicts, entries("landing")),
            meta.freshness_table(standing),
            origin_tables.lineage_table(stock.contracts, standing, received, releases),
            origin_tables.quality_table(standing, verdicts),
            meta.build_facts_table(facts),
        ],
    }


def _input_fingerprint(stock: WarehouseInputs, versions: Mapping[str, int | None]) -> str:
    head = stock.ledger.read_head()
    parts = {
        STRUCTURE: _structure_fingerprint(stock),
        "versions": versions,
        "ledger": list(head) if head else None,
        "departments": [department.model_dump() for department in stock.departments.values()],
        "time_limits": [rule.model_dump(mode="json") for rule in read_time_limits().values()],
        "venues": read_venue_rules().model_dump(mode="json"),
    }
    return _digest(parts)


def _structure_fingerprint(stock: WarehouseInputs) -> str:
    """Returns the fingerprint of everything that determines the structure of the file (names, columns, comments, views, macros), but not its rows."""
    parts = {
        "contracts": {name: contract.descriptor for name, contract in stock.contracts.items()},
        "codelists": {name: codelist.model_dump(mode="json") for name, codelist in stock.codelists.items()},
        "duckdb": duckdb.__version__,
        "definitions": [digest_definitions(folder) for folder in (analyst_views.FOLDER, reference_tables.FOLDER)],
        "form": FORM,
    }
    return _digest(parts)

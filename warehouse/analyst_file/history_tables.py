"""The tables `<dataset>_history` and `changes` of the analysts' file: those of the previous file, with the releases that have been made since added.

Not here: what a release adds (`release_history.py`).
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import duckdb

from schemas.contract import Contract
from warehouse import sql
from warehouse.analyst_file.database_writer import write_query
from warehouse.analyst_file.previous_file import ALIAS, BuiltDataset
from warehouse.analyst_file.release_history import (
    CHANGES_COLUMNS,
    CHANGES_COMMENT,
    HistoryColumns,
    empty_history,
    first_release_query,
    history_columns,
    list_changes_queries,
    next_release_query,
)
from warehouse.releases.releases import list_numbers


class _HistorySource(NamedTuple):
    """The releases of one dataset. `held`: how many of them the history in the previous file covers; 0 if that history cannot be used."""

    contract: Contract
    shelf: Path
    numbers: Sequence[str]
    held: int

    def list_steps(self) -> list[tuple[str, str]]:
        """Returns (number before, number) for each release that is to be added to the history, without the dataset's first release."""
        return list(pairwise(self.numbers[max(self.held - 1, 0) :]))


class HistoryTables:
    """The histories of all datasets.

    `inputs`: for each dataset a fingerprint of what, besides new releases, changes its history. `hidden`: for each dataset the numbers of
    releases that its history leaves out.
    """

    def __init__(
        self,
        contracts: Mapping[str, Contract],
        releases: Path,
        inputs: Mapping[str, str],
        hidden: Mapping[str, Collection[str]],
        there: Mapping[str, BuiltDataset],
    ) -> None:
        self.inputs = inputs
        self._sources: dict[str, _HistorySource] = {}
        for name, contract in contracts.items():
            numbers = [number for number in list_numbers(releases / name) if number not in hidden[name]]
            before = there.get(name)
            usable = before is not None and before.history_inputs == inputs[name] and before.history_release in numbers
            held = numbers.index(before.history_release) + 1 if before and before.history_release and usable else 0
            self._sources[name] = _HistorySource(contract, releases / name, numbers, held)

    @property
    def newest(self) -> dict[str, str | None]:
        """The newest release of each dataset; None without one."""
        return {name: source.numbers[-1] if source.numbers else None for name, source in self._sources.items()}

    @property
    def releases(self) -> set[tuple[str, str]]:
        """Dataset and number of every release in the histories."""
        return {(name, number) for name, source in self._sources.items() for number in source.numbers}

    def write_histories(self, connection: duckdb.DuckDBPyConnection, *, is_there: bool) -> None:
        """Writes the history of every dataset; empty without a release. `is_there`: as in `write_query`. ReleaseError if a new release cannot be read."""
        for source in self._sources.values():
            if is_there and not source.numbers:
                continue
            name, columns = f"{source.contract.name}_history", history_columns(source.contract)
            about = source.contract.title
            comment = f"{about.zh}：每行何时在哪些版本中 / {about.en}: in which releases each row is"
            connection.register("nothing", empty_history(columns))
            query = _history_query(connection, source, columns)
            write_query(connection, name, comment, columns.comments, query, is_there=is_there)
            connection.unregister("nothing")
            connection.execute("DROP TABLE IF EXISTS temp.history; DROP TABLE IF EXISTS temp.keys")

    def write_changes(self, connection: duckdb.DuckDBPyConnection, *, is_there: bool) -> None:
        """Writes the table `changes` of all datasets: the rows of the previous file, and those of new releases. `is_there`: as in `write_query`."""
        connection.execute(
            f"CREATE TEMP TABLE found ({', '.join(f'{sql.quote_name(n)} VARCHAR' for n in CHANGES_COLUMNS)})"
        )
        kept = [source.contract.name for source in self._sources.values() if source.held]
        if kept:
            names = ", ".join(map(sql.quote_text, kept))
            connection.execute(f"INSERT INTO found FROM {ALIAS}.main.changes WHERE dataset IN ({names})")
        for source in self._sources.values():
            for query in list_changes_queries(source.contract, source.shelf, source.list_steps()):
                connection.execute(f"INSERT INTO found {query}")
        write_query(connection, "changes", CHANGES_COMMENT, CHANGES_COLUMNS, "FROM found", is_there=is_there)
        connection.execute("DROP TABLE temp.found")


def _history_query(connection: duckdb.DuckDBPyConnection, source: _HistorySource, columns: HistoryColumns) -> str:
    """Returns the query for the history of one dataset. All new releases except the last are applied at once, into a temporary table that it reads."""
    name, steps = f"{source.contract.name}_history", source.list_steps()
    if not source.numbers:
        return "FROM nothing"
    start = (
        f"FROM {ALIAS}.main.{sql.quote_name(name)}"
        if source.held
        else first_release_query(connection, source.contract, columns, source.shelf, source.numbers[0])
    )
    for at, step in enumerate(steps):
        query = next_release_query(connection, source.contract, columns, source.shelf, step, start)
        if at == len(steps) - 1:
            return query
        connection.execute(f"CREATE OR REPLACE TEMP TABLE history AS {query}")
        start = "FROM temp.history"
    return start

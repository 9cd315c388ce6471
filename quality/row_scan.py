"""The search of a candidate's rows for what may not be published, part by part.

Sought are personal data, entries of the negative list, what the contract withholds, and keys of more than one row.

Grain: a row of the candidate, numbered as in the released CSV. Rows come sorted by key, and rows with one key in one part. What was found
is a value that can be kept for rows that did not change. Not here: what the gate makes of it (`gate.py`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import pyarrow as pa

from quality.disclosure.negative_list import NegativeSearch
from quality.disclosure.personal_data import find_personal_data
from quality.disclosure.withheld import count_unwithheld, describe_unwithheld
from quality.findings import Finding, masked_excerpt
from quality.repeated_keys import Key, find_repeated_keys
from schemas.contract import Contract
from schemas.frozen_model import FrozenModel
from schemas.negative_list import NegativeEntry

FIRST_ROW = 2
"""Number of the first row in the released CSV (header = 1)."""
EXAMPLES = 3
"""Repeated keys that are named."""


class RowScan(FrozenModel):
    """What was found in all rows: keys of more than one row with the first of them, and the findings about cells and columns."""

    rows: int
    columns: tuple[str, ...]
    repeated_keys: int
    repeated_examples: tuple[str, ...]
    findings: tuple[Finding, ...]


class ScannedPart(NamedTuple):
    """What was found in one part; rows of personal data are counted from 0 within it."""

    rows: int
    repeated: Sequence[Key]
    unwithheld: Counter[tuple[str, str]]
    negative: Sequence[Mapping[int, str]]
    personal: Sequence[Finding]


class RowScanner:
    """The search of one candidate. `scan_part` changes nothing and may run in threads; `add_part` takes the parts in order."""

    def __init__(self, contract: Contract, columns: Sequence[str], entries: Iterable[NegativeEntry]) -> None:
        self._contract, self._columns = contract, tuple(columns)
        self._negative = NegativeSearch(contract, self._columns, entries)
        self._unwithheld: Counter[tuple[str, str]] = Counter()
        self._repeated, self._examples = 0, list[str]()
        self._personal: list[Finding] = []
        self._rows = 0

    def scan_part(self, table: pa.Table) -> ScannedPart:
        """Searches some rows: typed, only columns of public fields and of the slice; texts may be dictionaries."""
        contract = self._contract
        return ScannedPart(
            table.num_rows,
            find_repeated_keys(table, contract.primary_key),
            count_unwithheld(table, contract),
            self._negative.match_rows(table),
            list(find_personal_data(table, _number_rows(0, table.num_rows), contract)),
        )

    def add_part(self, part: ScannedPart) -> None:
        """Adds what was found in the next rows."""
        first = FIRST_ROW + self._rows
        self._rows += part.rows
        self._repeated += len(part.repeated)
        named = part.repeated[: EXAMPLES - len(self._examples)]
        self._examples += [str(masked_excerpt(" / ".join(map(str, key)))) for key in named]
        self._unwithheld.update(part.unwithheld)
        self._negative.add_matches(_number_rows(first, part.rows), part.negative)
        self._personal += [one.model_copy(update={"row": first + (one.row or 0)}) for one in part.personal]

    def read_scan(self) -> RowScan:
        """Returns what was found in all parts."""
        unwithheld = describe_unwithheld(self._unwithheld, self._columns, self._contract)
        return RowScan(
            rows=self._rows,
            columns=self._columns,
            repeated_keys=self._repeated,
            repeated_examples=tuple(self._examples),
            findings=(*unwithheld, *self._negative.list_findings(), *self._personal),
        )


def _number_rows(first: int, rows: int) -> pa.Array:
    return pa.array(range(first, first + rows), pa.int64())

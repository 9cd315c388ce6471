"""Disputed rows: rows of different slices that have the same key, so that nobody can say which of them is right.

Where the contract says `disputed: hold_out` they are all kept out of the candidate, on record, and the rest may be released; where it
says `whole` the gate stops the candidate. Pure. Not here: duplicates within one file (the judges), the gate's own objections.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from quality.findings import Finding, masked_excerpt
from quality.repeated_keys import find_repeated_keys, mark_rows_with_keys
from schemas.contract import SLICE_COLUMNS, Contract
from schemas.frozen_model import FrozenModel
from schemas.text import Text

MOST_DISPUTES = 20
"""Keys that the record and the objection name."""
_EXAMPLES = 3


class Dispute(NamedTuple):
    """One key that stands in several rows, and the slices (`department/period`) that they are of."""

    key: str
    slices: tuple[str, ...]


class HeldOutRows(FrozenModel):
    """What is held out of a candidate: the number of rows, the number of their keys, and the first of those."""

    rows: int = 0
    keys: int = 0
    disputes: tuple[Dispute, ...] = ()

    def add_rows(self, part: "DisputedRows") -> "HeldOutRows":
        """Returns it with what is held out of another part of the candidate."""
        named = sorted([*self.disputes, *part.disputes], key=lambda one: one.key)[:MOST_DISPUTES]
        return HeldOutRows(rows=self.rows + part.rows, keys=self.keys + part.keys, disputes=tuple(named))


class DisputedRows(NamedTuple):
    """The rows of a part of a candidate that are kept, the number held out, the number of their keys, and the first of those."""

    kept: pa.Table
    rows: int
    keys: int
    disputes: tuple[Dispute, ...]


def hold_out_disputed(contract: Contract, table: pa.Table) -> DisputedRows:
    """Returns the table without the rows whose key stands in more than one row; all of it where the contract says `whole`.

    The rows of one key must all be in it.
    """
    keys = contract.primary_key
    again = [] if contract.policy.disputed == "whole" else find_repeated_keys(table, keys)
    if not again:
        return DisputedRows(table, 0, 0, ())
    disputed = pa.array(mark_rows_with_keys(table, keys, again))
    out = table.select([*keys, *SLICE_COLUMNS]).filter(disputed)
    return DisputedRows(table.filter(pc.invert(disputed)), out.num_rows, len(again), _list_disputes(keys, out))


def describe_disputes(found: HeldOutRows) -> list[Mapping[str, Any]]:
    """Returns what the ledger says of them: key and slices of each, for at most `MOST_DISPUTES` keys."""
    return [{"key": one.key, "slices": list(one.slices)} for one in found.disputes]


def warn_of_disputes(found: HeldOutRows) -> Sequence[Finding]:
    """Returns the warning that rows are held out, with the first keys and their slices; none if nothing is disputed."""
    if not found.rows:
        return ()
    named = [f"{one.key}（{'、'.join(one.slices)}）" for one in found.disputes[:_EXAMPLES]]
    listed = [f"{one.key} ({', '.join(one.slices)})" for one in found.disputes[:_EXAMPLES]]
    return (
        Finding(
            judge="table",
            type="disputed-keys",
            severity="warning",
            message=Text(
                zh=f"有 {found.keys} 个编码在不同单位或期间的数据中重复，相关 {found.rows} 行暂不发布，请各方核对：{'；'.join(named)}",
                en=f"{'1 key stands' if found.keys == 1 else f'{found.keys} keys stand'} in rows of several departments or periods, and {found.rows} rows are held out until those agree: {'; '.join(listed)}",
            ),
        ),
    )


def _list_disputes(keys: Sequence[str], out: pa.Table) -> tuple[Dispute, ...]:
    slices: dict[tuple[Any, ...], dict[str, None]] = {}
    for row in out.to_pylist():
        key = tuple(row[name] for name in keys)
        if key in slices or len(slices) < MOST_DISPUTES:
            slices.setdefault(key, {})[f"{row['department']}/{row['period']}"] = None
    return tuple(
        Dispute(str(masked_excerpt(" / ".join(map(str, key)))), tuple(sorted(found)))
        for key, found in sorted(slices.items(), key=lambda item: str(item[0]))
    )

"""Findings of row rules that no receipt lists: a warning in each of a million rows is a number and a column, not a million objects.

They are made only where all findings are asked for, as in the quarantine box. Errors are never among them: which rows are held back, and
what else is asked of a row, follows from each. Not here: the rules (`judge.py`), how many a receipt lists (`pipelines/submissions/receipt.py`).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from quality.findings import Finding

Place = tuple[str, int | None, str | None]
"""Type, row and field of a finding."""


@dataclass(frozen=True)
class UnlistedFindings:
    """The findings of one rule after the first ones, on one field; `rows`: their rows in the file, ascending."""

    type: str
    field: str
    rows: pa.Array
    make_findings: Callable[[], Iterator[Finding]]

    def list_places(self, rows: Iterable[int]) -> list[Place]:
        """Return the places of those that are in the given rows."""
        wanted = pa.array(list(rows), self.rows.type)
        there = self.rows.filter(pc.is_in(self.rows, value_set=wanted)).unique()
        return [(self.type, row, self.field) for row in there.to_pylist()]


@dataclass(frozen=True)
class JudgedRows:
    """What row rules found: the findings in the order of the rules, then of the rows, without those that are left out."""

    findings: list[Finding]
    unlisted: tuple[UnlistedFindings, ...] = ()


def count_unlisted(unlisted: Iterable[UnlistedFindings]) -> dict[str, int]:
    """Return how many findings of each type are left out."""
    return dict(Counter({one.type: len(one.rows) for one in unlisted}))


def list_in_full(findings: Sequence[Finding], unlisted: Iterable[UnlistedFindings]) -> list[Finding]:
    """Return all findings: those that were left out follow the last one of their type."""
    whole = list(findings)
    for one in unlisted:
        last = max(at for at, finding in enumerate(whole) if finding.type == one.type)
        whole[last + 1 : last + 1] = one.make_findings()
    return whole

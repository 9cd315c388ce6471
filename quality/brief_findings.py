"""The findings of one file. Only the first of each kind are made as values; of the others the number and the rows are kept.

So an error in each of a million rows takes little memory, and no receipt lists more than the findings that are made. The rows of the
others are needed to hold rows back, and to know which other checks still apply to a row. Not here: a finding (`findings.py`), how many a
receipt lists (`pipelines/submissions/receipts/receipt.py`).
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from quality.findings import Finding, FindingKind, read_kind
from schemas.execution.spilled_table import TableSpill
from schemas.severity import Severity

MOST_MADE = 1_000
"""Findings of one kind that are made where not all are asked for."""
_HELD = 1 << 16
"""Rows of one kind that are in memory before they go to a file."""
_ROWS = pa.schema([("row", pa.int64())])
_NO_ROW = np.iinfo(np.int64).max

Numbers = npt.NDArray[np.int64]
"""Row numbers."""
Bools = npt.NDArray[np.bool_]
Place = tuple[str, int | None, str | None]
"""Type, row and field of a finding."""
SkippedRows = Callable[[FindingKind], Numbers]
"""The rows in which a finding of that kind only follows from another one."""


@dataclass(frozen=True)
class UnlistedFindings:
    """The findings of one kind after the first ones, which are not made. `rows`: their row numbers; many of them are a view of a temporary file."""

    kind: FindingKind
    rows: pa.ChunkedArray

    def keep_rows(self, rows: pa.Array) -> "UnlistedFindings":
        """Returns the findings that are in the given rows."""
        return replace(self, rows=self.rows.filter(pc.is_in(self.rows, value_set=rows)))

    def drop_rows(self, rows: Iterable[int | None]) -> "UnlistedFindings":
        """Returns the findings that are in none of the given rows."""
        dropped = pa.array([row for row in rows if row is not None], pa.int64())
        return (
            self if not len(dropped) else replace(self, rows=self.rows.filter(pc.invert(pc.is_in(self.rows, dropped))))
        )


@dataclass(frozen=True)
class BriefFindings:
    """The findings of a file: those that are made, in order, and the unlisted ones by kind."""

    findings: list[Finding] = field(default_factory=list)
    unlisted: tuple[UnlistedFindings, ...] = ()

    def __add__(self, more: "BriefFindings") -> "BriefFindings":
        return BriefFindings([*self.findings, *more.findings], (*self.unlisted, *more.unlisted))

    def iterate_rows(self) -> Iterator[tuple[FindingKind, Numbers]]:
        """Yields (kind, row numbers) for all findings on rows, made or not; a kind may come twice."""
        listed: dict[FindingKind, list[int]] = defaultdict(list)
        for finding in self.findings:
            if finding.row is not None:
                listed[read_kind(finding)].append(finding.row)
        yield from ((kind, np.array(rows, np.int64)) for kind, rows in listed.items())
        yield from ((one.kind, one.rows.to_numpy()) for one in self.unlisted if len(one.rows))

    def list_places(self, rows: Iterable[int | None]) -> set[Place]:
        """Returns the places of all listed findings, and of the unlisted findings in the given rows."""
        wanted = pa.array({row for row in rows if row is not None}, pa.int64())
        there = ((one.kind, row) for one in self.unlisted for row in one.keep_rows(wanted).rows.unique().to_pylist())
        listed = {(one.type, one.row, one.field) for one in self.findings}
        return listed | {(kind.type, row, kind.field) for kind, row in there}

    def drop_type(self, type_: str) -> "BriefFindings":
        """Returns the findings without those of that type."""
        return BriefFindings(
            [one for one in self.findings if one.type != type_],
            tuple(one for one in self.unlisted if one.kind.type != type_),
        )

    def list_error_rows(self) -> Numbers:
        """Returns the numbers of the rows that have an error, ascending, each once."""
        return np.flatnonzero(mark_numbers(rows for kind, rows in self.iterate_rows() if kind.severity == "error"))


class FindingCounter:
    """Counts the findings of one file by kind in their order, and keeps the rows of those that need not be made."""

    def __init__(self, most: int | None = None, skipped: SkippedRows | None = None) -> None:
        """`most`: how many of each kind are made; None for all. `skipped`: the rows in which one of a kind is neither made nor counted."""
        self._most, self._skipped = most, skipped
        self._gone: dict[FindingKind, Numbers] = {}
        self._seen: Counter[FindingKind] = Counter()
        self._held: dict[FindingKind, array[int]] = defaultdict(lambda: array("q"))
        self._spills: dict[FindingKind, TableSpill] = {}

    def is_made(self, kind: FindingKind, row: int | None) -> bool:
        """Counts a finding, and returns whether it has to be made: it is among the first of its kind, or is about no row."""
        if row is None:
            return True
        if self._skipped is not None:
            return len(self.choose_made(kind, np.array([row], np.int64))) == 1
        self._seen[kind] += 1
        if self._most is None or self._seen[kind] <= self._most:
            return True
        self._held[kind].append(row)
        self._write_full(kind)
        return False

    def choose_made(self, kind: FindingKind, rows: Numbers) -> Numbers:
        """Counts findings in those rows, and returns the positions of those that have to be made."""
        places = self._find_own(kind, rows)
        return places[: self._count_rows(kind, rows[places])]

    def _find_own(self, kind: FindingKind, rows: Numbers) -> Numbers:
        if self._skipped is None:
            return np.arange(len(rows))
        if kind not in self._gone:
            self._gone[kind] = np.append(np.unique(self._skipped(kind)), _NO_ROW)
        # `np.isin` would look at all of them for each single row that `is_made` asks for.
        dropped = self._gone[kind]
        return np.flatnonzero(dropped[np.searchsorted(dropped, rows)] != rows)

    def _count_rows(self, kind: FindingKind, rows: Numbers) -> int:
        seen = self._seen[kind]
        self._seen[kind] += len(rows)
        made = len(rows) if self._most is None else min(max(self._most - seen, 0), len(rows))
        if made < len(rows):
            self._held[kind].frombytes(rows[made:].tobytes())
            self._write_full(kind)
        return made

    def list_unlisted(self) -> tuple[UnlistedFindings, ...]:
        """Returns the findings that were counted and not made; to be called once, at the end."""
        for kind in self._held:
            self._write_held(kind)
        return tuple(UnlistedFindings(kind, spill.finish_table().column(0)) for kind, spill in self._spills.items())

    def _write_full(self, kind: FindingKind) -> None:
        if len(self._held[kind]) >= _HELD:
            self._write_held(kind)

    def _write_held(self, kind: FindingKind) -> None:
        if kind not in self._spills:
            self._spills[kind] = TableSpill(_ROWS, spill_from=_HELD)
        self._spills[kind].add_batch(pa.record_batch([np.array(self._held[kind], np.int64)], _ROWS))
        self._held[kind] = array("q")


def leave_unlisted(kind: FindingKind, rows: pa.Array) -> UnlistedFindings:
    """Returns the findings of a kind on those rows."""
    spill = TableSpill(_ROWS, spill_from=_HELD)
    spill.add_batch(pa.record_batch([rows.cast(pa.int64())], _ROWS))
    return UnlistedFindings(kind, spill.finish_table().column(0))


class FindingCollector:
    """Collects findings in their order, and keeps the first `most` of each kind; None: all."""

    def __init__(self, most: int | None) -> None:
        self._counter = FindingCounter(most)
        self._findings: list[Finding] = []

    def add_findings(self, findings: Iterable[Finding]) -> None:
        """Adds the next findings."""
        self._findings += (one for one in findings if self._counter.is_made(read_kind(one), one.row))

    def finish_findings(self) -> BriefFindings:
        """Returns the collected findings; to be called once, at the end."""
        return BriefFindings(self._findings, self._counter.list_unlisted())


def collect_findings(findings: Iterable[Finding], most: int | None) -> BriefFindings:
    """Returns the first `most` findings of each kind, all for None, and the others unlisted."""
    collector = FindingCollector(most)
    collector.add_findings(findings)
    return collector.finish_findings()


def count_unlisted(unlisted: Iterable[UnlistedFindings]) -> dict[str, int]:
    """Returns how many findings of each type are left out."""
    counts: Counter[str] = Counter()
    for one in unlisted:
        counts[one.kind.type] += len(one.rows)
    return dict(counts)


def count_by_field(
    findings: Iterable[Finding], unlisted: Iterable[UnlistedFindings]
) -> dict[tuple[str, str | None, Severity], int]:
    """Returns the number of findings, listed or not, of each type on each field with each severity."""
    counts = Counter((one.type, one.field, one.severity) for one in findings)
    for more in unlisted:
        counts[more.kind.type, more.kind.field, more.kind.severity] += len(more.rows)
    return dict(counts)


def mark_numbers(found: Iterable[Numbers], size: int = 0) -> Bools:
    """Returns a mask of length `size` that is true at each of the numbers."""
    numbers = list(found)
    marks = np.zeros(max([size, *(int(one.max()) + 1 for one in numbers if len(one))]), np.bool_)
    for one in numbers:
        marks[one] = True
    return marks

"""The columns of proposed values beside the table: for each field with a proposal, what its cells hold and what is proposed.

They follow the last column in use: a column put between those of the department would move its merged cells, drop-downs, widths and
references. Whoever leaves a proposal accepts it with the next hand-in; proposals that were accepted before stay as long as the cell still
holds the old value. Not here: the labels (`pipelines/columns/proposal_columns.py`), applying proposals
(`pipelines/submissions/proposals/accepted_proposals.py`), the XML.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.annotated_workbook.annotations import CellPositions
from pipelines.annotated_workbook.job import PlacedText
from pipelines.columns.column_matching import ColumnMatching
from pipelines.columns.proposal_columns import proposal_labels
from pipelines.normalise.numbers import convert_unit
from pipelines.read import Reading
from pipelines.read.reading import COLUMNS
from pipelines.submissions.proposals.accepted_proposals import apply_proposals
from quality.findings import Finding
from quality.rules.judge import SEVERAL
from schemas.rules.rules import PointSwapped

_RANK = {"error": 0, "warning": 1, "info": 2}
_Place = tuple[int, str]
"""A row of the file and a field."""


@dataclass(frozen=True)
class ProposedValues:
    """The cells to write beside the table, and for each cell of the table (row and column in the workbook) the cell that holds its proposal."""

    texts: tuple[PlacedText, ...] = ()
    beside: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)


def place_proposals(
    findings: Sequence[Finding], reading: Reading, matching: ColumnMatching, places: CellPositions, first: int
) -> ProposedValues:
    """Returns the columns of proposals from column `first` of the workbook on; none where there is nothing to propose.

    A cell with several findings takes the proposal of the most severe ones; if these differ, it gets none. Columns beyond the number that
    a reader accepts are left out.
    """
    found = {**_accepted_before(reading, matching), **_proposals_by_cell(findings, matching)}
    texts: list[PlacedText] = []
    beside: dict[tuple[int, int], tuple[int, int]] = {}
    for known, at in zip(matching.contract.fields, matching.order, strict=True):
        wanted = {row: value for (row, name), value in found.items() if name == known.name}
        lines = [] if at is None else list(_compare_with_cells(wanted, reading, at, places))
        if not lines or first + 1 > COLUMNS:
            continue
        written, proposed = proposal_labels(known, matching.contract)
        texts += [
            PlacedText(places.header, first, written, "head"),
            PlacedText(places.header, first + 1, proposed, "head"),
        ]
        for row, before, after in lines:
            texts += [PlacedText(row, first, before, "text"), PlacedText(row, first + 1, after, "proposal")]
            beside[row, places.columns[known.name]] = (row, first + 1)
        first += 2
    return ProposedValues(tuple(texts), beside)


def _compare_with_cells(
    wanted: Mapping[int, str], reading: Reading, at: int, places: CellPositions
) -> Iterator[tuple[int, str, str]]:
    """Yields (row in the workbook, text of the cell, proposal) from the top, without proposals equal to the cell and without rows that the workbook lacks."""
    known = pc.is_in(reading.rows, value_set=pa.array(sorted(wanted), pa.int64()))
    rows = reading.rows.filter(known).to_pylist()
    for row, text in zip(rows, reading.table.column(at).filter(known).to_pylist(), strict=True):
        place = row if places.rows is None else places.rows.get(row)
        if place is not None and text.strip() != wanted[row].strip():
            yield place, text, wanted[row]


def _accepted_before(reading: Reading, matching: ColumnMatching) -> dict[_Place, str]:
    """Returns the proposals that this file accepts: its own cells still hold the old values."""
    return {(one.row, one.field): one.value or "" for one in apply_proposals(reading, matching).rewrites}


def _proposals_by_cell(findings: Sequence[Finding], matching: ColumnMatching) -> dict[_Place, str]:
    by_cell: dict[_Place, dict[int, set[str]]] = {}
    for finding in findings:
        for name, value in _split_proposal(finding, matching):
            ranks = by_cell.setdefault((finding.row or 0, name), {})
            ranks.setdefault(_RANK[finding.severity], set()).add(_state_unit(value, name, finding, matching))
    chosen = {place: ranks[min(ranks)] for place, ranks in by_cell.items()}
    return {place: next(iter(values)) for place, values in chosen.items() if len(values) == 1}


def _split_proposal(finding: Finding, matching: ColumnMatching) -> Iterator[tuple[str, str]]:
    """Yields field and value of a proposal; that for exchanged coordinates is one for each of the two cells."""
    if finding.fix is None or finding.row is None or finding.field is None:
        return
    rules = [rule for rule in matching.contract.rules if rule.id == finding.type and isinstance(rule, PointSwapped)]
    if not rules:
        yield finding.field, finding.fix
        return
    yield from zip((rules[0].lon, rules[0].lat), finding.fix.split(SEVERAL), strict=True)


def _state_unit(value: str, field: str, finding: Finding, matching: ColumnMatching) -> str:
    """Returns the value as it must be written in its column.

    A rule computes in the contract's unit. If the column is in another unit, the contract's unit is written behind the number.
    """
    reported, unit = matching.units.get(field), matching.contract.get_field(field).policy.unit
    if finding.judge != "row" or reported is None or unit is None:
        return value
    written = f"{value}{unit}"
    return written if convert_unit(written, unit, reported) == value else value

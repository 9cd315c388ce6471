"""Conversion of findings to marks: which cell is coloured and the text of its comment. Pure functions.

A cell has one comment, however many findings; the first three are spelled out. A finding on a whole row is marked in
the row's first cell, one on a column in its header. Not here: the summary sheet (`summary`), XML.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pipelines.annotated_workbook.comments import OPENINGS
from pipelines.annotated_workbook.job import CellMark
from pipelines.annotated_workbook.styles import Kind
from pipelines.columns.column_letters import column_letters
from pipelines.field_help import describe_field, example_value
from pipelines.read import Reading
from pipelines.submissions.finding_words import FindingWords
from quality.findings import Finding, masked_excerpt
from schemas.codelists import CodeList
from schemas.contract import Contract

SPELLED = 3
LONGEST = 1_000
"""Maximum number of characters of a comment; more does not fit on a screen."""
COMMENTED = 10_000
"""Maximum number of cells with a comment; more open slowly, so further cells are only coloured."""
_RANK = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True)
class CellPositions:
    """Positions in the annotated workbook, from 1.

    Attributes:
        columns: Column of each field.
        labels: Each label of the file with its column.
        header: Row of the header.
        rows: Row in the workbook by row number in the file; None if they are the same.
    """

    columns: Mapping[str, int]
    labels: Sequence[tuple[str, int]]
    header: int
    rows: Mapping[int, int] | None = None

    def locate_finding(self, finding: Finding) -> tuple[int, int] | None:
        """Returns row and column of the cell in which a finding is marked; None if its row is not in the workbook."""
        row = self.header if finding.row is None else finding.row if self.rows is None else self.rows.get(finding.row)
        return None if row is None else (row, self._column_number(finding))

    def _column_number(self, finding: Finding) -> int:
        first = self.labels[0][1]
        if finding.field is not None and finding.field in self.columns:
            return self.columns[finding.field]
        if finding.row is None and finding.value is not None:
            return self._columns_by_excerpt.get(finding.value, first)
        return first

    @cached_property
    def _columns_by_excerpt(self) -> dict[str | None, int]:
        """The column of each label, cut as findings quote it. Of two equal labels the later column counts: findings on duplicates are about it."""
        return {masked_excerpt(label): at for label, at in self.labels}


def locate_cells(
    reading: Reading, order: Mapping[str, int], columns: Sequence[int], rows: Sequence[int] | None
) -> CellPositions:
    """Returns the positions in an annotated workbook.

    `order` maps each field to the index of its label, `columns` holds the workbook column of each label; `rows` are the
    row numbers of an excerpt, None for a workbook with all rows.
    """
    return CellPositions(
        columns={name: columns[at] for name, at in order.items()},
        labels=tuple(zip(reading.labels, columns, strict=True)),
        header=reading.header_row if rows is None else 1,
        rows=None if rows is None else {number: at for at, number in enumerate(rows, start=2)},
    )


def build_marks(
    findings: Sequence[Finding],
    places: CellPositions,
    contract: Contract,
    codelists: Mapping[str, CodeList],
    beside: Mapping[tuple[int, int], tuple[int, int]] | None = None,
) -> tuple[CellMark, ...]:
    """Returns one mark per cell with findings, by row and column; findings whose row is not in it are left out.

    `beside`: for each cell of the table, the cell beside the table in which its proposal can be accepted.
    """
    by_cell: dict[tuple[int, int], list[Finding]] = {}
    for finding in findings:
        if at := places.locate_finding(finding):
            by_cell.setdefault(at, []).append(finding)
    expected, words = _describe_expected_values(contract, codelists), FindingWords(contract, codelists)
    marks = []
    for number, ((row, column), found) in enumerate(sorted(by_cell.items())):
        found.sort(key=lambda finding: _RANK[finding.severity])
        kind: Kind = "mend" if found[0].severity == "error" else "look"
        at = (beside or {}).get((row, column))
        note = _build_comment_text(kind, found, expected, at, words) if number < COMMENTED else None
        marks.append(CellMark(row, column, kind, note))
    return tuple(marks)


def _build_comment_text(
    kind: Kind,
    found: Sequence[Finding],
    expected: Mapping[str, tuple[str, str]],
    proposal: tuple[int, int] | None,
    words: FindingWords,
) -> str:
    zh, en = [OPENINGS[kind][0]], [OPENINGS[kind][1]]
    for finding in found[:SPELLED]:
        zh.append(f"{finding.message.zh}。{f'{finding.mend.zh}。' if finding.mend else ''}")
        en.append(f"{finding.message.en}.{f' {finding.mend.en}.' if finding.mend else ''}")
        if fix := words.name_cell(finding.field, finding.fix):
            zh.append(f"建议值：{fix.zh}")
            en.append(f"Proposed value: {fix.en}")
    if proposal:
        name = f"{column_letters(proposal[1])}{proposal[0]}"
        zh.append(f"保留 {name} 中的建议值，再次报送时即采纳；不采纳请删去")
        en.append(f"Leave the proposal in {name} to accept it with the next hand-in; delete it to refuse")
    if len(found) > SPELLED:
        zh.append(f"另有 {len(found) - SPELLED} 项，见“标注说明”。")
        en.append(f"{len(found) - SPELLED} more: see the first sheet.")
    for field in dict.fromkeys(finding.field for finding in found if finding.field in expected):
        zh.append(expected[field or ""][0])
        en.append(expected[field or ""][1])
    half = LONGEST // 2
    return f"{_truncate_text(chr(10).join(zh), half)}\n\n{_truncate_text(chr(10).join(en), half)}"


def _describe_expected_values(contract: Contract, codelists: Mapping[str, CodeList]) -> dict[str, tuple[str, str]]:
    descriptions = {}
    for field in contract.fields:
        words, example = describe_field(field, codelists), example_value(field)
        zh, en = (f"；示例：{example}", f"; example: {example}") if example else ("", "")
        descriptions[field.name] = f"应填：{words.zh}{zh}", f"Expected: {words.en}{en}"
    return descriptions


def _truncate_text(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"

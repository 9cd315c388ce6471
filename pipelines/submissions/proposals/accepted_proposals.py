"""Proposed values that a department accepted, by leaving them in the columns of its marked workbook.

A proposal is applied only if the cell still has the value in the column of written values (`原填值`): a cell that was changed keeps its new
value, and so does one whose proposal, or its column, was deleted. Applied values are judged like typed ones and listed on the receipt.
Not here: writing the columns (`annotated_workbook`), finding them (`pipelines/columns/proposal_columns.py`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.columns.column_matching import ColumnMatching
from pipelines.normalise import CellRewrite
from pipelines.read import Reading
from pipelines.read.damaged_codes import find_damaged_codes
from pipelines.read.damaged_text import find_damaged_texts
from pipelines.read.reading import ProposalCells
from pipelines.submissions.checks.cell_names import cell_name, number_field_columns
from quality.findings import Finding, masked_excerpt, read_kind
from schemas.contract import Field
from schemas.frozen_model import FrozenModel
from schemas.text import Text

REASON = "proposal"
"""The reason of the rewrite, a key of `pipelines.normalise.REASONS`."""
_NAMED = 20
_OF_CONTENT = frozenset({
    "encoding-error", "damaged-text", "doubtful-text", "doubtful-comma", "digits-lost", "zeros-lost",
    "formula-error", "formula-without-value",
})  # fmt: skip
"""Types of findings of the reader that are about the text of one cell, which an accepted proposal replaces."""


class AcceptedProposal(FrozenModel):
    """One cell that took the proposed value; `old` and `new` as a finding repeats them, `cell` as Excel names it."""

    row: int
    field: str
    cell: str
    old: str | None
    new: str | None


class AppliedProposals(NamedTuple):
    """`reading` is the file as it is judged: with the accepted values, with warnings and decisions on the proposals."""

    reading: Reading
    rewrites: tuple[CellRewrite, ...] = ()
    accepted: tuple[AcceptedProposal, ...] = ()


def apply_proposals(reading: Reading, matching: ColumnMatching) -> AppliedProposals:
    """Puts every proposal that is still there into its cell, if the cell has not changed since the proposal was made.

    A column of proposals that has no column of written values, or whose field has no column, is a warning
    (`proposal-unused`) and changes nothing. A file without such columns is returned as it is.
    """
    if not reading.proposals:
        return AppliedProposals(reading)
    columns, table = number_field_columns(reading, matching), reading.table
    rewrites: list[CellRewrite] = []
    overruled: list[str] = []
    findings = []
    for field, at in zip(matching.contract.fields, matching.order, strict=True):
        cells = reading.proposals.get(field.name)
        if cells is None:
            continue
        if at is None or cells.written is None:
            findings += [_unused_finding(field)] if _count_filled(cells) else []
            continue
        taken, own = _compare_cells(table.column(at), cells.written, cells.proposed)
        overruled += [cell_name(row, columns[field.name]) for row in reading.rows.filter(own).to_pylist()]
        rewrites += _list_rewrites(reading, field.name, at, taken, cells.proposed)
        values = pc.if_else(taken, cells.proposed, table.column(at))
        table = table.set_column(at, table.column_names[at], values)
    accepted = tuple(_describe_rewrite(one, columns[one.field]) for one in rewrites)
    decisions = (*reading.decisions, *_describe_accepted(accepted), *_describe_overruled(overruled))
    judged = _judge_contents(replace(reading, table=table, decisions=decisions), rewrites, matching)
    return AppliedProposals(judged.with_findings(findings), tuple(rewrites), accepted)


def _compare_cells(
    current: pa.ChunkedArray, written: pa.ChunkedArray, proposed: pa.ChunkedArray
) -> tuple[pa.Array, pa.Array]:
    """Returns two masks: cells that take the proposal, and cells with a proposal that were changed since."""
    now, before, wanted = (pc.utf8_trim_whitespace(column).combine_chunks() for column in (current, written, proposed))
    open_ = pc.and_(pc.not_equal(wanted, ""), pc.not_equal(now, wanted))
    same = pc.equal(now, before)
    return pc.and_(open_, same), pc.and_(open_, pc.invert(same))


def _list_rewrites(
    reading: Reading, field: str, at: int, taken: pa.Array, proposed: pa.ChunkedArray
) -> Iterator[CellRewrite]:
    rows = reading.rows.filter(taken).to_pylist()
    old, new = reading.table.column(at).filter(taken).to_pylist(), proposed.filter(taken).to_pylist()
    for row, before, after in zip(rows, old, new, strict=True):
        yield CellRewrite(row, field, before, after, REASON)


def _judge_contents(reading: Reading, rewrites: Sequence[CellRewrite], matching: ColumnMatching) -> Reading:
    """Returns the reading without the reader's findings on replaced text, and with those on the new text.

    In a column with many marked cells, later ones may move up among the first, which are findings, because the earlier ones were
    replaced.
    """
    places = {(one.row, one.field) for one in rewrites}
    before = {(cells.kind, row) for cells in reading.marked for row in cells.list_first()}
    kept = [
        one
        for one in reading.findings
        if (read_kind(one), one.row) not in before
        and ((one.row, one.field) not in places or one.type not in _OF_CONTENT)
    ]
    rows = pc.is_in(reading.rows, value_set=pa.array(sorted({one.row for one in rewrites}), pa.int64()))
    part = replace(reading, table=reading.table.filter(rows), rows=reading.rows.filter(rows))
    contract = matching.contract
    texts = (finding for cells in find_damaged_texts(part, contract) for finding in cells.make_all())
    found = [*find_damaged_codes(part, contract), *texts]
    left = [cells.drop_rows([row for row, field in places if field == cells.kind.field]) for cells in reading.marked]
    judged = replace(reading, findings=tuple(kept), marked=()).with_marked(left)
    return judged.with_findings(one for one in found if (one.row, one.field) in places)


def _count_filled(cells: ProposalCells) -> int:
    return int(pc.sum(pc.not_equal(pc.utf8_trim_whitespace(cells.proposed), "")).as_py() or 0)


def _describe_rewrite(one: CellRewrite, column: int) -> AcceptedProposal:
    return AcceptedProposal(
        row=one.row,
        field=one.field,
        cell=cell_name(one.row, column),
        old=masked_excerpt(one.raw),
        new=masked_excerpt(one.value),
    )


def _describe_accepted(accepted: Sequence[AcceptedProposal]) -> list[Text]:
    if not accepted:
        return []
    zh, en = _join_cells([one.cell for one in accepted])
    count = len(accepted)
    return [
        Text(
            zh=f"采纳建议值 {count} 处：{zh}",
            en=f"{count} proposed {'value was' if count == 1 else 'values were'} accepted: {en}",
        )
    ]


def _describe_overruled(cells: Sequence[str]) -> list[Text]:
    if not cells:
        return []
    zh, en = _join_cells(cells)
    count = len(cells)
    return [
        Text(
            zh=f"{count} 处单元格已另行修改，以修改后的值为准，未采用建议值：{zh}",
            en=f"{count} {'cell was' if count == 1 else 'cells were'} changed since, so the proposed value was not used: {en}",
        )
    ]


def _join_cells(cells: Sequence[str]) -> tuple[str, str]:
    more = len(cells) > _NAMED
    return "、".join(cells[:_NAMED]) + (" 等" if more else ""), ", ".join(cells[:_NAMED]) + (" …" if more else "")


def _unused_finding(field: Field) -> Finding:
    zh, en = field.label.zh, field.label.en
    return Finding(
        judge="cell",
        type="proposal-unused",
        severity="warning",
        field=field.name,
        message=Text(
            zh=f"“{zh}”的建议值未采用：文件中没有可以核对的“{zh}”列或“原填值：{field.title}”列",
            en=f"the proposed values of {en} were not used: the column itself or its column 原填值 (what was written) is missing",
        ),
        mend=Text(
            zh=f"请把建议值直接填入“{zh}”列，或在标注工作簿中保留“原填值”列后再报送",
            en=f"write the values into {en} itself, or keep the column 原填值 of the marked workbook",
        ),
    )

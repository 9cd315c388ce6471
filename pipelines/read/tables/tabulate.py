"""The table of a file out of its rows, shared by all formats except Parquet: which rows and columns are data.

Not here: where the records come from, blank rows and rows of the wrong width (`gathered_rows`), or what a column means.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.columns.proposal_columns import ProposalColumns, find_proposal_columns
from pipelines.read.defects import FORMULA_SIGNS, REPLACED
from pipelines.read.marked_cells import MarkedCells, find_formula_errors, find_replacements
from pipelines.read.reading import ProposalCells, Reading
from pipelines.read.tables.footer import DataRows, find_data_rows
from pipelines.read.tables.gathered_rows import GatheredRows, Record
from pipelines.read.tables.header import Header, no_rows_error
from pipelines.read.tables.index_columns import describe_index_columns, find_index_columns, is_unnamed
from pipelines.read.tables.unit_rows import find_units_above, find_units_below, split_unit_row
from pipelines.units.statements import StatedUnits
from quality.findings import Finding
from schemas.text import Text


def tabulate_records(
    name: str,
    header: Header,
    records: Iterable[tuple[int, Record]],
    *,
    kind: str,
    encoding: str | None = None,
    sheet: str | None = None,
    left: int = 0,
) -> Reading:
    """Builds the reading of a file from its records.

    `records`: pairs of row number (as a spreadsheet shows it) and cells, without the header. `left`: number of the file's columns before
    the first cell of a record. A blank row is skipped and counted. A row with too many cells is cut, one with too few is padded with
    empty cells; each is a finding (`extra-cell`, `missing-cell`), unless the cells beyond the header are empty, or those that the row
    lacks belong to optional fields; such rows are only counted. A column with neither label nor content is dropped, and so is the row
    number of a program (`index_columns`). The columns of proposals of a marked workbook are set aside; a row that holds nothing else is
    blank. A replacement character (U+FFFD) in a cell is a finding (`encoding-error`), and so is the error text of a failed formula in the
    column of a field (`formula-error`).

    Raises UnreadableFile: no-rows, too-large (number of rows, all text together), long-cell, not-a-table (more than
    `RAGGED_ROWS` rows have another width than the header).
    """
    gathered = GatheredRows(name, header, delimiter=None)
    gathered.add_records(records)
    return tabulate_rows(gathered, header, kind=kind, encoding=encoding, sheet=sheet, left=left)


def tabulate_rows(
    gathered: GatheredRows,
    header: Header,
    *,
    kind: str,
    encoding: str | None = None,
    sheet: str | None = None,
    left: int = 0,
    ended: bool = True,
) -> Reading:
    """Builds the reading of a file from its gathered rows, as `tabulate_records` does; `ended`: whether a line end closes the last record."""
    name = gathered.name
    units = split_unit_row(*gathered.finish_rows(ended=ended), header)
    data = find_data_rows(units.table, units.rows, header)
    columns = _sort_columns(name, data.table, header)
    data, kept = _drop_bare_rows(data, columns, gathered, header), columns.kept
    labels, fields = tuple(header.labels[at] for at in kept), [header.fields[at] for at in kept]
    table = data.table.select(kept).rename_columns(_make_unique(labels))
    reading = Reading(
        table=table,
        rows=data.rows,
        labels=labels,
        format=kind,
        encoding=encoding,
        columns=tuple(left + at + 1 for at in kept),
        last_column=left + columns.last + 1,
        proposals=_collect_proposals(data.table, columns.proposed, left),
        sheet=sheet,
        header_row=header.row,
        findings=(*header.findings, *_list_findings(gathered, data, units.row)),
        stated=StatedUnits((*find_units_above(header), *units.statements, *find_units_below(units, data.skipped))),
        decisions=(
            *header.decisions,
            *units.decisions,
            *data.decisions,
            *_describe_skipped(gathered, columns.empty),
            *describe_index_columns(columns.numbered, left),
            *gathered.short.describe_rows(data.skipped),
        ),
    )
    return reading.with_marked([*data.no_records, *_mark_cells(table, data.rows, fields, gathered.signs)])


def _mark_cells(
    table: pa.Table, rows: pa.Array, fields: Sequence[str | None], signs: frozenset[str]
) -> Iterator[MarkedCells]:
    """Yields the marked cells, column by column; `signs`: those of `SIGNS` that have to be searched for."""
    if REPLACED in signs:
        yield from find_replacements(table, rows, fields)
    if FORMULA_SIGNS & signs:
        yield from find_formula_errors(table, rows, fields)


class _Columns(NamedTuple):
    """Positions of the columns of a table: `kept`, row numbers of programs by label, proposals by field, the last in use.

    `empty`: number of columns with neither label nor content.
    """

    kept: list[int]
    numbered: dict[int, str]
    proposed: dict[str, ProposalColumns]
    last: int
    empty: int


def _sort_columns(name: str, table: pa.Table, header: Header) -> _Columns:
    """Returns the columns of the file `name`. Raises UnreadableFile: no-rows."""
    if not table.num_rows:
        raise no_rows_error(name, header)
    index = find_index_columns(table, header.labels, header.fields) if header.known else {}
    proposed = find_proposal_columns(header.labels, header.names)
    aside = {at for pair in proposed.values() for at in pair if at is not None}
    used = [at for at in _find_columns(table, header) if at not in aside]
    kept = [at for at in used if at not in index]
    return _Columns(kept, index, proposed, used[-1], len(header.labels) - len(used) - len(aside))


def _drop_bare_rows(data: DataRows, columns: _Columns, gathered: GatheredRows, header: Header) -> DataRows:
    """Returns the rows that hold anything besides proposals, and counts the others as blank; without proposals all are.

    Raises UnreadableFile: no-rows.
    """
    if not columns.proposed:
        return data
    filled = pa.chunked_array([pa.array([False] * data.table.num_rows)])
    for at in columns.kept:
        filled = pc.or_(filled, pc.not_equal(pc.utf8_trim_whitespace(data.table.column(at)), ""))
    rows = data.rows.filter(filled.combine_chunks())
    gathered.blank += len(data.rows) - len(rows)
    if not len(rows):
        raise no_rows_error(gathered.name, header)
    return replace(data, table=data.table.filter(filled), rows=rows)


def _collect_proposals(table: pa.Table, columns: Mapping[str, ProposalColumns], left: int) -> dict[str, ProposalCells]:
    return {
        name: ProposalCells(
            None if pair.written is None else table.column(pair.written),
            table.column(pair.proposed),
            tuple(left + at + 1 for at in pair if at is not None),
        )
        for name, pair in columns.items()
    }


def _list_findings(gathered: GatheredRows, data: DataRows, unit_row: int | None) -> list[Finding]:
    """Returns the findings on the file and on rows of the wrong width; a row that is skipped, one that is no record or has units has no wrong width."""
    explained = {unit_row, *data.skipped, *(row for marked in data.no_records for row in marked.rows.to_pylist())}
    return [*(finding for finding in gathered.findings if finding.row not in explained), *data.findings]


def _find_columns(table: pa.Table, header: Header) -> list[int]:
    """Returns the positions of the columns that have a label or hold anything."""
    return [at for at, label in enumerate(header.labels) if not is_unnamed(label) or _has_values(table.column(at))]


def _has_values(column: pa.ChunkedArray) -> bool:
    return bool(pc.any(pc.not_equal(pc.utf8_trim_whitespace(column), "")).as_py())


def _make_unique(labels: Sequence[str]) -> list[str]:
    names: list[str] = []
    taken: set[str] = set()
    for at, label in enumerate(labels, start=1):
        name = label.strip() or f"#{at}"
        while name in taken:
            name += f" #{at}"
        taken.add(name)
        names.append(name)
    return names


def _describe_skipped(gathered: GatheredRows, dropped: int) -> list[Text]:
    decisions = []
    if gathered.blank:
        decisions.append(Text(zh=f"跳过 {gathered.blank} 个空行", en=f"{gathered.blank} blank rows were skipped"))
    if gathered.trailing:
        decisions.append(
            Text(
                zh=f"{gathered.trailing} 行末尾多余的空单元格已忽略",
                en=f"empty cells beyond the header were ignored in {gathered.trailing} rows",
            )
        )
    if dropped:
        decisions.append(
            Text(
                zh=f"忽略 {dropped} 个没有表头也没有数据的列",
                en=f"{dropped} columns without label and data were ignored",
            )
        )
    return decisions

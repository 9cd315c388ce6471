"""Conversion of text records to text columns, shared by all formats except Parquet.

Blank rows are skipped, rows of the wrong width are reported, the size limits are enforced. A row that only lacks
optional cells at its end is complete (`short_rows`). Not here: where the records come from, or what a column means.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.columns.proposal_columns import ProposalColumns, find_proposal_columns
from pipelines.read.defects import FORMULA_ERRORS, REPLACED, formula_error, lost_characters
from pipelines.read.footer import DataRows, find_data_rows
from pipelines.read.header import Header, no_rows_error
from pipelines.read.index_columns import describe_index_columns, find_index_columns, is_unnamed
from pipelines.read.reading import (
    CELL_CHARACTERS,
    RAGGED_ROWS,
    ROWS,
    TEXT_BYTES,
    ProposalCells,
    Reading,
    list_marked_cells,
    refuse_file,
)
from pipelines.read.row_defects import ragged_row
from pipelines.read.short_rows import ShortRows
from pipelines.read.unit_rows import find_units_above, find_units_below, split_unit_row
from pipelines.units.statements import StatedUnits
from quality.findings import Finding
from schemas.errors import UnreadableFile
from schemas.text import Text

Record = Sequence[str]
_CHUNK = 8_192
_CTRL_Z = "\x1a"


@dataclass
class _GatheredRows:
    """Columns, findings and counters collected while the records are read."""

    name: str
    width: int
    short: ShortRows
    chunks: list[pa.RecordBatch] = field(default_factory=list)
    numbers: list[pa.Array] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    blank: int = 0
    trailing: int = 0
    size: int = 0
    rows: int = 0


def tabulate_records(
    name: str,
    header: Header,
    records: Iterable[tuple[int, Record]],
    *,
    kind: str,
    encoding: str | None = None,
    sheet: str | None = None,
    left: int = 0,
    delimiter: str | None = None,
    ended: bool = True,
) -> Reading:
    """Builds the reading of a file from its records.

    `records` are pairs of the row number as a spreadsheet shows it and the cells, without the header. `left` is the
    number of file columns before the first cell of a record; `delimiter` that of a delimited file, `ended` whether a line
    end closes its last record. A blank row is skipped and counted. A row with too many cells is cut, one with too few is
    padded with empty cells; each is a finding (`extra-cell`, `missing-cell`), unless the cells beyond the header are empty,
    or those that the row lacks belong to optional fields; such rows are only counted. A column with neither label nor
    content is dropped, and so is the row number of a program (`index_columns`). The columns of proposals of a marked
    workbook are set aside; a row that holds nothing else is blank. A replacement character (U+FFFD) in a cell is a finding
    (`encoding-error`), and so is the error text of a failed formula in the column of a field (`formula-error`).

    Raises UnreadableFile: no-rows, too-large (number of rows, all text together), long-cell, not-a-table (more than
    `RAGGED_ROWS` rows have another width than the header).
    """
    gathered = _gather_rows(name, header, records, delimiter, ended=ended)
    units = split_unit_row(pa.Table.from_batches(gathered.chunks), pa.concat_arrays(gathered.numbers), header)
    data = find_data_rows(units.table, units.rows, header)
    columns = _sort_columns(name, data.table, header)
    data, kept = _drop_bare_rows(data, columns, gathered, header), columns.kept
    labels, fields = tuple(header.labels[at] for at in kept), [header.fields[at] for at in kept]
    table = data.table.select(kept).rename_columns(_make_unique(labels))
    return Reading(
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
        findings=(
            *_list_findings(gathered, data, units.row),
            *_find_replacements(table, data.rows, fields),
            *_find_formula_errors(table, data.rows, fields),
        ),
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


def _gather_rows(
    name: str, header: Header, records: Iterable[tuple[int, Record]], delimiter: str | None, *, ended: bool
) -> _GatheredRows:
    gathered = _GatheredRows(name, len(header.labels), ShortRows(header, delimiter))
    for numbers, rows in _read_chunks(records, gathered):
        _add_chunk(gathered, numbers, rows)
    if not gathered.rows:
        raise no_rows_error(name, header)
    gathered.findings += gathered.short.find_doubtful(gathered.numbers[-1][-1].as_py(), ended=ended)
    return gathered


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


def _drop_bare_rows(data: DataRows, columns: _Columns, gathered: _GatheredRows, header: Header) -> DataRows:
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


def _list_findings(gathered: _GatheredRows, data: DataRows, unit_row: int | None) -> list[Finding]:
    """Returns the findings on rows of the wrong width and on totals; a row that is skipped, a total or one of units has no wrong width."""
    explained = {unit_row, *data.skipped, *(finding.row for finding in data.findings)}
    return [*(finding for finding in gathered.findings if finding.row not in explained), *data.findings]


def _read_chunks(
    records: Iterable[tuple[int, Record]], gathered: _GatheredRows
) -> Iterator[tuple[list[int], list[Record]]]:
    numbers: list[int] = []
    rows: list[Record] = []
    for number, record in records:
        # Most rows have a filled first cell; only the others are checked cell by cell. Ctrl-Z ends each of joined files.
        first = record[0].strip() if record else ""
        if (not first or first == _CTRL_Z) and not "".join(record).strip().strip(_CTRL_Z):
            gathered.blank += 1
            continue
        numbers.append(number)
        rows.append(record if len(record) == gathered.width else _fit_record(number, record, gathered))
        if len(rows) == _CHUNK:
            yield numbers, rows
            numbers, rows = [], []
    if rows:
        yield numbers, rows


def _fit_record(number: int, record: Record, gathered: _GatheredRows) -> Record:
    width, beyond = gathered.width, record[gathered.width :]
    if len(record) > width and not "".join(beyond).strip():
        gathered.trailing += 1
    elif len(record) > width or not gathered.short.add_row(number, record):
        gathered.findings.append(ragged_row(number, len(record), width, beyond))
    if len(gathered.findings) > RAGGED_ROWS:
        raise _shapeless_error(gathered, number)
    return [*record[:width], *[""] * (width - len(record))]


def _add_chunk(gathered: _GatheredRows, numbers: list[int], rows: list[Record]) -> None:
    gathered.rows += len(rows)
    if gathered.rows > ROWS:
        raise refuse_file(
            "too-large",
            f"“{gathered.name}”超过 {ROWS} 行的上限；请按年或按市拆成几个文件",
            f"“{gathered.name}” has more than {ROWS} rows; split it by year or by city",
        )
    columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
    for at, column in enumerate(columns):
        if pc.max(pc.utf8_length(column)).as_py() > CELL_CHARACTERS:
            raise _long_cell_error(gathered.name, numbers, at, column)
    batch = pa.RecordBatch.from_arrays(columns, names=[str(at) for at in range(len(columns))])
    gathered.size += batch.nbytes
    if gathered.size > TEXT_BYTES:
        raise refuse_file(
            "too-large",
            f"“{gathered.name}”的文字展开后超过 {TEXT_BYTES >> 20} MB；请按年或按市拆成几个文件",
            f"the text of “{gathered.name}” unfolds to more than {TEXT_BYTES >> 20} MB; split it by year or by city",
        )
    gathered.chunks.append(batch)
    gathered.numbers.append(pa.array(numbers, pa.int64()))


def _long_cell_error(name: str, numbers: list[int], at: int, column: pa.Array) -> UnreadableFile:
    lengths = pc.utf8_length(column)
    row = numbers[pc.index(pc.greater(lengths, CELL_CHARACTERS), True).as_py()]
    return refuse_file(
        "long-cell",
        f"“{name}”第 {row} 行第 {at + 1} 列有 {pc.max(lengths)} 个字符，超过上限 {CELL_CHARACTERS}；"
        "请检查引号是否成对，或缩短内容",
        f"“{name}” has {pc.max(lengths)} characters in row {row}, column {at + 1}, above the limit of {CELL_CHARACTERS}; "
        "check that quotes come in pairs, or shorten the text",
    )


def _shapeless_error(gathered: _GatheredRows, number: int) -> UnreadableFile:
    first = gathered.findings[0].row
    return refuse_file(
        "not-a-table",
        f"“{gathered.name}”有超过 {RAGGED_ROWS} 行与表头宽度（{gathered.width} 列）不符（第 {first} 行起，到第 {number} 行）；"
        "请检查分隔符和引号，或改用 XLSX 报送",
        f"“{gathered.name}” has more than {RAGGED_ROWS} rows, from {first} to {number}, that are not as wide as the header "
        f"({gathered.width} columns); check delimiter and quotes, or send XLSX",
    )


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


def _find_replacements(table: pa.Table, rows: pa.Array, fields: Sequence[str | None]) -> list[Finding]:
    found = []
    for field_name, column in zip(fields, table.columns, strict=True):
        marked = pc.match_substring(column, REPLACED)
        if pc.any(marked).as_py():
            cells = islice(list_marked_cells(column, rows, marked), RAGGED_ROWS)
            found += [lost_characters(row, field_name, value) for row, value in cells]
    return found


def _find_formula_errors(table: pa.Table, rows: pa.Array, fields: Sequence[str | None]) -> list[Finding]:
    """Returns a finding for each cell of a field that holds the error text of a failed formula."""
    words = pa.array(sorted(FORMULA_ERRORS))
    found = []
    for field_name, column in zip(fields, table.columns, strict=True):
        marked = pc.is_in(column, value_set=words)
        if field_name and pc.any(marked).as_py():
            cells = islice(list_marked_cells(column, rows, marked), RAGGED_ROWS)
            found += [formula_error(row, field_name, value) for row, value in cells]
    return found


def _describe_skipped(gathered: _GatheredRows, dropped: int) -> list[Text]:
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

"""The rows of a file as text columns, gathered from its records: blank rows are skipped, rows of the wrong width fitted and reported.

Records come one by one as lists of cells, or in batches of columns from the reader in `quality/conformance`. In a batch only doubtful
rows (blank, or of the wrong width) are examined cell by cell. A large table is spilled to a file. Not here: which rows and columns are
data (`tabulate.py`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.read.defects import FORMULA_SIGNS, REPLACED
from pipelines.read.reading import CELL_CHARACTERS, RAGGED_ROWS, ROWS, TEXT_BYTES, refuse_file
from pipelines.read.tables.header import Header, no_rows_error
from pipelines.read.tables.row_defects import ragged_row
from pipelines.read.tables.short_rows import ShortRows
from quality.conformance.buffers import Bools, Places, to_int64, to_numpy, to_strings
from quality.conformance.reader import Batch
from quality.findings import Finding
from schemas.errors import UnreadableFile
from schemas.execution.spilled_table import TableSpill

Record = Sequence[str]
"""The cells of a row as a file has them."""

SIGNS = frozenset({REPLACED, *FORMULA_SIGNS})
"""Texts for which all cells are searched; most files have none of them, and their bytes are searched in a tenth of the time."""
_CHUNK = 8_192
_CTRL_Z = "\x1a"
_NOTHING_VISIBLE = "^[\\s\\x00-\\x20\\x85\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*$"
"""Every text that `str.strip` empties, and texts of control characters, Ctrl-Z among them, which are looked at again."""


class GatheredRows:
    """Rows of one file while its records are read.

    Attributes:
        name: Name of the file.
        width: Number of cells of its header.
        short: Its rows that end early.
        findings: Findings on rows of the wrong width.
        blank: Number of rows without content, which are skipped.
        trailing: Number of rows with empty cells beyond the header.
        rows: Number of rows gathered.
        signs: Those of `SIGNS` that may occur in a cell; the others certainly do not.
    """

    def __init__(self, name: str, header: Header, delimiter: str | None) -> None:
        self.name = name
        self.width = len(header.labels)
        self.short = ShortRows(header, delimiter)
        self.findings: list[Finding] = []
        self.blank = 0
        self.trailing = 0
        self.rows = 0
        self.signs: frozenset[str] = frozenset()
        self._header = header
        self._numbers: list[pa.Int64Array] = []
        self._size = 0
        self._spill = TableSpill(pa.schema([(str(at), pa.string()) for at in range(self.width)]))

    def add_records(self, records: Iterable[tuple[int, Record]]) -> None:
        """Adds records with their row numbers, in order.

        Raises UnreadableFile: too-large, long-cell, not-a-table.
        """
        self.signs = SIGNS
        for numbers, rows in self._fit_in_chunks(records):
            self._add_columns(np.array(numbers, np.int64), [to_strings(column) for column in zip(*rows, strict=True)])

    def add_batch(self, batch: Batch, first: int, replaced: Mapping[int, Record], signs: frozenset[str]) -> None:
        """Adds a batch of records, of which the first has the row number `first`.

        `replaced`: by position in the batch, the cells to use for a record in place of those in the columns. `signs`: those of `SIGNS`
        that may occur in the cells. Raises as `add_records` does.
        """
        self.signs |= signs
        loose = {**batch.ragged, **replaced}
        blank = _find_doubtful_blanks(batch.columns)
        for at in blank.tolist():
            place = int(batch.places[at])
            loose.setdefault(place, batch.list_cells(place))
        if not loose:
            self._add_columns(batch.places + first, batch.columns)
            return
        sure = ~np.isin(batch.places, list(loose))
        kept = [(place + first, loose[place]) for place in sorted(loose)]
        fitted = [(number, row) for number, record in kept if (row := self._fit_record(number, record)) is not None]
        self._add_merged(batch.places[sure] + first, [_keep_cells(column, sure) for column in batch.columns], fitted)

    def finish_rows(self, *, ended: bool) -> tuple[pa.Table, pa.Int64Array]:
        """Returns the rows, with columns named by their position, and their numbers; `ended`: whether a line end closes the last record.

        Raises UnreadableFile: no-rows.
        """
        if not self.rows:
            raise no_rows_error(self.name, self._header)
        numbers = pa.concat_arrays(self._numbers)
        self.findings += self.short.find_doubtful(numbers[-1].as_py(), ended=ended)
        return self._spill.finish_table(), numbers

    def _fit_in_chunks(self, records: Iterable[tuple[int, Record]]) -> Iterator[tuple[list[int], list[Record]]]:
        numbers: list[int] = []
        rows: list[Record] = []
        for number, record in records:
            fitted = self._fit_record(number, record)
            if fitted is None:
                continue
            numbers.append(number)
            rows.append(fitted)
            if len(rows) == _CHUNK:
                yield numbers, rows
                numbers, rows = [], []
        if rows:
            yield numbers, rows

    def _fit_record(self, number: int, record: Record) -> Record | None:
        """Returns the record with as many cells as the header; None if it is blank."""
        # Most rows have a filled first cell; only the others are checked cell by cell. Ctrl-Z ends each of joined files.
        first = record[0].strip() if record else ""
        if (not first or first == _CTRL_Z) and not "".join(record).strip().strip(_CTRL_Z):
            self.blank += 1
            return None
        if len(record) == self.width:
            return record
        beyond = record[self.width :]
        if len(record) > self.width and not "".join(beyond).strip():
            self.trailing += 1
        elif len(record) > self.width or not self.short.add_row(number, record):
            self.findings.append(ragged_row(number, len(record), self.width, beyond))
        if len(self.findings) > RAGGED_ROWS:
            raise self._shapeless_error(number)
        return [*record[: self.width], *[""] * (self.width - len(record))]

    def _add_merged(self, numbers: Places, columns: Sequence[pa.Array], fitted: Sequence[tuple[int, Record]]) -> None:
        """Adds rows in the order of their numbers."""
        if fitted:
            more, rows = zip(*fitted, strict=True)
            numbers = np.concatenate([numbers, np.array(more, np.int64)])
            order = np.argsort(numbers, kind="stable")
            texts = [to_strings(cells) for cells in zip(*rows, strict=True)]
            joined = [pa.concat_arrays([one, other]) for one, other in zip(columns, texts, strict=True)]
            numbers, columns = numbers[order], [column.take(to_int64(order)) for column in joined]
        self._add_columns(numbers, columns)

    def _add_columns(self, numbers: Places, columns: Sequence[pa.Array]) -> None:
        if not len(numbers):
            return
        self.rows += len(numbers)
        if self.rows > ROWS:
            raise refuse_file(
                "too-large",
                f"“{self.name}”超过 {ROWS} 行的上限；请按年或按市拆成几个文件",
                f"“{self.name}” has more than {ROWS} rows; split it by year or by city",
            )
        for at, column in enumerate(columns):
            if pc.max(pc.binary_length(column)).as_py() > CELL_CHARACTERS:
                self._refuse_long_cells(numbers, at, column)
        batch = pa.RecordBatch.from_arrays(list(columns), names=[str(at) for at in range(len(columns))])
        self._size += batch.nbytes
        if self._size > TEXT_BYTES:
            raise refuse_file(
                "too-large",
                f"“{self.name}”的文字展开后超过 {TEXT_BYTES >> 20} MB；请按年或按市拆成几个文件",
                f"the text of “{self.name}” unfolds to more than {TEXT_BYTES >> 20} MB; split it by year or by city",
            )
        self._spill.add_batch(batch)
        self._numbers.append(to_int64(numbers))

    def _refuse_long_cells(self, numbers: Places, at: int, column: pa.Array) -> None:
        lengths = pc.utf8_length(column)
        most = pc.max(lengths).as_py()
        if most <= CELL_CHARACTERS:
            return
        row = numbers[pc.index(pc.greater(lengths, CELL_CHARACTERS), True).as_py()]
        raise refuse_file(
            "long-cell",
            f"“{self.name}”第 {row} 行第 {at + 1} 列有 {most} 个字符，超过上限 {CELL_CHARACTERS}；"
            "请检查引号是否成对，或缩短内容",
            f"“{self.name}” has {most} characters in row {row}, column {at + 1}, above the limit of {CELL_CHARACTERS}; "
            "check that quotes come in pairs, or shorten the text",
        )

    def _shapeless_error(self, number: int) -> UnreadableFile:
        first = self.findings[0].row
        return refuse_file(
            "not-a-table",
            f"“{self.name}”有超过 {RAGGED_ROWS} 行与表头宽度（{self.width} 列）不符（第 {first} 行起，到第 {number} 行）；"
            "请检查分隔符和引号，或改用 XLSX 报送",
            f"“{self.name}” has more than {RAGGED_ROWS} rows, from {first} to {number}, that are not as wide as the header "
            f"({self.width} columns); check delimiter and quotes, or send XLSX",
        )


def _find_doubtful_blanks(columns: Sequence[pa.Array]) -> Places:
    """Returns the positions of the rows without visible content. A column is examined only in rows that are blank so far: most have a filled first cell."""
    hidden = pc.match_substring_regex(columns[0], _NOTHING_VISIBLE)
    places = pc.indices_nonzero(hidden)
    for column in columns[1:]:
        if not len(places):
            break
        places = places.filter(pc.match_substring_regex(column.take(places), _NOTHING_VISIBLE))
    return to_numpy(places.cast(pa.int64()))


def _keep_cells(column: pa.Array, kept: Bools) -> pa.Array:
    return column.take(to_int64(np.flatnonzero(kept)))

"""Rows that end before the header does, and lack only cells that may be empty.

Excel leaves out trailing delimiters in blocks of sixteen rows where the last columns are empty; other programs do so row by row. Such a
row is read with empty cells. It is reported like any row of the wrong width if its end may be missing for another reason: the file stops
within its last row, or a quote joined two cells of the row into one. Not here: rows that lack a required cell (`tabulate`).

Source: Microsoft, "Column delimiters are missing in an Excel spreadsheet that is saved as text" (blocks of 16 rows).
"""

from collections.abc import Sequence

from pipelines.read.tables.header import Header
from pipelines.read.tables.row_defects import ragged_row
from quality.findings import Finding, masked_excerpt
from schemas.text import Text

_NAMED = 5


class ShortRows:
    """The short rows of one file, as they are read."""

    def __init__(self, header: Header, delimiter: str | None) -> None:
        self._header = header
        self._delimiter = delimiter
        self._rows: list[tuple[int, int]] = []
        self._doubtful: list[tuple[int, int]] = []

    def add_row(self, row: int, record: Sequence[str]) -> bool:
        """Keeps a row that is shorter than the header; False if it lacks more than optional cells."""
        if not self._header.may_lack(len(record)):
            return False
        lacking = len(self._header.labels) - len(record)
        joined = self._delimiter is not None and "".join(record).count(self._delimiter) >= lacking
        (self._doubtful if joined else self._rows).append((row, len(record)))
        return True

    def find_doubtful(self, last: int, *, ended: bool) -> list[Finding]:
        """Returns a finding (`missing-cell`) on each row whose end may be missing for another reason.

        A row that is as short as a row without doubt is not reported. `last` is the last row of the file, `ended` whether a line end
        closes it.
        """
        if not ended and self._rows and self._rows[-1][0] == last:
            self._doubtful.append(self._rows.pop())
        believed = {cells for _, cells in self._rows}
        found = [(row, cells) for row, cells in self._doubtful if cells not in believed]
        self._rows = sorted({*self._rows, *self._doubtful} - {*found})
        return [ragged_row(row, cells, len(self._header.labels), ()) for row, cells in found]

    def describe_rows(self, skipped: frozenset[int]) -> list[Text]:
        """Returns the receipt's note on the short rows; none if they only lack cells below blank labels."""
        labels = self._header.labels
        named = max((at for at, label in enumerate(labels) if label.strip()), default=-1) + 1
        short = [(row, cells) for row, cells in self._rows if row not in skipped and cells < named]
        if not short:
            return []
        lacking = [label.strip() for label in labels[min(cells for _, cells in short) : named] if label.strip()]
        seen = "、".join(f"“{masked_excerpt(label, 20)}”" for label in lacking[:_NAMED])
        return [
            Text(
                zh=f"{len(short)} 行（第 {short[0][0]} 行起）末尾缺少选填列的单元格，按空白读取：{seen}",
                en=f"{len(short)} rows, the first in row {short[0][0]}, lack optional cells at their end, which were read as empty: {seen}",
            )
        ]

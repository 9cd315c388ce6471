"""Writing of a workbook from the text that was read, for files in other formats and originals that cannot be copied.

Every cell is text, below the headers as they were sent, in the row and column that the receipt names. An excerpt holds only some
rows, one after the other, with their row numbers in the first column; its stamp marks it as an excerpt, so that it is
refused as a submission. Not here: the choice of rows (`make`) and of marks (`annotations`).
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pipelines.annotated_workbook import comments
from pipelines.annotated_workbook.cell_xml import build_sheet, own_text_cell
from pipelines.annotated_workbook.job import AnnotationJob, PlacedText, SummaryCell
from pipelines.annotated_workbook.styles import Kind, WorkbookStyles
from pipelines.annotated_workbook.xlsx_package import (
    MAIN,
    RELATIONS,
    XML_DECLARATION,
    PackagePage,
    XlsxPackage,
)
from pipelines.read import Reading
from pipelines.workbook_stamp import EXCERPT_NUMBERS, STAMP, TemplateStamp

_WIDE = 18
Line = tuple[int, Sequence[str | None]]
"""A row number in the workbook, from 1, and the cells of the row."""


def build_lines(reading: Reading, *, excerpt: bool) -> Iterator[Line]:
    """Yields the header and the rows.

    Each keeps the row number that the receipt names; in an excerpt they follow each other, with that number as first
    cell.
    """
    numbers = reading.rows.to_pylist()
    rows = zip(*(column.to_pylist() for column in reading.table.columns), strict=True)
    if not excerpt:
        yield reading.header_row, reading.labels
        yield from zip(numbers, rows, strict=True)
        return
    yield 1, (EXCERPT_NUMBERS, *reading.labels)
    for at, (number, row) in enumerate(zip(numbers, rows, strict=True), start=2):
        yield at, (str(number), *row)


def write_rebuilt(target: Path, job: AnnotationJob, reading: Reading, stamp: TemplateStamp | None) -> None:
    """Writes the workbook to `target`; if a stamp is given, `reading` is an excerpt."""
    styles, package = WorkbookStyles(), XlsxPackage(target)
    ours = {(mark.row, mark.column): mark.note for mark in job.marks if mark.note}
    pages = [
        PackagePage(job.title, "visible", [build_sheet(job.lines, job.widths, styles)]),
        PackagePage(
            job.sheet,
            "visible",
            _sheet_xml(job, build_lines(reading, excerpt=stamp is not None), styles, () if stamp else reading.columns),
            comments.build_comments(ours, {}) if ours else None,
            comments.build_comment_boxes(ours, {}) if ours else None,
        ),
    ]
    if stamp:
        lines = [tuple(SummaryCell(word) for word in row) for row in stamp.stamp_rows()]
        pages.append(PackagePage(STAMP, "hidden", [build_sheet(lines, (_WIDE, _WIDE), styles, shown=False)]))
    package.add_worksheets(pages)
    package.add_part("xl/styles.xml", [styles.to_xml()])
    package.finish_package()


def _sheet_xml(
    job: AnnotationJob, lines: Iterator[Line], styles: WorkbookStyles, columns: Sequence[int]
) -> Iterator[bytes]:
    """Yields the sheet; `columns` are those of the cells of a line, one after the other if it is empty."""
    texts: dict[int, list[PlacedText]] = {}
    for text in job.texts:
        texts.setdefault(text.row, []).append(text)
    kinds: dict[int, dict[int, Kind]] = {}
    for mark in job.marks:
        kinds.setdefault(mark.row, {})[mark.column] = mark.kind
    header, labels = next(lines)
    columns = columns or range(1, len(labels) + 1)
    last = max([columns[-1], *(text.column for text in job.texts)])
    yield (
        XML_DECLARATION
        + (
            f'<worksheet xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="{header}" '
            f'topLeftCell="A{header + 1}" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
            f'<cols><col min="1" max="{last}" width="{_WIDE}" customWidth="1"/></cols><sheetData>'
        ).encode()
    )
    yield _row_xml(header, dict(zip(columns, labels, strict=True)), kinds.get(header, {}), texts, styles, "head")
    for number, cells in lines:
        placed = dict(zip(columns, cells, strict=True))
        yield _row_xml(number, placed, kinds.get(number, {}), texts, styles, "text")
    boxes = '<legacyDrawing r:id="vmlDrawing"/>' if any(mark.note for mark in job.marks) else ""
    yield f"</sheetData>{boxes}</worksheet>".encode()


def _row_xml(
    number: int,
    cells: Mapping[int, str | None],
    kinds: Mapping[int, Kind],
    texts: Mapping[int, Sequence[PlacedText]],
    styles: WorkbookStyles,
    look: str,
) -> bytes:
    """Returns a row: cells by column, and the texts of ours, which follow the last of them."""
    written = [
        own_text_cell(number, column, text or "", look, styles, kinds.get(column))
        for column, text in cells.items()
        if text or column in kinds
    ]
    ours = sorted(texts.get(number, ()), key=lambda text: text.column)
    written += [own_text_cell(number, text.column, text.text, text.look, styles) for text in ours]
    return f'<row r="{number}">{"".join(written)}</row>'.encode()

"""Workbooks (XLSX, XLS, ODS): the rows of one sheet as text.

Nothing in a workbook is ever run: cells hold the values that the spreadsheet program last computed. Not here: what opening one
may cost (`archive`, `compound`), which sheet it is (`sheets`), which record is the header (`header`).
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from pipelines.read import archive, compound
from pipelines.read.areas import merged_cells
from pipelines.read.cells import texts
from pipelines.read.defects import formula_error
from pipelines.read.header import settled
from pipelines.read.reading import WORKBOOK_BYTES, Reading, refusal
from pipelines.read.sheets import Sheet, chosen, left_out, sheets_of
from pipelines.read.tabulate import Record, tabulate
from quality.findings import Finding
from schemas.contract import Contract

_NOT_AVAILABLE = "#N/A"


def read_workbook(path: Path, kind: str, contract: Contract | None) -> Reading:
    """The one sheet of a workbook that holds the contract's table; without a contract, the first with anything in it.

    Rows are numbered as the program shows them. A failed formula is its text (`#REF!`) and, but for `#N/A`, a finding (XLSX
    only: the others show it empty); so is every row that a merged area covers. Hidden sheets are not looked at.

    Raises UnreadableFile: too-large, password, corrupt, format, empty, no-sheet (none fits), many-sheets (several fit and
    hold rows), no-header, no-rows, long-cell, not-a-table.
    """
    if (size := path.stat().st_size) > WORKBOOK_BYTES:
        raise refusal(
            "too-large",
            f"“{path.name}”有 {size >> 20} MB，超过工作簿的上限 {WORKBOOK_BYTES >> 20} MB；请改交 CSV",
            f"“{path.name}” has {size >> 20} MB, above the limit for workbooks of {WORKBOOK_BYTES >> 20} MB; send CSV",
        )
    errors = _inspected(path, kind)
    try:
        with CalamineWorkbook.from_path(path) as book:
            sheets = sheets_of(book, errors, contract)
            return _reading(path, kind, chosen(path, sheets, contract), sheets, contract)
    except PasswordError as wrong:
        raise archive.locked(path) from wrong
    except CalamineError as wrong:
        raise archive.corrupt(path) from wrong


def _inspected(path: Path, kind: str) -> list[archive.ErrorCells]:
    if kind == "xls":
        compound.inspect(path)
        return []
    return archive.inspect(path, kind)


def _reading(path: Path, kind: str, sheet: Sheet, sheets: Sequence[Sheet], contract: Contract | None) -> Reading:
    header = settled(sheet.header, path.name, contract)
    reading = tabulate(path.name, header, _records(sheet), kind=kind, sheet=sheet.name)
    kept = set(reading.rows.to_pylist())
    areas = sheet.cells.merged_cell_ranges or []
    findings = [*_failed(sheet), *merged_cells(path.name, areas, header, sheet.left, sheet.last)]
    return reading.with_findings(finding for finding in findings if finding.row in kept).with_decisions(
        left_out(sheet, sheets)
    )


def _records(sheet: Sheet) -> Iterator[tuple[int, Record]]:
    rows = enumerate(sheet.cells.iter_rows(), start=1)
    if not sheet.errors:
        yield from ((number, texts(row)) for number, row in islice(rows, sheet.header.at + 1, None))
        return
    failed: dict[int, dict[int, str]] = {}
    for (row, column), text in sheet.errors.items():
        failed.setdefault(row + 1, {})[column - sheet.left] = text
    for number, row in islice(rows, sheet.header.at + 1, None):
        cells = texts(row)
        for at, text in failed.get(number, {}).items():
            if 0 <= at < len(cells):
                cells[at] = text
        yield number, cells


def _failed(sheet: Sheet) -> list[Finding]:
    findings = []
    for (row, column), text in sheet.errors.items():
        at = column - sheet.left
        if text != _NOT_AVAILABLE and 0 <= at < len(sheet.header.fields):
            findings.append(formula_error(row + 1, sheet.header.fields[at], text))
    return findings

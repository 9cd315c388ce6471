"""Workbooks (XLSX, XLS, ODS): the rows of one sheet as text.

Not here: opening one (`archive`, `apart`), which sheet it is (`sheets`), which record is the header (`header`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from pipelines.read.apart import Opened, opened
from pipelines.read.archive import FailedFormulas, failed_formulas, weigh
from pipelines.read.areas import merged_cells
from pipelines.read.defects import formula_error
from pipelines.read.header import settled
from pipelines.read.reading import WORKBOOK_BYTES, Reading, refusal
from pipelines.read.sheets import Sheet, chosen, left_out, sheets_of
from pipelines.read.tabulate import Record, tabulate
from pipelines.stamp import refuse_misplaced
from quality.findings import Finding
from schemas.contract import Contract

_NOT_AVAILABLE = "#N/A"


def read_workbook(path: Path, kind: str, contract: Contract | None) -> Reading:
    """The one sheet of a workbook that holds the contract's table; without a contract, the first with anything in it.

    Rows are numbered as the program shows them. A failed formula is its text (`#REF!`) and, but for `#N/A`, a finding (XLSX
    only: the others show it empty); so is every row that a merged area covers. Of hidden sheets only our own stamp is looked at.

    Raises UnreadableFile: too-large, password, corrupt, empty, no-sheet (none fits), many-sheets (several fit and hold rows),
    no-header, no-rows, long-cell, not-a-table, other-template, excerpt.
    """
    if (size := path.stat().st_size) > WORKBOOK_BYTES:
        raise refusal(
            "too-large",
            f"“{path.name}”有 {size >> 20} MB，超过工作簿的上限 {WORKBOOK_BYTES >> 20} MB；请改交 CSV",
            f"“{path.name}” has {size >> 20} MB, above the limit for workbooks of {WORKBOOK_BYTES >> 20} MB; send CSV",
        )
    if kind != "xls":
        weigh(path)
    with opened(path) as book:
        if contract is not None:
            refuse_misplaced(book.stamp, path.name, contract)
        sheets = sheets_of(book, contract)
        sheet = chosen(path, sheets, contract)
        settled(sheet.header, path.name, contract)
        failed = failed_formulas(path, sheet.survey.at) if kind == "xlsx" else {}
        reading = _reading(path, kind, book, sheet, failed).with_decisions(left_out(sheet, sheets))
        return replace(reading, stamp=book.stamp)


def _reading(path: Path, kind: str, book: Opened, sheet: Sheet, failed: FailedFormulas) -> Reading:
    records, left = _records(book, sheet, failed), sheet.survey.left
    reading = tabulate(path.name, sheet.header, records, kind=kind, sheet=sheet.name, left=left)
    kept = set(reading.rows.to_pylist())
    findings = [*_failures(sheet, failed), *merged_cells(path.name, sheet.survey, sheet.header)]
    return reading.with_findings(finding for finding in findings if finding.row in kept)


def _records(book: Opened, sheet: Sheet, failed: FailedFormulas) -> Iterator[tuple[int, Record]]:
    rows = islice(enumerate(book.rows(sheet.survey), start=1), sheet.header.at + 1, None)
    if not failed:
        return rows
    by_row: dict[int, dict[int, str]] = {}
    for (row, column), text in failed.items():
        by_row.setdefault(row + 1, {})[column - sheet.survey.left] = text
    return ((number, _with(by_row.get(number, {}), row)) for number, row in rows)


def _with(failed: dict[int, str], row: Record) -> Sequence[str]:
    return [failed.get(at, cell) for at, cell in enumerate(row)] if failed else row


def _failures(sheet: Sheet, failed: FailedFormulas) -> list[Finding]:
    findings = []
    for (row, column), text in failed.items():
        at = column - sheet.survey.left
        if text != _NOT_AVAILABLE and 0 <= at < len(sheet.header.fields):
            findings.append(formula_error(row + 1, sheet.header.fields[at], text))
    return findings

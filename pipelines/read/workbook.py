"""Workbooks (XLSX, XLS, ODS): the rows of one sheet as text.

Not here: opening one (`archive`, `apart`), which sheet it is (`sheets`), which record is the header (`header`), what only its
XML says (`unshown`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from pipelines.read.defects import formula_error, formula_without_value, hidden
from pipelines.read.header import settled
from pipelines.read.reading import WORKBOOK_BYTES, Reading, refusal
from pipelines.read.sheets import Sheet, chosen, left_out, letters, merged_cells, sheets_of
from pipelines.read.tabulate import Record, tabulate
from pipelines.read.workbook_process import Opened, opened
from pipelines.read.workbook_xml import Unshown, beside_the_cells, unshown
from pipelines.read.zip_archive import weigh
from pipelines.workbook_stamp import refuse_misplaced
from quality.findings import Finding
from schemas.contract import Contract
from schemas.text import Text

_NOT_AVAILABLE = "#N/A"
_NAMED = 10
_UNSEEN = Text(
    zh="XLS 和 ODS 中出错的公式读作空白，隐藏的行列无从识别；如有公式请另存为 XLSX 后报送",
    en="formulas that fail read as empty in XLS and ODS, and hidden rows cannot be told; save a workbook with formulas as XLSX",
)


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
        beyond, said = (
            (unshown(path, sheet.survey.at), beside_the_cells(path)) if kind == "xlsx" else (Unshown(), (_UNSEEN,))
        )
        return _reading(path, kind, book, sheet, beyond).with_decisions((*left_out(sheet, sheets), *said))


def _reading(path: Path, kind: str, book: Opened, sheet: Sheet, beyond: Unshown) -> Reading:
    records = _records(book, sheet, beyond.failed)
    reading = tabulate(path.name, sheet.header, records, kind=kind, sheet=sheet.name, left=sheet.survey.left)
    kept = set(reading.rows.to_pylist())
    findings = [*_of_formulas(sheet, beyond), *merged_cells(path.name, sheet.survey, sheet.header)]
    found = [finding for finding in findings if finding.row in kept]
    return replace(reading.with_findings([*_hidden(sheet, beyond, kept), *found]), stamp=book.stamp)


def _records(book: Opened, sheet: Sheet, failed: Mapping[tuple[int, int], str]) -> Iterator[tuple[int, Record]]:
    rows = islice(enumerate(book.rows(sheet.survey), start=1), sheet.header.at + 1, None)
    if not failed:
        return rows
    by_row: dict[int, dict[int, str]] = {}
    for (row, column), text in failed.items():
        by_row.setdefault(row + 1, {})[column - sheet.survey.left] = text
    return ((number, _with(by_row.get(number, {}), row)) for number, row in rows)


def _with(failed: dict[int, str], row: Record) -> Sequence[str]:
    return [failed.get(at, cell) for at, cell in enumerate(row)] if failed else row


def _of_formulas(sheet: Sheet, beyond: Unshown) -> list[Finding]:
    findings = []
    for (row, column), text in beyond.failed.items():
        at = column - sheet.survey.left
        if text != _NOT_AVAILABLE and 0 <= at < len(sheet.header.fields):
            findings.append(formula_error(row + 1, sheet.header.fields[at], text))
    for row, column in sorted(beyond.uncomputed):
        at = column - sheet.survey.left
        if 0 <= at < len(sheet.header.fields):
            findings.append(formula_without_value(row + 1, sheet.header.fields[at]))
    return findings


def _hidden(sheet: Sheet, beyond: Unshown, kept: set[int]) -> list[Finding]:
    findings = []
    if rows := sorted(row + 1 for row in beyond.hidden_rows if row + 1 in kept):
        what = Text(zh=f" {len(rows)} 行", en=f"{len(rows)} rows")
        findings.append(hidden(what, _few([str(row) for row in rows])))
    first, width = sheet.survey.left, len(sheet.header.labels)
    if columns := sorted(column for column in beyond.hidden_columns if first <= column < first + width):
        what = Text(zh=f" {len(columns)} 列", en=f"{len(columns)} columns")
        findings.append(hidden(what, _few([letters(column) for column in columns])))
    return findings


def _few(places: Sequence[str]) -> str:
    return "、".join(places[:_NAMED]) + (" …" if len(places) > _NAMED else "")

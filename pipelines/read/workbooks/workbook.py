"""Reader of workbooks (XLSX, XLS, ODS): the rows of one sheet as text.

Not here: opening a workbook (`zip_archive`, `workbook_process`), choosing the sheet (`sheets`) and the header
(`header`), content that only its XML holds (`workbook_xml`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from pipelines.columns.column_letters import column_letters
from pipelines.read.defects import FORMULA_ERRORS, formula_error, formula_without_value, hidden_parts
from pipelines.read.reading import WORKBOOK_BYTES, Reading, refuse_file
from pipelines.read.tables.footer import NO_RECORDS
from pipelines.read.tables.gathered_rows import Record
from pipelines.read.tables.header import Header, require_header
from pipelines.read.tables.tabulate import tabulate_records
from pipelines.read.workbooks.date_system import counts_from_1904
from pipelines.read.workbooks.number_formats import (
    NumberSection,
    apply_number_formats,
    columns_with_units,
    find_shown_styles,
)
from pipelines.read.workbooks.ods_xml import find_ods_content
from pipelines.read.workbooks.sheets import (
    SourceSheet,
    choose_sheet,
    describe_left_out,
    find_continued_sheets,
    find_merged_cells,
    list_visible_sheets,
)
from pipelines.read.workbooks.workbook_process import OpenedWorkbook, open_workbook
from pipelines.read.workbooks.workbook_xml import (
    HiddenContent,
    describe_external_content,
    find_hidden_content,
    read_number_formats,
)
from pipelines.read.workbooks.zip_archive import check_archive_size
from pipelines.workbook_stamp import refuse_misplaced
from quality.findings import Finding
from schemas.contract import Contract
from schemas.text import Text

_TOLD = FORMULA_ERRORS | {"#N/A"}
"""Error texts that are no finding here: those that every format reports, and `#N/A`, a word for nothing."""
_NAMED = 10
_MOMENTS = frozenset({"date", "datetime", "time"})
_UNSEEN = Text(
    zh="XLS 中出错的公式读作空白，隐藏的行列和数字格式（百分比、万元等）无从识别；如有公式或此类格式请另存为 XLSX 后报送",
    en="formulas that fail read as empty in XLS, and hidden rows and number formats (percent, 万元 …) cannot be told; save a workbook that has such as XLSX",
)


def read_workbook(path: Path, kind: str, contract: Contract | None) -> Reading:
    """Reads the sheet that holds the contract's table; without a contract, the first sheet that is not empty.

    Rows are numbered as a spreadsheet program shows them. In XLSX and ODS a failed formula is read as its error text
    (`#REF!`) and is a finding, except for `#N/A`; in XLS it reads as empty. Every row that a merged area covers is a
    finding. Of hidden sheets only our own stamp is read, and the others are named.

    Raises UnreadableFile: too-large, password, corrupt, empty, no-sheet (none fits), many-sheets (several fit and have
    rows), no-header, no-rows, long-cell, not-a-table, other-template, excerpt.
    """
    if (size := path.stat().st_size) > WORKBOOK_BYTES:
        raise refuse_file(
            "too-large",
            f"“{path.name}”有 {size >> 20} MB，超过工作簿的上限 {WORKBOOK_BYTES >> 20} MB；请改用 CSV 报送",
            f"“{path.name}” has {size >> 20} MB, above the limit for workbooks of {WORKBOOK_BYTES >> 20} MB; send CSV",
        )
    if kind != "xls":
        check_archive_size(path)
    with open_workbook(path) as book:
        if contract is not None:
            refuse_misplaced(book.stamp, path.name, contract)
        sheets = list_visible_sheets(book, contract)
        sheet = choose_sheet(path, sheets, contract, book.hidden)
        require_header(sheet.header, path.name, contract)
        units = columns_with_units(sheet.header, sheet.survey.left, contract) if contract else {}
        beyond, styles, decisions = _find_beyond_cells(path, kind, sheet, units)
        reading = _build_reading(path, kind, book, sheet, beyond, contract)
        all_decisions = (*describe_left_out(sheet, sheets, book.hidden), *decisions)
        left_out = find_continued_sheets(sheet, sheets) if contract is not None else []
        shown = apply_number_formats(reading, beyond.formatted, styles, units)
        shown = replace(shown, days_from_1904=counts_from_1904(path, kind))
        return shown.with_decisions(all_decisions).with_findings(left_out)


def _find_beyond_cells(
    path: Path, kind: str, sheet: SourceSheet, units: Mapping[int, str]
) -> tuple[HiddenContent, Mapping[int, tuple[NumberSection, ...]], tuple[Text, ...]]:
    """Returns what the reader of cells does not: hidden content, styles that change what a number shows, and decisions."""
    if kind == "xlsx":
        styles = find_shown_styles(read_number_formats(path)) if units else {}
        return find_hidden_content(path, sheet.survey.at, styles, units), styles, describe_external_content(path)
    if kind == "ods":
        return *find_ods_content(path, sheet.survey.at, units), ()
    return HiddenContent(), {}, (_UNSEEN,)


def _build_reading(
    path: Path, kind: str, book: OpenedWorkbook, sheet: SourceSheet, beyond: HiddenContent, contract: Contract | None
) -> Reading:
    records = _read_records(book, sheet, beyond.failed, _moment_formats(sheet.header, contract))
    reading = tabulate_records(path.name, sheet.header, records, kind=kind, sheet=sheet.name, left=sheet.survey.left)
    kept = set(reading.rows.to_pylist())
    survey = replace(sheet.survey, merged=(*sheet.survey.merged, *beyond.merged))
    merged = find_merged_cells(path.name, survey, sheet.header)
    # A total or heading in merged cells is no record: nothing is to be filled in beside it.
    headings = {one.row for one in reading.findings if one.type in NO_RECORDS}
    findings = [*_find_formula_defects(sheet, beyond), *(one for one in merged if one.row not in headings)]
    found = [finding for finding in findings if finding.row in kept]
    return replace(
        reading.with_findings([*_find_hidden(sheet, beyond, kept), *found]), stamp=book.stamp, complete=book.complete
    )


def _read_records(
    book: OpenedWorkbook, sheet: SourceSheet, failed: Mapping[tuple[int, int], str], moments: Mapping[int, str]
) -> Iterator[tuple[int, Record]]:
    rows = islice(enumerate(book.read_rows(sheet.survey, moments), start=1), sheet.header.at + 1, None)
    if not failed:
        return rows
    by_row: dict[int, dict[int, str]] = {}
    for (row, column), text in failed.items():
        by_row.setdefault(row + 1, {})[column - sheet.survey.left] = text
    return ((number, _insert_error_texts(by_row.get(number, {}), row)) for number, row in rows)


def _moment_formats(header: Header, contract: Contract | None) -> dict[int, str]:
    """Returns the format of each column of dates or times that the contract writes otherwise than ISO 8601."""
    fields = {field.name: field for field in contract.fields} if contract else {}
    named = ((at, fields[name]) for at, name in enumerate(header.fields) if name)
    return {at: field.format for at, field in named if field.type in _MOMENTS and field.format.startswith("%")}


def _insert_error_texts(failed: dict[int, str], row: Record) -> Sequence[str]:
    return [failed.get(at, cell) for at, cell in enumerate(row)] if failed else row


def _find_formula_defects(sheet: SourceSheet, beyond: HiddenContent) -> list[Finding]:
    findings = []
    for (row, column), text in beyond.failed.items():
        at = column - sheet.survey.left
        if text not in _TOLD and 0 <= at < len(sheet.header.fields):
            findings.append(formula_error(row + 1, sheet.header.fields[at], text))
    for row, column in sorted(beyond.uncomputed):
        at = column - sheet.survey.left
        if 0 <= at < len(sheet.header.fields):
            findings.append(formula_without_value(row + 1, sheet.header.fields[at]))
    return findings


def _find_hidden(sheet: SourceSheet, beyond: HiddenContent, kept: set[int]) -> list[Finding]:
    findings = []
    if rows := sorted(row + 1 for row in beyond.hidden_rows if row + 1 in kept):
        what = Text(zh=f" {len(rows)} 行", en=f"{len(rows)} rows")
        findings.append(hidden_parts(what, _join_places([str(row) for row in rows])))
    first, width = sheet.survey.left, len(sheet.header.labels)
    if columns := sorted(column for column in beyond.hidden_columns if first <= column < first + width):
        what = Text(zh=f" {len(columns)} 列", en=f"{len(columns)} columns")
        findings.append(hidden_parts(what, _join_places([column_letters(column + 1) for column in columns])))
    return findings


def _join_places(places: Sequence[str]) -> str:
    return "、".join(places[:_NAMED]) + (" …" if len(places) > _NAMED else "")

"""Choice of the sheet that holds the table, and findings on its merged cells and on sheets that continue it.

The sheet is the one whose header names most fields of the contract; if several fit and have rows, the workbook is
refused. All cells of a merged area but the first read as empty, so each row that such an area covers is a finding. Not
here: reading rows (`workbook`); titles merged above the header, which are skipped with their rows (`header`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.columns.column_letters import column_letters
from pipelines.read.defects import merged_cell
from pipelines.read.reading import RAGGED_ROWS, refuse_file
from pipelines.read.tables.header import Header, blank_file_error, find_header
from pipelines.read.tables.row_defects import continued_sheet
from pipelines.read.workbooks.workbook_process import Area, OpenedWorkbook, WorkbookSurvey
from quality.findings import Finding, masked_excerpt
from schemas.contract import Contract
from schemas.errors import UnreadableFile
from schemas.text import Text

_NAMED = 5
_LEAST_ALIKE = 3
_NUMBERS, _LATIN, _LETTERS = re.compile(r"[0-9]+"), re.compile(r"[A-Za-z]+"), re.compile(r"[^\W\d_a-zA-Z]+")


@dataclass(frozen=True)
class SourceSheet:
    """A visible sheet that is not empty, and its header."""

    survey: WorkbookSurvey
    header: Header

    @property
    def name(self) -> str:
        """The sheet's name as shown on its tab."""
        return self.survey.name

    @property
    def has_rows(self) -> bool:
        """Whether the sheet has any content below the header."""
        return self.survey.last > self.header.at


def list_visible_sheets(book: OpenedWorkbook, contract: Contract | None) -> list[SourceSheet]:
    """Returns the visible sheets that are not empty, in the workbook's order."""
    found = ((survey, find_header(survey.head, contract)) for survey in book.sheets)
    return [SourceSheet(survey, header) for survey, header in found if header]


def choose_sheet(
    path: Path, sheets: Sequence[SourceSheet], contract: Contract | None, hidden: Sequence[str] = ()
) -> SourceSheet:
    """Returns the sheet to read; without a contract, the first. `hidden`: the names of the hidden ones, told if no other holds anything.

    A sheet fits if its header names at least half as many fields as the best one. The only fitting sheet with rows is
    chosen; if none has rows, the best. Raises UnreadableFile: empty, no-sheet (none fits), many-sheets (several fit and
    have rows).
    """
    if not sheets:
        raise _only_hidden_error(path, hidden) if hidden else blank_file_error(path.name)
    if contract is None or len(sheets) == 1:
        return sheets[0]
    best = max(sheets, key=lambda sheet: sheet.header.known)
    if best.header.known == 0:
        raise _no_fitting_sheet_error(path, sheets, contract)
    fitting = [sheet for sheet in sheets if 2 * sheet.header.known >= best.header.known and sheet.has_rows]
    if len(fitting) > 1:
        raise _several_sheets_error(path, fitting, contract)
    return fitting[0] if fitting else best


def describe_left_out(
    sheet: SourceSheet, sheets: Sequence[SourceSheet], hidden: Sequence[str] = ()
) -> tuple[Text, ...]:
    """Returns the receipt's notes on the sheets that were not read, those that hold something and the hidden ones; none if there is only one sheet."""
    notes = []
    if others := [other.name for other in sheets if other is not sheet]:
        names = _join_names(others)
        note = Text(
            zh=f"读取工作表“{sheet.name}”；另有 {len(others)} 个工作表有内容，未读取：{names}",
            en=f"read the sheet “{sheet.name}”; {len(others)} other sheets hold something and were not read: {names}",
        )
        notes.append(note)
    if hidden:
        names = _join_names(hidden)
        note = Text(
            zh=f"隐藏的 {len(hidden)} 个工作表未读取：{names}；其中如有应报送的数据，请取消隐藏并合并到一个工作表",
            en=f"{len(hidden)} hidden sheets were not read: {names}; if one holds data to hand in, unhide it and put them into one sheet",
        )
        notes.append(note)
    return tuple(notes)


def find_continued_sheets(sheet: SourceSheet, sheets: Sequence[SourceSheet]) -> list[Finding]:
    """Returns a finding on each sheet in which no label of the contract stands, and whose first row looks like a row of the sheet that was read.

    Two rows are alike if at least half of the filled cells of the first have a cell in the same column of the second that is
    written with the same kinds of characters in the same order, and these are three or more. Without a row of data among the first records of
    the sheet that was read nothing can be compared.
    """
    model = next(_list_filled(sheet.survey, sheet.header.at + 1), None)
    if model is None:
        return []
    findings = []
    for other in sheets:
        first = next(_list_filled(other.survey, 0), None) if other.header.known == 0 else None
        if first is not None and _are_alike(model[1], first[1]):
            findings.append(continued_sheet(other.name, first[0] + 1, other.survey.last + 1, sheet.name))
    return findings


def _list_filled(survey: WorkbookSurvey, start: int) -> Iterator[tuple[int, dict[int, str]]]:
    """Yields the filled rows among the first of a sheet, from `start` on: position and cells by column of the sheet."""
    for at, record in enumerate(survey.head[start:], start=start):
        cells = {survey.left + place: cell.strip() for place, cell in enumerate(record) if cell.strip()}
        if cells:
            yield at, cells


def _are_alike(model: Mapping[int, str], cells: Mapping[int, str]) -> bool:
    same = [at for at in model.keys() & cells.keys() if _outline_text(model[at]) == _outline_text(cells[at])]
    return len(same) >= _LEAST_ALIKE and 2 * len(same) >= len(model)


def _outline_text(cell: str) -> str:
    """Returns the kinds of characters of a cell in their order: 2024-05-01 is `0-0-0`, 和平区1号 is `字0字`."""
    return _LETTERS.sub("字", _LATIN.sub("a", _NUMBERS.sub("0", cell)))


def _join_names(sheets: Sequence[str]) -> str:
    names = "、".join(f"“{masked_excerpt(name, 31)}”" for name in sheets[:_NAMED])
    return names if len(sheets) <= _NAMED else f"{names} …"


def _only_hidden_error(path: Path, hidden: Sequence[str]) -> UnreadableFile:
    names = _join_names(hidden)
    return refuse_file(
        "empty",
        f"“{path.name}”中可见的工作表没有任何内容；隐藏的 {len(hidden)} 个工作表未读取：{names}，其中如有应报送的数据，请取消隐藏后重新报送",
        f"the visible sheets of “{path.name}” hold nothing at all; {len(hidden)} hidden ones were not read: {names}; "
        "if one holds data to hand in, unhide it and send the file again",
    )


def _no_fitting_sheet_error(path: Path, sheets: Sequence[SourceSheet], contract: Contract) -> UnreadableFile:
    wanted, names = [field.label for field in contract.fields[:_NAMED]], _join_names([sheet.name for sheet in sheets])
    return refuse_file(
        "no-sheet",
        f"“{path.name}”的工作表 {names} 都没有“{contract.title.zh}”的表头（应有 {'、'.join(w.zh for w in wanted)} 等列）；"
        "请用采集模板，或检查数据集是否选对",
        f"none of the sheets {names} of “{path.name}” has the header of {contract.title.en} "
        f"({', '.join(w.en for w in wanted)} …); use the template, or check the dataset",
    )


def _several_sheets_error(path: Path, sheets: Sequence[SourceSheet], contract: Contract) -> UnreadableFile:
    names = _join_names([sheet.name for sheet in sheets])
    return refuse_file(
        "many-sheets",
        f"“{path.name}”有 {len(sheets)} 个工作表都是“{contract.title.zh}”的数据：{names}；请合并到一个工作表，或删去多余的",
        f"{len(sheets)} sheets of “{path.name}” hold rows of {contract.title.en}: {names}; "
        "put them into one sheet, or delete the others",
    )


def find_merged_cells(name: str, sheet: WorkbookSurvey, header: Header) -> list[Finding]:
    """Returns one finding per merged area and row below the header in which the area covers more than its first cell.

    `name` is the file's name. Raises UnreadableFile: not-a-table, if there are more than `RAGGED_ROWS` such findings.
    """
    findings: list[Finding] = []
    for area in sheet.merged:
        for row, column in _covered_cells(area, header.at + 1, sheet.last):
            at = column - sheet.left
            field = header.fields[at] if 0 <= at < len(header.fields) else None
            findings.append(merged_cell(row + 1, field, _area_name(area)))
            if len(findings) > RAGGED_ROWS:
                raise refuse_file(
                    "not-a-table",
                    f"“{name}”有超过 {RAGGED_ROWS} 行落在合并单元格内；请取消全部合并单元格，逐行填写",
                    f"merged cells cover more than {RAGGED_ROWS} rows of “{name}”; unmerge them all and fill in every row",
                )
    return findings


def _covered_cells(area: Area, first: int, last: int) -> Iterator[tuple[int, int]]:
    (top, left), (bottom, right) = area
    for row in range(max(top, first), min(bottom, last) + 1):
        if row > top:
            yield row, left
        elif right > left:
            yield row, left + 1


def _area_name(area: Area) -> str:
    return ":".join(f"{column_letters(column + 1)}{row + 1}" for row, column in area)

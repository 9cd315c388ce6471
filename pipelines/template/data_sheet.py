"""The sheet that is filled in: one column a field of the contract, headers in the first row, limits and drop-downs below.

Not here: codes (`codes_sheet`), what a field asks for in words (`pipelines/field_help.py`).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.field_help import asked, example_of
from pipelines.template.limits import limit_of
from pipelines.units import UNITS, unit_key
from schemas.codelists import Code, CodeList
from schemas.contract import Contract, Field

ROWS = 20_001
"""The last row with limits and formats; longer tables are better sent as CSV."""
_FORMATS = {"date": "yyyy-mm-dd", "integer": "0", "number": "General", "year": "0"}
_TALL = 48


class Offer(NamedTuple):
    """What a drop-down offers, and the cells of the workbook where it stands too."""

    codes: Sequence[str]
    source: str | None


def fill(
    sheet: Worksheet,
    contract: Contract,
    codelists: Mapping[str, CodeList],
    offers: Mapping[str, Offer],
) -> None:
    """Headers, comments, formats and limits; `offers` by field."""
    for column, field in enumerate(contract.fields, 1):
        letter, words = get_column_letter(column), asked(field, codelists)
        head(sheet, 1, column, label_of(field), strong=field.required)
        sheet.cell(1, column).comment = note(_about(field, codelists))
        own = sheet.column_dimensions[letter]
        own.width = max(12, min(30, 2 * len(label_of(field)) + 2))
        own.number_format = _FORMATS.get(field.type, "@") if field.format == "default" else "@"
        offer = offers.get(field.name) or Offer([str(value) for value in field.constraints.get("enum", ())], None)
        if limit := limit_of(field, offer.codes, offer.source, words):
            limit.add(f"{letter}2:{letter}{ROWS}")
            sheet.add_data_validation(limit)
    sheet.row_dimensions[1].height = _TALL
    sheet.freeze_panes = "B2"


def label_of(field: Field) -> str:
    """The Chinese title, the unit in brackets where intake knows it, `*` where a value is required."""
    unit = field.policy.unit
    named = f"{field.title}（{unit}）" if unit and unit_key(unit) in UNITS and "（" not in field.title else field.title
    return f"{named}*" if field.required else named


def _about(field: Field, codelists: Mapping[str, CodeList]) -> str:
    """The comment of a header: type, unit, example, required, description; Chinese first."""
    words, example = asked(field, codelists), example_of(field)
    zh = [field.title, field.description, f"应填：{words.zh}", "必填" if field.required else "选填"]
    en = [
        field.policy.title_en,
        field.policy.description_en,
        f"Expected: {words.en}",
        "Required" if field.required else "Optional",
    ]
    if example:
        zh.append(f"示例：{example}")
        en.append(f"Example: {example}")
    return "\n".join([*zh, "", *en])


TITLE = "代码表"
_FIRST = 3
_WIDE = (18, 30, 34)


Key = tuple[str, tuple[Code, ...]]
"""A list by its name, and what of it is offered: two fields may take different parts of one list."""


def fill_codes_sheet(sheet: Worksheet, lists: Mapping[Key, CodeList]) -> dict[Key, str]:
    """Three columns a list (code, 中文, English); the cells that hold the codes of each, as a drop-down names them."""
    sources = {}
    for number, ((name, codes), known) in enumerate(lists.items()):
        left = number * (len(_WIDE) + 1) + 1
        sheet.cell(1, left, f"{known.title.zh} {known.title.en}（{name}）").font = font(bold=True)
        for offset, label in enumerate(("代码 code", "含义", "meaning")):
            head(sheet, _FIRST - 1, left + offset, label, strong=False)
        for row, code in enumerate(codes, _FIRST):
            for offset, text in enumerate((code.code, code.zh, code.en)):
                cell = sheet.cell(row, left + offset, text)
                cell.data_type, cell.number_format, cell.font = "s", "@", font(10)
        letter = get_column_letter(left)
        sources[name, codes] = f"'{TITLE}'!${letter}${_FIRST}:${letter}${_FIRST + len(codes) - 1}"
    widths(sheet, (*_WIDE, 3) * len(lists))
    sheet.freeze_panes = f"A{_FIRST}"
    return sources


SEA, MIST = "FF0B4A6F", "FFE3EDF3"
AUTHOR = "采集模板"
_FACE = "Microsoft YaHei"
_LINE = Side(style="thin", color="FFC3CED8")
REQUIRED = PatternFill("solid", fgColor=SEA)
OPTIONAL = PatternFill("solid", fgColor=MIST)
WRAPPED = Alignment(wrap_text=True, vertical="top")
BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)


def font(size: int = 11, *, bold: bool = False, colour: str = "FF16202B") -> Font:
    """The face of the house."""
    return Font(name=_FACE, size=size, bold=bold, color=colour)


def head(sheet: Worksheet, row: int, column: int, text: str, *, strong: bool) -> None:
    """A header cell; `strong` ones are white on blue, so that they differ on paper too."""
    cell = sheet.cell(row, column, text)
    cell.fill = REQUIRED if strong else OPTIONAL
    cell.font = font(bold=True, colour="FFFFFFFF" if strong else "FF16202B")
    cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
    cell.border = BOX


def line(sheet: Worksheet, row: int, texts: tuple[str, ...], *, bold: bool = False) -> None:
    """A row of boxed text."""
    for column, text in enumerate(texts, 1):
        cell = sheet.cell(row, column, text)
        cell.data_type = "s"  # text, whatever it begins with
        cell.font, cell.alignment, cell.border = font(10, bold=bold), WRAPPED, BOX


def note(text: str) -> Comment:
    """A comment large enough for its text."""
    comment = Comment(text, AUTHOR)
    comment.width = 360
    comment.height = 24 + 18 * sum(1 + len(part) // 30 for part in text.splitlines())
    return comment


def widths(sheet: Worksheet, wide: tuple[int, ...]) -> None:
    """Widths of the first columns."""
    for column, width in enumerate(wide, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width


def height(texts: Sequence[str], wide: Sequence[int]) -> int:
    """The height in points of a row that shows these texts whole in columns so many letters wide; a Chinese character takes two."""
    lines = (
        sum(1 + (len(part) + sum(letter > "\u2e7f" for letter in part)) // width for part in text.splitlines())
        for text, width in zip(texts, wide, strict=True)
    )
    return 16 * max(1, *lines, 0)

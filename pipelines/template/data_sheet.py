"""The sheet to fill in (one column per field, headers in row 1, limits and drop-downs), the code lists, and the styles.

The drop-downs show the labels of the codes and fill the cell with them; intake reads a label as its code. The sheet with the code
lists is the source of the drop-downs, and shows the code of each label. It is visible, because clerks must be able to find codes. Not here: the description of a field (`pipelines/field_help.py`), validations (`limits`).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.field_help import describe_field, example_value
from pipelines.normalise.labels import distinct_labels
from pipelines.template.limits import column_validation
from pipelines.units.spellings import UNITS, unit_key
from schemas.codelists import Code, CodeList
from schemas.contract import Contract, Field

ROWS = 20_001
"""The last row with limits and formats; longer tables are better sent as CSV."""
_FORMATS = {"date": "yyyy-mm-dd", "integer": "0", "number": "General", "year": "0"}
_HEADER_HEIGHT = 48


class CodeOffer(NamedTuple):
    """The labels that a drop-down offers, and the range of cells that holds them, None if there is none."""

    labels: Sequence[str]
    source: str | None


def fill_data_sheet(
    sheet: Worksheet,
    contract: Contract,
    codelists: Mapping[str, CodeList],
    offers: Mapping[str, CodeOffer],
) -> None:
    """Writes headers, comments, formats and limits; `offers`: the drop-downs by field name."""
    for column, field in enumerate(contract.fields, 1):
        letter, words = get_column_letter(column), describe_field(field, codelists)
        write_header_cell(sheet, 1, column, header_label(field), strong=field.required)
        sheet.cell(1, column).comment = make_comment(_header_comment(field, codelists))
        own = sheet.column_dimensions[letter]
        own.width = max(12, min(30, 2 * len(header_label(field)) + 2))
        own.number_format = _FORMATS.get(field.type, "@") if field.format == "default" else "@"
        offer = offers.get(field.name) or CodeOffer([str(value) for value in field.constraints.get("enum", ())], None)
        if limit := column_validation(field, offer.labels, offer.source, words):
            limit.add(f"{letter}2:{letter}{ROWS}")
            sheet.add_data_validation(limit)
    sheet.row_dimensions[1].height = _HEADER_HEIGHT
    sheet.freeze_panes = "B2"


def header_label(field: Field) -> str:
    """Returns the Chinese title, with the unit in brackets if intake knows it and `*` if a value is required."""
    unit = field.policy.unit
    named = f"{field.title}（{unit}）" if unit and unit_key(unit) in UNITS and "（" not in field.title else field.title
    return f"{named}*" if field.required else named


def _header_comment(field: Field, codelists: Mapping[str, CodeList]) -> str:
    """Returns the comment of a header: title, description, expected value, required, example; Chinese first."""
    words, example = describe_field(field, codelists), example_value(field)
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
_WIDE = (30, 18, 34)


Key = tuple[str, tuple[Code, ...]]
"""The name of a code list, and the codes offered from it: two fields may offer different parts of one list."""


def fill_codes_sheet(sheet: Worksheet, lists: Mapping[Key, CodeList]) -> dict[Key, str]:
    """Writes three columns per list (label, code, English); returns the range of each list's labels for drop-downs."""
    sources = {}
    for number, ((name, codes), known) in enumerate(lists.items()):
        left = number * (len(_WIDE) + 1) + 1
        sheet.cell(1, left, f"{known.title.zh} {known.title.en}（{name}）").font = make_font(bold=True)
        for offset, label in enumerate(("名称 name", "代码 code", "meaning")):
            write_header_cell(sheet, _FIRST - 1, left + offset, label, strong=False)
        for row, (code, label) in enumerate(zip(codes, distinct_labels(codes, known), strict=True), _FIRST):
            for offset, text in enumerate((label, code.code, code.en)):
                cell = sheet.cell(row, left + offset, text)
                cell.data_type, cell.number_format, cell.font = "s", "@", make_font(10)
        letter = get_column_letter(left)
        sources[name, codes] = f"'{TITLE}'!${letter}${_FIRST}:${letter}${_FIRST + len(codes) - 1}"
    set_widths(sheet, (*_WIDE, 3) * len(lists))
    sheet.freeze_panes = f"A{_FIRST}"
    return sources


SEA, MIST = "FF0B4A6F", "FFE3EDF3"
AUTHOR = "采集模板"
_FONT_NAME = "Microsoft YaHei"
_LINE = Side(style="thin", color="FFC3CED8")
REQUIRED = PatternFill("solid", fgColor=SEA)
OPTIONAL = PatternFill("solid", fgColor=MIST)
WRAPPED = Alignment(wrap_text=True, vertical="top")
BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)


def make_font(size: int = 11, *, bold: bool = False, colour: str = "FF16202B") -> Font:
    """Returns the default font of the template; `size` in points, `colour` as ARGB."""
    return Font(name=_FONT_NAME, size=size, bold=bold, color=colour)


def write_header_cell(sheet: Worksheet, row: int, column: int, text: str, *, strong: bool) -> None:
    """Writes a header cell; `strong` ones are white on blue, so that they differ on paper too."""
    cell = sheet.cell(row, column, text)
    cell.fill = REQUIRED if strong else OPTIONAL
    cell.font = make_font(bold=True, colour="FFFFFFFF" if strong else "FF16202B")
    cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
    cell.border = BOX


def write_row(sheet: Worksheet, row: int, texts: tuple[str, ...]) -> None:
    """Writes a row of text cells with borders."""
    for column, text in enumerate(texts, 1):
        cell = sheet.cell(row, column, text)
        cell.data_type = "s"  # text, also if it begins with `=`
        cell.font, cell.alignment, cell.border = make_font(10), WRAPPED, BOX


def make_comment(text: str) -> Comment:
    """Returns a comment box that is large enough for its text."""
    comment = Comment(text, AUTHOR)
    comment.width = 360
    comment.height = 24 + 18 * sum(1 + len(part) // 30 for part in text.splitlines())
    return comment


def set_widths(sheet: Worksheet, wide: tuple[int, ...]) -> None:
    """Sets the widths of the first columns, in characters."""
    for column, width in enumerate(wide, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width


def row_height(texts: Sequence[str], wide: Sequence[int]) -> int:
    """Returns the row height in points that shows these texts in full; `wide`: characters, a Chinese one takes two."""
    lines = (
        sum(1 + (len(part) + sum(letter > "\u2e7f" for letter in part)) // width for part in text.splitlines())
        for text, width in zip(texts, wide, strict=True)
    )
    return 16 * max(1, *lines, 0)

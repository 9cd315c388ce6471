"""Colours, fonts and widths of a template's sheets. Not here: what stands in them."""

from collections.abc import Sequence

from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

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

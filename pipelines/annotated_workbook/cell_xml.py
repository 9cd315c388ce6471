"""XML of cells and of our own sheets: cell addresses, text cells, formula-like text, lines with widths and links.

Copied sheets use the functions for cells too. Not here: colours (`styles`), copied sheets (`sheet_xml`), the texts of
the summary (`summary`).
"""

import re
from collections.abc import Iterable, Sequence
from html import escape

from pipelines.annotated_workbook.job import SummaryCell
from pipelines.annotated_workbook.styles import Kind, WorkbookStyles
from pipelines.annotated_workbook.xlsx_package import MAIN, RELATIONS, XML_DECLARATION, quote_attribute
from pipelines.columns.column_letters import column_letters

# Characters that XML 1.0 does not allow; a workbook writes them as _xHHHH_.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST = 32_767
"""Maximum number of characters of a cell. Source: Microsoft, Excel specifications and limits."""
# First characters that make a program treat typed or imported text as a formula. Source: OWASP, CSV injection.
_ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def looks_like_formula(text: str) -> bool:
    """Whether a program may run the text as a formula after the cell is edited or the sheet is saved as CSV."""
    return not text[:1].isalnum() and text.lstrip(" ").startswith(_ACTIVE)


def escape_xml(text: str) -> str:
    """Returns the text escaped for XML; text of more than 32 767 characters is cut and ends with an ellipsis."""
    kept = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    if kept.isalnum():  # letters and digits of any script need no escape
        return kept
    return escape(_UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", kept), quote=False)


def text_cell(row: int, column: int, text: str, style: int) -> str:
    """Returns an inline text cell, which no program takes for a formula or a number."""
    return f'<c r="{column_letters(column)}{row}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{escape_xml(text)}</t></is></c>'


def own_text_cell(row: int, column: int, text: str, look: str, styles: WorkbookStyles, kind: Kind | None = None) -> str:
    """Returns a text cell in one of our own looks, marked with `kind` if any; formula-like text is quoted."""
    style = styles.own_style(look, kind)
    quoted = styles.marked_style(style, None, quoted=True) if looks_like_formula(text) else style
    return text_cell(row, column, text, quoted)


def cell_link(sheet: str, row: int, column: int) -> str:
    """Returns the address of a cell for a link within the workbook, as in `'Sheet'!A1`."""
    return f"'{sheet.replace(chr(39), chr(39) * 2)}'!{column_letters(column)}{row}"


_LINE, _TITLE, _TALLEST = 16, 26, 12
"""Height of a line and of the title in points, and maximum number of lines that a row is made high for."""
_LATIN = "\u2e7f"
_PRINT = (
    '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>'
    '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
)


def build_sheet(
    lines: Sequence[Sequence[SummaryCell]], widths: Iterable[int], styles: WorkbookStyles, *, shown: bool = True
) -> bytes:
    """Returns the part of a sheet with these lines, which prints at the width of a page.

    `widths` are column widths in characters; `shown` selects the sheet when the workbook is opened.
    """
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{wide}" customWidth="1"/>' for at, wide in enumerate(widths, 1)
    )
    selected = 'tabSelected="1" ' if shown else ""
    widths = tuple(widths)
    rows = "".join(_row_xml(number, line, widths, styles) for number, line in enumerate(lines, 1))
    return (
        XML_DECLARATION
        + (
            f'<worksheet xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews>'
            f'<sheetView showGridLines="0" {selected}workbookViewId="0"/></sheetViews><cols>{columns}</cols>'
            f"<sheetData>{rows}</sheetData>{_link_xml(lines)}{_PRINT}</worksheet>"
        ).encode()
    )


def _row_xml(number: int, line: Sequence[SummaryCell], widths: Sequence[int], styles: WorkbookStyles) -> str:
    cells = (
        own_text_cell(number, column, cell.text, cell.look, styles, cell.kind)
        for column, cell in enumerate(line, 1)
        if cell.text
    )
    tall = max((_count_text_lines(cell, wide) for cell, wide in zip(line, widths, strict=False)), default=1)
    height = _TITLE if line and line[0].look == "title" else min(tall, _TALLEST) * _LINE
    return f'<row r="{number}" ht="{height}" customHeight="1">{"".join(cells)}</row>'


def _count_text_lines(cell: SummaryCell, wide: int) -> int:
    """Returns the number of lines that the text takes in a column of `wide` letters; a Chinese one counts as two."""
    if cell.look in {"title", "section"}:
        return 1
    return sum(1 + (len(line) + sum(map(_LATIN.__lt__, line))) // wide for line in cell.text.split("\n"))


def _link_xml(lines: Sequence[Sequence[SummaryCell]]) -> str:
    found = "".join(
        f'<hyperlink ref="{column_letters(column)}{number}" location={quote_attribute(cell.link)}/>'
        for number, line in enumerate(lines, 1)
        for column, cell in enumerate(line, 1)
        if cell.link
    )
    return f"<hyperlinks>{found}</hyperlinks>" if found else ""

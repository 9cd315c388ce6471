"""Cells as XML: their addresses, text that stays text, and what a spreadsheet program would take for a formula.

Here: what the copied sheets and our own have in common. Not here: colours (`styles`), whole sheets.
"""

import re
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

from pipelines.annotated_workbook.job import SummaryCell
from pipelines.annotated_workbook.styles import WorkbookStyles
from pipelines.annotated_workbook.xlsx_package import MAIN, RELATIONS, XML_DECLARATION

# Characters that XML 1.0 cannot hold; a workbook writes them as _xHHHH_.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST = 32_767
"""Characters of a cell. Source: Microsoft, Excel specifications and limits."""
# What a program looks at when a cell is typed or a file is opened. Source: OWASP, CSV injection.
_ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def column_letters(column: int) -> str:
    """`A` for column 1, `AA` for 27."""
    said = ""
    while column:
        column, rest = divmod(column - 1, 26)
        said = chr(ord("A") + rest) + said
    return said


def column_number(said: str) -> int:
    """The column of `AA` or `AA17`: 27."""
    number = 0
    for letter in said:
        if not letter.isalpha():
            break
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def looks_like_formula(text: str) -> bool:
    """Whether a program may run the text once somebody edits the cell or saves the sheet as CSV."""
    return text.lstrip(" ").startswith(_ACTIVE)


def escape_xml(text: str) -> str:
    """The text as it stands between the tags of a part."""
    kept = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    return escape(_UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", kept))


def text_cell(row: int, column: int, text: str, style: int) -> str:
    """A cell that holds text and nothing else, whatever the text looks like."""
    return f'<c r="{column_letters(column)}{row}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{escape_xml(text)}</t></is></c>'


def cell_link(sheet: str, row: int, column: int) -> str:
    """The address of a cell as a link within the workbook names it."""
    return f"'{sheet.replace(chr(39), chr(39) * 2)}'!{column_letters(column)}{row}"


_LINE, _TITLE, _TALLEST = 16, 26, 12
"""Heights in points: of a line, of the title; a row has no more lines than that."""
_LATIN = "\u2e7f"
_PRINT = (
    '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>'
    '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
)


def build_sheet(
    lines: Sequence[Sequence[SummaryCell]], widths: Iterable[int], styles: WorkbookStyles, *, shown: bool = True
) -> bytes:
    """The part of a sheet that holds these lines and prints on the width of a page; `shown`: it is the one that opens."""
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
        text_cell(number, column, said.text, _cell_style(said, styles))
        for column, said in enumerate(line, 1)
        if said.text
    )
    tall = max((_count_text_lines(said, wide) for said, wide in zip(line, widths, strict=False)), default=1)
    height = _TITLE if line and line[0].look == "title" else min(tall, _TALLEST) * _LINE
    return f'<row r="{number}" ht="{height}" customHeight="1">{"".join(cells)}</row>'


def _count_text_lines(said: SummaryCell, wide: int) -> int:
    """How many lines the text takes in a column so many letters wide; a Chinese character takes two."""
    if said.look in {"title", "section"}:
        return 1
    return sum(1 + (len(line) + sum(letter > _LATIN for letter in line)) // wide for line in said.text.split("\n"))


def _cell_style(said: SummaryCell, styles: WorkbookStyles) -> int:
    style = styles.own_style(said.look, said.kind)
    return styles.marked_style(style, None, quoted=True) if looks_like_formula(said.text) else style


def _link_xml(lines: Sequence[Sequence[SummaryCell]]) -> str:
    found = "".join(
        f'<hyperlink ref="{column_letters(column)}{number}" location={quoteattr(said.link)}/>'
        for number, line in enumerate(lines, 1)
        for column, said in enumerate(line, 1)
        if said.link
    )
    return f"<hyperlinks>{found}</hyperlinks>" if found else ""

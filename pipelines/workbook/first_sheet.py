"""The first sheet and other sheets of our own, as XML: lines of text, with widths and links. Not here: what they say (`summary`)."""

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import quoteattr

from pipelines.workbook.cells import letters, like_formula, text_cell
from pipelines.workbook.job import Said
from pipelines.workbook.package import DECLARED, MAIN, RELATIONS
from pipelines.workbook.styles import Styles

_LINE, _TITLE, _TALLEST = 16, 26, 12
"""Heights in points: of a line, of the title; a row has no more lines than that."""
_LATIN = "\u2e7f"
_PRINT = (
    '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>'
    '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
)


def sheet_of(lines: Sequence[Sequence[Said]], widths: Iterable[int], styles: Styles, *, shown: bool = True) -> bytes:
    """The part of a sheet that holds these lines and prints on the width of a page; `shown`: it is the one that opens."""
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{wide}" customWidth="1"/>' for at, wide in enumerate(widths, 1)
    )
    selected = 'tabSelected="1" ' if shown else ""
    widths = tuple(widths)
    rows = "".join(_row(number, line, widths, styles) for number, line in enumerate(lines, 1))
    return (
        DECLARED
        + (
            f'<worksheet xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews>'
            f'<sheetView showGridLines="0" {selected}workbookViewId="0"/></sheetViews><cols>{columns}</cols>'
            f"<sheetData>{rows}</sheetData>{_links(lines)}{_PRINT}</worksheet>"
        ).encode()
    )


def _row(number: int, line: Sequence[Said], widths: Sequence[int], styles: Styles) -> str:
    cells = (
        text_cell(number, column, said.text, _style(said, styles)) for column, said in enumerate(line, 1) if said.text
    )
    tall = max((_lines(said, wide) for said, wide in zip(line, widths, strict=False)), default=1)
    height = _TITLE if line and line[0].look == "title" else min(tall, _TALLEST) * _LINE
    return f'<row r="{number}" ht="{height}" customHeight="1">{"".join(cells)}</row>'


def _lines(said: Said, wide: int) -> int:
    """How many lines the text takes in a column so many letters wide; a Chinese character takes two."""
    if said.look in {"title", "section"}:
        return 1
    return sum(1 + (len(line) + sum(letter > _LATIN for letter in line)) // wide for line in said.text.split("\n"))


def _style(said: Said, styles: Styles) -> int:
    style = styles.ours(said.look, said.kind)
    return styles.marked(style, None, quoted=True) if like_formula(said.text) else style


def _links(lines: Sequence[Sequence[Said]]) -> str:
    found = "".join(
        f'<hyperlink ref="{letters(column)}{number}" location={quoteattr(said.link)}/>'
        for number, line in enumerate(lines, 1)
        for column, said in enumerate(line, 1)
        if said.link
    )
    return f"<hyperlinks>{found}</hyperlinks>" if found else ""

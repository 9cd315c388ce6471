"""Comments of one sheet: their text, and the boxes that a program draws for them.

Source: ECMA-376 part 1 §18.7 (comments), part 4 §19 (VML, which programs still ask for). Not here: what a comment says.
"""

from collections.abc import Iterable, Mapping

from pipelines.annotated_workbook.cell_xml import column_letters, escape_xml
from pipelines.annotated_workbook.styles import Kind
from pipelines.annotated_workbook.xlsx_package import MAIN, XML_DECLARATION

OPENINGS: Mapping[Kind, tuple[str, str]] = {"mend": ("✖ 应修改", "✖ To mend"), "look": ("▲ 请核对", "▲ Please check")}
"""How a comment of ours begins, by which it is known again: programs lose the name of its author."""
_BETWEEN = "\n\n———\n"
CommentTexts = Mapping[tuple[int, int], str]
"""Text by row and column, both from 1."""
_WIDE, _LINE = 3, 34
"""A box is this many columns wide; about that many characters go on a line of it."""
_TALLEST = 24
_BOX = (
    '<v:shape id="_x0000_s{id}" type="#_x0000_t202" style="position:absolute;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
    '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"/></v:textbox><x:ClientData ObjectType="Note">'
    "<x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill>"
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
_HEAD = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>'
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
    '<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)


def build_comments(ours: CommentTexts, theirs: CommentTexts) -> bytes:
    """The part with the texts. `theirs` are the comments that the department wrote; where both speak of a cell, ours come first."""
    lines = (_comment_xml(place, ours.get(place), theirs.get(place)) for place in _comment_cells(ours, theirs))
    return (
        XML_DECLARATION
        + (
            f'<comments xmlns="{MAIN}"><authors><author>sportlake</author><author></author></authors>'
            f"<commentList>{''.join(lines)}</commentList></comments>"
        ).encode()
    )


def build_comment_boxes(ours: CommentTexts, theirs: CommentTexts) -> bytes:
    """The part with the boxes, hidden until somebody points at the cell."""
    shapes = []
    for number, (row, column) in enumerate(_comment_cells(ours, theirs), start=1025):
        text = ours.get((row, column), "") + theirs.get((row, column), "")
        lines = sum(1 + len(line) // _LINE for line in text.splitlines())
        anchor = (
            f"{column}, 15, {max(row - 2, 0)}, 2, {column + _WIDE}, 15, {max(row - 2, 0) + min(2 + lines, _TALLEST)}, 2"
        )
        shapes.append(_BOX.format(id=number, anchor=anchor, row=row - 1, column=column - 1))
    return f"{_HEAD}{''.join(shapes)}</xml>".encode()


def extract_foreign_text(text: str) -> str:
    """What of a comment the department wrote: all of it, or what stands below ours."""
    if text.startswith(tuple(zh for zh, _ in OPENINGS.values())):
        return text.partition(_BETWEEN)[2]
    return text


def _comment_cells(ours: CommentTexts, theirs: CommentTexts) -> Iterable[tuple[int, int]]:
    return sorted({*ours, *theirs})


def _comment_xml(at: tuple[int, int], ours: str | None, theirs: str | None) -> str:
    text = _BETWEEN.join(part for part in (ours, theirs) if part)
    return (
        f'<comment ref="{column_letters(at[1])}{at[0]}" authorId="{0 if ours else 1}"><text><r><rPr><sz val="10"/></rPr>'
        f'<t xml:space="preserve">{escape_xml(text)}</t></r></text></comment>'
    )

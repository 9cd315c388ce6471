"""XML of the comments of one sheet: their texts, and the boxes (VML) in which programs show them.

Not here: the wording of a comment (`annotations`).

Source: ECMA-376 part 1 §18.7 (comments), part 4 §19 (VML, which programs still require).
"""

from collections.abc import Iterable, Mapping

from pipelines.annotated_workbook.cell_xml import escape_xml
from pipelines.annotated_workbook.styles import Kind
from pipelines.annotated_workbook.xlsx_package import MAIN, XML_DECLARATION
from pipelines.columns.column_letters import column_letters

OPENINGS: Mapping[Kind, tuple[str, str]] = {"mend": ("✖ 应修改", "✖ To mend"), "look": ("▲ 请核对", "▲ Please check")}
"""First line of our comments by kind, zh and en; it identifies them later, because programs drop the author's name."""
_BETWEEN = "\n\n———\n"
CommentTexts = Mapping[tuple[int, int], str]
"""Comment text by row and column, both from 1."""
_WIDE, _LINE = 3, 34
"""Width of a box in columns, and approximate number of characters per line in it."""
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
    """Returns the part with the comment texts.

    `theirs` are the comments that the department wrote; where a cell has both, ours come first.
    """
    lines = (_comment_xml(place, ours.get(place), theirs.get(place)) for place in _comment_cells(ours, theirs))
    return (
        XML_DECLARATION
        + (
            f'<comments xmlns="{MAIN}"><authors><author>sportlake</author><author></author></authors>'
            f"<commentList>{''.join(lines)}</commentList></comments>"
        ).encode()
    )


def build_comment_boxes(ours: CommentTexts, theirs: CommentTexts) -> bytes:
    """Returns the part with the boxes, which are hidden until the pointer is over the cell."""
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
    """Returns the department's part of a comment: all of it, or the text below ours; "" if there is none."""
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

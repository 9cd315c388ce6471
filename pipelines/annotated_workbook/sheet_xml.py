"""Copy of a worksheet's rows: with marks and with texts of ours, without formulas.

Most rows are copied unchanged; only a row with a mark, a formula or suspicious text is parsed. Anything that
spreadsheet programs do not write (XML comments, single quotes around attributes) raises ValueError; the workbook is
then rebuilt. Not here: the elements around the rows (`sheet_frame`), whole parts and their relations
(`source_workbook`), styles (`styles`).

Source: ECMA-376 part 1 §18.3.1 (row, c, f, v, is).
"""

import html
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from pipelines.annotated_workbook.cell_xml import looks_like_formula, own_text_cell
from pipelines.annotated_workbook.job import PlacedText
from pipelines.annotated_workbook.styles import Kind, WorkbookStyles
from pipelines.annotated_workbook.xlsx_package import MAIN
from pipelines.columns.column_letters import column_letters, column_number

_ROOT = re.compile(rb"<(?:(\w+):)?(?:worksheet|sst)\b")
_ROW = re.compile(rb"\s*<row\b([^<>']*?)(/?)>")
_CELL = re.compile(rb"\s*<c\b([^<>']*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"<>]*)"')
_FORMULA = re.compile(rb"<f\b[^<>]*?/>|<f\b[^<>]*>[^<]*</f>")
_TEXT = re.compile(rb"<t\b[^<>]*>([^<]*)</t>")
_VALUE = re.compile(rb"<v\b[^<>]*>([^<]*)</v>")
_ITEM = re.compile(rb"<si\b[^<>]*?(?:/>|>(.*?)</si>)", re.DOTALL)
# Inline text that may begin like a formula (an entity or a full-width sign counts too), or that is in several runs.
_INLINE = re.compile(rb't="(?:inlineStr|str)"[^<>]*>(?:<is>)?(?:<r\b|<[tv]\b[^<>]*>(?:[=+\-@&\s]|\xef\xbc))')
_REFUSED = frozenset({"f", "drawing", "oleObjects", "controls", "picture", "tableParts", "extLst", "legacyDrawingHF"})
_ALONE = 200
"""Maximum number of suspicious texts that one pattern searches for; with more, every row with shared text is parsed."""
_KEPT_ROW_ATTRIBUTES = (
    b"r",
    b"s",
    b"customFormat",
    b"ht",
    b"hidden",
    b"customHeight",
    b"outlineLevel",
    b"collapsed",
    b"thickTop",
    b"thickBot",
)


@dataclass(frozen=True)
class RowAnnotations:
    """Annotations of one sheet: kind of mark by row and column (from 1), styles, formula-like shared texts by index.

    `texts` of ours replace what a cell holds; the columns `cleared` are emptied from row `header` on.
    """

    marks: Mapping[int, Mapping[int, Kind]]
    styles: WorkbookStyles
    suspicious: frozenset[int]
    texts: Mapping[int, Mapping[int, PlacedText]] = field(default_factory=dict)
    cleared: frozenset[int] = frozenset()
    header: int = 1

    def added_cells(self, row: int) -> dict[int, Kind | PlacedText]:
        """Returns the marks and texts of a row by column, from the left."""
        return dict(sorted({**self.marks.get(row, {}), **self.texts.get(row, {})}.items()))

    def drops_cell(self, row: int, column: int) -> bool:
        """Whether the cell of the original is left out."""
        return column in self.texts.get(row, {}) or (column in self.cleared and row >= self.header)


def strip_namespace_prefix(part: bytes) -> bytes:
    """Returns the part with the main namespace as its default, which is how nearly all programs write it.

    Raises ValueError if the part has a DTD, an XML comment or a CDATA section, or is not UTF-8.
    """
    if b"<!" in part or b"\0" in part:
        raise ValueError("a part holds <!, or is not written in UTF-8")
    root = _ROOT.search(part[:4096])
    prefix = root[1] if root else None
    if not prefix:
        return part
    return (
        part.replace(b"<" + prefix + b":", b"<")
        .replace(b"</" + prefix + b":", b"</")
        .replace(b"xmlns:" + prefix + b"=", b"xmlns=")
    )


def find_formula_texts(shared: bytes) -> frozenset[int]:
    """Returns the indexes (from 0) of the shared texts that look like formulas."""
    items = _ITEM.finditer(strip_namespace_prefix(shared))
    return frozenset(at for at, item in enumerate(items) if looks_like_formula(_cell_text(item[1] or b"")))


def split_rows(part: bytes) -> tuple[bytes, bytes]:
    """Returns the part without its rows, and the rows. Raises ValueError if `sheetData` is missing or incomplete."""
    part = strip_namespace_prefix(part)
    empty = re.search(rb"<sheetData\b[^<>]*/>", part)
    if empty:
        return part, b""
    start = re.search(rb"<sheetData\b[^<>]*>", part)
    end = part.rfind(b"</sheetData>")
    if start is None or end < start.end():
        raise ValueError("a worksheet without rows")
    return part[: start.end()] + part[end:], part[start.end() : end]


def annotate_rows(rows: bytes, annotations: RowAnnotations) -> Iterator[bytes]:
    """Yields the rows with marks and without formulas. Raises ValueError at anything but plain rows and cells."""
    at, number = 0, 0
    doubtful = _DoubtfulXml(annotations.suspicious)
    while found := _ROW.match(rows, at):
        attributes = dict(_ATTRIBUTE.findall(found[1]))
        number = int(attributes.get(b"r", number + 1))
        end = found.end() if found[2] else rows.index(b"</row>", found.end())
        cells = rows[found.end() : end]
        at = end if found[2] else end + len(b"</row>")
        added = annotations.added_cells(number)
        if added or annotations.cleared or b"<f" in cells or b" cm=" in cells or b" vm=" in cells or doubtful(cells):
            cells = b"".join(_annotate_cells(cells, number, added, annotations))
        kept = b"".join(b' %s="%s"' % (key, attributes[key]) for key in _KEPT_ROW_ATTRIBUTES if key in attributes)
        yield b"<row%s>%s</row>" % (kept, cells)
    if rows[at:].strip():
        raise ValueError(f"what stands at byte {at} is no row")


def verify_xml_stream(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yields the pieces of a worksheet unchanged while a parser checks them.

    Raises ExpatError if they are not well-formed XML, and ValueError at the end if they hold an element of another
    namespace, a formula or an object (`_REFUSED`).
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    seen: set[str] = set()
    parser.StartElementHandler = lambda name, _: seen.add(name)
    for piece in pieces:
        parser.Parse(piece, False)
        yield piece
    parser.Parse(b"", True)
    if foreign := sorted(
        name for name in seen if not name.startswith(f"{MAIN} ") or name.rpartition(" ")[2] in _REFUSED
    ):
        raise ValueError(f"a worksheet holds {foreign[0]}")


def _annotate_cells(
    cells: bytes, row: int, waiting: dict[int, Kind | PlacedText], annotations: RowAnnotations
) -> Iterator[bytes]:
    at, column = 0, 0
    for found in _CELL.finditer(cells):
        if found.start() != at:
            raise ValueError(f"row {row} holds something beside cells")
        at = found.end()
        attributes = dict(_ATTRIBUTE.findall(found[1]))
        column = column_number(attributes[b"r"].decode()) if b"r" in attributes else column + 1
        for missed in [place for place in waiting if place < column]:
            yield _added_cell_xml(row, missed, waiting.pop(missed), annotations)
        if annotations.drops_cell(row, column):
            continue
        kind = annotations.marks.get(row, {}).get(column)
        waiting.pop(column, None)
        yield _annotate_cell(attributes, _FORMULA.sub(b"", found[2] or b""), (row, column), kind, annotations)
    if cells[at:].strip():
        raise ValueError(f"row {row} holds something beside cells")
    for missed, added in waiting.items():
        yield _added_cell_xml(row, missed, added, annotations)


def _annotate_cell(
    attributes: Mapping[bytes, bytes],
    content: bytes,
    at: tuple[int, int],
    kind: Kind | None,
    annotations: RowAnnotations,
) -> bytes:
    style, form = int(attributes.get(b"s", 0)), attributes.get(b"t", b"n")
    quoted = _is_suspicious(form, content, annotations.suspicious)
    if kind or quoted:
        style = annotations.styles.marked_style(style, kind, quoted=quoted)
    return b'<c r="%s%d" s="%d" t="%s">%s</c>' % (column_letters(at[1]).encode(), at[0], style, form, content)


def _added_cell_xml(row: int, column: int, added: Kind | PlacedText, annotations: RowAnnotations) -> bytes:
    """Returns a text of ours, or a marked cell that is empty."""
    if isinstance(added, PlacedText):
        return own_text_cell(row, column, added.text, added.look, annotations.styles).encode()
    style = annotations.styles.marked_style(0, added, quoted=False)
    return b'<c r="%s%d" s="%d"/>' % (column_letters(column).encode(), row, style)


def _is_suspicious(form: bytes, content: bytes, shared: Collection[int]) -> bool:
    if form == b"s":
        value = _VALUE.search(content)
        return value is not None and int(value[1]) in shared
    return form in {b"inlineStr", b"str"} and looks_like_formula(_cell_text(content))


def _cell_text(content: bytes) -> str:
    found = _TEXT.search(content) or _VALUE.search(content)
    return html.unescape(found[1].decode()) if found else ""


class _DoubtfulXml:
    """Fast test whether the cells of a row may hold formula-like text; `shared` are indexes of such shared texts."""

    def __init__(self, shared: frozenset[int]) -> None:
        alone = b"|".join(str(place).encode() for place in sorted(shared)) if 0 < len(shared) <= _ALONE else b""
        self._named = re.compile(rb"<v>(?:%s)</v>" % alone) if alone else None
        self._many = len(shared) > _ALONE

    def __call__(self, cells: bytes) -> bool:
        named = self._named is not None and self._named.search(cells) is not None
        return named or (self._many and b't="s"' in cells) or _INLINE.search(cells) is not None

"""Writer of an XLSX file, part by part; the same parts always give the same bytes.

Not here: the content of a sheet (`sheet_xml`, `cell_xml`).

Source: ECMA-376 part 1 §18 and part 2 (parts, content types, relations).
"""

import zipfile
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import BinaryIO, NamedTuple

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
XML_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# Earliest time that a ZIP archive can hold, used for all parts: the bytes must not depend on the time of writing.
_ALWAYS = (1980, 1, 1, 0, 0, 0)
_KINDS = {
    "xl/workbook.xml": f"{_SPREADSHEET}.sheet.main+xml",
    "xl/styles.xml": f"{_SPREADSHEET}.styles+xml",
    "xl/sharedStrings.xml": f"{_SPREADSHEET}.sharedStrings+xml",
    "xl/theme/theme1.xml": "application/vnd.openxmlformats-officedocument.theme+xml",
}
_WORKBOOK_PARTS = {"styles": "styles.xml", "sharedStrings": "sharedStrings.xml", "theme": "theme/theme1.xml"}
_IN_ATTRIBUTE = str.maketrans({'"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"})


def quote_attribute(text: str) -> str:
    """Returns the text as the value of an attribute, in double quotes; that of `xml.sax.saxutils` would import an HTTP client."""
    return f'"{escape(text, quote=False).translate(_IN_ATTRIBUTE)}"'


class PackagePage(NamedTuple):
    """One worksheet to write: name, state (`visible`, `hidden` …), pieces of its part, comments and boxes if any."""

    name: str
    state: str
    xml: Iterable[bytes]
    comments: bytes | None = None
    boxes: bytes | None = None


class DefinedName(NamedTuple):
    """A defined name; `page` is the index of the sheet that it belongs to, None for the whole workbook."""

    name: str
    value: str
    page: int | None
    hidden: bool


class XlsxPackage:
    """A workbook that is being written to `target`.

    Finish it with `finish_package`, or with `close_archive` if all parts, including relations and content types, were
    added.
    """

    def __init__(self, target: Path | BinaryIO) -> None:
        self._archive = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self._parts: dict[str, str] = {}

    def add_part(self, part: str, pieces: Iterable[bytes], kind: str | None = None) -> None:
        """Writes one part; `kind` is its content type, needed where neither `_KINDS` nor the suffix determines it."""
        about = zipfile.ZipInfo(part, _ALWAYS)
        about.compress_type, about.external_attr, about.create_system = zipfile.ZIP_DEFLATED, 0o600 << 16, 3
        with self._archive.open(about, "w") as file:
            for piece in pieces:
                file.write(piece)
        self._parts[part] = kind or _KINDS.get(part, "")

    def add_worksheets(
        self, pages: Sequence[PackagePage], names: Sequence[DefinedName] = (), *, date1904: bool = False
    ) -> None:
        """Writes the worksheets in order, with comments and relations, then the workbook part that lists them.

        Add the styles afterwards: they are complete only when all sheets are written.
        """
        for number, page in enumerate(pages, start=1):
            self.add_part(f"xl/worksheets/sheet{number}.xml", page.xml, f"{_SPREADSHEET}.worksheet+xml")
            if page.comments is not None and page.boxes is not None:
                self.add_part(f"xl/comments{number}.xml", [page.comments], f"{_SPREADSHEET}.comments+xml")
                self.add_part(f"xl/drawings/vmlDrawing{number}.vml", [page.boxes])
                relations = {
                    "comments": f"../comments{number}.xml",
                    "vmlDrawing": f"../drawings/vmlDrawing{number}.vml",
                }
                self.add_part(f"xl/worksheets/_rels/sheet{number}.xml.rels", [_relations_xml(relations)])
        self.add_part("xl/workbook.xml", [_workbook_xml(pages, names, date1904=date1904)])

    def finish_package(self) -> None:
        """Writes the relations and content types of all parts and closes the file."""
        sheets = [part for part in self._parts if part.startswith("xl/worksheets/sheet")]
        relations = {f"worksheet{n}": f"worksheets/sheet{n}.xml" for n in range(1, len(sheets) + 1)}
        relations |= {kind: part for kind, part in _WORKBOOK_PARTS.items() if f"xl/{part}" in self._parts}
        self.add_part("xl/_rels/workbook.xml.rels", [_relations_xml(relations)])
        self.add_part("_rels/.rels", [_relations_xml({"officeDocument": "xl/workbook.xml"})])
        self.add_part("[Content_Types].xml", [self._content_types()])
        self.close_archive()

    def close_archive(self) -> None:
        """Closes the file without adding any part."""
        self._archive.close()

    def _content_types(self) -> bytes:
        named = "".join(
            f'<Override PartName="/{part}" ContentType="{kind}"/>' for part, kind in self._parts.items() if kind
        )
        return (
            XML_DECLARATION
            + (
                f'<Types xmlns="{_PACKAGE}/content-types">'
                f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                f'<Default Extension="xml" ContentType="application/xml"/>'
                f'<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>'
                f"{named}</Types>"
            ).encode()
        )


def _relations_xml(tied: dict[str, str]) -> bytes:
    lines = (
        f'<Relationship Id="{key}" Type="{RELATIONS}/{key.rstrip("0123456789")}" Target="{part}"/>'
        for key, part in tied.items()
    )
    return (
        XML_DECLARATION + f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(lines)}</Relationships>'.encode()
    )


def _workbook_xml(pages: Sequence[PackagePage], names: Sequence[DefinedName], *, date1904: bool) -> bytes:
    sheets = "".join(
        f'<sheet name={quote_attribute(page.name)} sheetId="{number}" r:id="worksheet{number}"'
        f"{'' if page.state == 'visible' else f' state={quote_attribute(page.state)}'}/>"
        for number, page in enumerate(pages, start=1)
    )
    defined = "".join(_defined_name_xml(name) for name in names)
    dated = ' date1904="1"' if date1904 else ""
    return (
        XML_DECLARATION
        + (
            f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><workbookPr{dated}/>'
            f'<bookViews><workbookView activeTab="0"/></bookViews><sheets>{sheets}</sheets>'
            f"{f'<definedNames>{defined}</definedNames>' if defined else ''}</workbook>"
        ).encode()
    )


def _defined_name_xml(name: DefinedName) -> str:
    local = "" if name.page is None else f' localSheetId="{name.page}"'
    hidden = ' hidden="1"' if name.hidden else ""
    return (
        f"<definedName name={quote_attribute(name.name)}{local}{hidden}>{escape(name.value, quote=False)}</definedName>"
    )

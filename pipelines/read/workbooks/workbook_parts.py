"""Parts of an XLSX archive: their names as any program writes them, the parts of the sheets, the number formats.

Names are compared without regard to case, and with backslashes as `/`, as some programs write. Not here: the content of sheets
(`workbook_xml`), what a number format shows (`number_formats`).

Source: ECMA-376 part 1, §18.2.19 (sheet), §18.8.10 (cellXfs), §18.8.30 (numFmt); part 2, §6.2 (part names), §6.5
(relationships).
"""

import posixpath
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.parsers import expat

from pipelines.read.reading import WHOLE_PART_BYTES
from pipelines.read.workbooks.workbook_process import corrupt_error

_BOOK = "xl/workbook.xml"
_BUILT_IN = {"9": "0%", "10": "0.00%"}
"""Built-in number formats that scale a number; none of the others does. Source: ECMA-376 part 1, §18.8.30."""
_RELATIONS = "xl/_rels/workbook.xml.rels"
_TRUE = frozenset({"1", "true"})
Element = tuple[str, str, Mapping[str, str]]
"""Name of the parent, own name, attributes; all names without their namespace."""


class WorkbookParts:
    """The parts of an opened archive. `names` maps the normal form of each name to the name in the archive."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self._path, self._archive = path, archive
        self.names: Mapping[str, str] = {normalise_part_name(name): name for name in archive.namelist()}

    def find_sheet_part(self, sheet: int) -> str | None:
        """Returns the archive's name of the part of the sheet with that index (from 0); None if there is none.

        Raises UnreadableFile: corrupt.
        """
        targets = {link.get("Id"): link.get("Target", "") for link in self._read_relations()}
        sheets = [about for parent, name, about in self._read_part(_BOOK) if (parent, name) == ("sheets", "sheet")]
        if sheet >= len(sheets):
            return None
        return self._find_target(targets.get(sheets[sheet].get("id"), ""))

    def counts_from_1904(self) -> bool:
        """Returns whether the workbook says that its days are counted from 1904. Raises UnreadableFile: corrupt."""
        about = (about for _, name, about in self._read_part(_BOOK) if name == "workbookPr")
        return next(about, {}).get("date1904") in _TRUE

    def read_number_formats(self) -> list[str]:
        """Returns the code of the number format of each cell style, `General` for built-in ones that only format.

        Empty if the workbook has no styles. Raises UnreadableFile: corrupt.
        """
        link = next((link for link in self._read_relations() if link.get("Type", "").endswith("/styles")), None)
        part = self._find_target(link.get("Target", "")) if link else None
        if part is None:
            return []
        elements = self._read_part(normalise_part_name(part))
        codes = {
            about.get("numFmtId", ""): about.get("formatCode", "") for _, name, about in elements if name == "numFmt"
        }
        used = [about.get("numFmtId", "0") for parent, name, about in elements if (parent, name) == ("cellXfs", "xf")]
        return [codes.get(number, _BUILT_IN.get(number, "General")) for number in used]

    def _read_relations(self) -> Sequence[Mapping[str, str]]:
        return [about for _, name, about in self._read_part(_RELATIONS) if name == "Relationship"]

    def _find_target(self, target: str) -> str | None:
        """Returns the archive's name of the part that a relation of the workbook names."""
        target = target.replace("\\", "/")
        return self.names.get(normalise_part_name(target if target.startswith("/") else posixpath.join("xl", target)))

    def _read_part(self, name: str) -> Sequence[Element]:
        part = self.names.get(name)
        if part is None or self._archive.getinfo(part).file_size > WHOLE_PART_BYTES:
            raise corrupt_error(self._path)
        try:
            return _parse_elements(self._archive.read(part))
        except expat.ExpatError as wrong:
            raise corrupt_error(self._path) from wrong


def normalise_part_name(name: str) -> str:
    """Returns the name of a part as names are compared: lower case, `/` between folders, no `/` before."""
    return posixpath.normpath(name.replace("\\", "/").lstrip("/")).lower()


def refuse_doctype(*_: object) -> None:
    """Handler of the parser for a DTD, which no workbook needs: entities of hostile files are declared in one.

    Raises ExpatError.
    """
    raise expat.ExpatError("a workbook has no DTD")


def _parse_elements(content: bytes) -> Sequence[Element]:
    """Returns the elements in the order of the text. Raises ExpatError: not well-formed, or with a DTD."""
    found: list[Element] = []
    above = [""]

    def begin(name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2]
        found.append((above[-1], local, {key.rpartition(" ")[2]: value for key, value in attributes.items()}))
        above.append(local)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda _: above.pop()
    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.Parse(content, True)
    return found

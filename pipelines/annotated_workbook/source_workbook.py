"""The original workbook, which is not trusted: its sheets, their parts, and which of its formulas may be kept.

Formulas of data validations, conditional formats and defined names are kept if they only refer to cells of the same
workbook. Not here: formulas in cells, none of which is kept; copying a sheet (`sheet_xml`); the check whether the
archive may be opened (`pipelines/read/workbooks/zip_archive.py`).
"""

import posixpath
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from pipelines.annotated_workbook.comments import extract_foreign_text
from pipelines.annotated_workbook.styles import qualified_tag
from pipelines.annotated_workbook.xlsx_package import RELATIONS, DefinedName
from pipelines.columns.column_letters import column_number

_LARGEST = 256 * 2**20
"""Maximum size in bytes of one unpacked part. A sheet of 20 000 rows and 44 columns has about 40 MB."""
_COMMENTS = 5_000
_SHEETS = 100
_IN_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


class SheetPart(NamedTuple):
    """One worksheet of the original: name, state (`visible`, `hidden` …), part, index among all sheets (from 0)."""

    name: str
    state: str
    part: str
    place: int


class SourceWorkbook:
    """An XLSX opened for reading.

    Raises ValueError on construction, if its list of sheets is missing or unsafe, or names more than 100 worksheets.
    """

    def __init__(self, path: Path) -> None:
        self._archive = zipfile.ZipFile(path)
        self._parts = set(self._archive.namelist())
        self._book = self._parse_part("xl/workbook.xml")
        self.sheets: Sequence[SheetPart] = tuple(self._list_sheets())

    @property
    def date1904(self) -> bool:
        """Whether serial dates count from 1904, as in workbooks of old Excel for Macintosh."""
        about = self._book.find(qualified_tag("workbookPr"))
        return about is not None and about.get("date1904") in {"1", "true"}

    def read_shared_part(self, kind: str) -> bytes | None:
        """Returns the workbook's part of that kind (`styles`, `sharedStrings`, `theme`); None if there is none.

        Raises ValueError if the part has a DTD, is not UTF-8, or is too large.
        """
        part = next((part for found, part in self._read_relations("xl/workbook.xml").values() if found == kind), None)
        content = self.read_part(part) if part else None
        if content is not None and (b"<!" in content or b"\0" in content):
            raise ValueError(f"{part} has a DTD, or is not written in UTF-8")
        return content

    def read_defined_names(self, pages: dict[int, int]) -> list[DefinedName]:
        """Returns the defined names that only refer to cells; `pages` maps the old index of a sheet to the new one."""
        kept = []
        for element in self._book.iter(qualified_tag("definedName")):
            local, value = element.get("localSheetId"), element.text or ""
            if is_plain_reference(value) and (local is None or int(local) in pages):
                page = None if local is None else pages[int(local)]
                kept.append(DefinedName(element.get("name", ""), value, page, element.get("hidden") == "1"))
        return kept

    def read_part(self, part: str) -> bytes | None:
        """Returns the bytes of a part; None if there is none. Raises ValueError if the part is larger than 256 MB."""
        if part not in self._parts:
            return None
        if self._archive.getinfo(part).file_size > _LARGEST:
            raise ValueError(f"{part} is larger than {_LARGEST >> 20} MB")
        return self._archive.read(part)

    def read_comments(self, sheet: SheetPart) -> dict[tuple[int, int], str]:
        """Returns the comments of others by row and column (from 1), among the first 5 000 of the sheet."""
        part = next((target for kind, target in self._read_relations(sheet.part).values() if kind == "comments"), None)
        if part is None or part not in self._parts:
            return {}
        found = {}
        for comment in list(self._parse_part(part).iter(qualified_tag("comment")))[:_COMMENTS]:
            at = comment.get("ref", "")
            if text := extract_foreign_text("".join(part.text or "" for part in comment.iter(qualified_tag("t")))):
                found[int(at.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")), column_number(at)] = text
        return found

    def _list_sheets(self) -> list[SheetPart]:
        related = self._read_relations("xl/workbook.xml")
        found: list[SheetPart] = []
        for place, element in enumerate(self._book.iter(qualified_tag("sheet"))):
            kind, part = related.get(element.get(f"{{{RELATIONS}}}id", ""), ("", ""))
            if kind == "worksheet" and part in self._parts:
                if len(found) == _SHEETS:
                    raise ValueError(f"more than {_SHEETS} sheets")
                found.append(SheetPart(element.get("name", ""), element.get("state", "visible"), part, place))
        return found

    def _read_relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Returns kind and target part of each relation of a part within the archive, by the relation's id."""
        folder, name = posixpath.split(part)
        pointers = f"{folder}/_rels/{name}.rels"
        if pointers not in self._parts:
            return {}
        return {
            link.get("Id", ""): (
                link.get("Type", "").rpartition("/")[2],
                _resolve_target(folder, link.get("Target", "")),
            )
            for link in self._parse_part(pointers).iter(_IN_RELATIONS)
            if link.get("TargetMode") != "External"
        }

    def _parse_part(self, part: str) -> ET.Element:
        content = self.read_part(part)
        if content is None or b"<!" in content or b"\0" in content:
            raise ValueError(f"{part} is missing, has a DTD, or is not written in UTF-8")
        return ET.fromstring(content)  # noqa: S314 - limited process; DTDs are refused


def _resolve_target(folder: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))


# With these characters no reference outside the workbook ([1], 'C:\…', server|topic!item) can be written.
_LETTERS = re.compile(r"[\w\s.,;:$()\"'<>=+\-*/&%!{}?^]*", re.ASCII)
_QUOTED = re.compile(r'"[^"]*"')
_CALLED = re.compile(r"([A-Za-z_][A-Za-z0-9_.]*)\s*\(")
_FUNCTIONS = frozenset({
    "ABS", "AND", "COUNTIF", "DATE", "DAY", "EXACT", "IF", "ISBLANK", "ISERROR", "ISNUMBER", "ISTEXT", "LEFT", "LEN", "LOWER", "MAX",
    "MID", "MIN", "MOD", "MONTH", "NOT", "OR", "RIGHT", "ROUND", "ROW", "SUM", "TODAY", "TRIM", "UPPER", "VALUE", "YEAR",
})  # fmt: skip
_REFERENCE = re.compile(r"('(?:[^'\[\]|:\\/]|'')+'|[\w.]+)!\$?[A-Z]{1,3}\$?\d+(:\$?[A-Z]{1,3}\$?\d+)?")
_TITLES = re.compile(r"(('(?:[^'\[\]|:\\/]|'')+'|[\w.]+)!(\$?[A-Z]{1,3}:\$?[A-Z]{1,3}|\$?\d+:\$?\d+),?)+")


def is_harmless_formula(formula: str) -> bool:
    """Whether a formula of a data validation or conditional format may be kept.

    It may hold only constants, cells of the same workbook, and functions that only compute (`_FUNCTIONS`).
    """
    rest = _QUOTED.sub("", formula)
    bare = re.sub(r"'(?:[^'\[\]|\\/:]|'')+'!|\w+!", "", rest)
    return _LETTERS.fullmatch(bare) is not None and {name.upper() for name in _CALLED.findall(rest)} <= _FUNCTIONS


def is_plain_reference(formula: str) -> bool:
    """Whether a defined name refers only to cells of the same workbook, as print areas and drop-down sources do."""
    return bool(_REFERENCE.fullmatch(formula) or _TITLES.fullmatch(formula))

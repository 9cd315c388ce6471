"""The workbook as it came: which sheets it has, and which of its parts belong to them. Nothing of it is trusted.

Not here: copying a sheet (`sheet`, `frame`), or whether the archive may be opened at all (`pipelines/read/zip_archive.py`).
"""

import posixpath
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from pipelines.annotated_workbook.cell_xml import column_number
from pipelines.annotated_workbook.comments import extract_foreign_text
from pipelines.annotated_workbook.styles import qualified_tag
from pipelines.annotated_workbook.xlsx_package import RELATIONS, DefinedName

_LARGEST = 256 * 2**20
"""Of one part, unpacked. A sheet of 20 000 rows and 44 columns has some 40 MB."""
_COMMENTS = 5_000
_SHEETS = 100
_IN_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


class SheetPart(NamedTuple):
    """One worksheet of the original: its name, whether it shows, its part, and its place among all sheets."""

    name: str
    state: str
    part: str
    place: int


class SourceWorkbook:
    """An XLSX, open for reading."""

    def __init__(self, path: Path) -> None:
        self._archive = zipfile.ZipFile(path)
        self._parts = set(self._archive.namelist())
        self._book = self._parse_part("xl/workbook.xml")
        self.sheets: Sequence[SheetPart] = tuple(self._list_sheets())

    @property
    def date1904(self) -> bool:
        """Whether its days are counted from 1904, as old programs of one maker did."""
        about = self._book.find(qualified_tag("workbookPr"))
        return about is not None and about.get("date1904") in {"1", "true"}

    def read_shared_part(self, kind: str) -> bytes | None:
        """The part of the whole workbook that is of that kind (`styles`, `sharedStrings`, `theme`)."""
        part = next((part for found, part in self._read_relations("xl/workbook.xml").values() if found == kind), None)
        said = self.read_part(part) if part else None
        if said is not None and (b"<!" in said or b"\0" in said):
            raise ValueError(f"{part} has a DTD, or is not written in UTF-8")
        return said

    def read_defined_names(self, pages: dict[int, int]) -> list[DefinedName]:
        """The defined names that only name cells; `pages`: the new place of a sheet by its old one."""
        kept = []
        for one in self._book.iter(qualified_tag("definedName")):
            local, value = one.get("localSheetId"), one.text or ""
            if is_plain_reference(value) and (local is None or int(local) in pages):
                page = None if local is None else pages[int(local)]
                kept.append(DefinedName(one.get("name", ""), value, page, one.get("hidden") == "1"))
        return kept

    def read_part(self, part: str) -> bytes | None:
        """The bytes of a part, None if there is none; ValueError if they are too many."""
        if part not in self._parts:
            return None
        if self._archive.getinfo(part).file_size > _LARGEST:
            raise ValueError(f"{part} is larger than {_LARGEST >> 20} MB")
        return self._archive.read(part)

    def read_comments(self, sheet: SheetPart) -> dict[tuple[int, int], str]:
        """What others than we wrote beside the cells of a sheet, by row and column."""
        part = next((target for kind, target in self._read_relations(sheet.part).values() if kind == "comments"), None)
        if part is None or part not in self._parts:
            return {}
        found = {}
        for one in list(self._parse_part(part).iter(qualified_tag("comment")))[:_COMMENTS]:
            at = one.get("ref", "")
            if text := extract_foreign_text("".join(part.text or "" for part in one.iter(qualified_tag("t")))):
                found[int(at.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")), column_number(at)] = text
        return found

    def _list_sheets(self) -> list[SheetPart]:
        related = self._read_relations("xl/workbook.xml")
        found: list[SheetPart] = []
        for place, one in enumerate(self._book.iter(qualified_tag("sheet"))):
            kind, part = related.get(one.get(f"{{{RELATIONS}}}id", ""), ("", ""))
            if kind == "worksheet" and part in self._parts:
                if len(found) == _SHEETS:
                    raise ValueError(f"more than {_SHEETS} sheets")
                found.append(SheetPart(one.get("name", ""), one.get("state", "visible"), part, place))
        return found

    def _read_relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Kind and part of everything that a part points to within the archive, by the name of the pointer."""
        folder, name = posixpath.split(part)
        pointers = f"{folder}/_rels/{name}.rels"
        if pointers not in self._parts:
            return {}
        return {
            one.get("Id", ""): (one.get("Type", "").rpartition("/")[2], _resolve_target(folder, one.get("Target", "")))
            for one in self._parse_part(pointers).iter(_IN_RELATIONS)
            if one.get("TargetMode") != "External"
        }

    def _parse_part(self, part: str) -> ET.Element:
        said = self.read_part(part)
        if said is None or b"<!" in said or b"\0" in said:
            raise ValueError(f"{part} is missing, has a DTD, or is not written in UTF-8")
        return ET.fromstring(said)  # noqa: S314 - in the limited process, and without a DTD


def _resolve_target(folder: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))


# Nothing outside the workbook ([1], 'C:\…', server|topic!item) can be written with these.
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
    """Whether a limit may stay: constants, cells of the same workbook, and functions that only compute."""
    rest = _QUOTED.sub("", formula)
    bare = re.sub(r"'(?:[^'\[\]|\\/:]|'')+'!|\w+!", "", rest)
    return _LETTERS.fullmatch(bare) is not None and {name.upper() for name in _CALLED.findall(rest)} <= _FUNCTIONS


def is_plain_reference(formula: str) -> bool:
    """Whether a defined name only names cells of the same workbook, as print areas and the sources of drop-downs do."""
    return bool(_REFERENCE.fullmatch(formula) or _TITLES.fullmatch(formula))

"""Files as departments hand them in, built for tests: `venues()` is their contract, `workbook` and `text` write them.

Not here: contracts of the bureau, or files that need a program we do not have (those stand in `tests/golden/files`).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl

from schemas.contract import Contract
from support.contracts import contract_with

HEADER = "编号,名称,面积,建成日期"
ROW = "LN-1,和平区体育公园,7140,2024-05-01"


def venues(**overrides: Any) -> Contract:
    """A contract of four fields: id (required, LN-…), name, area in ㎡, date of building."""
    return contract_with(
        [
            {"name": "id", "title": "编号", "constraints": {"required": True, "pattern": r"LN-\d+"}},
            {"name": "name", "title": "名称", "sportlake": {"title_en": "Site name"}},
            {"name": "area_m2", "title": "面积", "type": "number", "sportlake": {"title_en": "Area", "unit": "㎡"}},
            {"name": "built", "title": "建成日期", "type": "date", "sportlake": {"title_en": "Date built"}},
        ],
        **overrides,
    )


def text(folder: Path, content: str, encoding: str = "utf-8", name: str = "venues.csv") -> Path:
    """A text file; line ends are as given."""
    path = folder / name
    path.write_bytes(content.encode(encoding))
    return path


def workbook(
    folder: Path, sheets: Mapping[str, Sequence[Sequence[Any]]], name: str = "venues.xlsx", **more: Any
) -> Path:
    """An XLSX with these sheets; `merged` and `hidden` name areas of the first sheet and whole sheets."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
        if title in more.get("hidden", ()):
            sheet.sheet_state = "hidden"
    for area in more.get("merged", ()):
        book.worksheets[0].merge_cells(area)
    path = folder / name
    book.save(path)
    return path

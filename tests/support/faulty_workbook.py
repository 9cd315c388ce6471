"""The made-up facilities of `faulty_facilities` as the XLSX workbook of a clerk: numbers, days, yes and no are such, not text.

Used by the benchmark of workbooks. Not here: the rows and what is wrong with them.
"""

import csv
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

from openpyxl import Workbook

from support.faulty_facilities import FIELDS, write_package

Cell = str | float | date | None
NATIVE: dict[str, Callable[[str], Cell]] = {
    "number": float,
    "integer": int,
    "date": date.fromisoformat,
    "boolean": {"true": True, "false": False}.__getitem__,
}
FILLED = {"free": "false", "remarks": "无"}
"""What stands in the last columns where nothing would: frictionless takes an empty last cell of a workbook for a missing one."""


def write_workbook(folder: Path, rows: int) -> Path:
    """`facilities.xlsx` with so many rows, in `folder`, beside the CSV file that it is made from."""
    file, _ = write_package(folder, rows)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("facilities")
    with file.open(encoding="utf-8", newline="") as text:
        records = csv.reader(text)
        sheet.append(next(records))
        for record in records:
            named = zip(FIELDS, record, strict=False)  # some records are too short or too long, as is wanted
            cells = [natively(field["type"], cell or FILLED.get(field["name"], "")) for field, cell in named]
            sheet.append([*cells, *record[len(FIELDS) :]])
    book.save(folder / "facilities.xlsx")
    return folder / "facilities.xlsx"


def natively(kind: str, cell: str) -> Cell:
    """The cell as Excel keeps what a clerk types; text where it is none of the field's type, nothing where it is empty."""
    with suppress(ValueError, KeyError):
        return NATIVE.get(kind, str)(cell) if cell else None
    return cell

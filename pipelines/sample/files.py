"""Sample rows as files of departments: CSV in three encodings, XLSX, JSON; labels in Chinese or as field names."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from openpyxl import Workbook

from pipelines.annotated_workbook.undated_workbook import pack_undated
from schemas.contract import Contract

Row = dict[str, Any]
Form = Literal["csv", "csv-bom", "csv-gb18030", "xlsx", "xlsx-titled", "json"]
SYNTHETIC = "示例数据（虚构）synthetic sample data"
SUFFIX = {"csv": "csv", "csv-bom": "csv", "csv-gb18030": "csv", "xlsx": "xlsx", "xlsx-titled": "xlsx", "json": "json"}


@dataclass(frozen=True)
class SampleTable:
    """Labels and rows of one file."""

    labels: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def build_table(contract: Contract, rows: Sequence[Row], *, titled: bool) -> SampleTable:
    """Returns the rows under Chinese titles (`titled`) or field names, without optional fields that no row fills."""
    fields = [
        field for field in contract.fields if field.required or any(row.get(field.name) is not None for row in rows)
    ]
    return SampleTable(
        labels=tuple(field.title if titled else field.name for field in fields),
        rows=tuple(tuple(row.get(field.name) for field in fields) for row in rows),
    )


def write_file(path: Path, table: SampleTable, form: Form) -> None:
    """Writes one file and creates its folder; the same table always gives the same bytes. No cell is a formula."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if form in {"xlsx", "xlsx-titled"}:
        path.write_bytes(pack_undated(_to_workbook(table, titled=form == "xlsx-titled")))
    elif form == "json":
        records = [dict(zip(table.labels, map(_plain_cell, row), strict=True)) for row in table.rows]
        path.write_text(json.dumps(records, ensure_ascii=False, indent=0), encoding="utf-8")
    else:
        path.write_bytes(
            _to_csv(table).encode({"csv": "utf-8", "csv-bom": "utf-8-sig", "csv-gb18030": "gb18030"}[form])
        )


def _to_csv(table: SampleTable) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(table.labels)
    writer.writerows([["" if cell is None else _plain_cell(cell) for cell in row] for row in table.rows])
    return text.getvalue()


def _to_workbook(table: SampleTable, *, titled: bool) -> Workbook:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("报送表")
    if titled:
        sheet.append([f"报送表  {SYNTHETIC}"])
    sheet.append(table.labels)
    for row in table.rows:
        sheet.append(row)
    notes = book.create_sheet("说明")
    notes.append([SYNTHETIC])
    return book


def _plain_cell(cell: object) -> object:
    if isinstance(cell, date):
        return cell.isoformat()
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell

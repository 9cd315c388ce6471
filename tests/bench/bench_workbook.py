"""How fast an XLSX workbook of 100 000 rows with errors of many kinds is read and checked, beside `frictionless.validate`.

Run `PYTHONPATH=tests python tests/bench/bench_workbook.py [rows]` (100 000 unless given). Ours is the road of a submission: the
workbook opened in a process apart, header found, cells normalised, judged, typed. Frictionless reads the same workbook against
the same fields. Each is a process of its own, start and imports included; wall seconds, processor seconds (children's too),
peak memory. Numbers, days and yes or no are such in the workbook, as Excel keeps them. Prints figures, fails on nothing.
"""

import json
import os
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from bench_conformance import best, line, run

WRITE = """
import csv, sys
from pathlib import Path
from openpyxl import Workbook
from bench_workbook import FILLED, natively
from support.faulty_facilities import FIELDS, write_package
folder = Path(sys.argv[1])
file, _ = write_package(folder, int(sys.argv[2]))
book = Workbook(write_only=True)
sheet = book.create_sheet("facilities")
with file.open(encoding="utf-8", newline="") as text:
    records = csv.reader(text)
    sheet.append(next(records))
    for record in records:
        cells = [natively(field["type"], cell or FILLED.get(field["name"], "")) for field, cell in zip(FIELDS, record)]
        sheet.append(cells + record[len(FIELDS):])
book.save(folder / "facilities.xlsx")
"""
OURS = """
import json, sys
from pathlib import Path
from pipelines.labels import match
from pipelines.normalise import normalise
from pipelines.read import read
from quality.conformance import conform_typed
from schemas.contract import contract_of
contract = contract_of(json.loads(Path(sys.argv[2]).read_text()))
reading = read(Path(sys.argv[1]), contract)
matching = match(reading.labels, contract)
normal = normalise(matching.arrange(reading.table), reading.rows, contract, matching.units)
found = conform_typed(normal.table, reading.rows, contract)
print(json.dumps({"rows": reading.table.num_rows, "findings": len(reading.findings) + len(found.findings)}))
"""
FRICTIONLESS = """
import json, sys
from pathlib import Path
from frictionless import Resource, Schema, system
system.trusted = True
schema = json.loads(Path(sys.argv[2]).read_text())["resources"][0]["schema"]
report = Resource(path=sys.argv[1], schema=Schema.from_descriptor(schema)).validate(limit_errors=0)
print(json.dumps({"rows": report.tasks[0].stats["rows"], "findings": report.stats["errors"]}))
"""


FILLED = {"free": "false", "remarks": "无"}
"""What stands in the last columns where nothing would: frictionless takes an empty last cell of a workbook for a missing one."""


def natively(kind: str, cell: str) -> Any:
    """The cell as Excel keeps what a clerk types: a number, a day, yes or no; text where it is none of the field's type."""
    try:
        if kind == "number":
            return float(cell)
        if kind == "integer":
            return int(cell)
        if kind == "date":
            return date.fromisoformat(cell)
    except ValueError:
        pass
    return {"true": True, "false": False}.get(cell, cell or None) if kind == "boolean" else cell or None


def contract() -> dict[str, Any]:
    """The fields of the faulty facilities as a contract of the house."""
    from support.contracts import descriptor_with
    from support.faulty_facilities import FIELDS

    return descriptor_with(FIELDS, name="facilities")


def main(rows: int) -> None:
    """Two lines, and how they compare."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(WRITE, folder, rows)
        book, said = folder / "facilities.xlsx", folder / "contract.json"
        said.write_text(json.dumps(contract()), encoding="utf-8")
        sys.stdout.write(f"{rows} rows, {book.stat().st_size / 1e6:.1f} MB of XLSX\n")
        ours, theirs = best(OURS, book, said), run(FRICTIONLESS, book, said)
        line("sportlake: read, normalised, judged", ours, ours.out.strip())
        line("frictionless.validate", theirs, theirs.out.strip())
        sys.stdout.write(f"{theirs.wall / ours.wall:.1f} times as fast\n")


if __name__ == "__main__":
    sys.stdout.write(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors\n")
    main(int(sys.argv[1]) if sys.argv[1:] else 100_000)

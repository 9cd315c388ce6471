"""How fast an XLSX workbook of 100 000 rows with errors of many kinds is read and checked, beside `frictionless.validate`.

Run `PYTHONPATH=tests python tests/bench/bench_workbook.py [rows]` (100 000 unless given). Ours is the road of a submission: the
workbook opened in a process apart, header found, cells normalised, judged, typed. Frictionless reads the same workbook against
the same fields. Each is a process of its own, start and imports included; wall seconds, processor seconds (children's too),
peak memory. Prints figures, fails on nothing.
"""

import json
import os
import statistics
import sys
import tempfile
from pathlib import Path

from bench_conformance import ROUNDS, run, write_line

from support.contracts import descriptor_with
from support.faulty_facilities import FIELDS

WRITE = """
import sys
from pathlib import Path
from support.faulty_workbook import write_workbook
write_workbook(Path(sys.argv[1]), int(sys.argv[2]))
"""
OURS = """
import json, sys
from pathlib import Path
from pipelines.columns.column_matching import match_columns
from pipelines.normalise import normalise_table
from pipelines.read import read_file
from quality.conformance.table import conform
from schemas.contract import parse_contract
contract = parse_contract(json.loads(Path(sys.argv[2]).read_text()))
reading = read_file(Path(sys.argv[1]), contract)
matching = match_columns(reading.labels, contract)
normal = normalise_table(matching.arrange_columns(reading.table), reading.rows, contract, matching.units)
typed = []
found = conform(normal.table, reading.rows, contract, typed.append)
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


def main(rows: int) -> None:
    """Two lines, and how they compare."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(WRITE, folder, rows)
        book, said = folder / "facilities.xlsx", folder / "contract.json"
        said.write_text(json.dumps(descriptor_with(FIELDS, name="facilities")), encoding="utf-8")
        sys.stdout.write(f"{rows} rows, {book.stat().st_size / 1e6:.1f} MB of XLSX\n")
        ours, theirs = [run(OURS, book, said) for _ in range(ROUNDS)], run(FRICTIONLESS, book, said)
        write_line("sportlake: read, normalised, judged", ours, note=ours[0].out.strip())
        write_line("frictionless.validate", [theirs], note=theirs.out.strip())
        sys.stdout.write(f"{theirs.wall / statistics.median(one.wall for one in ours):.1f} times as fast\n")


if __name__ == "__main__":
    sys.stdout.write(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors\n")
    main(int(sys.argv[1]) if sys.argv[1:] else 100_000)

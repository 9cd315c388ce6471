"""How fast an XLSX workbook of 100 000 rows with errors of many kinds is read and checked, beside `frictionless.validate`.

Run `PYTHONPATH=tests python tests/bench/bench_workbook.py [rows]` (100 000 unless given). Ours is the road of a submission: the
workbook opened in a process apart, header found, cells normalised, judged, typed. Frictionless reads the same workbook against
the same fields. Each is a process of its own, start and imports included; wall seconds, processor seconds (children's too),
peak memory. Prints figures, fails on nothing.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

from bench_conformance import best, line, run

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
from pipelines.columns.column_matching import match
from pipelines.normalise import normalise
from pipelines.read import read
from quality.conformance.table import conform_typed
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


def main(rows: int) -> None:
    """Two lines, and how they compare."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(WRITE, folder, rows)
        book, said = folder / "facilities.xlsx", folder / "contract.json"
        said.write_text(json.dumps(descriptor_with(FIELDS, name="facilities")), encoding="utf-8")
        sys.stdout.write(f"{rows} rows, {book.stat().st_size / 1e6:.1f} MB of XLSX\n")
        ours, theirs = best(OURS, book, said), run(FRICTIONLESS, book, said)
        line("sportlake: read, normalised, judged", ours, ours.out.strip())
        line("frictionless.validate", theirs, theirs.out.strip())
        sys.stdout.write(f"{theirs.wall / ours.wall:.1f} times as fast\n")


if __name__ == "__main__":
    sys.stdout.write(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors\n")
    main(int(sys.argv[1]) if sys.argv[1:] else 100_000)

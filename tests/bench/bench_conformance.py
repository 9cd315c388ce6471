"""How fast a CSV file with errors of twenty kinds is judged, beside frictionless, other judges, and DuckDB's bare copy to Parquet.

Run `PYTHONPATH=tests python tests/bench/bench_conformance.py [rows] [--peers]` (1 000 000 unless given). Every line is a process of
its own, start, imports and answer included; wall seconds, processor seconds and peak memory, the best of `TIMES` runs. Frictionless
judges the first 100 000 rows at most and is extrapolated linearly, and the line says so; the verdicts on those rows are compared one
by one. `--peers` installs the other judges into throw-away environments (`conformance_peers.py`); that needs a package index.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from conformance_peers import PEERS, NotInstalled, installed

REFERENCE_ROWS = 100_000
TIMES = 3
SMALL = 200
"""Rows of the clean file whose check is all start-up."""

WRITE = """
import sys
from pathlib import Path
from support.faulty_facilities import write_package
write_package(Path(sys.argv[1]), int(sys.argv[2]))
"""
JUDGE = """
import json, sys
from pathlib import Path
from quality.conformance.file import conform_file
file, descriptor = map(Path, sys.argv[1:3])
found = conform_file(file, json.loads(descriptor.read_text()), resource=None, folder=file.parent)
out = [[f.row, f.field, f.type] for f in found.findings]
sys.stdout.write(json.dumps({"rows": found.rows, "findings": out}))
"""
JUDGE_AND_KEEP = """
import json, queue, sys, threading
from pathlib import Path
import pyarrow as pa
import pyarrow.parquet as pq
from quality.conformance.file import conform_file
GROUP = 122_880
file, descriptor = map(Path, sys.argv[1:3])
waiting = queue.Queue(4)
def write():
    writer, held = None, []
    while (batch := waiting.get()) is not None or held:
        held += [batch] if batch is not None else []
        if batch is None or sum(b.num_rows for b in held) >= GROUP:
            table = pa.Table.from_batches(held)
            if writer is None:
                few = [c for c in table.column_names if pa.types.is_string(table.schema.field(c).type) and len(table[c].unique()) * 16 < len(table)]
                writer = pq.ParquetWriter(sys.argv[3], table.schema, compression="zstd", compression_level=3, use_dictionary=few, store_schema=False)
            writer.write_table(table, row_group_size=len(table))
            held = []
        if batch is None:
            break
    writer.close()
thread = threading.Thread(target=write)
thread.start()
found = conform_file(file, json.loads(descriptor.read_text()), resource=None, folder=file.parent, typed=waiting.put)
waiting.put(None)
thread.join()
sys.stdout.write(json.dumps({"rows": found.rows, "findings": len(found.findings)}))
"""
FRICTIONLESS = """
import json, sys
from pathlib import Path
from frictionless import Package, system
file, descriptor = map(Path, sys.argv[1:3])
system.trusted = True
package = Package.from_descriptor(json.loads(descriptor.read_text()), basepath=str(file.parent))
report = package.resources[0].validate(limit_errors=0)
out = [[r, f or None, t] for r, f, t in report.flatten(["rowNumber", "fieldName", "type"])]
sys.stdout.write(json.dumps({"findings": out}))
"""
DUCKDB_COPY = """
import sys, duckdb
read = f"read_csv('{sys.argv[1]}', all_varchar=true, null_padding=false, ignore_errors=true, header=true)"
duckdb.sql(f"COPY (SELECT * FROM {read}) TO '{sys.argv[3]}' (FORMAT parquet, COMPRESSION zstd)")
"""


class Run(NamedTuple):
    """One process: seconds by the clock and of processor, peak memory in MiB, and what it wrote."""

    wall: float
    processor: float
    peak: float
    out: str


def best(script: str, *arguments: Path | int, times: int = TIMES) -> Run:
    """The fastest of so many runs: what others do on the machine only ever adds."""
    return min((run(script, *arguments) for _ in range(times)), key=lambda one: one.wall)


def run(script: str, *arguments: Path | int, python: Path | str = sys.executable) -> Run:
    """The script in a fresh interpreter."""
    with tempfile.TemporaryFile("w+") as out:
        started = time.perf_counter()
        # Only our own interpreter may complain: peers draw progress bars.
        complaints = None if python == sys.executable else subprocess.DEVNULL
        process = subprocess.Popen([str(python), "-c", script, *map(str, arguments)], stdout=out, stderr=complaints)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        if status:
            raise SystemExit(f"a run failed with status {status}")
        process.returncode = 0
        out.seek(0)
        return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, out.read())


def line(name: str, ran: Run, note: str = "") -> None:
    """Prints one run."""
    sys.stdout.write(f"{name:40}{ran.wall:8.2f} s{ran.processor:8.2f} s of processor{ran.peak:8.0f} MiB  {note}\n")
    sys.stdout.flush()


def written(folder: Path, rows: int) -> tuple[Path, Path]:
    """The faulty file and its descriptor, made by another process: the memory of this one would count as that of its children."""
    folder.mkdir()
    run(WRITE, folder, rows)
    return folder / "facilities.csv", folder / "datapackage.json"


def same_verdicts(rows: int, folder: Path) -> Run:
    """Frictionless on so many rows, its verdicts compared with ours."""
    files = written(folder, rows)
    peer = run(FRICTIONLESS, *files)
    theirs, ours = (sorted(json.loads(one.out)["findings"], key=repr) for one in (peer, run(JUDGE, *files)))
    if theirs != ours:
        raise SystemExit("the verdicts differ")
    line(f"frictionless {version('frictionless')}, {rows} rows", peer, f"{len(ours)} verdicts, ours are the same")
    return peer


def bench(rows: int, folder: Path) -> None:
    """All lines of one table."""
    reference = min(rows, REFERENCE_ROWS)
    peer = same_verdicts(reference, folder / "reference")
    whole = folder / "whole"
    files = written(whole, rows)
    sys.stdout.write(f"{rows} rows, {files[0].stat().st_size / 1e6:.0f} MB\n")
    ours = best(JUDGE, *files)
    times = [peer.wall * rows / reference / ours.wall, peer.processor * rows / reference / ours.processor]
    how = "measured" if rows == reference else f"frictionless taken as linear from {reference} rows"
    line("findings", ours, f"{times[0]:.1f} x frictionless by the clock, {times[1]:.1f} x of processor ({how})")
    kept = best(JUDGE_AND_KEEP, *files, whole / "typed.parquet")
    copy = best(DUCKDB_COPY, *files, whole / "copy.parquet")
    ratio = f"{kept.wall / copy.wall:.2f} x DuckDB's copy by the clock, {kept.processor / copy.processor:.2f} x of processor"
    line("findings and typed Parquet", kept, ratio)
    line(f"DuckDB {version('duckdb')}: CSV to Parquet, text", copy)
    other = best(JUDGE, *transcoded(*files, folder / "gb18030"))
    line("findings, the file in GB18030", other, f"{other.wall / ours.wall:.2f} x UTF-8")


def transcoded(file: Path, descriptor: Path, folder: Path) -> tuple[Path, Path]:
    """The same file in GB18030, declared so."""
    folder.mkdir()
    for beside in file.parent.glob("*.csv"):
        target = folder / beside.name
        if beside != file:
            target.write_bytes(beside.read_bytes())
            continue
        with beside.open(encoding="utf-8", newline="") as text, target.open("w", encoding="gb18030", newline="") as out:
            while block := text.read(1 << 22):
                out.write(block)
    said = json.loads(descriptor.read_text(encoding="utf-8"))
    said["resources"][0]["encoding"] = "gb18030"
    (folder / descriptor.name).write_text(json.dumps(said), encoding="utf-8")
    return folder / file.name, folder / descriptor.name


def peers(rows: int, folder: Path) -> None:
    """The other judges on the same file."""
    files = folder / "whole" / "facilities.csv", folder / "whole" / "datapackage.json"
    for peer in PEERS:
        try:
            python, number = installed(peer, folder)
        except NotInstalled as why:
            sys.stdout.write(f"{peer.name}: left out, it does not install ({why})\n")
            continue
        ran = run(peer.script, *files, python=python)
        line(f"{peer.name} {number}, {rows} rows", ran, ran.out[:160])


def small(folder: Path) -> None:
    """A clean file of two hundred rows, by the command line."""
    rows = "\n".join(f"a{n},{n},{n}.5,2026-01-01" for n in range(SMALL))
    (folder / "small.csv").write_text(f"id,n,x,on\n{rows}\n", encoding="utf-8")
    fields = [
        {"name": n, "type": t}
        for n, t in zip(("id", "n", "x", "on"), ("string", "integer", "number", "date"), strict=True)
    ]
    (folder / "small.json").write_text(json.dumps({"fields": fields}), encoding="utf-8")
    script = "import sys; from dagster_project.cli import app; app(['check', sys.argv[1], '--contract', sys.argv[2], '--format', 'json'])"
    line(f"sportlake check, {SMALL} clean rows", best(script, folder / "small.csv", folder / "small.json"))


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:] if argument.isdecimal()]
    count = numbers[0] if numbers else 1_000_000
    sys.stdout.write(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors, Python {sys.version.split()[0]}\n")
    with tempfile.TemporaryDirectory() as temporary:
        small(Path(temporary))
        bench(count, Path(temporary))
        if "--peers" in sys.argv:
            peers(count, Path(temporary))

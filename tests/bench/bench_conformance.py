"""How fast a CSV file with errors of twenty kinds is judged, beside frictionless, other judges, and DuckDB's bare copy to Parquet.

Run `PYTHONPATH=tests python tests/bench/bench_conformance.py [rows] [--peers]` (1 000 000 unless given). Every line is a process of
its own, start, imports and answer included: the medians of `ROUNDS` rounds in which all take turns, with the fastest and the slowest, and
the greatest peak of memory. Verdicts are compared on the first 100 000 rows at most, ours with each of frictionless's (row, field, type),
a peer's by (row, field); frictionless itself is timed on those rows only, and the line says so. `--peers` installs the other judges into
throw-away environments (`conformance_peers.py`), which needs a package index, and adds the reference workload (`reference_facilities.py`).
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from conformance_peers import DUCKDB_REJECTS, PANDERA, PEERS, NotInstalled, Peer, installed

REFERENCE_ROWS = 100_000
ROUNDS = 3
SMALL = 200
"""Rows of the clean file whose check is all start-up."""
REFERENCE = Path(__file__).with_name("reference_facilities.py")

WRITE = """
import sys
from pathlib import Path
from support.faulty_facilities import write_package
write_package(Path(sys.argv[1]), int(sys.argv[2]))
"""
SETTINGS = """
import atexit, gc, os
os.environ.setdefault("MIMALLOC_ALLOW_THP", "0"); os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
gc.set_threshold(500_000, 50, 100); atexit.register(gc.freeze)
"""
"""What the command line sets (`dagster_project`, `dagster_project/cli`)."""
JUDGE = f"""{SETTINGS}
import json, sys
from pathlib import Path
from quality.conformance.file import conform_file
file, descriptor = map(Path, sys.argv[1:3])
found = conform_file(file, json.loads(descriptor.read_text()), resource=None, folder=file.parent)
out = [[f.row, f.field, f.type] for f in found.findings]
sys.stdout.write(json.dumps(out))
"""
JUDGE_AND_KEEP = f"""{SETTINGS}
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
                writer = pq.ParquetWriter(sys.argv[3], table.schema, compression="zstd", compression_level=1, use_dictionary=few, store_schema=False)
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
sys.stdout.write("typed rows written")
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
sys.stdout.write(json.dumps(out))
"""
DUCKDB_COPY = """
import sys, duckdb
read = f"read_csv('{sys.argv[1]}', all_varchar=true, null_padding=false, ignore_errors=true, header=true)"
duckdb.sql(f"COPY (SELECT * FROM {read}) TO '{sys.argv[3]}' (FORMAT parquet, COMPRESSION zstd)")
"""


class Run(NamedTuple):
    """One process: seconds by the clock and of processor, peak memory in MB, and what it wrote."""

    wall: float
    processor: float
    peak: float
    out: str


class Judge(NamedTuple):
    """One line of the table: a script, its interpreter, and whether it gives verdicts that can be compared, or is too slow for rounds."""

    name: str
    script: str
    python: Path | str = sys.executable
    verdicts: bool = True
    slow: bool = False


class Workload(NamedTuple):
    """A file and its descriptor, and the same made with fewer rows, for the verdicts."""

    name: str
    whole: tuple[Path, Path]
    part: tuple[Path, Path]


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
        return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6, out.read())


def write_line(name: str, runs: list[Run], verdicts: str = "", note: str = "") -> None:
    """Prints the medians of some runs."""
    walls = [one.wall for one in runs]
    spread = f"{min(walls):.2f}-{max(walls):.2f}"
    processor, peak = statistics.median(one.processor for one in runs), max(one.peak for one in runs)
    figures = f"{statistics.median(walls):8.2f} {spread:>13} {processor:10.2f} {peak:8.0f}"
    sys.stdout.write(f"{name:64}{figures}  {verdicts:32} {note}\n")
    sys.stdout.flush()


def describe_verdicts(judge: Judge, files: tuple[Path, Path], expected: Counter[tuple[Any, ...]]) -> str:
    """Whether the judge gives frictionless's verdicts on the file: ours by row, field and type, those of others by row and field."""
    if not judge.verdicts:
        return "-"
    out = run(judge.script, *files, python=judge.python).out
    if not out.startswith("["):
        return "no: it only counts"
    found = Counter(map(tuple, json.loads(out)))
    if judge.script == JUDGE:
        return "yes" if found == expected else "NO, OURS DIFFER"
    theirs, wanted = {(row, field) for row, field in found}, {(row, field) for row, field, _ in expected}
    return "yes" if theirs == wanted else f"no: {len(wanted - theirs)} missed, {len(theirs - wanted)} more"


def bench(work: Workload, judges: list[Judge], folder: Path) -> None:
    """All lines of one workload; the first judge is the measure of the others."""
    size, part = (files[0].stat().st_size / 1e6 for files in (work.whole, work.part))
    sys.stdout.write(f"\n{work.name}: {size:.0f} MB, verdicts on {part:.0f} MB of it\n")
    sys.stdout.write(f"{'':64}{'wall s':>8} {'from-to':>13} {'processor':>10} {'peak MB':>8}  verdicts equal\n")
    peer = run(FRICTIONLESS, *work.part)
    expected = Counter(map(tuple, json.loads(peer.out)))
    write_line(f"frictionless {version('frictionless')}, {part:.0f} MB only", [peer], f"{expected.total()} verdicts")
    verdicts = {judge.name: describe_verdicts(judge, work.part, expected) for judge in judges}
    runs: dict[str, list[Run]] = {judge.name: [] for judge in judges}
    written: dict[str, str] = {}
    parquet = folder / "out.parquet"
    for turn in range(ROUNDS):
        for judge in judges:
            if turn == 0 or not judge.slow:
                parquet.unlink(missing_ok=True)
                runs[judge.name].append(run(judge.script, *work.whole, parquet, python=judge.python))
                written[judge.name] = f", {parquet.stat().st_size / 1e6:.0f} MB written" if parquet.exists() else ""
    ours = statistics.median(one.wall for one in runs[judges[0].name])
    for judge in judges:
        times = statistics.median(one.wall for one in runs[judge.name]) / ours
        write_line(judge.name, runs[judge.name], verdicts[judge.name], f"{times:.2f} x findings{written[judge.name]}")


def list_judges(peers: dict[Peer, tuple[Path, str]]) -> list[Judge]:
    """What is compared: ours first."""
    duckdb = f"DuckDB {version('duckdb')}"
    return [
        Judge("findings", JUDGE),
        Judge("findings and typed Parquet", JUDGE_AND_KEEP, verdicts=False),
        Judge(f"{duckdb}: CSV to Parquet, text", DUCKDB_COPY, verdicts=False),
        Judge(f"{duckdb}: rejects", DUCKDB_REJECTS),
        *(Judge(f"{one.name} ({said})", one.script, python, slow=one.slow) for one, (python, said) in peers.items()),
    ]


def install_peers(folder: Path) -> dict[Peer, tuple[Path, str]]:
    """The interpreters and versions of the peers that install."""
    found = {}
    for peer in PEERS:
        try:
            found[peer] = installed(peer, folder)
        except NotInstalled as why:
            sys.stdout.write(f"{peer.name}: left out, it does not install ({why})\n")
    return found


def make_workload(name: str, rows: int, write: Callable[[Path, int], object], folder: Path) -> Workload:
    """The workload with so many rows. Another process writes it: the memory of this one would count as that of its children."""

    def make(count: int) -> tuple[Path, Path]:
        target = folder / f"{name}-{count}"
        if not target.exists():
            target.mkdir()
            write(target, count)
        return target / "facilities.csv", target / "datapackage.json"

    return Workload(f"{name} workload, {rows} rows", make(rows), make(min(rows, REFERENCE_ROWS)))


def bench_encoding(work: Workload, folder: Path) -> None:
    """The same file in UTF-8 and in GB18030, in turn."""
    files = transcoded(*work.whole, folder / "gb18030")
    runs = [(run(JUDGE, *work.whole), run(JUDGE, *files)) for _ in range(ROUNDS)]
    plain, other = ([one[at] for one in runs] for at in (0, 1))
    times = statistics.median(one.wall for one in other) / statistics.median(one.wall for one in plain)
    write_line("findings, the file in UTF-8", plain)
    write_line("findings, the file in GB18030", other, note=f"{times:.2f} x UTF-8")


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
    runs = [run(script, folder / "small.csv", folder / "small.json") for _ in range(ROUNDS)]
    write_line(f"sportlake check, {SMALL} clean rows", runs)


def processor_name() -> str:
    """The processor as the system names it."""
    listed = Path("/proc/cpuinfo")
    lines = listed.read_text(encoding="utf-8").splitlines() if listed.exists() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:] if argument.isdecimal()]
    count = numbers[0] if numbers else 1_000_000
    packages = ", ".join(f"{name} {version(name)}" for name in ("pyarrow", "numpy", "frictionless", "duckdb"))
    state = f"{os.cpu_count()} x {processor_name()}, load {os.getloadavg()[0]:.1f}"
    sys.stdout.write(f"{state}, Python {platform.python_version()}, {packages}\n")
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        small(place)
        others = install_peers(place) if "--peers" in sys.argv else {}
        own = make_workload("own", count, lambda target, rows: run(WRITE, target, rows), place)
        bench(own, list_judges(others), place)
        bench_encoding(own, place)
        if PANDERA in others:
            command = [others[PANDERA][0], REFERENCE]
            reference = make_workload(
                "reference",
                count,
                lambda target, rows: subprocess.run([*command, target, str(rows)], check=True),
                place,
            )
            bench(reference, list_judges(others), place)
    sys.stdout.write(f"load at the end {os.getloadavg()[0]:.1f}\n")

"""What it costs to look for rows handed in twice: a hand-in against everything that stands in the dataset.

Run `PYTHONPATH=tests python tests/bench/bench_overlap.py [slices] [rows]` (100 slices of 10 000 rows unless given). Prints wall and
processor seconds for: the fingerprints of all slices, derived once; a hand-in of 200 rows of which none, and of which all, are in another slice; a
hand-in of 200 000 rows beside slices of that size; the same as the peer does it, DuckDB joining the Parquet parts; and the bytes kept.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipelines.submissions.comparisons.compared_rows import ComparedRows
from pipelines.submissions.comparisons.overlaps import check_overlaps
from pipelines.workspace import Workspace
from quality.findings import Finding
from schemas.slices import SliceKey
from support.contracts import contract_with
from support.workspaces import NOW, workspace_with
from warehouse.lake.standing import StandingSubmission
from warehouse.types import arrow_schema

FIELDS = ["id", "name", "address", "owner", "operator", "note", "area:number", "length:number", "seats:integer", "built:integer",
          "opened:date", "updated:date"]  # fmt: skip
CONTRACT = contract_with(FIELDS, policy={"mode": "append", "slice": {"period": "month"}})
SMALL, LARGE = 200, 200_000


class KnownRows(ComparedRows):
    """Rows compared without a ledger: every slice of the lake was handed in before them."""

    def find_earlier(self, key: SliceKey | str) -> StandingSubmission:
        return StandingSubmission(str(key), "RCPT-0000-0000-0000-0000", NOW, 1, 0)


def table_of(rows: int, start: int) -> pa.Table:
    """Rows numbered from `start`, different in content."""
    at = np.arange(start, start + rows)
    text = pa.array([f"{number:08d}" for number in at])
    days = pa.array((at % 20_000).astype(np.int32)).cast(pa.date32())
    columns = {"id": text, "name": text, "address": text, "owner": text, "operator": text, "note": text}
    columns |= {"area": at * 1.5, "length": at % 97 * 1.0, "seats": at % 5000, "built": at % 60 + 1960}
    return pa.table(columns | {"opened": days, "updated": days}).cast(arrow_schema(CONTRACT))


def fill_lake(workspace: Workspace, slices: int, rows: int) -> list[SliceKey]:
    """Lands that many slices in one commit."""
    keys = [
        SliceKey(dataset="sample", department="210200", period=f"{2000 + at // 12}-{at % 12 + 1:02d}")
        for at in range(slices)
    ]
    tables = {key: table_of(rows, at * rows) for at, key in enumerate(keys)}
    workspace.lake.replace_slices(CONTRACT, tables, {"who": "bench"}, NOW)
    return keys


def line(name: str, work: Callable[[], object]) -> None:
    """Prints the shortest of three times, and what the work gave."""
    times, gave = [], None
    for _ in range(3):
        begun = time.perf_counter(), time.process_time()
        gave = work()
        times.append((time.perf_counter() - begun[0], time.process_time() - begun[1]))
    wall, processor = map(min, zip(*times, strict=True))
    sys.stdout.write(f"{name:44} {wall:8.3f} s wall {processor:8.3f} s processor   {gave}\n")


def compare(workspace: Workspace, rows: pa.Table) -> list[Finding]:
    """Looks for the rows as intake does, with nothing in memory but the open lake."""
    mine = SliceKey(dataset="sample", department="210100", period="2026-12")
    numbers = pa.array(range(2, rows.num_rows + 2))
    return check_overlaps(KnownRows(workspace, CONTRACT, mine, rows, numbers, "RCPT"))


def join_parts(workspace: Workspace, rows: pa.Table) -> int:
    """The peer: DuckDB joins the rows with the parts themselves on all content."""
    con, folder = workspace.lake._duckdb.cursor(), workspace.layout.lake_folder("sample")
    con.register("mine", rows)
    on = " and ".join(f"p.{name} is not distinct from mine.{name}" for name in rows.column_names[1:])
    glob = f"{folder}/department=*/period=*/*.parquet"
    ((found,),) = con.sql(f"select count(*) from mine join read_parquet('{glob}') p on {on}").fetchall()
    return int(found)


def measure(slices: int, rows: int, hand_in: int) -> None:
    """Prints all lines for one lake and one size of hand-in."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = workspace_with(Path(folder), CONTRACT)
        keys = fill_lake(workspace, slices, rows)
        sys.stdout.write(f"\n{slices} slices of {rows} rows, a hand-in of {hand_in} rows\n")
        new, known = table_of(hand_in, 10**7), table_of(hand_in, 0)
        begun = time.perf_counter(), time.process_time()
        standing = KnownRows(workspace, CONTRACT, keys[0], new, pa.array(range(hand_in))).standing
        for key in keys:
            standing.read_sets(key)
        wall, processor = time.perf_counter() - begun[0], time.process_time() - begun[1]
        sys.stdout.write(
            f"{'fingerprints of all slices, derived once':44} {wall:8.3f} s wall {processor:8.3f} s processor\n"
        )
        line("no row known", lambda: len(compare(workspace, new)))
        line("every row in another slice", lambda: [one.type for one in compare(workspace, known)])
        line("peer: DuckDB joins the parts", lambda: join_parts(workspace, known))
        kept = sum(path.stat().st_size for path in workspace.layout.fingerprints_folder("sample").iterdir())
        parts = sum(part.size for part in standing.parts.values())
        sys.stdout.write(f"{'kept':44} {kept / 1e6:8.1f} MB   beside {parts / 1e6:.1f} MB of parts\n")


if __name__ == "__main__":
    slices = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    rows = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    measure(slices, rows, SMALL)
    measure(max(1, slices * rows // LARGE), LARGE, LARGE)

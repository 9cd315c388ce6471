"""How fast the disclosure judge searches for personal data, what it misses, and what it blocks without need.

Run `PYTHONPATH=tests python tests/bench/bench_disclosure.py [rows]` (1 000 000 unless given). Prints cells a second of processor time for
clean rows of eight texts and four numbers, as a table of a bureau has them, and for rows of nothing but look-alikes; the share of rows that
are blocked and remarked on (bar: < 0.1 % blocked, ≥ 5 M cells a second); the recall of each kind on the labelled corpus; and the peer:
DuckDB reading every column of the same table once.
"""

import resource
import sys
import time
from collections import Counter

import duckdb
import pyarrow as pa

from pipelines.sample.random_values import RandomSource
from quality.disclosure.personal_data import FINDING_TYPES, find_personal_data
from support.contracts import contract_with
from support.personal_corpus import DIVISIONS, LOOK_ALIKES, STREETS, look_alikes, positives

LABELLED = 2_000


def clean_table(rows: int) -> pa.Table:
    """Rows of a register of facilities: codes, names, addresses, landlines, days, remarks and figures; all of it invented."""
    source = RandomSource.seeded_by("bench")
    made = [LOOK_ALIKES[at] for at in (0, 2, 5, 11, 16)]
    columns = {
        "id": [f"LN-{source.choice(DIVISIONS[:5])}-FB01-{at:07d}" for at in range(rows)],
        "name": [f"{source.choice(STREETS)}第{at % 997}健身馆" for at in range(rows)],
        **{f"text{at}": [make(source) for _ in range(rows)] for at, make in enumerate(made)},
        "note": source.choices([None, "无", "节假日开放时间另行通知", "场地维修，2026 年 3 月起恢复开放"], k=rows),
        **{f"figure{at}": [source.randint(0, 10**6) for _ in range(rows)] for at in range(4)},
    }
    return pa.table(columns)


def bench(name: str, table: pa.Table) -> None:
    """Prints speed, and the share of rows that are blocked and remarked on."""
    fields = [f"{field.name}:{'string' if pa.types.is_string(field.type) else 'integer'}" for field in table.schema]
    numbers, contract = pa.array(range(table.num_rows), pa.int64()), contract_with(fields)
    wall, processor = time.perf_counter(), time.process_time()
    found = find_personal_data(table, numbers, contract)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    cells = table.num_rows * table.num_columns
    rows = {severity: len({f.row for f in found if f.severity == severity}) for severity in ("error", "warning")}
    sys.stdout.write(
        f"{name}: {cells} cells in {wall:.2f} s, {processor:.2f} s of processor: {cells / processor / 1e6:.1f} M cells/s\n"
        f"  blocked {rows['error']} rows ({rows['error'] / table.num_rows:.4%}), remarked {rows['warning']} ({rows['warning'] / table.num_rows:.4%})"
        f" {dict(Counter(f.type for f in found))}\n"
    )
    with duckdb.connect() as connection:
        connection.register("t", table)
        read, started = ", ".join(f'max("{column}")' for column in table.column_names), time.process_time()
        connection.execute(f"SELECT {read} FROM t").fetchall()
        sys.stdout.write(
            f"  peer: DuckDB reads every column once in {time.process_time() - started:.2f} s of processor\n"
        )


def measure_recall() -> None:
    """Prints for each kind how many of the labelled texts are found as that kind."""
    labelled = list(positives(LABELLED))
    rows = pa.array(range(len(labelled)), pa.int64())
    table = pa.table({"note": [text for text, _ in labelled]})
    found = {(f.row, f.type) for f in find_personal_data(table, rows, contract_with(["id", "note"]))}
    asked, right = Counter(kind for _, kind in labelled), Counter[str]()
    right.update(kind for at, (_, kind) in enumerate(labelled) if (at, FINDING_TYPES[kind]) in found)
    sys.stdout.write("recall: " + ", ".join(f"{kind} {right[kind]}/{asked[kind]}" for kind in asked) + "\n")


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    measure_recall()
    bench("rows of a register", clean_table(count))
    bench("look-alikes only", pa.table({"note": look_alikes(count)}))
    sys.stdout.write(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB\n")

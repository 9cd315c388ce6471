"""How long the judge of rows takes for nine rules of nine kinds, and the search for personal data in all texts.

Run `PYTHONPATH=tests python tests/bench/bench_rules.py [rows]` (1 000 000 unless given). Prints wall and processor seconds of
each rule, of all together and of the search, once with nothing wrong and once with a wrong row in
a hundred; and the peer: DuckDB reading every column of the same table once.
"""

import resource
import sys
import time
from collections.abc import Callable, Iterable
from datetime import date
from functools import partial

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from quality.disclosure.personal_data import find_personal_data
from quality.rules.judge import judge_rows
from schemas.codelists import Code, CodeList
from schemas.text import Text
from support.contracts import contract_with
from support.judged import context_with
from warehouse.types import arrow_schema

FIELDS = ["id", "code", "kind", "status", "why", "address", "from:date", "to:date", "a:number", "b:number", "total:number",
          "lon:number", "lat:number", "year:year"]  # fmt: skip
RULES = [
    {"kind": "credit_code", "field": "code"},
    {"kind": "date_order", "fields": ["from", "to"]},
    {"kind": "sum_of_columns", "total": "total", "parts": ["a", "b"]},
    {"kind": "required_when", "fields": ["why"], "when": {"field": "status", "is_in": ["closed"]}},
    {"kind": "compare", "left": "a", "op": "<=", "right": "total"},
    {"kind": "unique_together", "fields": ["id"]},
    {"kind": "in_codelist", "field": "kind", "codelist": "kinds", "as_of": "from"},
    {"kind": "in_period", "field": "year"},
    {"kind": "point_in_province", "lon": "lon", "lat": "lat"},
]
KINDS = CodeList(
    name="kinds",
    title=Text(zh="种类", en="kinds"),
    source="bench",
    codes=tuple(Code(code=str(1000 + n), zh="种", en="kind", valid_from=date(2000, 1, 1)) for n in range(200)),
)


def table_of(rows: int, *, wrong: bool) -> pa.Table:
    """Good rows, or with every hundredth one wrong in all ways at once."""
    place = pa.array(range(rows), pa.int64())
    bad = pc.equal(pc.subtract(place, pc.multiply(pc.divide(place, 100), 100)), 50) if wrong else pc.less(place, 0)

    def column(good: object, otherwise: object) -> pa.Array:
        return pc.if_else(bad, otherwise, good)

    a = pc.cast(place, pa.float64())
    columns = {
        "id": column(pc.cast(place, pa.string()), "twice"),
        "code": column("91110000600037341L", "91110000600037341M"),
        "kind": column("1100", "9999"),
        "status": column("open", "closed"),
        "why": pa.nulls(rows, pa.string()),
        "address": column("辽宁省沈阳市和平区南京南街 24 号院内体育场二层", "负责人身份证 11010519491231002X"),
        "from": column(date(2026, 1, 1), date(2026, 1, 2)),
        "to": pa.array([date(2026, 1, 1)]).take(pa.array([0] * rows)),
        "a": a,
        "b": pa.array([0.25]).take(pa.array([0] * rows)),
        "total": pc.add(a, column(0.25, -1.0)),
        "lon": column(123.4, 116.4),
        "lat": column(41.8, 39.9),
        "year": column(2026, 2025),
    }
    contract = contract_with(FIELDS, RULES)
    return pa.table(
        [pc.cast(columns[field.name], field.type) for field in arrow_schema(contract)], schema=arrow_schema(contract)
    )


def line(name: str, work: Callable[[], Iterable[object]]) -> None:
    """Prints how long the work took and how much it gave."""
    wall, processor = time.perf_counter(), time.process_time()
    given = sum(1 for _ in work())
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    sys.stdout.write(f"{name:28}{wall:8.2f} s{processor:8.2f} s of processor{given:10}\n")


def bench(rows: int, *, wrong: bool) -> None:
    """One line a rule, one for all of them, one for the peer."""
    table, numbers = table_of(rows, wrong=wrong), pa.array(range(2, rows + 2), pa.int64())
    context = context_with(codelists={"kinds": KINDS})
    alone = {**{rule["kind"]: [rule] for rule in RULES}, "all nine": RULES}
    for name, rules in alone.items():
        contract = contract_with(FIELDS, rules)
        line(name, partial(judge_rows, table, numbers, contract, context))
    line("personal data", partial(find_personal_data, table, numbers, contract_with(FIELDS, RULES)))
    with duckdb.connect() as connection:
        connection.register("t", table)
        read = ", ".join(f'max("{name}")' for name in table.column_names)
        line("peer: read every column", lambda: connection.execute(f"SELECT {read} FROM t").fetchall())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"peak memory {peak:.0f} MiB, of which the table {table.nbytes / 2**20:.0f} MiB\n\n")


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    for wrong in (False, True):
        sys.stdout.write(f"{count} rows, {'one in a hundred wrong' if wrong else 'none wrong'}\n")
        bench(count, wrong=wrong)

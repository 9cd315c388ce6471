"""A small stock for `warehouse.duckdb`: two datasets, a code list, two departments, and a ledger that tells of them.

Not here: workspaces (`workspaces.py`).
"""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from schemas.codelists import Code, CodeList
from schemas.departments import Department
from schemas.slices import SliceKey
from schemas.text import Text
from support.contracts import contract_with
from warehouse.analyst_file.database import WarehouseInputs
from warehouse.lake.lake import Lake
from warehouse.layout import Layout
from warehouse.ledger.ledger import Ledger
from warehouse.types import arrow_schema

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
DEPARTMENTS = {
    code: Department(code=code, zh=zh, en=en, kind="city_bureau", admin_code=code)
    for code, zh, en in [("210100", "沈阳市体育局", "Shenyang"), ("210200", "大连市体育局", "Dalian")]
}
KINDS = CodeList(
    name="kind",
    title=Text(zh="类型", en="Kind"),
    source="GB/T 1",
    codes=(Code(code="A", zh="甲", en="First", valid_from=date(2020, 1, 1)), Code(code="B", zh="乙", en="Second")),
)
FACILITY = contract_with(
    [
        "id",
        {"name": "kind", "title": "类型", "description": "场地类型", "sportlake": {"title_en": "Kind", "description_en": "kind of facility", "codelist": "kind"}},
        "opened:date",
        "opens:time",
        "seats:integer",
        "phone",
    ],
    name="facility",
    title="体育场地",
    description="一行一个场地",
    policy={"title_en": "Facilities", "description_en": "One row a facility", "disclosure": {"protected": ["phone"]}},
)  # fmt: skip
EMPTY = contract_with(["id", "n:number"], name="grant")


def rows(*ids: str, department: str = "210100") -> dict[SliceKey, pa.Table]:
    """The slice 2026 of a department with facilities of these ids."""
    schema = arrow_schema(FACILITY)
    values = {"kind": "A", "opened": date(2026, 1, 2), "opens": None, "seats": 1200, "phone": "13800000000"}
    columns = [pa.array(ids if f.name == "id" else [values[f.name]] * len(ids), f.type) for f in schema]
    return {
        SliceKey(dataset="facility", department=department, period="2026"): pa.table(
            columns, schema=schema.remove_metadata()
        )
    }


def stock_at(home: Path) -> WarehouseInputs:
    """The stock below `home`, with one submission of three facilities landed, and one that was refused."""
    layout = Layout(home)
    stock = WarehouseInputs(
        contracts={"facility": FACILITY, "grant": EMPTY},
        codelists={"kind": KINDS},
        departments=DEPARTMENTS,
        lake=Lake(layout),
        ledger=Ledger(layout),
    )
    version = stock.lake.replace_slices(FACILITY, rows("F1", "F2", "F3"), {"submission": "S-1"}, NOW)
    place = "facility/210100/2026"
    for number, outcome, taken in (("S-1", "accept", 3), ("S-2", "refused", 0)):
        told = {"number": number, "place": place, "filename": f"{number}.csv", "sha256": "a" * 64, "size": 1}
        stock.ledger.append_entry("submission", now=NOW, actor="t", reason="received", facts=told)
        judged = {"number": number, "outcome": outcome, "rows": 3, "accepted": taken, "held_back": 0, "counts": {}}
        stock.ledger.append_entry("verdict", now=NOW, actor="t", reason="judged", facts=judged)
    landed = {"number": "S-1", "slice": place, "version": version, "rows": 3}
    stock.ledger.append_entry("landing", now=NOW, actor="t", reason="accepted", facts=landed)
    released = {
        "dataset": "facility",
        "number": "2026.11.1",
        "content_hash": "c" * 64,
        "lake_version": version,
        "rows": 3,
    }
    stock.ledger.append_entry("release", now=NOW, actor="t", reason="content changed", facts=released)
    return stock


def write_place_file(path: Path) -> Path:
    """A DuckDB file without the platform's structure: a thousand places, a view of them, and a macro that finds one."""
    with duckdb.connect(str(path)) as con:
        con.execute("create table place as select range as id, 'x' || range as name from range(1000)")
        con.execute("create view big as from place where id > 9")
        con.execute("create macro numbered(n) as table select * from place where id = n")
    return path

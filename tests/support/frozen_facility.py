"""A small dataset of every type, frozen as a release: `frozen(layout)` with its contract, rows, slices and code list.

Not here: releases of a whole workspace (`frozen.py`), stand-ins for release folders (`releases.py`).
"""

import json
from datetime import date, datetime, time, timedelta, timezone

import pyarrow as pa

from schemas.codelists import Code, CodeList
from schemas.departments import Department
from schemas.text import Text
from support.contracts import contract_with
from support.frozen_rows import rows_of
from warehouse.releases.freezing import StatedFacts, freeze
from warehouse.types import arrow_schema

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=timezone(timedelta(hours=8)))

KINDS = CodeList(
    name="kind",
    title=Text(zh="类型", en="Kind"),
    source="GB/T 1",
    codes=(Code(code="A", zh="甲", en="First", valid_from=date(2020, 1, 1)), Code(code="B", zh="乙", en="Second")),
)

FIELDS = [
    {"name": "id", "constraints": {"required": True}},
    {"name": "kind", "sportlake": {"codelist": "kind"}},
    "lon:number",
    "lat:number",
    {"name": "open", "type": "boolean", "trueValues": ["是"], "falseValues": ["否"]},
    {"name": "day", "type": "date", "format": "%Y/%m/%d"},
    "at:datetime",
    "opens:time",
    "seats:integer",
    "phone",
]

CONTRACT = contract_with(
    FIELDS,
    name="facility",
    policy={"coordinates": {"lon": "lon", "lat": "lat"}, "disclosure": {"protected": ["phone"], "basis": "个人信息"}},
)

LISTS = {"kind": KINDS}
DEPARTMENTS = {"210100": Department(code="210100", zh="沈阳市体育局", en="Shenyang", kind="city_bureau", admin_code="210100")}  # fmt: skip
RELEASED = [
    "id",
    "kind",
    "kind_name",
    "kind_name_en",
    "lon",
    "lat",
    "open",
    "day",
    "at",
    "opens",
    "seats",
    "department",
    "department_name",
    "department_name_en",
    "period",
]
"""The columns of its releases: the public fields, the slice of the row, and the names of the codes."""

ROWS = [
    ("F2", "B", 123.5, 41.75, True, date(2026, 1, 2), datetime(2026, 1, 2, 3, 4, 5), time(9), 1200, "13800000000"),  # noqa: DTZ001
    ("F1", "A", None, None, False, None, None, None, None, "13900000000"),
    ("=1+1", None, 1e-7, 41.0, None, None, None, None, -5, None),
    ('逗,号"引号\n换行 ', "A", float("nan"), 40.0, None, None, None, None, 0, None),
]

SLICES = [
    {"department": "210200", "period": "2026-Q3", "rows": 2, "submission": "S-2", "sha256": "b" * 64, "received": "2026-10-09"},
    {"department": "210100", "period": "2026-Q2", "rows": 2, "submission": "S-1", "sha256": "a" * 64, "received": "2026-07-03"},
]  # fmt: skip

QUALITY = {"rows_submitted": 6, "rows_held_back": 2, "findings": {"type-error": 2}}


def table_of(rows=ROWS, contract=CONTRACT):
    schema = arrow_schema(contract)
    columns = [pa.array(column, field.type) for column, field in zip(zip(*rows, strict=True), schema, strict=True)]
    table = pa.table(columns, schema=schema)
    return table.append_column("department", pa.array(["210100"] * len(rows))).append_column(
        "period", pa.array(["2026"] * len(rows))
    )


def frozen(layout, table=None, **said):
    """The next release of these rows; `said`: facts that it states, and arguments of `freeze`, besides the usual ones."""
    stated = StatedFacts(7, QUALITY, SLICES)
    stated = stated._replace(**{name: said.pop(name) for name in StatedFacts._fields if name in said})
    contract = said.pop("contract", CONTRACT)
    lists, departments = said.get("codelists", LISTS), said.pop("departments", DEPARTMENTS)
    rows = rows_of(table_of() if table is None else table, contract, lists, departments)
    return freeze(layout, contract, rows, stated, **{"now": NOW, "previous": None, "codelists": LISTS, **said})


def folder_of(layout, release):
    return layout.release_folder(release.dataset, release.number)


def paper(folder, name="datapackage.json"):
    return json.loads((folder / name).read_text(encoding="utf-8"))


def alter(folder, name, content):
    (folder / name).chmod(0o644)
    (folder / name).write_bytes(content)

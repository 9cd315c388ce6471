"""A made-up table of facilities with seeded errors of twenty kinds, as CSV, with the Table Schema that finds them.

Here: the file, its schema as a Data Package with a table of districts, and what stands wrong where. Used by the benchmark of the
conformance engine and by its tests. The same rows come out for the same count.
"""

import json
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

CHUNK = 100_000
EVERY = 1000
"""One row in so many has an error of a given kind."""
DISTRICTS = [f"21{city:02}{district:02}" for city in range(1, 15) for district in range(1, 8)]
TYPES = [f"{group}{kind:02}" for group in range(11, 19) for kind in range(1, 11)]
STATES = ["运行", "停用", "在建", "拆除"]
KINDS = ["全民健身中心", "体育馆", "社区健身广场", "游泳馆", "足球场", "篮球场", "乒乓球馆", "文化站"]
STREETS = ["青年大街", "中山路", "人民路", "解放路", "建设路", "胜利街", "文化路", "三好街"]
HOURS = ["08:00-17:00", "09:00-21:00", "全天开放", "周一至周五 08:30-16:30"]
REMARKS = [
    "",
    "",
    "",
    "",
    "设施完好，定期维护",
    "待更新，需要维修",
    '"含无障碍通道, 免费停车"',
    '"标注""示范点"""',
    "",
    '"第一行\n第二行"',
]


def _field(name: str, type_: str = "string", **constraints: Any) -> dict[str, Any]:
    return {"name": name, "type": type_, "constraints": constraints}


FIELDS = [
    _field("facility_id", required=True, unique=True, pattern=r"LN-\d{6}-\d{6,8}"),
    _field("name", required=True, minLength=4, maxLength=40),
    _field("type_code", required=True, enum=TYPES),
    _field("district", required=True, pattern=r"21\d{4}"),
    _field("address", required=True, minLength=5, maxLength=100),
    _field("lon", "number", required=True, minimum=118.8, maximum=125.8),
    _field("lat", "number", required=True, minimum=38.7, maximum=43.5),
    _field("area_m2", "number", minimum=0),
    _field("indoor", "boolean", required=True),
    _field("built", "date", minimum="1949-10-01"),
    _field("status", required=True, enum=STATES),
    _field("uscc", required=True, unique=True, pattern=r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}"),
    _field("hours", maxLength=30),
    _field("phone", pattern=r"(0\d{2,3}-\d{7,8}|1\d{10})"),
    _field("investment", "number", minimum=0, maximum=1000000000),
    _field("capacity", "integer", minimum=1, maximum=100000),
    _field("owner", required=True),
    _field("updated", "date", required=True),
    _field("free", "boolean"),
    _field("remarks", maxLength=200),
]
NAMES = [field["name"] for field in FIELDS]
FAULTS = {
    "area_m2": ["一百平"], "capacity": ["12.5", "0"], "built": ["2021-02-30", "1949-09-30"], "indoor": ["是"], "name": ["", "馆"],
    "uscc": ["BADUSCC-0"], "phone": ["12-345"], "type_code": ["9999"], "status": ["未知"], "lon": ["199.5"],
    "remarks": ["很长的备注" * 50], "district": ["219999"], "investment": ["1000000000.01"],
}  # fmt: skip
KINDS_OF_FAULT = sum(map(len, FAULTS.values())) + 5
"""With short, long and blank rows, and a key and a unique code that stand twice."""


def write_package(folder: Path, rows: int) -> tuple[Path, Path]:
    """`facilities.csv` with so many rows and the descriptor that judges it, in `folder`; (file, descriptor)."""
    schema = {
        "fields": FIELDS,
        "missingValues": [""],
        "primaryKey": ["facility_id"],
        "foreignKeys": [{"fields": ["district"], "reference": {"resource": "districts", "fields": ["code"]}}],
    }
    districts = {
        "name": "districts",
        "path": "districts.csv",
        "schema": {"fields": [{"name": "code", "type": "string"}]},
    }
    facilities = {"name": "facilities", "path": "facilities.csv", "encoding": "utf-8", "schema": schema}
    descriptor = {"name": "facilities", "resources": [facilities, districts | {"encoding": "utf-8"}]}
    (folder / "districts.csv").write_text("code\n" + "\n".join(DISTRICTS) + "\n", encoding="utf-8")
    (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    with (folder / "facilities.csv").open("wb") as file:
        _write(file, rows)
    return folder / "facilities.csv", folder / "datapackage.json"


def _write(file: BinaryIO, rows: int) -> None:
    file.write((",".join(NAMES) + "\n").encode())
    for start in range(0, rows, CHUNK):
        at = np.arange(start, min(rows, start + CHUNK))
        columns = _columns(at)
        _spoil(columns, at)
        file.write(_lines(columns, at).encode())


def _columns(at: Any) -> dict[str, pa.Array]:
    """Good cells of the rows `at`."""
    shuffled = at * 48271 % 99_999_989  # a prime: every row has another
    text = {"i": pa.array(at // 98 + 100_000).cast(pa.string()), "no": pa.array(shuffled % 899 + 1).cast(pa.string())}
    district, street = _of(DISTRICTS, at), _of(STREETS, shuffled)
    kind, code = _of(KINDS, shuffled // 7), pc.utf8_lpad(pa.array(shuffled).cast(pa.string()), 8, "0")
    day = pa.array(shuffled % 14_000 + 5479, pa.int32()).cast(pa.date32()).cast(pa.string())
    return {
        "facility_id": _join("LN-", district, "-", text["i"]),
        "name": _join("辽宁", street, kind, text["no"], "号"),
        "type_code": _of(TYPES, shuffled // 3),
        "district": district,
        "address": _join("辽宁省沈阳市和平区", street, text["no"], "号"),
        "lon": pa.array(np.round(118.9 + shuffled % 6_799_999 / 1e6, 6)).cast(pa.string()),
        "lat": pa.array(np.round(38.8 + shuffled % 4_599_999 / 1e6, 6)).cast(pa.string()),
        "area_m2": pa.array(shuffled % 4_999_999 / 100).cast(pa.string()),
        "indoor": _of(["true", "false"], shuffled),
        "built": day,
        "status": _of(STATES, shuffled // 11),
        "uscc": _join("91", district, "MA", code),
        "hours": _of(HOURS, shuffled // 5),
        "phone": _join("024-", code),
        "investment": pa.array(shuffled % 89_999_999 / 4).cast(pa.string()),
        "capacity": pa.array(shuffled % 19_999 + 1).cast(pa.string()),
        "owner": _join(_of(STREETS, at // 3), "体育局"),
        "updated": pa.array(shuffled % 700 + 19_509, pa.int32()).cast(pa.date32()).cast(pa.string()),
        "free": _of(["true", "false", ""], shuffled // 2),
        "remarks": _of(REMARKS, shuffled // 13),
    }


def _of(choices: list[str], at: Any) -> pa.Array:
    return pa.array(choices).take(pa.array(at % len(choices)))


def _join(*parts: Any) -> pa.Array:
    return pc.binary_join_element_wise(*[pa.scalar(part) if isinstance(part, str) else part for part in parts], "")


def _spoil(columns: dict[str, pa.Array], at: Any) -> None:
    nth = 10
    for name, faults in FAULTS.items():
        for fault in faults:
            columns[name] = pc.if_else(pa.array(at % EVERY == nth), fault, columns[name])
            nth += 1
    for name in ("facility_id", "uscc"):
        before = pc.take(columns[name], pa.array(np.maximum(np.arange(len(at)) - 1, 0)))
        columns[name] = pc.if_else(pa.array(at % EVERY == nth), before, columns[name])
        nth += 2


def _lines(columns: dict[str, pa.Array], at: Any) -> str:
    ordered = [columns[name] for name in NAMES]
    whole = _join(*[part for column in ordered for part in (column, ",")][:-1])
    short = _join(*[part for column in ordered[:17] for part in (column, ",")][:-1])
    for nth, line in ((500, short), (501, _join(whole, ",多余,x")), (502, pa.scalar(""))):
        whole = pc.if_else(pa.array(at % EVERY == nth), line, whole)
    return "\n".join(whole.to_pylist()) + "\n"

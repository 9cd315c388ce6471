"""The reference workload of the conformance bench: a table of facilities with a thousandth of errors of each of twenty kinds.

Run `python reference_facilities.py FOLDER ROWS` where numpy and polars are installed: the bench runs it in the environment of a peer.
It writes `facilities.csv`, `admin.csv` and `datapackage.json`; the same rows come out for the same count, because every random number
is drawn in a fixed order. The project's own workload (`tests/support/faulty_facilities.py`) has regular rows; these are random, a few hold a
line end within quotes, and a date is wrong only beside another one, which no schema can say. Not here: judging anything.
"""

import io
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import polars as pl

SHARE = 0.001
"""Rows with an error of a given kind."""
FIRST = 10
"""Rows without errors at the beginning."""
SHORT = 17
"""Cells of a short row."""
DISTRICTS = [f"21{city:02d}{district:02d}" for city in range(1, 15) for district in range(1, 9)][:100]
TYPES = [f"{group}{kind:02d}" for group in range(11, 19) for kind in range(1, 11)]
STATES = ["运行", "停用", "在建", "拆除"]
CITIES = [
    "沈阳市",
    "大连市",
    "鞍山市",
    "抚顺市",
    "本溪市",
    "丹东市",
    "锦州市",
    "营口市",
    "阜新市",
    "辽阳市",
    "盘锦市",
    "铁岭市",
    "朝阳市",
    "葫芦岛市",
]
AREAS = ["和平区", "沈河区", "铁西区", "皇姑区", "大东区", "浑南区", "于洪区", "苏家屯区"]
STREETS = ["青年大街", "中山路", "人民路", "解放路", "建设路", "胜利街", "文化路", "三好街", "黄河大街", "长江街"]
KINDS = [
    "全民健身中心",
    "体育馆",
    "社区健身广场",
    "游泳馆",
    "足球场",
    "篮球场",
    "乒乓球馆",
    "文化站",
    "图书馆",
    "老年活动中心",
]
OWNERS = [f"{city}{office}" for city in CITIES for office in ("体育局", "文化旅游局", "教育局", "民政局")]
HOURS = ["08:00-17:00", "09:00-21:00", "全天开放", "周一至周五 08:30-16:30"]
REMARKS = [*[None] * 6, "设施完好，定期维护", "待更新，需要维修", "含“无障碍”通道, 免费停车", '标注"示范点"']
FAULTS: dict[str, tuple[str, str | None]] = {
    "type_number": ("area_m2", "一百平"), "type_integer": ("capacity", "12.5"), "type_date": ("built_date", "2021-02-30"),
    "type_boolean": ("indoor", "是"), "required": ("name", None), "pattern_uscc": ("uscc", "BADUSCC-0"), "pattern_phone": ("phone", "12-345"),
    "enum_type": ("type_code", "9999"), "enum_status": ("status", "未知"), "minimum": ("capacity", "0"), "maximum": ("lon", "199.5"),
    "minLength": ("name", "馆"), "maxLength": ("remarks", "很长的备注" * 50), "dup_key": ("facility_id", "@before"), "dup_unique": ("uscc", "@before"),
    "fk": ("admin_code", "219999"), "cross_field": ("updated", "1900-01-01"), "short": ("", "short"), "long": ("", "long"), "blank": ("", "blank"),
}  # fmt: skip
"""The field and the cell that stands there; `@before` is the cell of the row before, and no field means the whole row."""


def _field(name: str, kind: str = "string", **constraints: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "constraints": constraints}


FIELDS = [
    _field("facility_id", required=True, unique=True, pattern=r"LN-\d{6}-\d{6}"),
    _field("name", required=True, minLength=4, maxLength=40),
    _field("type_code", required=True, enum=TYPES),
    _field("admin_code", required=True, pattern=r"21\d{4}"),
    _field("address", required=True, minLength=5, maxLength=100),
    _field("lon", "number", required=True, minimum=118.8, maximum=125.8),
    _field("lat", "number", required=True, minimum=38.7, maximum=43.5),
    _field("area_m2", "number", minimum=0),
    _field("indoor", "boolean", required=True),
    _field("built_date", "date", minimum="1949-10-01"),
    _field("status", required=True, enum=STATES),
    _field("uscc", required=True, unique=True, pattern=r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}"),
    _field("open_hours", maxLength=30),
    _field("phone", pattern=r"(0\d{2,3}-\d{7,8}|1\d{10})"),
    _field("investment", "number", minimum=0, maximum=1000000000),
    _field("capacity", "integer", minimum=1, maximum=100000),
    _field("owner_org", required=True),
    _field("updated", "date", required=True),
    _field("free_fee", "boolean"),
    _field("remarks", maxLength=200),
]


def write_package(folder: Path, rows: int) -> None:
    """Writes the table with so many rows, the table of districts, and the descriptor that judges the first by the second."""
    schema = {"fields": FIELDS, "missingValues": [""], "primaryKey": ["facility_id"],
              "foreignKeys": [{"fields": ["admin_code"], "reference": {"resource": "admin", "fields": ["code"]}}]}  # fmt: skip
    facilities = {"name": "facilities", "path": "facilities.csv", "encoding": "utf-8", "schema": schema}
    codes = {"fields": [{"name": "code", "type": "string"}, {"name": "name", "type": "string"}]}
    admin = {"name": "admin", "path": "admin.csv", "encoding": "utf-8", "schema": codes}
    (folder / "datapackage.json").write_text(json.dumps({"name": "facilities", "resources": [facilities, admin]}))
    (folder / "admin.csv").write_text("code,name\n" + "".join(f"{code},区划{code}\n" for code in DISTRICTS), "utf-8")
    chance = np.random.default_rng(20240)
    each = max(1, int(rows * SHARE))
    picked = chance.choice(np.arange(FIRST, rows), size=each * len(FAULTS), replace=False)
    spoiled = {kind: np.sort(picked[at * each : (at + 1) * each]) for at, kind in enumerate(FAULTS)}
    table = _good_rows(rows)
    for kind, (name, cell) in FAULTS.items():
        if name:
            table = table.with_columns(_spoil(table[name], spoiled[kind], cell, set(picked.tolist())))
    ragged = sorted((int(row), kind) for kind in ("short", "long", "blank") for row in spoiled[kind])
    with (folder / "facilities.csv").open("wb") as out:
        out.write((",".join(field["name"] for field in FIELDS) + "\n").encode())
        _write_rows(out, table, ragged)


def _choose(choices: list[Any], at: Any) -> pl.Series:
    return pl.Series(choices).gather(pl.Series(at))


def _good_rows(rows: int) -> pl.DataFrame:
    at, chance = np.arange(rows), np.random.default_rng(1000)
    drawn = pl.DataFrame({
        "i": at, "district": _choose(DISTRICTS, at % 100), "city": _choose(CITIES, at % 14), "area": _choose(AREAS, chance.integers(0, 8, rows)),
        "street": _choose(STREETS, chance.integers(0, 10, rows)), "kind": _choose(KINDS, chance.integers(0, 10, rows)),
        "no": chance.integers(1, 900, rows), "type_code": _choose(TYPES, chance.integers(0, 80, rows)),
        "lon": chance.uniform(118.9, 125.7, rows), "lat": chance.uniform(38.8, 43.4, rows), "size": chance.uniform(50, 50000, rows),
        "indoor": chance.random(rows) < 0.5, "built": chance.integers(0, 14000, rows), "status": _choose(STATES, chance.choice(4, rows, p=[0.85, 0.08, 0.05, 0.02])),
        "open_hours": _choose(HOURS, chance.integers(0, 4, rows)), "phone": chance.integers(10000000, 99999999, rows),
        "investment": chance.uniform(1000, 9e7, rows), "capacity": chance.integers(1, 20000, rows), "owner_org": _choose(OWNERS, chance.integers(0, len(OWNERS), rows)),
        "updated": chance.integers(0, 700, rows), "free": chance.random(rows) < 0.6, "remarks": _choose(REMARKS, chance.integers(0, 10, rows)),
        "two_lines": chance.random(rows) < 0.0005,
    })  # fmt: skip
    return drawn.select(
        facility_id=pl.format("LN-{}-{}", "district", (pl.col("i") // 100 + 1).cast(pl.String).str.zfill(6)),
        name=pl.format("{}{}{}{}号", "city", "area", "kind", "no"),
        type_code="type_code",
        admin_code="district",
        address=pl.format("辽宁省{}{}{}{}号", "city", "area", "street", "no"),
        lon=pl.col("lon").round(6).cast(pl.String),
        lat=pl.col("lat").round(6).cast(pl.String),
        area_m2=pl.col("size").round(2).cast(pl.String),
        indoor=_truth("indoor"),
        built_date=_day(date(1985, 1, 1), "built"),
        status="status",
        uscc=pl.format("91{}MA{}", "district", ((pl.col("i") * 48271) % 100000000).cast(pl.String).str.zfill(8)),
        open_hours="open_hours",
        phone=pl.format("024-{}", "phone"),
        investment=pl.col("investment").round(2).cast(pl.String),
        capacity=pl.col("capacity").cast(pl.String),
        owner_org="owner_org",
        updated=_day(date(2023, 6, 1), "updated"),
        free_fee=_truth("free"),
        remarks=pl.when("two_lines").then(pl.lit("第一行\n第二行")).otherwise(pl.col("remarks")),
    )


def _truth(name: str) -> pl.Expr:
    return pl.when(name).then(pl.lit("true")).otherwise(pl.lit("false"))


def _day(first: date, name: str) -> pl.Expr:
    return (pl.lit(first) + pl.duration(days=pl.col(name))).cast(pl.Date).cast(pl.String)


def _spoil(cells: pl.Series, rows: Any, cell: str | None, spoiled: set[int]) -> pl.Series:
    """Returns the column with a wrong cell in those rows; a repeated key is that of the row before that has no error."""
    if cell != "@before":
        return cells.scatter(rows.tolist(), [cell] * len(rows))
    sources = [next((at for at in range(int(row) - 1, -1, -1) if at not in spoiled), 0) for row in rows]
    return cells.scatter(rows.tolist(), cells.gather(sources))


def _write_rows(out: BinaryIO, table: pl.DataFrame, ragged: list[tuple[int, str]]) -> None:
    start = 0
    for row, kind in ragged:
        _append(out, table[start:row])
        start = row + 1
        one = table[row:start]
        if kind == "blank":
            out.write(b"\n")
        else:
            _append(out, one[:, :SHORT] if kind == "short" else one.with_columns(more=pl.lit("多余"), last=pl.lit("x")))
    _append(out, table[start:])


def _append(out: BinaryIO, rows: pl.DataFrame) -> None:
    if len(rows):
        written = io.BytesIO()
        rows.write_csv(written, include_header=False)
        out.write(written.getvalue())


if __name__ == "__main__":
    write_package(Path(sys.argv[1]), int(sys.argv[2]))

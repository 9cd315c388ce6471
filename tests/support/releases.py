"""Small but true release folders for tests of the catalogue: `write_release` lays down the files that a freeze would.

CSV, Parquet, GeoJSON and checksums are real; the workbook is a stand-in of a few bytes, for nothing in `catalog` opens
it. A release with a `previous` one has a diff of one added row. Not here: contracts in general (`support.contracts`), and the freezing of real releases (`warehouse.releases.releases`).
"""

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from catalog.entry import CatalogueEntry
from schemas.codelists import COLUMNS
from schemas.contract import Contract
from schemas.departments import Department
from schemas.table_parts import TablePart, name_table_part
from support.contracts import contract_with

DEPARTMENTS = {
    code: Department(code=code, zh=zh, en=en, kind=kind, admin_code=admin)  # type: ignore[arg-type]
    for code, zh, en, kind, admin in [
        ("lnsports", "辽宁省体育局", "Liaoning Sports Bureau", "province_unit", "210000"),
        ("shenyang", "沈阳市体育局", "Shenyang Sports Bureau", "city_bureau", "210100"),
        ("dalian", "大连市体育局", "Dalian Sports Bureau", "city_bureau", "210200"),
    ]
}
PLACES = [
    {"facility_id": "LN-210102-FB01-00001", "name": "和平区体育公园1号足球场", "area_m2": 7140.0, "lon": 123.41812, "lat": 41.79655},
    {"facility_id": "LN-210202-BK01-00007", "name": "中山区灯光篮球场", "area_m2": None, "lon": 121.64411, "lat": 38.91773},
    {"facility_id": "LN-210602-SW01-00002", "name": "元宝区游泳馆", "area_m2": 2400.5, "lon": None, "lat": None},
]  # fmt: skip


def facility_contract(**overrides: Any) -> Contract:
    """A small contract with coordinates, constraints, a unit, a code list and a field that is not published."""
    fields = [
        {"name": "facility_id", "title": "场地编码", "constraints": {"required": True, "pattern": r"LN-21\d{4}-.*"},
         "sportlake": {"title_en": "Facility id", "description_en": "Permanent id", "example": "LN-210102-FB01-00001"}},
        {"name": "name", "title": "场地名称", "sportlake": {"title_en": "Name", "description_en": "Name of the facility"}},
        {"name": "area_m2", "type": "number", "title": "场地面积", "constraints": {"minimum": 0, "maximum": 5000000},
         "sportlake": {"title_en": "Sports area", "description_en": "Area for sport", "unit": "㎡"}},
        {"name": "lon", "type": "number", "title": "经度", "sportlake": {"title_en": "Longitude", "description_en": "Longitude", "unit": "°"}},
        {"name": "lat", "type": "number", "title": "纬度", "sportlake": {"title_en": "Latitude", "description_en": "Latitude", "unit": "°"}},
        {"name": "caretaker", "title": "管理员", "sportlake": {"title_en": "Caretaker", "description_en": "Not published"}},
    ]  # fmt: skip
    policy = {
        "coordinates": {"lon": "lon", "lat": "lat"},
        "disclosure": {"protected": ["caretaker"]},
        "title_en": "Sports facilities",
        "description_en": "Public sports facilities of the province, one row a facility.",
    }
    described = {
        "title": "体育场地",
        "description": "全省公共体育场地，一行一个场地。",
        "keywords": ["体育场地", "健身"],
    }
    return contract_with(
        fields, name="facility", policy={**policy, **overrides.pop("policy", {})}, **{**described, **overrides}
    )


def limits_with(**counts: int) -> dict[str, Any]:
    """The time limits of a release: one, with these counts."""
    named = {"title": {"zh": "预决算公开", "en": "Budgets published"}, "text": {"zh": "批复后20日内公开", "en": "publication within 20 days of the approval"}}  # fmt: skip
    states = dict.fromkeys(("met", "late", "missing", "due", "provisional"), 0)
    limit = {"id": "budget-published", **named, "clause": "第八行", "source": "标准目录", **states, **counts}
    return {"as_of": "2026-11-24", "limits": [limit]}


def write_release(
    releases: Path,
    contract: Contract,
    rows: Sequence[Mapping[str, Any]],
    *,
    number: str = "2026.11.1",
    previous: str | None = None,
    created: str = "2026-11-24T09:30:00+08:00",
    codelists: Mapping[str, Sequence[tuple[str, str, str]]] = {},
    part_rows: int | None = None,
    **facts: Any,
) -> Path:
    """The folder of one release of these rows (public fields only).

    `codelists` gives (code, zh, en) by name of the list; `facts` replace parts of `sportlake.release`. With `part_rows` the rows are Parquet parts of so
    many rows, and in no other format.
    """
    folder = releases / contract.name / number
    folder.mkdir(parents=True)
    names = [field.name for field in contract.public_fields()]
    files = _whole_table(contract, names, rows) if part_rows is None else _table_parts(contract, rows, part_rows)
    for name, codes in codelists.items():
        lines = [dict(zip(("code", "zh", "en"), code, strict=True)) for code in codes]
        files[f"codelist_{name}.csv"] = _csv(list(COLUMNS), lines)
    files["dictionary.csv"] = _csv(
        ["name", "label_zh"], [{"name": f.name, "label_zh": f.title} for f in contract.public_fields()]
    )
    changes = {"added": 1, "removed": 0, "changed": 0, "columns_added": [], "columns_removed": []} if previous else None
    if changes:
        key = contract.primary_key[0]
        files[f"{contract.name}_changes.csv"] = _csv(
            ["change", key], [{"change": "added", key: row[key]} for row in rows[:1]]
        )
    release = {
        "number": number, "created": created, "content_hash": hashlib.sha256(b"".join(files.values())).hexdigest(),
        "contract_version": contract.version, "lake_version": 1, "previous": previous, "rows": len(rows), "fields": len(names),
        "data_updated": "2026-11-23", "time_range": {"from": "2026-01-01", "to": "2026-12-31"}, "departments": ["shenyang", "dalian"],
        "quality": {"rows_submitted": len(rows), "rows_held_back": 0, "findings": {}, "completeness": 0.8667},
        "changes": changes, **facts,
    }  # fmt: skip
    files["datapackage.json"] = _json(_package(contract, names, files, release))
    files["provenance.json"], files["quality.json"] = _json({"slices": []}), _json(release["quality"])
    files["SHA256SUMS"] = "".join(f"{hashlib.sha256(files[n]).hexdigest()}  {n}\n" for n in sorted(files)).encode()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def _whole_table(contract: Contract, names: list[str], rows: Sequence[Mapping[str, Any]]) -> dict[str, bytes]:
    """The rows in every format, by file name."""
    files = {
        f"{contract.name}.csv": _csv(names, rows),
        f"{contract.name}.xlsx": b"PK stands in",
        f"{contract.name}.parquet": _parquet(contract, rows),
    }
    if at := contract.policy.coordinates:
        files[f"{contract.name}.geojson"] = _geojson(names, rows, at.lon, at.lat)
    return files


def _table_parts(contract: Contract, rows: Sequence[Mapping[str, Any]], part_rows: int) -> dict[str, bytes]:
    """The rows as parts, by file name."""
    starts = range(0, len(rows), part_rows)
    return {
        name_table_part(contract.name, TablePart(number, len(starts))): _parquet(
            contract, rows[first : first + part_rows]
        )
        for number, first in enumerate(starts, 1)
    }


def _parquet(contract: Contract, rows: Sequence[Mapping[str, Any]]) -> bytes:
    """A Parquet file of the rows: numbers as numbers, also where a row has their text, and everything else as it stands."""
    read = {"integer": int, "year": int, "number": float}
    columns = {
        field.name: [
            None if row.get(field.name) in (None, "") else read.get(field.type, _unchanged)(row[field.name])
            for row in rows
        ]
        for field in contract.public_fields()
    }
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


def _unchanged(value: Any) -> Any:
    return value


def _package(
    contract: Contract, names: list[str], files: Mapping[str, bytes], release: Mapping[str, Any]
) -> dict[str, Any]:
    sheets = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    kinds = {
        "csv": "text/csv",
        "xlsx": sheets,
        "parquet": "application/vnd.apache.parquet",
        "geojson": "application/geo+json",
    }
    schema = contract.table_schema
    schema["fields"] = [field for field in schema["fields"] if field["name"] in names]
    resources = [
        {
            "name": name.replace(".", "-"), "path": name, "format": (suffix := name.rpartition(".")[2]), "mediatype": kinds[suffix],
            "bytes": len(content), "hash": "sha256:" + hashlib.sha256(content).hexdigest(),
            **({"schema": schema} if place == 0 else {}), **({"encoding": "utf-8-sig"} if suffix == "csv" else {}),
        }
        for place, (name, content) in enumerate(files.items())
    ]  # fmt: skip
    policy = {**contract.descriptor["sportlake"], "release": dict(release)}
    return {**contract.descriptor, "resources": resources, "sportlake": policy}


def _csv(names: list[str], rows: Sequence[Mapping[str, Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([["" if row.get(name) is None else row[name] for name in names] for row in rows])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _geojson(names: list[str], rows: Sequence[Mapping[str, Any]], lon: str, lat: str) -> bytes:
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [row[lon], row[lat]]},
            "properties": {name: row.get(name) for name in names},
        }
        for row in rows
        if row[lon] is not None
    ]
    return _json({"type": "FeatureCollection", "features": features})


def _json(said: Mapping[str, Any]) -> bytes:
    """Without indents, which only the slow encoder writes."""
    return (json.dumps(said, ensure_ascii=False, default=date.isoformat) + "\n").encode()


def in_parts(entry: CatalogueEntry, total: int, **facts: Any) -> CatalogueEntry:
    """The entry as if its release had its rows in so many parts, with other facts too; there are no such files."""
    [whole] = entry.facts.table_files
    names = [name_table_part(entry.dataset, TablePart(number, total)) for number in range(1, total + 1)]
    parts = tuple(whole.model_copy(update={"name": name, "path": whole.path.replace(whole.name, name)}) for name in names)  # fmt: skip
    return entry.model_copy(update={"facts": entry.facts.model_copy(update={"distributions": parts, **facts})})

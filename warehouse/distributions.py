"""Writers for the files of a release: CSV, Parquet, GeoJSON, and code lists.

Each writes one file from rows that are already public and in canonical order; the same rows give the same bytes. Not here:
which fields are public (`warehouse/package.py`), folders and checksums (`warehouse/freezing.py`).

A cell that begins with `=`, `+`, `-` or `@` is data and is written unchanged, because these files are read by machines. The
dataset's page warns people who open the CSV in a spreadsheet; in receipts, which people open, such cells are neutralised.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from shutil import copyfileobj
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas.codelists import COLUMNS, CodeList
from schemas.policy import Coordinates
from warehouse import sql
from warehouse.canonical import to_canonical_text

BOM = "\ufeff".encode()  # without it Excel reads Chinese UTF-8 as GBK
ROW_GROUP = 122_880
DATUM_NOTE = {
    "zh": "坐标为 {datum}；与 WGS84 相差不到 1 米，按 RFC 7946 使用",
    "en": "Coordinates are in {datum}, within one metre of WGS84, and used as RFC 7946 asks",
}
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
CODELIST_SCHEMA: Mapping[str, Any] = {
    "fields": [{"name": name, "type": "date" if name.startswith("valid_") else "string"} for name in COLUMNS],
    "missingValues": [""],
}


def write_csv(text: pa.Table, path: Path) -> None:
    """Write text columns as UTF-8 CSV with a byte-order mark, LF line ends, quotes only where needed, null as empty."""
    small = text.nbytes < sql.SMALL_TABLE
    with sql.open_small_connection() if small else sql.open_connection(path.parent) as con:
        con.register("cells", text)
        copy_csv(con, "from cells", path)


def copy_csv(con: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    """Write the result of a query (all text columns) in the format of `write_csv`, without loading it all into memory."""
    plain = path.with_name(f".{path.name}.plain")
    con.execute(f"copy ({query}) to {sql.quote_text(str(plain))} (format csv, header true)")
    with plain.open("rb") as source, path.open("wb") as target:
        target.write(BOM)
        copyfileobj(source, target, 1 << 20)
    plain.unlink()


def write_parquet(table: pa.Table, path: Path, about: Mapping[str, str]) -> None:
    """Write typed columns as Parquet; columns keep their `comment`, and `about` becomes the file's metadata."""
    table = table.replace_schema_metadata(dict(about))
    pq.write_table(table, path, compression="zstd", compression_level=3, row_group_size=ROW_GROUP)


def write_geojson(table: pa.Table, schema: Mapping[str, Any], at: Coordinates, path: Path) -> None:
    """Write one feature per row, in row order; a row without coordinates has a null geometry. Source: RFC 7946."""
    note = {language: said.format(datum=at.datum) for language, said in DATUM_NOTE.items()}
    head = _to_json({"type": "FeatureCollection", "datum": at.datum, "note": note})
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(head[:-1] + ',"features":[\n')
        for number, batch in enumerate(table.to_batches(max_chunksize=ROW_GROUP)):
            lines = _feature_json(pa.Table.from_batches([batch]), schema, at)
            file.write((",\n" if number else "") + ",\n".join(lines.to_pylist()))
        file.write("\n]}\n")


def write_codelist(codelist: CodeList, path: Path) -> None:
    """Write the code list in its own order, with the columns of `CODELIST_SCHEMA`."""
    codes = [code.model_dump(mode="json") for code in codelist.codes]
    write_csv(pa.table({name: pa.array([code[name] for code in codes], pa.string()) for name in COLUMNS}), path)


def _feature_json(table: pa.Table, schema: Mapping[str, Any], at: Coordinates) -> pa.ChunkedArray:
    """Return each row's feature as JSON, built column by column: row by row takes a minute per million rows."""
    text, key = to_canonical_text(table, schema), schema.get("primaryKey", [])
    cells = {name: _json_cells(table.column(name), text.column(name)) for name in text.column_names}
    lon, lat = cells.pop(at.lon), cells.pop(at.lat)
    placed = pc.and_(pc.not_equal(lon, "null"), pc.not_equal(lat, "null"))
    point = _concat_texts('{"type":"Point","coordinates":[', lon, ",", lat, "]}")
    named = [part for name, cell in cells.items() for part in (f",{_to_json(name)}:", cell)]
    named = [named[0].removeprefix(","), *named[1:]] if named else []
    own = [',"id":', cells[key[0]]] if len(key) == 1 and key[0] in cells else []
    geometry = pc.if_else(placed, point, "null")
    return _concat_texts('{"type":"Feature"', *own, ',"geometry":', geometry, ',"properties":{', *named, "}}")


def _json_cells(typed: pa.ChunkedArray, text: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return each cell as JSON; NaN and infinity become null, because JSON has neither, and so do empty cells."""
    kind = typed.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return pc.fill_null(pc.if_else(pc.match_substring_regex(text, "[A-Z]"), None, text), "null")
    if pa.types.is_boolean(kind):
        return pc.fill_null(text, "null")
    distinct = pc.unique(text)
    quoted = pa.array([_to_json(value) for value in distinct.to_pylist()], pa.string())
    return pc.take(quoted, pc.index_in(text, value_set=distinct))


def _concat_texts(*parts: object) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(*parts, "")


def _to_json(value: object) -> str:
    return _ENCODER.encode(value)

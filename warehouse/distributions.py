"""Writers for the files of a release: Parquet, and CSV of small tables such as code lists and the dictionary.

Each writes one file from rows that are already public and in canonical order; the same rows give the same bytes. Not here:
CSV and GeoJSON of the rows themselves (`warehouse/releases/row_files.py`), which fields are public (`warehouse/releases/package.py`), folders and
checksums (`warehouse/releases/freezing.py`).

A cell that begins with `=`, `+`, `-` or `@` is data and is written unchanged, because these files are read by machines. The
dataset's page warns people who open the CSV in a spreadsheet; in receipts, which people open, such cells are neutralised.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.codelists import COLUMNS, CodeList
from warehouse import sql

BOM = "\ufeff".encode()
"""Beginning of every CSV file; without it Excel reads Chinese UTF-8 as GBK."""
ROW_GROUP = 122_880
"""Rows of a row group of Parquet, as DuckDB writes them."""
CODELIST_SCHEMA: Mapping[str, Any] = {
    "fields": [{"name": name, "type": "date" if name.startswith("valid_") else "string"} for name in COLUMNS],
    "missingValues": [""],
}


def write_csv(text: pa.Table, path: Path) -> None:
    """Writes text columns as UTF-8 CSV with a byte-order mark, LF line ends, quotes only where needed, null as empty."""
    small = text.nbytes < sql.SMALL_TABLE
    with sql.open_small_connection() if small else sql.open_connection(path.parent) as con:
        con.register("cells", text)
        copy_csv(con, "from cells", path)


def copy_csv(con: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    """Writes the result of a query (all text columns) in the format of `write_csv`, without loading it all into memory."""
    plain = path.with_name(f".{path.name}.plain")
    con.execute(f"copy ({query}) to {sql.quote_text(str(plain))} (format csv, header true)")
    with plain.open("rb") as source, path.open("wb") as target:
        target.write(BOM)
        copyfileobj(source, target, 1 << 20)
    plain.unlink()


def write_parquet(table: pa.Table, path: Path, about: Mapping[str, str]) -> None:
    """Writes typed columns as Parquet; columns keep their `comment`, and `about` becomes the file's metadata."""
    table = table.replace_schema_metadata(dict(about))
    pq.write_table(table, path, compression="zstd", compression_level=3, row_group_size=ROW_GROUP)


@contextmanager
def open_parquet(path: Path, schema: pa.Schema, about: Mapping[str, str]) -> Iterator[pq.ParquetWriter]:
    """Yields a writer of the file that `write_parquet` would write, for rows that come one row group after the other."""
    described = schema.with_metadata(dict(about))
    with pq.ParquetWriter(path, described, compression="zstd", compression_level=3) as writer:
        yield writer


def write_codelist(codelist: CodeList, path: Path) -> None:
    """Writes the code list in its own order, with the columns of `CODELIST_SCHEMA`."""
    codes = [code.model_dump(mode="json") for code in codelist.codes]
    write_csv(pa.table({name: pa.array([code[name] for code in codes], pa.string()) for name in COLUMNS}), path)

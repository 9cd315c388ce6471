"""Readers take parts of a released Parquet file over HTTP: a column costs its own bytes, not those of the file.

polars reads addresses itself, pyarrow by fsspec, DuckDB by the program of docs/analysts.md. DuckDB's extension `httpfs` has to be downloaded, and cannot be asked here.
"""

import re
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fsspec.implementations.http import HTTPFileSystem

from support.ranged_site import serve_ranges
from warehouse.distributions import write_parquet

DOCUMENT = (Path(__file__).parents[2] / "docs" / "analysts.md").read_text(encoding="utf-8")
ROWS = 300_000
BLOCK = 2**16


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A file written as releases are, large enough that a part of it is a part."""
    folder = tmp_path_factory.mktemp("site")
    names = pa.array([f"场地 {number * 7919 % ROWS:06d}" for number in range(ROWS)])
    codes = pa.array([f"21{number % 14:02d}00" for number in range(ROWS)])
    write_parquet(pa.table({"facility_id": names, "name": names, "admin_code": codes}), folder / "facility.parquet", {})
    return folder


@pytest.fixture
def site(folder):
    with serve_ranges(folder) as served:
        yield served


def check_parts(site, folder):
    """Every answer was a part, and all of them together are a small part of the file."""
    assert site.sent
    assert None not in site.sent
    assert sum(site.sent) < (folder / "facility.parquet").stat().st_size / 4


def test_pyarrow_reads_one_column_by_parts(site, folder):
    with HTTPFileSystem(block_size=BLOCK, skip_instance_cache=True).open(f"{site.address}/facility.parquet") as file:
        codes = pq.ParquetFile(file).read(columns=["admin_code"]).column("admin_code")
    assert (len(codes), codes.type, codes[0].as_py()) == (ROWS, pa.string(), "210000")
    check_parts(site, folder)


def test_polars_reads_one_column_by_parts(site, folder):
    scanned = pl.scan_parquet(f"{site.address}/facility.parquet").select("admin_code").collect()
    assert (scanned.height, scanned.schema["admin_code"]) == (ROWS, pl.String)
    check_parts(site, folder)


def test_duckdb_reads_one_column_by_parts_with_the_program_of_the_document(site, folder, capsys):
    section = DOCUMENT.partition("## Parquet over HTTP")[2].partition("\n## ")[0]
    (program,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    (address,) = set(re.findall(r"https://[^']+\.parquet", program))
    names = {}
    exec(program.replace(address, f"{site.address}/facility.parquet"), names)  # noqa: S102 -- the program of our own document
    assert "14" in capsys.readouterr().out
    names["con"].close()
    check_parts(site, folder)

"""Rows of parts cut into shards: Parquet files in a working folder, written by a query that gives each row the number of its shard.

Grain of a file: the rows of some parts with one shard number. Rows are streamed from files to files, and are never all in memory. Not
here: how the number is computed, removing the folder (`warehouse/working_folders.py`).
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import mkdtemp

import duckdb

from schemas.contract import Contract
from warehouse import sql
from warehouse.lake.parts import compose_fields_query


@contextmanager
def open_part_rows(
    files: Sequence[Path], contract: Contract, names: Collection[str], view: str, folder: Path
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yields a connection with a view named `view` of all rows of the files: these fields, `department` and `period`. It spills into `folder`."""
    with closing(sql.open_connection(folder / "spill")) as con:
        con.execute("SET enable_progress_bar = false")  # worker processes would print it
        con.execute(f"CREATE TEMP VIEW {sql.quote_name(view)} AS {compose_fields_query(files, contract, names)}")
        yield con


def write_shards(con: duckdb.DuckDBPyConnection, query: str, number: str, folder: Path) -> dict[int, list[Path]]:
    """Writes the rows of a query into one file for each value of the column `number`, and returns the files by that value; empty without rows.

    The files have all other columns. They are written into a new folder below `folder`, so that units that run twice at once, or were
    killed, do not mix. OSError or `duckdb.IOException` if the disk is full or the folder is not there.
    """
    target = Path(mkdtemp(dir=folder))
    con.execute(
        f"COPY ({query}) TO {sql.quote_text(str(target))} (FORMAT parquet, PARTITION_BY ({sql.quote_name(number)}))"
    )
    found: dict[int, list[Path]] = {}
    for file in sorted(target.glob(f"{number}=*/*.parquet")):
        found.setdefault(int(file.parent.name.partition("=")[2]), []).append(file)
    return found

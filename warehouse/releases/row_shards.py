"""Rows of parts cut into shards: Parquet files in a folder of work, by a query that gives each row the number of its shard.

Grain of a file: rows of some parts that have one number. The rows go from files to files, and are never all in memory. Not here: what the
number is, the folder's end (`warehouse/working_folders.py`).
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
    """Yields a connection in which `view` has these fields, `department` and `period` of all rows of the files; it spills into `folder`."""
    with closing(sql.open_connection(folder / "spill")) as con:
        con.execute("SET enable_progress_bar = false")  # which a worker process without a main module would print
        con.execute(f"CREATE TEMP VIEW {sql.quote_name(view)} AS {compose_fields_query(files, contract, names)}")
        yield con


def write_shards(con: duckdb.DuckDBPyConnection, query: str, number: str, folder: Path) -> dict[int, list[Path]]:
    """Writes the rows of a query into files by their column `number`, and returns the files by number; without rows there is none.

    The files have the other columns. They lie in a new folder in `folder`, so that work that is done twice at once, or was killed, mixes with nothing.
    OSError or `duckdb.IOException` if the disk is full or the folder is not there.
    """
    target = Path(mkdtemp(dir=folder))
    con.execute(
        f"COPY ({query}) TO {sql.quote_text(str(target))} (FORMAT parquet, PARTITION_BY ({sql.quote_name(number)}))"
    )
    found: dict[int, list[Path]] = {}
    for file in sorted(target.glob(f"{number}=*/*.parquet")):
        found.setdefault(int(file.parent.name.partition("=")[2]), []).append(file)
    return found

"""A file of a release that DuckDB cannot read is our error: which file, what is wrong, what to do."""

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from catalog.preview import open_database
from catalog.release_query import query_release
from schemas.errors import CatalogueError

ASKED = "SELECT count(*), max(id) FROM read_parquet(?)"


@pytest.fixture
def files(tmp_path):
    folder = tmp_path / "sample" / "2026.11.1"
    folder.mkdir(parents=True)
    made = [folder / f"sample-0000{number}-of-00002.parquet" for number in (1, 2)]
    for file in made:
        pq.write_table(pa.table({"id": [f"{file.name}{row}" for row in range(999)]}), file)
    return made


def ask(files, query=ASKED):
    names = [str(file) for file in files]
    return query_release(open_database(), query, [names], names)


@pytest.mark.parametrize(
    "harm",
    [lambda file: file.write_bytes(file.read_bytes()[:900]), lambda file: file.write_bytes(b""), lambda file: file.unlink()],
    ids=["truncated", "empty", "lost"],
)  # fmt: skip
def test_a_file_that_is_not_whole_is_named_with_the_way_to_mend_it(files, harm):
    assert ask(files)[0][0] == 1998
    harm(files[1])
    with pytest.raises(CatalogueError) as refused:
        ask(files)
    assert "sample/2026.11.1/sample-00002-of-00002.parquet cannot be read" in refused.value.text.en
    assert "compare SHA256SUMS, restore that release from a backup" in refused.value.text.en
    assert "sample/2026.11.1/sample-00002-of-00002.parquet 无法读取" in refused.value.text.zh


def test_of_damage_that_duckdb_does_not_place_the_release_is_named(files):
    content = bytearray(files[1].read_bytes())
    content[-400:-300] = b"\xff" * 100
    files[1].write_bytes(content)
    with pytest.raises(CatalogueError, match=r"sample/2026\.11\.1/\*\.parquet cannot be read"):
        ask(files)


def test_want_of_memory_is_no_fault_of_a_file(files):
    name, many = str(files[0]), "SELECT count(DISTINCT a.id || b.range) FROM read_parquet(?) a, range(9999) b"
    with open_database() as database:
        database.execute("SET memory_limit = '20MB'")
        with pytest.raises(duckdb.OutOfMemoryException):
            query_release(database, many, [[name]], [name])

"""Where the rows of a release lie, and their digest: the same in one file and in parts."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from schemas.errors import ReleaseError
from schemas.table_parts import TablePart, name_table_part
from warehouse.canonical import canonical_digest
from warehouse.releases.release_table import (
    digest_table,
    list_release_files,
    list_table_files,
    read_release_batches,
    read_table,
)

SCHEMA = {"fields": [{"name": "id", "type": "string"}, {"name": "n", "type": "number"}], "primaryKey": ["id"]}
ROWS = pa.table({"id": [f"r{n:02}" for n in range(20)], "n": [None, *(n / 2 for n in range(19))]})


def write_parts(folder, rows, *starts):
    ends = [*starts[1:], rows.num_rows]
    for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1):
        name = name_table_part("sample", TablePart(number, len(starts)))
        pq.write_table(rows.slice(start, end - start), folder / name)
    return list_table_files(folder, "sample")


def test_parts_are_found_in_the_order_of_their_rows(tmp_path):
    files = write_parts(tmp_path, ROWS, 0, 3, 3, 17)
    assert [file.name[7:12] for file in files] == ["00001", "00002", "00003", "00004"]
    assert read_table(files).equals(ROWS)
    assert read_table(files, ["n"]).equals(ROWS.select(["n"]))


def test_a_release_without_parts_is_one_file(tmp_path):
    release = tmp_path / "sample" / "2026.11.1"
    assert list_release_files(release) == (release / "sample.parquet",)


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_a_missing_part_is_an_error_whichever_it_is(tmp_path, lost):
    write_parts(tmp_path, ROWS, 0, 3, 17)[lost].unlink()
    with pytest.raises(ReleaseError, match="there are 2"):
        list_table_files(tmp_path, "sample")


@pytest.mark.parametrize("name", ["sample-x-of-y.parquet", "sample-00004-of-00003.parquet"])
def test_a_file_that_is_no_part_is_named_and_nothing_is_called_missing(tmp_path, name):
    write_parts(tmp_path, ROWS, 0, 3, 17)
    (tmp_path / name).touch()
    with pytest.raises(ReleaseError, match=f"no part of it: {name}; move it away"):
        list_table_files(tmp_path, "sample")


@pytest.mark.parametrize("starts", [(), (0, 7)])
def test_a_file_of_a_release_that_cannot_be_read_is_told_with_the_release(tmp_path, starts):
    release = tmp_path / "sample" / "2026.11.1"
    release.mkdir(parents=True)
    if starts:
        write_parts(release, ROWS, *starts)[-1].write_bytes(b"PAR1")
    with pytest.raises(ReleaseError, match=r"sample/2026\.11\.1 cannot be read.*restore it from a backup"):
        list(read_release_batches(release, 5))


@pytest.mark.parametrize("starts", [(0,), (0, 7), (0, 1, 1, 19)])
def test_the_digest_does_not_tell_how_the_rows_are_cut(tmp_path, starts):
    assert digest_table(write_parts(tmp_path, ROWS, *starts), SCHEMA) == canonical_digest(ROWS, SCHEMA)


@pytest.mark.parametrize("schema", [SCHEMA, {"fields": SCHEMA["fields"]}])
def test_rows_whose_keys_do_not_rise_have_the_digest_of_the_sorted_rows(tmp_path, schema):
    mixed = pa.concat_tables([ROWS.slice(9), ROWS.slice(0, 9), ROWS.slice(4, 1)])
    assert digest_table(write_parts(tmp_path, mixed, 0, 11), schema) == canonical_digest(mixed, schema)

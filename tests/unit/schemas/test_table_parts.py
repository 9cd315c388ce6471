"""Names of the files with the rows of a release."""

import fnmatch

import pytest

from schemas.table_parts import TablePart, match_table_parts, name_table_file, name_table_part, read_table_part


def test_parts_sort_by_their_names_in_the_order_of_their_rows():
    names = [name_table_part("facility", TablePart(number, 120)) for number in range(1, 121)]
    assert names[0] == "facility-00001-of-00120.parquet"
    assert names == sorted(names)
    assert [read_table_part(name) for name in names] == [TablePart(number, 120) for number in range(1, 121)]
    assert all(fnmatch.fnmatch(name, match_table_parts("facility")) for name in names)


@pytest.mark.parametrize("name", [name_table_file("facility"), "facility_changes.csv", "facility-1-of-2.parquet"])
def test_other_files_are_no_parts(name):
    assert read_table_part(name) is None
    assert not fnmatch.fnmatch("facility.parquet", match_table_parts("facility"))

"""Sample files: the same table gives the same bytes at any time, in every form."""

import zipfile
from datetime import date

import pytest

from pipelines.sample.files import SUFFIX, SampleTable, write_file

TABLE = SampleTable(("场地代码", "建成日期", "面积"), (("S1", date(2020, 5, 1), 120.0), ("S2", None, 8.5)))


@pytest.mark.parametrize("form", sorted(SUFFIX))
def test_the_same_table_gives_the_same_bytes(tmp_path, form):
    first, second = tmp_path / "first" / "sample", tmp_path / "second" / "sample"
    for path in (first, second):
        write_file(path, TABLE, form)
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("form", ["xlsx", "xlsx-titled"])
def test_a_workbook_does_not_say_when_it_was_made(tmp_path, form):
    write_file(tmp_path / "sample.xlsx", TABLE, form)
    with zipfile.ZipFile(tmp_path / "sample.xlsx") as archive:
        assert {part.date_time[0] for part in archive.infolist()} == {1980}
        assert archive.read("docProps/core.xml").count(b">1980-01-01T00:00:00Z<") == 2

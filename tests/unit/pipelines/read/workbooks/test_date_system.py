"""The date system of a workbook: as programs write it, in XLSX and XLS."""

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from pipelines.read import read_file
from pipelines.read.workbooks.date_system import counts_from_1904
from support.files import HEADER, venues

FILES = Path(__file__).parents[4] / "golden" / "files"
IN_1900, IN_1904 = bytes.fromhex("220002000000 0e000200"), bytes.fromhex("220002000100 0e000200")


@pytest.mark.parametrize(("epoch", "from_1904"), [(CALENDAR_WINDOWS_1900, False), (CALENDAR_MAC_1904, True)])
def test_a_workbook_says_from_which_day_it_counts(tmp_path, epoch, from_1904):
    book, path = openpyxl.Workbook(), tmp_path / "a.xlsx"
    book.epoch = epoch
    for row in (HEADER.split(","), ["LN-1", "公园", 1, dt.date(2024, 5, 1)], ["LN-2", "公园", 1, 43951]):
        book.active.append(row)
    book.save(path)
    reading = read_file(path, venues())
    assert reading.days_from_1904 is from_1904
    assert reading.table.column(3).to_pylist() == ["2024-05-01", "43951"]


def test_an_old_workbook_says_it_in_a_record(tmp_path):
    content, path = (FILES / "legacy.xls").read_bytes(), tmp_path / "a.xls"
    path.write_bytes(content.replace(IN_1900, IN_1904))
    assert path.read_bytes() != content
    assert not read_file(FILES / "legacy.xls", venues()).days_from_1904
    assert read_file(path, venues()).days_from_1904


def test_an_ods_writes_its_dates_out():
    assert not counts_from_1904(FILES / "open.ods", "ods")

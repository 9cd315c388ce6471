"""The workbook: every value comes back as it was, codes keep their zeros, nothing in it can run, and no clock is in it."""

# ruff: noqa: DTZ001 -- a cell of a workbook knows no zone

import re
import zipfile
from datetime import date, datetime, time
from string import printable

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.releases.workbook import LONGEST_TEXT, MOST_ROWS, WorkbookSheet, fits_workbook, write_workbook

ABOUT = {"title": "样例 / Sample", "contract": "sample 1.0.0"}
KINDS = {"string": "string", "int64": "integer", "double": "number", "bool": "boolean", "date32[day]": "date",
         "timestamp[us]": "datetime", "time64[us]": "time"}  # fmt: skip


def sheet_of(columns, name="数据"):
    table = pa.table(columns)
    schema = {"fields": [{"name": f.name, "type": KINDS[str(f.type)]} for f in table.schema]}
    return WorkbookSheet(name, table.column_names, table, schema)


def written(tmp_path, columns):
    path = tmp_path / "sample.xlsx"
    write_workbook([sheet_of(columns), sheet_of({"name": ["a"]}, "说明")], path, ABOUT)
    return path


def column(path, sheet="数据"):
    """The first column below its heading."""
    return [row[0] for row in openpyxl.load_workbook(path)[sheet].iter_rows(min_row=2)]


def values(path):
    return [cell.value for cell in column(path)]


@pytest.mark.parametrize(
    ("typed", "back"),
    [
        (pa.array([0, None, -7, 10**15 - 1]), [0, None, -7, 10**15 - 1]),
        (pa.array([10**15, -(2**63), 2**63 - 1]), ["1000000000000000", "-9223372036854775808", "9223372036854775807"]),
        (pa.array([0.1, 1e-7, -1e300, 41.0]), [0.1, 1e-7, -1e300, 41]),
        (pa.array([float("nan"), float("inf"), float("-inf")]), ["NaN", "INF", "-INF"]),
        (pa.array([True, None, False]), [True, None, False]),
        (pa.array([date(2026, 2, 28), date(1900, 3, 1), date(9999, 12, 31)]),
         [datetime(2026, 2, 28), datetime(1900, 3, 1), datetime(9999, 12, 31)]),
        (pa.array([date(1900, 2, 28), date(1644, 1, 1)]), ["1900-02-28", "1644-01-01"]),
        (pa.array([datetime(2026, 2, 28, 23, 59, 59), datetime(1969, 12, 31, 23, 0)], pa.timestamp("us")),
         [datetime(2026, 2, 28, 23, 59, 59), datetime(1969, 12, 31, 23, 0)]),
        (pa.array([datetime(2026, 2, 28, 1, 2, 3, 5)], pa.timestamp("us")), ["2026-02-28T01:02:03.000005"]),
        (pa.array([time(9), time(23, 59, 59)], pa.time64("us")), [time(9), time(23, 59, 59)]),
    ],
)  # fmt: skip
def test_a_value_is_typed_where_a_cell_holds_it_exactly_and_text_where_it_does_not(tmp_path, typed, back):
    assert values(written(tmp_path, {"v": typed})) == back


def test_a_code_keeps_its_zeros_and_its_cell_is_formatted_as_text(tmp_path):
    cells = column(written(tmp_path, {"code": ["007", "1e5", "210100"]}))
    assert [(cell.value, cell.data_type, cell.number_format) for cell in cells] == [
        ("007", "s", "@"), ("1e5", "s", "@"), ("210100", "s", "@"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://x","y")', "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "#N/A", "=1<2&3"]
)
def test_text_like_a_formula_is_quoted_text_and_no_formula(tmp_path, text):
    path = written(tmp_path, {"v": [text, "plain"]})
    quoted, plain = column(path)
    assert (quoted.data_type, bool(quoted.quotePrefix), plain.quotePrefix) == ("s", text[0] != "#", False)
    assert openpyxl.utils.escape.unescape(quoted.value) == text
    assert b"<f" not in zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml")


def unescaped(said):
    """As a spreadsheet reads an escape: once, from the left."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), said or "")


@given(st.lists(st.text(printable + "\x00\x1b\ufffe<>&\"'中𠀀_x0041_", max_size=12), min_size=1, max_size=6))
def test_any_text_comes_back(tmp_path_factory, texts):
    path = written(tmp_path_factory.mktemp("book"), {"v": pa.array(texts, pa.string())})
    assert [unescaped(value) for value in values(path)] == texts


def test_headings_stay_in_sight_and_can_be_filtered(tmp_path):
    path = written(tmp_path, {"编码": ["a", "b"], "=名称": ["c", "d"]})
    book = openpyxl.load_workbook(path)
    data = book["数据"]
    assert book.sheetnames == ["数据", "说明"]
    assert (data.freeze_panes, data.auto_filter.ref, data.max_row) == ("A2", "A1:B3", 3)
    assert [(cell.value, cell.data_type, cell.font.bold) for cell in data[1]] == [
        ("编码", "s", True),
        ("=名称", "s", True),
    ]
    assert [cell.value for cell in book["说明"]["A"]] == ["name", "a"]


def test_the_same_rows_give_the_same_bytes_in_which_no_date_is(tmp_path, monkeypatch):
    first = written(tmp_path, {"v": ["a"]}).read_bytes()
    monkeypatch.setattr("time.time", lambda: 2e9)
    path = written(tmp_path, {"v": ["a"]})
    assert path.read_bytes() == first
    with zipfile.ZipFile(path) as book:
        assert {part.date_time for part in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"dcterms:" not in re.sub(rb"xmlns:\w+=\S+", b"", book.read("docProps/core.xml"))


def test_more_rows_than_one_block_keep_their_order(tmp_path):
    assert values(written(tmp_path, {"n": pa.array(range(10_000))})) == list(range(10_000))


def test_a_table_too_long_or_a_text_too_long_for_a_cell_does_not_fit():
    assert fits_workbook(MOST_ROWS, LONGEST_TEXT)
    assert not fits_workbook(MOST_ROWS + 1, 0)
    assert not fits_workbook(1, LONGEST_TEXT + 1)

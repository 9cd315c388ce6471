"""Workbooks of openpyxl as bytes: the time of saving is in none of them, the cells are as they were."""

import io
from datetime import UTC, datetime

import pytest
from openpyxl import Workbook, load_workbook

from pipelines.annotated_workbook.undated_workbook import pack_undated


def make_book(made, *, write_only):
    book = Workbook(write_only=write_only)
    sheet = book.create_sheet("报送表")
    sheet.append(["场地代码", datetime(2026, 5, 1)])  # noqa: DTZ001 - a cell of a workbook has no time zone
    book.properties.created = datetime(made, 1, 2, 3, 4, 5, tzinfo=UTC)
    return book


@pytest.mark.parametrize("write_only", [True, False])
def test_workbooks_with_the_same_cells_have_the_same_bytes_whenever_they_were_made(write_only):
    first, second = (pack_undated(make_book(made, write_only=write_only)) for made in (2024, 2026))
    assert first == second


def test_the_cells_are_those_of_the_workbook():
    book = load_workbook(io.BytesIO(pack_undated(make_book(2026, write_only=True))))
    assert [[cell.value for cell in row] for row in book["报送表"]] == [["场地代码", datetime(2026, 5, 1)]]  # noqa: DTZ001
    assert {book.properties.created.year, book.properties.modified.year} == {1980}

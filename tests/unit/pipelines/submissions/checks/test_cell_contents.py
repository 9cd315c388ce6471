"""Formulas and “same as above” in text are errors, dates of nothing are warnings; look-alikes are neither."""

import pyarrow as pa
import pytest

from pipelines.submissions.checks.cell_contents import NOTHING_DAYS, check_contents
from support.contracts import contract_with

CONTRACT = contract_with(["id", "text", "day:date", "moment:datetime"])


def found(**cells):
    row = {field.name: [cells.get(field.name)] for field in CONTRACT.fields}
    table = pa.table({name: pa.array(column, pa.string()) for name, column in row.items()})
    return [
        (finding.type, finding.severity, finding.row, finding.field)
        for finding in check_contents(table, pa.array([7]), CONTRACT).findings
    ]


def test_a_formula_in_a_text_is_an_error():
    assert found(text='=CONCATENATE("a","b")') == [("formula-in-text", "error", 7, "text")]


@pytest.mark.parametrize("cell", ["同上", "同 上", "同前", "〃", "″", '"'])
def test_a_text_that_refers_to_the_row_above_is_an_error(cell):
    assert found(text=cell) == [("ditto", "error", 7, "text")]


@pytest.mark.parametrize("day", NOTHING_DAYS)
def test_a_day_that_programs_write_for_nothing_is_a_warning(day):
    assert found(day=day, moment=f"{day}T00:00:00") == [
        ("nothing-date", "warning", 7, name) for name in ("day", "moment")
    ]


def test_other_cells_are_left_alone():
    assert found(text="同上海路12号") == found(text='"和平"') == found(text="同前进街道") == []
    assert found(text="=====", day="1970-01-02", moment="2024-01-01T00:00:00", id="1900-01-01") == []
    assert found() == []

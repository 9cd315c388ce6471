"""Formulas, “same as above” and words for a missing value in text are errors, dates of nothing are warnings; look-alikes are neither."""

import pyarrow as pa
import pytest

from pipelines.submissions.checks.cell_contents import NOTHING_DAYS, check_contents
from support.contracts import contract_with

CONTRACT = contract_with(
    [
        "id",
        {"name": "text", "constraints": {"required": True}},
        "note",
        {"name": "code", "constraints": {"pattern": "[A-Z0-9]+"}},
        {"name": "page", "format": "uri"},
        {"name": "long", "constraints": {"minLength": 2}},
        "day:date",
        "moment:datetime",
    ]
)


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


@pytest.mark.parametrize(
    "cell",
    [
        "待补",
        "待 补",
        "待补充。",
        "（暂无）",
        "暂未提供",
        "无法提供",
        "略",
        "0",
        "不详",
        "未知",
        "xxx",
        "XX",
        "××",
        "某某",
        "？",
        "=====",
        "……",
        "None",
        "N.A.",
    ],
)
def test_a_word_for_a_missing_value_is_an_error_where_one_is_required_and_else_a_warning(cell):
    assert found(text=cell, note=cell) == [("placeholder", "error", 7, "text"), ("placeholder", "warning", 7, "note")]


@pytest.mark.parametrize(
    "cell",
    [
        "待定路 5 号",
        "无法提供发票",
        "某某公司",
        "暂无赞助商，自行办理",
        "0-0",
        "01 号馆",
        "None such",
        "-5",
        "???",
        "x",
        "√",
        "★★★☆",
    ],
)
def test_a_text_that_only_has_such_a_word_in_it_is_a_text(cell):
    assert found(text=cell) == []


@pytest.mark.parametrize(
    "cell",
    ["\n", "\n\n", "—\n略", "略\n—", "\n（无数据）", "0\0", "unKnown", "teſt", "\u0301", "①②③".replace("③", "·"), "٠"],
)
def test_a_file_of_few_rows_is_judged_as_one_of_many(cell):
    column = pa.array([cell, *["文字"] * 8_000], pa.string())
    table = pa.table({field.name: column for field in CONTRACT.fields})
    many = check_contents(table, pa.array(range(7, 8_008)), CONTRACT, most=9).findings
    few = check_contents(table.slice(0, 1), pa.array([7]), CONTRACT, most=9).findings
    assert few == many


def test_cells_of_a_form_are_told_by_their_form_alone():
    assert found(code="0", page="暂无", long="略") == []


@pytest.mark.parametrize("cell", ["待定", "（待定）", "待确认", "未定", "暂未确定", "TBD", "to be confirmed"])
def test_a_word_for_what_is_not_decided_yet_holds_no_row_back_unless_it_is_the_key(cell):
    assert found(text=cell, id=cell) == [("placeholder", "error", 7, "id"), ("placeholder", "warning", 7, "text")]


def test_a_record_may_have_the_number_0_and_none_is_called_to_be_written():
    assert found(id="0") == []
    assert found(id="待补") == [("placeholder", "error", 7, "id")]


@pytest.mark.parametrize("day", NOTHING_DAYS)
def test_a_day_that_programs_write_for_nothing_is_a_warning(day):
    assert found(day=day, moment=f"{day}T00:00:00") == [
        ("nothing-date", "warning", 7, name) for name in ("day", "moment")
    ]


def test_other_cells_are_left_alone():
    assert found(text="同上海路12号") == found(text='"和平"') == found(text="同前进街道") == []
    assert found(day="1970-01-02", moment="2024-01-01T00:00:00", id="1900-01-01") == []
    assert found() == []

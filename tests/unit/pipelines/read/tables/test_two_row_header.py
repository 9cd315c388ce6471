"""A header of two rows is one finding, and the rows below it are read in the right columns; titles, units and data below a header are none."""

import pytest

from pipelines.read import read_file
from support.contracts import contract_with
from support.files import text, workbook

CONTRACT = contract_with(
    [
        {"name": "id", "title": "编号", "constraints": {"required": True}},
        {"name": "name", "title": "名称"},
        {"name": "begins", "title": "有效期自", "type": "date"},
        {"name": "ends", "title": "有效期至", "type": "date"},
        {"name": "area", "title": "面积", "type": "number", "sportlake": {"unit": "㎡"}},
    ]
)
ROW = ["A-1", "体育馆", "2024-01-01", "2025-01-01", "500"]


def told(reading):
    return [(one.type, one.severity, one.row) for one in reading.findings]


@pytest.mark.parametrize(
    ("upper", "lower", "merged"),
    [
        (
            ["编号", "名称", "有效期", None, "面积"],
            [None, None, "自", "至", None],
            ["A1:A2", "B1:B2", "C1:D1", "E1:E2"],
        ),
        (["编号", "名称", "日期", None, "面积"], [None, None, "有效期自", "有效期至", None], ["C1:D1"]),
        (["编号", "其他", None, None, None], [None, "名称", "有效期自", "有效期至", "面积"], ["B1:E1"]),
        (["基本情况", None, "有效期", None, "规模"], ["编号", "名称", "自", "至", "面积"], ["A1:B1", "C1:D1"]),
    ],
    ids=["parts of a title", "titles below", "most titles below", "all titles below"],
)
def test_a_header_of_two_rows_is_one_finding_and_the_rows_are_read(tmp_path, upper, lower, merged):
    reading = read_file(workbook(tmp_path, {"数据": [upper, lower, ROW]}, merged=merged), CONTRACT)
    assert told(reading) == [("two-row-header", "error", None)]
    assert "表头占了第 1、2 两行" in reading.findings[0].message.zh
    assert "”下分“" in reading.findings[0].message.zh
    assert reading.rows.to_pylist() == [3]
    assert reading.labels == ("编号", "名称", "有效期自", "有效期至", "面积")


def test_a_label_that_is_repeated_over_its_columns_is_one_of_two_rows_in_text_too(tmp_path):
    lines = ["2026年统计表,,,,", "编号,名称,有效期,有效期,面积", ",,自,至,", ",".join(ROW), ""]
    reading = read_file(text(tmp_path, "\n".join(lines)), CONTRACT)
    assert told(reading) == [("two-row-header", "error", None)]
    assert "第 2、3 两行（“有效期”下分“自”至“至”）" in reading.findings[0].message.zh
    assert (reading.rows.to_pylist(), reading.table.num_rows) == ([4], 1)


@pytest.mark.parametrize(
    "rows",
    [
        [["2026年体育场地统计表", None, None, None, None], "header", ROW],
        ["header", [None, None, None, None, "（㎡）"], ROW],
        ["header", [None, "南湖公园", "2024-01-01", None, None], ROW],
        [["编号", "名称", "有效期自", "有效期至", "备注"], [None, None, None, None, "待补"], ROW],
        [["编号", "名称", "填表人", "备注", "面积"], ["A-1", "体育馆", "张", "无", "5"], ROW],
    ],
    ids=["a title", "units", "data", "a remark", "other columns"],
)
def test_what_else_stands_above_or_below_a_header_is_none(tmp_path, rows):
    header = ["编号", "名称", "有效期自", "有效期至", "面积"]
    sheet = [header if row == "header" else row for row in rows]
    reading = read_file(workbook(tmp_path, {"数据": sheet}), CONTRACT)
    assert "two-row-header" not in {one.type for one in reading.findings}

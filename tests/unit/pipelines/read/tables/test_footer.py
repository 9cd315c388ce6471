"""What stands below a table or between its rows and is no data: skipped and said, or found."""

import pytest

from pipelines.read import read_file
from schemas.errors import UnreadableFile
from support.contracts import contract_with
from support.files import HEADER, ROW, text, venues, workbook

TITLES = HEADER.split(",")


def said(reading):
    return " ".join(decision.zh for decision in reading.decisions)


def rows_of(tmp_path, *lines):
    reading = read_file(text(tmp_path, "\n".join((HEADER, *lines)) + "\n"), venues())
    return reading.rows.to_pylist(), [(f.type, f.row) for f in reading.findings], said(reading)


@pytest.mark.parametrize(
    "footer",
    [
        "注：面积含缓冲区",
        "注1：面积含缓冲区",
        "备注：,,,",
        "说明：数据来自台账,,,",
        "数据来源：市体育局,,,",
        "合计,,7140,",
        "合　计,,7140,",
        "汇总,,7140,",
        "总计：,,7140,",
        "填表人：张三,,审核人：李四,",
        "填表人,张三,,",
        "审核：李四,,,",
        "单位负责人（签字）：,,,",
        "填报日期：2024年5月1日,,,",
        ",,填报单位：沈阳市体育局,",
        "以下空白,,,",
        "（以下空白）",
        "——以下空白——,,,",
        "本页以下空白,,,",
        "以下无正文,,,",
        "全市合计,,7140,",
        "沈阳市合计,,7140,",
        "全 市 合 计：,,7140,",
        "本页小计,,7140,",
        "合计（2个）,,7140,",
        "合计：2个,,7140,",
        "总计 7140㎡,,,",
        "共 2 条记录",
        "共2条",
        "总记录数：2,,,",
        "共 2 条记录，第 1/1 页",
        "(2 rows affected)",
        "2 rows selected.",
        "(2 rows)",
        "2 rows in set (0.00 sec)",
        "(2 行受影响)",
        "已选择 2 行。",
        "SQL> spool off",
        "Completion time: 2026-11-25T09:30:00.0000000+08:00",
    ],
)
def test_a_footer_is_no_row_and_the_receipt_says_so(tmp_path, footer):
    rows, findings, decisions = rows_of(tmp_path, ROW, ROW, footer)
    assert (rows, findings) == ([2, 3], [])
    assert "第 4 行是表尾" in decisions


def test_a_total_notes_of_several_lines_and_signatures_are_one_footer(tmp_path):
    lines = (ROW, "合计,,7140,", "", "注：1.面积含缓冲区", "2.不含军队场地", "填表人：张三,,审核人：李四,")
    rows, findings, decisions = rows_of(tmp_path, *lines)
    assert (rows, findings) == ([2], [])
    assert (
        "第 3–7 行是表尾的合计、注释或签署，未作为数据读取：“合计”、“注：1.面积含缓冲区”、“填表人：张三”" in decisions
    )


@pytest.mark.parametrize(
    "row",
    [
        "LN-2,注：乙,1,2024-05-01",
        "LN-2,合计,1,2024-05-01",
        "负责人,甲,1,2024-05-01",
        "合计公司,甲,1,2024-05-01",
        "总计时赛场,甲,1,2024-05-01",
        "LN-2,全市合计,1,2024-05-01",
        "共2条健身路径,甲,1,2024-05-01",
        "20,甲,1,2024-05-01",
        "以下空白公园,甲,1,2024-05-01",
        "2 rows of seats,甲,1,2024-05-01",
        "LN-2,,,",
        "总部,,1,",
    ],
)
def test_a_last_row_that_does_not_say_that_it_is_a_footer_stays(tmp_path, row):
    rows, findings, decisions = rows_of(tmp_path, ROW, row)
    assert (rows, findings, decisions) == ([2, 3], [], "")


def test_rows_of_data_below_a_note_keep_all_that_is_above_them(tmp_path):
    rows, _, decisions = rows_of(tmp_path, ROW, "注：以下为新增,,,", ROW, ROW)
    assert rows == [2, 3, 4, 5]
    assert decisions == ""


def test_a_total_between_rows_of_data_is_found(tmp_path):
    rows, findings, _ = rows_of(tmp_path, ROW, "小计,,7140,", ROW, "合计,,14280,")
    assert rows == [2, 3, 4]
    assert findings == [("total-row", 3)]


def test_a_total_that_is_shorter_than_the_header_is_one_finding(tmp_path):
    contract = contract_with([{"name": name, "constraints": {"required": True}} for name in TITLES])
    reading = read_file(text(tmp_path, f"{HEADER}\n{ROW}\n小计,2\n{ROW}\n"), contract)
    assert [(f.type, f.row) for f in reading.findings] == [("total-row", 3)]


def test_the_header_of_every_printed_page_is_read_once(tmp_path):
    rows, findings, decisions = rows_of(tmp_path, ROW, HEADER, ROW, HEADER, ROW)
    assert (rows, findings) == ([2, 4, 6], [])
    assert "表头在数据中又出现 2 次" in decisions


def test_only_a_footer_is_no_table(tmp_path):
    with pytest.raises(UnreadableFile) as refused:
        read_file(text(tmp_path, f"{HEADER}\n合计,,0,\n注：无\n"), venues())
    assert refused.value.kind == "no-rows"


def test_without_a_contract_nothing_is_skipped(tmp_path):
    assert read_file(text(tmp_path, f"{HEADER}\n{ROW}\n合计,,1,\n")).table.num_rows == 2


def test_a_merged_footer_of_a_workbook_is_skipped_too(tmp_path):
    rows = [
        ["沈阳市体育场地一览表"],
        TITLES,
        ["LN-1", "甲", 1, None],
        ["注：面积含缓冲区"],
        ["填表人：张三", None, "审核人：李四"],
    ]
    reading = read_file(workbook(tmp_path, {"数据": rows}, merged=["A1:D1", "A4:D4"]), venues())
    assert (reading.rows.to_pylist(), reading.findings) == ([3], ())
    assert "第 4–5 行是表尾" in said(reading)


def test_a_narrow_table_has_no_further_lines_of_notes(tmp_path):
    contract = contract_with([{"name": "id", "title": "编号"}, {"name": "name", "title": "名称"}])
    reading = read_file(text(tmp_path, "编号,名称\nA,甲\n注：以下\nB,\n"), contract)
    assert reading.rows.to_pylist() == [2, 3, 4]


@pytest.mark.parametrize("footer", ["共 3401 条记录", "(3401 rows affected)", "3401 rows selected."])
def test_a_count_below_the_table_that_is_higher_than_its_rows_is_a_finding(tmp_path, footer):
    reading = read_file(text(tmp_path, f"{HEADER}\n{ROW}\n{ROW}\n{footer}\n"), venues())
    assert [(f.type, f.severity, f.row) for f in reading.findings] == [("fewer-rows", "error", None)]
    assert "3401 行，文件中只有 2 行" in reading.findings[0].message.zh


def test_the_last_lines_of_a_tool_are_one_footer(tmp_path):
    rows, findings, decisions = rows_of(tmp_path, ROW, ROW, "", "2 rows selected.", "", "SQL> spool off", "SQL> exit")
    assert (rows, findings) == ([2, 3], [])
    assert "第 5–8 行是表尾" in decisions


def test_rows_that_only_have_a_running_number_are_nothing(tmp_path):
    filled = [f"{at},LN-{at},甲,1,2024-05-01" for at in range(1, 4)]
    blank = [f"{at},,,," for at in range(4, 100)]
    reading = read_file(text(tmp_path, "\n".join((f"序号,{HEADER}", *filled, *blank)) + "\n"), venues())
    assert (reading.rows.to_pylist(), reading.findings) == ([2, 3, 4], ())
    assert "第 5 行起只有序号" in said(reading)


@pytest.mark.parametrize("footer", ["注：面积含缓冲区,,,,", "合计,,,7140,", "以下空白", "填表人：张三,,,审核人：李四,"])
def test_a_footer_in_the_column_of_the_running_number_is_a_footer(tmp_path, footer):
    lines = (f"序号,{HEADER}", f"1,{ROW}", footer)
    reading = read_file(text(tmp_path, "\n".join(lines) + "\n"), venues())
    assert (reading.rows.to_pylist(), reading.findings) == ([2], ())
    assert "第 3 行是表尾" in said(reading)


def test_a_total_behind_a_running_number_is_a_footer(tmp_path):
    lines = (f"序号,{HEADER}", f"1,{ROW}", "2,合计,,7140,")
    assert read_file(text(tmp_path, "\n".join(lines) + "\n"), venues()).rows.to_pylist() == [2]

"""Workbooks: the right sheet, the right header, cells as text, and what only a workbook can get wrong."""

import datetime as dt
import shutil
from pathlib import Path

import openpyxl
import pytest

from pipelines.read import read_file
from pipelines.read.workbooks.workbook_worker import row_texts
from schemas.errors import UnreadableFile
from support.contracts import contract_with
from support.files import HEADER, ROW, venues, workbook

FILES = Path(__file__).parents[4] / "golden" / "files"
TITLES = HEADER.split(",")
DATA = ["LN-1", "和平区体育公园", 7140, dt.date(2024, 5, 1)]


def said(reading):
    return " ".join(decision.zh for decision in reading.decisions)


def test_a_sheet_that_continues_the_table_without_a_header_is_an_error_that_counts_its_rows(tmp_path):
    more = [["LN-2", "南湖公园", 500, dt.date(2025, 6, 1)], ["LN-3", "北陵公园", 600, dt.date(2025, 6, 2)]]
    reading = read_file(workbook(tmp_path, {"数据": [TITLES, DATA], "续表": more}), venues())
    assert reading.table.num_rows == 1
    (finding,) = reading.findings
    assert (finding.type, finding.severity, finding.value) == ("continued-sheet", "error", "续表")
    assert "“续表”没有表头，第 1 至 2 行（共 2 行）的内容与“数据”的各列相似，未读取" in finding.message.zh


@pytest.mark.parametrize(
    "other",
    [
        [["填表说明"], ["编号按登记证书填写"]],
        [["类型", "代码", "名称", "说明"], ["A", "01", "体育馆", "室内"]],
        [["LN-2", "南湖公园", "不详", "不详"]],
        [[], []],
    ],
    ids=["notes", "codes", "something else", "empty"],
)
def test_other_sheets_are_only_named(tmp_path, other):
    assert read_file(workbook(tmp_path, {"数据": [TITLES, DATA], "其他": other}), venues()).findings == ()


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (5.0, "5"), (-0.5, "-0.5"), (0.1, "0.1"), (123456789012345.0, "123456789012345"), (2.1010219900101e17, "2.1010219900101e+17"),
        (True, "TRUE"), (False, "FALSE"), ("007", "007"), ("", ""), (dt.date(2024, 5, 1), "2024-05-01"),
        (dt.datetime.fromisoformat("2024-05-01T08:30"), "2024-05-01T08:30:00"), (dt.time(8, 30), "08:30:00"), (dt.timedelta(hours=30), "30:00:00"),
    ],
)  # fmt: skip
def test_a_value_becomes_the_text_that_a_person_would_type(value, cell):
    assert row_texts([value]) == [cell]


@pytest.mark.parametrize(
    ("value", "pattern", "cell"),
    [
        (dt.time(6, 0), "%H:%M", "06:00"), (dt.time(6, 0, 30), "%H:%M", "06:00:30"), (dt.timedelta(hours=6), "%H:%M", "06:00"),
        (dt.timedelta(days=1), "%H:%M", "24:00"), (dt.date(1900, 1, 1), "%H:%M", "24:00"), (dt.timedelta(hours=30), "%H:%M", "30:00:00"),
        (dt.date(2026, 7, 1), "%Y/%m/%d", "2026/07/01"), (dt.date(2026, 7, 1), "%H:%M", "2026-07-01"), (dt.time(6), "%Y/%m/%d", "06:00:00"),
        (dt.datetime.fromisoformat("2026-07-01T08:30"), "%Y/%m/%d", "2026-07-01T08:30:00"), ("6:00", "%H:%M", "6:00"), (0.25, "%H:%M", "0.25"),
    ],
)  # fmt: skip
def test_a_date_or_time_is_written_as_its_field_asks_unless_that_would_cut_it(value, pattern, cell):
    assert row_texts([value, value], {0: pattern}) == [cell, row_texts([value])[0]]


def test_real_time_cells_are_times_of_day(tmp_path):
    hours = contract_with(
        [
            {"name": "id", "title": "编号"},
            {"name": "opens", "title": "开放时间", "type": "time", "format": "%H:%M"},
            {"name": "day", "title": "日期", "type": "date"},
        ]
    )
    rows = [["编号", "开放时间", "日期"], ["A", dt.time(6, 0), dt.datetime.fromisoformat("2026-07-01")]]
    reading = read_file(workbook(tmp_path, {"数据": rows}), hours)
    assert reading.table.to_pylist() == [{"编号": "A", "开放时间": "06:00", "日期": "2026-07-01"}]


@pytest.mark.parametrize("name", ["legacy.xls", "open.ods"])
def test_xls_and_ods_are_read_like_xlsx(name):
    reading = read_file(FILES / name, venues())
    assert reading.table.to_pylist()[1] == dict(
        zip(TITLES, ["LN-2", "西岗区体育馆", "35.5", "2023-01-31"], strict=True)
    )
    assert (reading.format, reading.sheet, reading.encoding) == (name[-3:], "数据", None)
    assert ("出错的公式读作空白" in said(reading)) == (name == "legacy.xls")


@pytest.mark.parametrize("suffix", ["csv", "xls", "xlsx", "ods", "xlsb"])
def test_content_decides_whatever_the_file_is_called(tmp_path, suffix):
    sources = workbook(tmp_path, {"数据": [TITLES, DATA]}), FILES / "legacy.xls", FILES / "open.ods"
    copies = [shutil.copyfile(path, tmp_path / f"{path.stem}_as.{suffix}") for path in sources]
    assert [read_file(path, venues()).format for path in copies] == ["xlsx", "xls", "ods"]


@pytest.mark.parametrize("suffix", ["xls", "xlsm", "csv"])
def test_a_password_is_told_whatever_the_file_is_called(tmp_path, suffix):
    with pytest.raises(UnreadableFile, match="设有打开密码"):
        read_file(shutil.copyfile(FILES / "password.xlsx", tmp_path / f"venues.{suffix}"), venues())


def test_hidden_sheets_are_not_read_and_are_named(tmp_path):
    path = workbook(tmp_path, {"数据": [TITLES, DATA], "补报": [TITLES, DATA], "列表": [["是"], ["否"]]})
    book = openpyxl.load_workbook(path)
    book["补报"].sheet_state, book["列表"].sheet_state = "hidden", "veryHidden"
    book.save(path)
    reading = read_file(path, venues())
    assert reading.table.num_rows == 1
    assert "隐藏的 2 个工作表未读取：“补报”、“列表”" in said(reading)


def test_a_workbook_whose_only_filled_sheet_is_hidden_is_not_said_to_be_empty(tmp_path):
    path = workbook(tmp_path, {"数据": [TITLES, DATA], "Sheet2": []}, hidden={"数据"})
    with pytest.raises(UnreadableFile, match="隐藏的 1 个工作表未读取：“数据”") as refused:
        read_file(path, venues())
    assert refused.value.kind == "empty"


def test_the_sheet_that_the_contract_knows_is_read_and_the_others_are_named(tmp_path):
    path = workbook(
        tmp_path, {"说明": [["请先阅读"], ["x"]], "数据": [TITLES, DATA], "代码表": [["代码", "名称"], ["1", "是"]]}
    )
    reading = read_file(path, venues())
    assert reading.sheet == "数据"
    assert "另有 2 个工作表有内容，未读取：“说明”、“代码表”" in said(reading)


def test_an_empty_copy_of_the_template_does_not_compete(tmp_path):
    reading = read_file(workbook(tmp_path, {"空表": [TITLES], "数据": [TITLES, DATA]}), venues())
    assert reading.sheet == "数据"


def test_merged_titles_above_the_header_are_skipped_and_rows_keep_their_numbers(tmp_path):
    rows = [["沈阳市体育场地"], ["填报日期：2024年"], TITLES, DATA, [None] * 4, DATA]
    reading = read_file(workbook(tmp_path, {"数据": rows}, merged=["A1:D1"]), venues())
    assert (reading.header_row, reading.rows.to_pylist(), reading.findings) == (3, [4, 6], ())
    assert "跳过上方 2 行标题或说明（“沈阳市体育场地”等）" in said(reading)
    assert "跳过 1 个空行" in said(reading)


def test_merged_cells_in_the_data_are_findings_on_every_row_they_leave_empty(tmp_path):
    rows = [TITLES, DATA, ["LN-2", None, 2, None], ["LN-3", None, 3, None], ["LN-4", "乙", None, None]]
    reading = read_file(workbook(tmp_path, {"数据": rows}, merged=["B2:B4", "C5:D5"]), venues())
    assert [(f.type, f.row, f.field, f.value) for f in reading.findings] == [
        ("merged-cell", 3, "name", "B2:B4"),
        ("merged-cell", 4, "name", "B2:B4"),
        ("merged-cell", 5, "built", "C5:D5"),
    ]


def test_failed_formulas_are_shown_as_text_and_found(tmp_path):
    path = workbook(tmp_path, {"数据": [TITLES, DATA, ["LN-2", "乙", None, None]]})
    book = openpyxl.load_workbook(path)
    for place, error in {"C2": "#REF!", "C3": "#N/A"}.items():
        book.worksheets[0][place].value = error
        book.worksheets[0][place].data_type = "e"
    book.save(path)
    reading = read_file(path, venues())
    assert reading.table.column("面积").to_pylist() == ["#REF!", "#N/A"]
    assert [(f.type, f.row, f.field, f.value) for f in reading.findings] == [("formula-error", 2, "area_m2", "#REF!")]


def test_dates_that_count_from_1904_are_the_dates_that_people_see(tmp_path):
    path = workbook(tmp_path, {"数据": [TITLES]})
    book = openpyxl.load_workbook(path)
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.worksheets[0].append(DATA)
    book.save(path)
    assert read_file(path, venues()).table.column("建成日期").to_pylist() == ["2024-05-01"]


def test_a_formula_is_never_run_and_one_without_its_result_is_found(tmp_path):
    reading = read_file(workbook(tmp_path, {"数据": [TITLES, ["LN-1", "=1+1", 1, None], DATA]}), venues())
    assert reading.table.column("名称").to_pylist() == ["", "和平区体育公园"]
    assert [(f.type, f.row, f.field) for f in reading.findings] == [("formula-without-value", 2, "name")]


def test_a_table_that_begins_further_right_and_down_is_found(tmp_path):
    rows = [[], [], [None, None, *TITLES], [None, None, *DATA]]
    reading = read_file(workbook(tmp_path, {"数据": rows}, merged=["E4:F4"]), venues())
    assert reading.rows.to_pylist() == [4]
    assert reading.table.to_pylist()[0]["编号"] == "LN-1"
    assert [(f.row, f.field) for f in reading.findings] == [(4, "built")]


def test_without_a_contract_the_first_sheet_with_anything_is_read(tmp_path):
    reading = read_file(workbook(tmp_path, {"空": [], "甲": [["a", "b"], [1, 2]], "乙": [["c"], [3]]}))
    assert (reading.sheet, reading.table.to_pylist()) == ("甲", [{"a": "1", "b": "2"}])


def test_a_csv_and_a_workbook_of_the_same_table_read_the_same(tmp_path):
    (tmp_path / "venues.csv").write_text(f"{HEADER}\n{ROW}\n", encoding="utf-8")
    one, other = (
        read_file(tmp_path / "venues.csv", venues()),
        read_file(workbook(tmp_path, {"数据": [TITLES, DATA]}), venues()),
    )
    assert one.table.equals(other.table)
    assert one.rows.equals(other.rows)

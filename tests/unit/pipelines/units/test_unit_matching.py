"""The unit of a column from every place that states one: agreed, contradicted, unknown, and not said at all."""

import pytest

from pipelines.columns.column_matching import match_columns
from pipelines.normalise import normalise_table
from pipelines.read import read_file
from support.contracts import contract_with
from support.files import text, workbook

GRANTS = contract_with(
    [
        {"name": "id", "title": "编号", "constraints": {"required": True}},
        {"name": "name", "title": "项目名称", "sportlake": {"title_en": "Project"}},
        {"name": "total", "title": "总投资", "type": "number", "sportlake": {"title_en": "Total", "unit": "元"}},
        {"name": "paid", "title": "已拨付", "type": "number", "sportlake": {"title_en": "Paid", "unit": "元"}},
        {"name": "area_m2", "title": "场地面积", "type": "number", "sportlake": {"title_en": "Area", "unit": "㎡"}},
        {"name": "clubs", "title": "俱乐部数", "type": "integer", "sportlake": {"title_en": "Clubs", "unit": "个"}},
    ]
)
TITLES = ["编号", "项目名称", "总投资", "已拨付", "场地面积", "俱乐部数"]
ROWS = [["A-1", "甲", "5", "0", "200", "3"], ["A-2", "乙", "1.5", "1", "35.5", "2"]]


def read(folder, *, above=(), titles=TITLES, units=None, below=(), suffix="xlsx"):
    rows = [[line] for line in above] + [titles] + ([units] if units else []) + ROWS + [[line] for line in below]
    if suffix == "xlsx":
        path = workbook(folder, {"数据": rows})
    else:
        width = len(titles)
        path = text(folder, "\n".join(",".join([*row, *[""] * (width - len(row))]) for row in rows) + "\n")
    reading = read_file(path, GRANTS)
    matching = match_columns(reading.labels, GRANTS, stated=reading.stated)
    normal = normalise_table(matching.arrange_columns(reading.table), reading.rows, GRANTS, matching.units)
    return reading, matching, normal.table.to_pylist()


def types(reading, matching):
    return [(f.type, f.field, f.severity) for f in (*reading.findings, *matching.findings)]


IN_WAN = [("50000", "0", "200", "3"), ("15000", "10000", "35.5", "2")]


def figures(rows):
    return [tuple(row[name] for name in ("total", "paid", "area_m2", "clubs")) for row in rows]


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
@pytest.mark.parametrize(
    "places",
    [
        {"above": ["统计表", "填报单位：鞍山市体育局 金额单位：万元"]},
        {"above": ["全省项目统计表（万元）"]},
        {"titles": ["编号", "项目名称", "总投资（万元）", "已拨付(人民币万元)", "场地面积", "俱乐部数"]},
        {"titles": ["编号", "项目名称", "总投资万元", "已拨付（单位：万元）", "场地面积", "俱乐部数"]},
        {"titles": ["编号", "项目名称", "总投资（万）", "已拨付（万元，截至年底）", "场地面积", "俱乐部数"]},
        {"above": ["统计表", "万元"]},
        {"above": ["统计表", "（万元）"]},
        {"below": ["1.总投资、已拨付单位：万元"]},
        {"units": ["", "", "（万元）", "万元", "㎡", "个"]},
        {"units": ["", "", "万", "万元", "㎡", "个"]},
        {"units": ["单位", "-", "万元", "万元", "", ""]},
        {"below": ["注：本表金额单位为万元，截至2026年10月31日。"]},
        {"below": ["说明：总投资、已拨付以万元计"]},
        {"below": ["金额单位：万元"]},
        {"above": ["单位：万元、平方米、个"], "below": ["注：金额以万元为单位"]},
    ],
)
def test_a_unit_is_applied_wherever_it_is_written(tmp_path, suffix, places):
    reading, matching, rows = read(tmp_path, suffix=suffix, **places)
    assert types(reading, matching) == []
    assert figures(rows) == IN_WAN
    assert matching.units.keys() == {"total", "paid"}
    said = [decision.zh for decision in matching.decisions if "换算为元" in decision.zh]
    assert len(said) == 2


def test_the_receipt_says_where_a_unit_was_read(tmp_path):
    _, matching, _ = read(tmp_path, above=["金额单位：万元"], below=["注：总投资单位为万元"])
    assert (
        matching.decisions[0].zh
        == "“总投资”以万元填报，换算为元（依据：第 5 行“总投资单位为万元”、第 1 行“金额单位：万元”）"
    )
    assert matching.decisions[1].zh == "“已拨付”以万元填报，换算为元（依据：第 1 行“金额单位：万元”）"


def test_a_row_of_units_may_stand_above_the_header(tmp_path):
    rows = [["统计表"], ["", "", "万元", "千元", "", ""], TITLES, *ROWS]
    reading = read_file(workbook(tmp_path, {"数据": rows}), GRANTS)
    matching = match_columns(reading.labels, GRANTS, stated=reading.stated)
    assert (matching.units, matching.findings) == ({"total": "万元", "paid": "千元"}, ())


def test_a_row_of_units_is_no_data_and_is_said(tmp_path):
    reading, _, rows = read(tmp_path, units=["", "", "万元", "万元", "", ""])
    assert (len(rows), reading.rows.to_pylist()) == (2, [3, 4])
    assert "第 2 行是各列的单位（万元、万元），未作为数据读取" in [decision.zh for decision in reading.decisions]


def test_areas_and_amounts_take_only_their_own_units(tmp_path):
    _, matching, rows = read(tmp_path, above=["单位：万元、公顷"])
    assert figures(rows)[0] == ("50000", "0", "2000000", "3")
    assert matching.findings == ()


@pytest.mark.parametrize("word", ["元", "人民币元", "平方米", "单位：鞍山市体育局"])
def test_the_unit_of_the_contract_and_organisations_change_nothing(tmp_path, word):
    _, matching, rows = read(tmp_path, above=[f"单位：{word}"])
    assert (matching.units, matching.findings) == ({}, ())
    assert figures(rows) == [tuple(row[2:]) for row in ROWS]


@pytest.mark.parametrize(
    ("places", "named"),
    [
        ({"above": ["金额单位：万元"], "titles": ["编号", "项目名称", "总投资（元）", "已拨付（元）", "场地面积", "俱乐部数"]}, {"total", "paid"}),
        ({"above": ["金额单位：万元"], "below": ["注：金额以千元计"]}, {"total", "paid"}),
        ({"above": ["单位：元、万元"]}, {"total", "paid"}),
        ({"units": ["", "", "万元", "元", "", ""], "below": ["注：总投资单位为元"]}, {"total"}),
    ],
)  # fmt: skip
def test_two_units_that_contradict_each_other_ask_which_one_holds(tmp_path, places, named):
    reading, matching, _ = read(tmp_path, **places)
    assert {(kind, field) for kind, field, _ in types(reading, matching)} == {
        ("unit-contradiction", name) for name in named
    }
    assert matching.units == {}
    assert "无法判断以哪个为准" in matching.findings[0].message.zh
    assert "请核实是" in matching.findings[0].mend.zh


def test_a_label_may_choose_among_the_units_of_a_list_and_stand_against_a_rule_with_exceptions(tmp_path):
    titles = ["编号", "项目名称", "总投资（元）", "已拨付（万元）", "场地面积", "俱乐部数"]
    for line in ("单位：元、万元", "除另有注明外，金额单位为万元"):
        _, matching, rows = read(tmp_path, above=[line], titles=titles)
        assert matching.findings == ()
        assert figures(rows)[1][:2] == ("1.5", "10000")


@pytest.mark.parametrize(
    ("places", "found"),
    [
        ({"above": ["金额单位：美元"]}, [("unit-unknown", "total"), ("unit-unknown", "paid")]),
        ({"titles": ["编号", "项目名称", "总投资（万港元）", "已拨付", "场地面积", "俱乐部数"]}, [("unit-unknown", "total")]),
        ({"titles": ["编号", "项目名称", "总投资（元/万元）", "已拨付", "场地面积", "俱乐部数"]}, [("unit-unknown", "total")]),
        ({"units": ["", "", "美元", "万元", "", ""]}, [("unit-unknown", "total")]),
        ({"above": ["面积单位：亩"]}, [("incorrect-label", "area_m2")]),
        ({"units": ["", "", "万元", "㎡", "", ""]}, [("incorrect-label", "paid")]),
        ({"below": ["注：彩票销售额以亿元计"]}, [("unit-unclear", "total"), ("unit-unclear", "paid")]),
    ],
)  # fmt: skip
def test_a_unit_that_is_unknown_unclear_or_another_quantity_is_a_finding(tmp_path, places, found):
    reading, matching, _ = read(tmp_path, **places)
    assert [(kind, field) for kind, field, _ in types(reading, matching)] == found


def test_a_remark_in_the_brackets_of_a_label_is_no_unit(tmp_path):
    titles = ["编号", "项目名称", "总投资（人民币）", "已拨付（含税，截至6月底）", "场地面积（必填）", "俱乐部数"]
    _, matching, rows = read(tmp_path, titles=titles)
    assert (matching.findings, matching.units) == ((), {})
    assert figures(rows) == [tuple(row[2:]) for row in ROWS]


def test_numbers_that_are_shown_scaled_ask_for_their_unit(tmp_path):
    import openpyxl

    path = workbook(tmp_path, {"数据": [TITLES, ["A-1", "甲", 1234567, 0, 1, 1]]})
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["C2"].number_format = "#,##0,"
    book.save(path)
    reading = read_file(path, GRANTS)
    matching = match_columns(reading.labels, GRANTS, stated=reading.stated)
    assert types(reading, matching) == [("unit-not-said", "total", "error")]
    assert "“总投资（千元）”" in matching.findings[0].mend.zh

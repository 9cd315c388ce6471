"""Units stated in lines, notes and rows of units: what is one, what it is about, and what only looks like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.units.statements import find_statements, find_unit_row, is_unit_line

FIELDS = ["id", "amount", None, "clubs"]


def stated(text, **more):
    return [(s.subject, s.unit, s.quantity) for s in find_statements([(2, [text])], **more)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("金额单位：万元", [("", "万元", "元")]),
        ("填报单位（盖章）：鞍山市体育局 金额单位:万元", [("", "万元", "元")]),
        ("单位：万元、平方米", [("", "万元", "元"), ("", "平方米", "m2")]),
        ("（单位：人民币万元）", [("", "人民币万元", "元")]),
        ("金额单位：人民币（万元）", [("", "万元", "元")]),
        ("计量单位 ： 百万元", [("", "百万元", "元")]),
        ("注：注册资金单位为万元；表中数据截至2026年10月31日。", [("注册资金", "万元", "元")]),
        ("注：注册资金以万元计，面积单位：亩", [("", "亩", "m2"), ("注册资金", "万元", "元")]),
        ("说明：1.本表金额均为亿元。", [("", "亿元", "元")]),
        ("填表说明：以上金额以千元为单位", [("", "千元", "元")]),
        ("注册资金、总投资单位均为万元", [("注册资金、总投资", "万元", "元")]),
        ("表中数据单位：万㎡", [("", "万㎡", "m2")]),
        ("Unit: 10,000 yuan", [("", "10,000 yuan", "元")]),
        ("Amounts in thousand yuan", [("", "thousand yuan", "元")]),
        ("人数单位：万人", [("", "万人", "人")]),
        ("数量单位：万个", [("", "万个", "个:个")]),
        ("长度单位：km，面积单位：公顷", [("", "km", "m"), ("", "公顷", "m2")]),
        ("金额单位：美元", [("", "美元", "元")]),
        ("面积单位：坪", [("", "坪", "m2")]),
        ("单位：元/平方米", [("", "元/平方米", "元")]),
    ],
)
def test_a_unit_is_read_where_clerks_write_it(text, found):
    assert stated(text) == found


@pytest.mark.parametrize(
    "text",
    ["单位：鞍山市体育局", "填报单位（盖章）：鞍山市体育局", "业务主管单位：辽宁省体育局", "数据来源：各单位上报", "单位负责人：王小明",
     "业务主管单位（全称）", "2026年全省体育社会组织名单", "以上数据截至2026年10月31日", "承办单位：沈阳市足球协会", "单位：", "金额单位：人民币", "以人为本，按计划完成"],
)  # fmt: skip
def test_an_organisation_or_a_sentence_is_no_unit(text):
    assert stated(text, titles=True) == []


def test_a_title_may_end_in_a_unit_and_a_note_below_may_not():
    assert stated("鞍山市体育社会组织统计表（万元）", titles=True) == [("", "万元", "元")]
    assert stated("鞍山市体育社会组织统计表（万元）") == []


def test_words_that_allow_for_exceptions_are_kept_in_mind():
    assert [s.excepts for s in find_statements([(2, ["除另有注明外，金额单位为万元"])])] == [True]


def test_a_statement_may_stand_in_two_cells():
    assert [s.unit for s in find_statements([(2, ["金额单位：", "万元"])])] == ["万元"]


@given(st.text(max_size=60))
def test_any_line_is_read(text):
    assert all(statement.unit for statement in find_statements([(1, [text])], titles=True))


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (["", "（万元）", "", "（个）"], [("amount", "万元"), ("clubs", "个")]),
        (["单位", "万元", "-", "个"], [("amount", "万元"), ("clubs", "个")]),
        (["", "美元", "", "个"], [("amount", "美元"), ("clubs", "个")]),
        (["A-1", "万元", "", "个"], []),
        (["", "5", "", "个"], []),
        (["", "", "万元", ""], []),
        (["-", "-", "-", "-"], []),
    ],
)
def test_a_row_of_nothing_but_units_is_a_row_of_units(cells, found):
    assert [(s.field, s.unit) for s in find_unit_row(4, cells, FIELDS)] == found


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (["金额单位：万元", "", ""], True), (["", "单位：", "万元"], True), (["（单位：万元）", ""], True),
        (["LN-1", "单位：万元", ""], False), (["单位：鞍山市体育局", ""], False), (["A", "B", "单位：万元"], False),
    ],
)  # fmt: skip
def test_a_line_of_units_alone_is_no_row_of_data(cells, found):
    assert is_unit_line(cells) is found

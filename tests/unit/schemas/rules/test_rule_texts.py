"""The messages and mends of a rule's kind: filled with the contract's own titles, and overridden by the rule's own words."""

import re
from typing import get_args

import pytest

from schemas.rules.expectations import TableExpectation
from schemas.rules.rule_texts import complete_rules, read_texts
from schemas.rules.rules import RowRule
from support.contracts import contract_with, descriptor_with

FIELDS = [
    {"name": "total", "type": "number", "title": "合计", "sportlake": {"title_en": "Total", "unit": "元"}},
    {"name": "part", "type": "number", "title": "其中", "sportlake": {"title_en": "Part"}},
    {"name": "share", "type": "number", "title": "占比", "sportlake": {"title_en": "Share"}},
    {"name": "start", "type": "date", "title": "开始日期", "sportlake": {"title_en": "Start"}},
    {"name": "end", "type": "date", "title": "结束日期", "sportlake": {"title_en": "End"}},
    {"name": "status", "title": "状态", "sportlake": {"title_en": "Status"}},
]
WHEN = {"field": "status", "is_in": ["closed"]}
DERIVED = {"in_codelist", "point_zero", "point_swapped", "point_in_province"}
KINDS = {
    get_args(kind.model_fields["kind"].annotation)[0]
    for union in (RowRule, TableExpectation)
    for kind in get_args(get_args(union)[0])
}


def said(among="rules", policy=None, **rule):
    """Message and mend of one rule that has none of its own."""
    rule = {"id": "it", "source": "test", **rule}
    descriptor = descriptor_with(FIELDS, policy={**(policy or {}), "rules": [], among: [rule]})
    completed = complete_rules(descriptor)["sportlake"][among][0]
    return completed["message"], completed["mend"]


@pytest.mark.parametrize(
    ("rule", "zh", "en"),
    [
        ({"kind": "date_order", "fields": ["start", "end"]}, "结束日期 {end} 早于开始日期 {start}", "End {end} is earlier than Start {start}"),
        ({"kind": "date_order", "fields": ["start", "end"], "strict": True}, "结束日期 {end} 不晚于开始日期 {start}", "End {end} is not later than Start {start}"),
        ({"kind": "date_order", "fields": ["start", "end", "total"]}, "开始日期 {start}、结束日期 {end}、合计 {total} 的先后不对", "Start {start}, End {end}, Total {total}: not in this order"),
        ({"kind": "compare", "left": "part", "op": "<=", "right": "total"}, "其中 {part} 大于合计 {total}", "Part {part} exceeds Total {total}"),
        ({"kind": "compare", "left": "share", "op": ">=", "value": 60}, "占比 {share} 小于 60", "Share {share} is below 60"),
        ({"kind": "required_when", "fields": ["end"], "when": WHEN}, "状态为 {status} 时须填结束日期", "with Status {status} this is needed: End"),
        ({"kind": "required_when", "fields": ["end"], "when": {"field": "start"}}, "填了开始日期却没有填结束日期", '"Start" is given without "End"'),
        ({"kind": "percentage", "part": "part", "whole": "total", "printed": "share", "tolerance": 0.5},
         "占比 {share}% 与按 {part} ÷ {total} 重算的结果相差超过 0.5 个百分点", "the printed share of {share} % is more than 0.5 percentage points off {part} / {total}"),
        ({"kind": "credit_code", "field": "status"}, "状态 {value} 的校验位不对", "the check characters of the status {value} are wrong"),
        ({"kind": "in_period", "field": "start"}, "开始日期 {value} 不在本次报送的年度内", "Start {value} is not in the year of this submission"),
        ({"kind": "ratio", "part": "part", "whole": "total", "minimum": 0.1}, "其中 {part} 不足合计 {total} 的 10%", "Part {part} is less than 10 % of Total {total}"),
        ({"kind": "days_between", "first": "start", "last": "end", "at_least": 20}, "开始日期 {start} 至结束日期 {end} 不足 20 天", "from Start {start} to End {end} it is less than 20 days"),
        ({"kind": "days_between", "first": "start", "last": "end", "at_most": 7, "count": "working"}, "开始日期 {start} 至结束日期 {end} 超过 7 个工作日", "from Start {start} to End {end} it is more than 7 working days"),
        ({"kind": "sum_of_rows", "field": "part", "group": ["start"], "total": WHEN}, "状态为 {status} 的这一行，其中 {value} 不等于所属各行之和", "Part {value} of Status {status} is not the sum of the rows that belong to it"),
        ({"kind": "begins_with", "field": "end", "beginning": "status"}, "结束日期 {value} 与状态 {status} 不一致，应以其开头", "End {value} does not begin with Status {status}"),
        ({"kind": "sum_of_group", "field": "part", "group": ["status"], "total": "total"}, "状态 {status} 各行其中之和不等于合计 {total}", "the rows of Status {status} do not add up, by part, to Total {total}"),
        ({"kind": "sum_of_group", "field": "part", "group": ["status"], "total": "total", "op": "<="}, "状态 {status} 各行其中之和超过合计 {total}", "the rows of Status {status} add up, by part, to more than Total {total}"),
        ({"kind": "chain", "group": ["status"], "order": "start", "opening": "part", "closing": "total"}, "其中 {part} 与上一条（第 {other_row} 行）的合计不衔接", "Part {part} does not follow on total of the one before it, row {other_row}"),
        ({"kind": "count_within", "group": ["status"], "maximum": 1}, "状态 {status} 的行数超过 1", "there are more than 1 rows of Status {status}"),
        ({"kind": "count_within", "group": ["status"], "where": {"field": "part"}, "minimum": 2}, "状态 {status} 中符合条件（其中）的行数不足 2", "there are fewer than 2 rows of Status {status} that count (Part)"),
        ({"kind": "required_when", "fields": ["end"], "when": {"any_of": [{"field": "part", "above": 5}, WHEN]}}, "其中、状态为 {part}、{status} 时须填结束日期", "with Part {part}, Status {status} this is needed: End"),
        ({"kind": "empty_when", "fields": ["end"], "when": {"field": "status", "contains": ["x"]}}, "状态为 {status} 时不应填结束日期", "with Status {status} this should be empty: End"),
        ({"kind": "distinct_within", "field": "part", "group": ["status"], "maximum": 3}, "状态 {status} 的各行，不同的其中超过 3 个", 'the rows of Status {status} have more than 3 different values of "Part"'),
        ({"kind": "not_before_receipt", "fields": ["end"]}, "{value} 早于报送当日", "{value} is earlier than the day on which the file was handed in"),
        ({"kind": "not_after_receipt", "fields": ["start", "end"]}, "{value} 晚于报送当日", "{value} is later than the day on which the file was handed in"),
    ],
)  # fmt: skip
def test_the_message_of_a_rule_speaks_of_its_own_fields(rule, zh, en):
    assert said(**rule)[0] == {"zh": zh, "en": en}


@pytest.mark.parametrize(
    ("rule", "zh"),
    [
        ({"kind": "volume", "max_change": 0.3}, "行数比上次报送变化超过 30%（上次 {previous}，本次 {observed}）"),
        ({"kind": "nulls", "field": "end", "max_share": 0.05}, "超过 5% 的行没有结束日期（本次 {observed}，应为 {expected}）"),
        ({"kind": "distinct", "field": "status", "minimum": 2}, "状态不足 2 种，可能是整列填充造成的（本次 {observed}，应为 {expected}）"),
        ({"kind": "distinct", "field": "status", "maximum": 2}, "状态的不同值的个数不对（本次 {observed}，应为 {expected}）"),
        ({"kind": "unit_slip", "field": "total"}, "疑似合计单位有误（万元/元），请核实：中位数与上次相差约一万倍（上次 {previous}，本次 {observed}）"),
        ({"kind": "unit_slip", "field": "part"}, "其中的中位数与上次相差约一万倍，单位可能变了（上次 {previous}，本次 {observed}）"),
    ],
)  # fmt: skip
def test_the_message_of_an_expectation_names_its_limit(rule, zh):
    assert said("expectations", **rule)[0]["zh"] == zh


def test_the_period_is_that_of_the_slice():
    _, mend = said(policy={"slice": {"period": "month"}}, kind="in_period", field="start")
    assert mend == {"zh": "每个月份单独报送一个文件", "en": "hand in one file for each month"}


def test_a_rule_keeps_its_own_words_and_the_order_of_its_keys():
    own = {"zh": "自己的话", "en": "words of its own"}
    rule = {"id": "it", "kind": "credit_code", "message": own, "field": "status", "source": "test"}
    completed = complete_rules(descriptor_with(FIELDS, policy={"rules": [rule]}))["sportlake"]["rules"][0]
    assert completed["message"] == own
    assert completed["mend"] == read_texts()["credit_code"]["mend"]
    assert list(completed) == ["id", "kind", "field", "message", "mend", "source"]


def test_completing_twice_is_completing_once():
    rule = {"id": "it", "kind": "compare", "left": "part", "op": "<=", "right": "total", "source": "test"}
    once = complete_rules(descriptor_with(FIELDS, policy={"rules": [rule]}))
    assert complete_rules(once) == once


def test_every_kind_that_a_contract_writes_has_texts_in_both_languages():
    texts = read_texts()
    assert {key.partition(",")[0] for key in texts} == KINDS - DERIVED
    for kind in KINDS - DERIVED:
        assert texts[kind].keys() == {"message", "mend"}, kind
    for key, parts in texts.items():
        for part, text in parts.items():
            filled = {language: set(re.findall(r"\{\w+\}", text[language])) for language in ("zh", "en")}
            assert filled["zh"] == filled["en"], key
            assert part == "message" or not filled["zh"], f"{key}: how to mend is said as it stands"


@pytest.mark.parametrize(
    "rules", [None, "none", [None], ["text"], [{"id": "no-kind"}], [{"kind": "no_such_kind"}], [{"kind": ["compare"]}]]
)
def test_what_is_no_rule_is_left_to_the_models(rules):
    descriptor = descriptor_with(FIELDS, policy={"rules": rules})
    assert complete_rules(descriptor)["sportlake"]["rules"] == rules
    with pytest.raises(ValueError, match="rules"):
        contract_with(FIELDS, policy={"rules": rules})


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "compare"},
        {"kind": "date_order", "fields": "start"},
        {"kind": "date_order", "fields": [["start"], {}]},
        {"kind": "required_when", "fields": [1], "when": "status"},
        {"kind": "matches_when", "when": {"is_in": ["a"]}},
        {"kind": "in_period", "field": None},
    ],
)
def test_a_rule_whose_parts_are_wrong_is_still_the_models_to_refuse(wrong):
    message, mend = said(**wrong)
    assert message["zh"]
    assert mend["en"]

"""Time limits in words: every limit of the table reads as a sentence, and nothing is called kept where nothing was due."""

import re

import pytest

from schemas.policy import TimeLimit
from schemas.text import Text
from schemas.time_limits.limit_texts import describe_hand_in_limit, describe_kept, describe_length, describe_rule
from schemas.time_limits.time_limits import HAND_IN, DayLimit, DaysBefore, FixedDay, MonthLimit, read_time_limits


@pytest.mark.parametrize(
    ("limit", "zh", "en"),
    [
        (DayLimit(days=7, kind="working"), "7个工作日内", "within 7 working days of"),
        (DayLimit(days=1, kind="calendar"), "1日内", "within 1 day of"),
        (DaysBefore(days_before=30), "提前30日", "at least 30 days before"),
        (MonthLimit(months=3), "3个月内", "within 3 months of"),
        (FixedDay(month=6, day=30, years_after=1), "次年6月30日前", "by 30 June of the next year, counted from"),
        (FixedDay(month=1, day=31, years_after=0), "当年1月31日前", "by 31 January of the same year, counted from"),
        (FixedDay(month=1, day=31, years_after=2), "第2年1月31日前", "by 31 January of year 2 after it, counted from"),
    ],
)
def test_each_kind_of_limit_says_how_long_it_is(limit, zh, en):
    assert describe_length(limit) == Text(zh=zh, en=en)


def test_a_limit_is_a_sentence_of_trigger_length_and_event():
    rules = read_time_limits()
    assert describe_rule(rules["decision-published"]) == Text(
        zh="作出决定后7个工作日内向社会公开", en="publication within 7 working days of the decision"
    )
    assert describe_rule(rules["closure-announced"]) == Text(
        zh="闭馆或调整开始前，提前7日向社会公告",
        en="public notice at least 7 days before the start of the closure or change",
    )


def test_every_limit_of_the_table_is_said_in_both_languages():
    for rule in read_time_limits().values():
        said = describe_rule(rule)
        assert rule.event.zh in said.zh
        assert rule.trigger.en in said.en
        assert not re.search(r"[\u4e00-\u9fff]", said.en)


def test_the_limit_of_a_contract_names_its_clause():
    limit = TimeLimit(days=20, kind="working", trigger=Text(zh="信息形成", en="the record"), clause="第二十六条", source="条例")  # fmt: skip
    assert describe_hand_in_limit(limit) == Text(
        zh="自信息形成起 20 个工作日内（条例第二十六条）",
        en="within 20 working days of the record (条例 第二十六条)",
    )


def test_nothing_is_called_kept_where_nothing_was_due():
    for rule in ("budget-published", HAND_IN):
        assert describe_kept(rule, met=0, late=0, missing=0) == Text(zh="没有到期事项", en="nothing due")
    assert describe_kept("budget-published", met=3, late=0, missing=0).en == "3 due, all in time"
    assert describe_kept("budget-published", met=1, late=2, missing=3).en == "6 due, 1 in time, 2 too late, 3 not done"


def test_a_hand_in_is_there_or_not_but_never_called_in_time():
    assert describe_kept(HAND_IN, met=3, late=0, missing=0) == Text(
        zh="应报 3 项，已报送 3 项", en="3 due, 3 handed in"
    )
    assert describe_kept(HAND_IN, met=2, late=0, missing=1).en == "3 due, 2 handed in, 1 overdue"


def test_a_hand_in_names_the_periods_for_which_it_was_due():
    assert describe_kept(HAND_IN, met=0, late=0, missing=21, periods=["2026-10"]) == Text(
        zh="2026-10 应报 21 项，已报送 0 项，逾期未报 21 项", en="21 due for 2026-10, 0 handed in, 21 overdue"
    )
    assert describe_kept(HAND_IN, met=2, late=0, missing=0, periods=["2026-09", "2026-10"]).zh.startswith(
        "2026-09、2026-10 应报 2 项"
    )

"""Texts of time limits: how long one is, what must happen when, and how it was kept. Wherever pages, releases and portals say so.

Pure. Not here: the limits (`time_limits.py`, `schemas/policy.py`), what was due when (`warehouse/analyst_file/due.py`), constraints of fields (`schemas/limits.py`).
"""

from collections.abc import Sequence

from schemas.policy import TimeLimit
from schemas.text import Text
from schemas.time_limits.time_limits import HAND_IN, DaysBefore, FixedDay, Limit, MonthLimit, TimeLimitRule

HAND_IN_TITLE = Text(zh="按数据规范报送", en="Hand-in that the contract asks for")
_YEARS = {0: Text(zh="当年", en="the same year"), 1: Text(zh="次年", en="the next year")}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def describe_length(limit: Limit) -> Text:
    """Returns how long a limit is, such as `7个工作日内`, `within 7 working days`."""
    if isinstance(limit, DaysBefore):
        return Text(zh=f"提前{limit.days_before}日", en=f"at least {_count(limit.days_before, 'day')} before")
    if isinstance(limit, MonthLimit):
        return Text(zh=f"{limit.months}个月内", en=f"within {_count(limit.months, 'month')} of")
    if isinstance(limit, FixedDay):
        year = _YEARS.get(limit.years_after) or Text(
            zh=f"第{limit.years_after}年", en=f"year {limit.years_after} after it"
        )
        return Text(
            zh=f"{year.zh}{limit.month}月{limit.day}日前",
            en=f"by {limit.day} {_MONTHS[limit.month - 1]} of {year.en}, counted from",
        )
    kind = Text(zh="个工作日", en="working day") if limit.kind == "working" else Text(zh="日", en="day")
    return Text(zh=f"{limit.days}{kind.zh}内", en=f"within {_count(limit.days, kind.en)} of")


def describe_rule(rule: TimeLimitRule) -> Text:
    """Returns what a limit asks for in one sentence: the event, how long, the trigger."""
    length = describe_length(rule.limit)
    before = rule.direction == "before"
    zh = (
        f"{rule.trigger.zh}前，{length.zh}{rule.event.zh}"
        if before
        else f"{rule.trigger.zh}后{length.zh}{rule.event.zh}"
    )
    return Text(zh=zh, en=f"{rule.event.en} {length.en} the {rule.trigger.en}")


def describe_hand_in_limit(limit: TimeLimit) -> Text:
    """Returns the limit that a contract states for its hand-ins, and the clause that sets it."""
    length = describe_hand_in_length(limit)
    return Text(zh=f"{length.zh}（{limit.source}{limit.clause}）", en=f"{length.en} ({limit.source} {limit.clause})")


def describe_hand_in_length(limit: TimeLimit) -> Text:
    """Returns the limit that a contract states for its hand-ins, without the clause."""
    kind = Text(zh="个工作日", en="working days") if limit.kind == "working" else Text(zh="日", en="days")
    return Text(
        zh=f"自{limit.trigger.zh}起 {limit.days} {kind.zh}内", en=f"within {limit.days} {kind.en} of {limit.trigger.en}"
    )


def describe_kept(rule: str, met: int, late: int, missing: int, periods: Sequence[str] = ()) -> Text:
    """Returns how a limit was kept: of what was due, how much was done in time, too late, or not yet. Says so where nothing was due.

    Of hand-ins (`HAND_IN`) only whether they are there is known, not whether they came in time. `periods`: those for which they were due, if known.
    """
    ended = met + late + missing
    if not ended:
        return Text(zh="没有到期事项", en="nothing due")
    if rule == HAND_IN:
        before, after = ("、".join(periods) + " ", " for " + ", ".join(periods)) if periods else ("", "")
        zh, en = (f"，逾期未报 {missing} 项", f", {missing} overdue") if missing else ("", "")
        return Text(zh=f"{before}应报 {ended} 项，已报送 {met} 项{zh}", en=f"{ended} due{after}, {met} handed in{en}")
    if met == ended:
        return Text(zh=f"到期 {ended} 项，全部按期", en=f"{ended} due, all in time")
    return Text(
        zh=f"到期 {ended} 项，按期 {met} 项，逾期办理 {late} 项，逾期未办 {missing} 项",
        en=f"{ended} due, {met} in time, {late} too late, {missing} not done",
    )


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"

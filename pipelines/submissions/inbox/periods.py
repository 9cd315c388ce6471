"""Periods that may be handed in on a given day: none that has not begun, none before the contract's first.

Here: that decision and its words. Not here: how a period is written (`inbox.py`), dates in rows (rule kind `not_after_receipt`).
"""

from datetime import date

from quality.findings import Finding
from schemas.contract import Contract
from schemas.slices import containing_period, later_period, period_days
from schemas.text import Text

PROBLEMS = frozenset({"period-not-begun", "period-too-early"})
"""Types of the findings that `find_period_problem` returns."""


def find_period_problem(contract: Contract, period: str, on: date) -> Finding | None:
    """Returns why a period of the contract's kind may not be handed in on that day, or None.

    The contract may allow periods after the current one (`periods_ahead`), and may name its first one (`since`).
    """
    granularity = contract.policy.slice
    current = containing_period(granularity.period, on)
    newest = later_period(granularity.period, current, granularity.periods_ahead)
    if period_days(period)[0] > period_days(newest)[0]:
        return _make_finding(
            "period-not-begun",
            period,
            Text(
                zh=f"期间“{period}”尚未开始，“{contract.title.zh}”目前最晚可报 {newest}",
                en=f"the period {period} has not begun; the latest period of {contract.name} that may be handed in now is {newest}",
            ),
            current,
        )
    if granularity.since is not None and period_days(period)[0] < period_days(granularity.since)[0]:
        return _make_finding(
            "period-too-early",
            period,
            Text(
                zh=f"期间“{period}”早于“{contract.title.zh}”开始收集的 {granularity.since}",
                en=f"the period {period} is before {granularity.since}, the first one of {contract.name}",
            ),
            current,
        )
    return None


def _make_finding(kind: str, period: str, message: Text, current: str) -> Finding:
    return Finding(
        judge="table",
        type=kind,
        severity="error",
        value=period,
        message=message,
        mend=Text(
            zh=f"请核对期间（当前为 {current}），改正文件名或 --period 后重新报送",
            en=f"check the period (now it is {current}), then hand it in again with the right file name or --period",
        ),
    )

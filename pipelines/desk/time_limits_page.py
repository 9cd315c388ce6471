"""What the page of time limits says: each limit with its clause, how it is kept, and what is overdue and not done, as a value.

Everything is from the table of limits and what the newest analysts' file says. Read only. Not here: the page (`desk_pages.py`), its layout
(`pipelines/pages`), computing what is due (`warehouse/analyst_file/due.py`).
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from pipelines.submissions.receipts.receipt_index import department_name
from pipelines.workspace import Workspace
from quality.findings import masked_excerpt
from schemas.text import Text
from schemas.time_limits.limit_texts import HAND_IN_TITLE, describe_rule
from schemas.time_limits.time_limits import HAND_IN, TimeLimitRule, read_time_limits
from warehouse.analyst_file.due_reading import DueCounts, DueSummary, MissingLine

KEY_LIMIT = 60
"""Characters of a key that are shown."""


class LimitRow(NamedTuple):
    """One limit: what it asks for, where that is written, on which datasets it is counted here, and the counts."""

    title: Text
    text: Text
    clause: str
    source: str
    is_sure: bool
    is_hand_in: bool
    datasets: Sequence[Text]
    counts: DueCounts


class OverdueRow(NamedTuple):
    """One thing that is overdue and not done; `key`: its parts, without numbers of persons, and cut."""

    limit: Text
    dataset: Text
    department: Text
    key: str
    due: date
    days_late: int


class TimeLimitsView(NamedTuple):
    """The page on the day `today`: limits with something counted (the most overdue first), other limits, and the oldest of what is not done.

    `as_of`: the day of the states. `counts`: of everything; `lines` lists some of its `missing`.
    """

    today: date
    as_of: date
    counts: DueCounts
    limits: Sequence[LimitRow]
    uncounted: Sequence[LimitRow]
    lines: Sequence[OverdueRow]


def build_time_limits(workspace: Workspace, summary: DueSummary, today: date) -> TimeLimitsView:
    """Returns the page of what is in the summary."""
    rows = [
        _hand_in_row(workspace, summary),
        *(_make_row(workspace, summary, one) for one in read_time_limits().values()),
    ]
    counted = [row for row in rows if row.datasets]
    return TimeLimitsView(
        today=today,
        as_of=summary.as_of,
        counts=summary.count_all(),
        limits=sorted(counted, key=lambda row: (-row.counts.missing, -row.counts.late)),
        uncounted=[row for row in rows if not row.datasets],
        lines=[_make_line(workspace, line, today) for line in summary.lines if line.dataset in workspace.contracts],
    )


def _make_row(workspace: Workspace, summary: DueSummary, rule: TimeLimitRule) -> LimitRow:
    return LimitRow(
        title=rule.title,
        text=describe_rule(rule),
        clause=rule.clause,
        source=rule.source,
        is_sure=rule.sure == "verified",
        is_hand_in=False,
        datasets=[workspace.contracts[one.dataset].title for one in rule.applies if one.dataset in workspace.contracts],
        counts=summary.count_rule(rule.id),
    )


def _hand_in_row(workspace: Workspace, summary: DueSummary) -> LimitRow:
    """Returns the row of what contracts ask for; each states its own limit, clause and source."""
    datasets = [one.dataset for one in summary.limits if one.rule == HAND_IN and one.dataset in workspace.contracts]
    return LimitRow(
        title=HAND_IN_TITLE,
        text=Text(zh="各数据集按其数据规范规定的期限报送", en="each dataset within the limit of its contract"),
        clause="",
        source="",
        is_sure=True,
        is_hand_in=True,
        datasets=[workspace.contracts[name].title for name in datasets],
        counts=summary.count_rule(HAND_IN),
    )


def _make_line(workspace: Workspace, line: MissingLine, today: date) -> OverdueRow:
    rule = read_time_limits().get(line.rule)
    known = line.department in workspace.departments
    return OverdueRow(
        limit=rule.title if rule else HAND_IN_TITLE,
        dataset=workspace.contracts[line.dataset].title,
        department=department_name(workspace, line.department)
        if known
        else Text(zh=line.department, en=line.department),
        key=masked_excerpt(line.key.replace("|", " · "), KEY_LIMIT) or "",
        due=line.due_date,
        days_late=max((today - line.due_date).days, 0),
    )

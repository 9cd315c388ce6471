"""Work items about time limits of law: what a department has not done although its last day is over, one item for each limit and dataset.

Read from what the newest analysts' file says (`warehouse/analyst_file/due_reading.py`); the text names that day. Not here: hand-ins that
are owed (`hand_in_items.py`), the list of single overdue things (`pipelines/desk/time_limits_page.py`).
"""

from collections.abc import Iterator
from datetime import date, datetime

from pipelines.work_items.work_item import WorkItem
from pipelines.workspace import Workspace
from schemas.contract import Contract
from schemas.text import Text
from schemas.time_limits.limit_texts import describe_rule
from schemas.time_limits.time_limits import TimeLimitRule, read_time_limits
from warehouse.analyst_file.due_reading import MissingGroup, read_due_summary


def find_time_limit_items(workspace: Workspace, now: datetime) -> Iterator[WorkItem]:
    """Yields an item for each department, limit and dataset with something overdue that is not done; however much, it is one item."""
    summary = read_due_summary(workspace.layout, now.date())
    if summary is None:
        return
    rules = read_time_limits()
    for group in summary.missing:
        if group.rule in rules and group.dataset in workspace.contracts:
            contract = workspace.contracts[group.dataset]
            yield _make_item(workspace, rules[group.rule], contract, group, summary.as_of)


def _make_item(
    workspace: Workspace, rule: TimeLimitRule, contract: Contract, group: MissingGroup, as_of: date
) -> WorkItem:
    requirement, is_known = describe_rule(rule), group.department in workspace.departments
    return WorkItem(
        kind="time_limit",
        dataset=contract.name,
        subject=f"{rule.id} {group.department}",
        text=Text(
            zh=f"“{contract.title.zh}”有 {group.count} 项逾期未办（截至 {as_of}），规定为{requirement.zh}；请办理并填写日期后重新报送",
            en=f"{contract.title.en}: {group.count} overdue and not done as of {as_of}; the limit is {requirement.en}; do it, fill in the day and hand in again",
        ),
        since=group.oldest,
        department=group.department if is_known else None,
        role=None if is_known else "steward",
        due=group.oldest,
        command=f"sportlake template {contract.name} --department {group.department}" if is_known else "",
        page="desk/time_limits.html",
    )

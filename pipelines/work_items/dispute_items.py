"""Work items about disputed keys: the same key in rows of several slices, an item for each of the departments concerned.

Not here: finding such rows (`pipelines/review/disputes.py`, `quality/gate.py`); this reads what the ledger says of the rows as they are
now.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pipelines.refusal import find_refusal
from pipelines.review.approvals import list_disputes
from pipelines.work_items.hand_in_items import write_submit_command
from pipelines.work_items.work_item import WorkItem
from pipelines.workspace import Workspace
from schemas.slices import SliceKey, parse_slice
from schemas.text import Text
from schemas.time_limits.workdays import add_working_days
from warehouse.lake.standing import find_standing

DUPLICATE_KEY = "duplicate-key"
"""The gate's objection where the contract says that disputed rows stop the whole dataset."""


def find_dispute_items(workspace: Workspace, _now: datetime) -> Iterator[WorkItem]:
    """Yields an item for each disputed key and each department that has it.

    The last day follows from the day since which all the slices stand and the contract's time to mend.
    """
    for name in workspace.contracts:
        for dispute in list_open_disputes(workspace, name):
            keys = [parse_slice(f"{name}/{slice_}") for slice_ in dispute["slices"]]
            for department in dict.fromkeys(key.department for key in keys):
                yield _make_item(workspace, str(dispute["key"]), keys, department)


def list_open_disputes(workspace: Workspace, dataset: str) -> list[Mapping[str, Any]]:
    """Returns the disputed keys on record of a dataset as it is now, each with its slices (`department/period`).

    If the contract lets them stop the whole dataset, the gate's record names the first key, and the slices of all of them.
    """
    refused = find_refusal(workspace, dataset)
    if refused is None:
        return list_disputes(workspace, dataset)
    whole = [one for one in refused.facts["objections"] if one["type"] == DUPLICATE_KEY]
    return [*refused.facts.get("disputes", ()), *({"key": one["value"], "slices": one["slices"]} for one in whole)]


def _make_item(workspace: Workspace, key: str, slices: Sequence[SliceKey], department: str) -> WorkItem:
    contract = workspace.contracts[slices[0].dataset]
    own = [one for one in slices if one.department == department]
    others = [one for one in slices if one.department != department]
    since = max(_standing_since(workspace, one) for one in slices)
    return WorkItem(
        kind="dispute",
        dataset=contract.name,
        subject=key,
        text=_describe_dispute(workspace, key, own, others),
        since=since,
        department=department,
        due=add_working_days(since, contract.policy.quarantine.mend_within).day,
        command=write_submit_command(workspace, own[-1]),
        page=_receipt_page(workspace, own[-1]),
    )


def _describe_dispute(workspace: Workspace, key: str, own: Sequence[SliceKey], others: Sequence[SliceKey]) -> Text:
    title = workspace.contracts[own[0].dataset].title
    periods = Text(
        zh="、".join(one.period for one in own),
        en=" and ".join(one.period for one in own),
    )
    if not others:
        return Text(
            zh=f"“{title.zh}”编码 {key} 在本单位 {periods.zh} 的数据中重复，相关行暂不发布；请核对后重新报送",
            en=f"{title.en}: key {key} stands twice in your data of {periods.en}; its rows are not released until it is mended and handed in again",
        )
    names = [(workspace.departments[one.department].name, one.period) for one in others]
    return Text(
        zh=f"“{title.zh}”{periods.zh} 的编码 {key} 也在{'、'.join(f'{name.zh}{period}' for name, period in names)}的数据中，相关行暂不发布；请与对方核对，由其中一方更正后重新报送",
        en=f"{title.en} {periods.en}: key {key} stands in the data of {' and '.join(f'{name.en} {period}' for name, period in names)} too; its rows are not released until one of you corrects it and hands in again",
    )


def _standing_since(workspace: Workspace, key: SliceKey) -> date:
    standing = find_standing(workspace.ledger, str(key))
    return standing.at.date() if standing else date.min


def _receipt_page(workspace: Workspace, key: SliceKey) -> str:
    standing = find_standing(workspace.ledger, str(key))
    return f"receipts/{standing.number}.html" if standing else ""

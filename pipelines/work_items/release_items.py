"""Work items about what is to become public: candidates that wait for people, were refused or stopped at the gate, and incidents.

Not here: the decisions (`pipelines/review/decisions.py`), disputed keys (`dispute_items.py`).
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from pipelines.refusal import find_refusal
from pipelines.review.approvals import Decision, list_waiting
from pipelines.work_items.dispute_items import DUPLICATE_KEY
from pipelines.work_items.hand_in_items import write_mend_command
from pipelines.work_items.work_item import WorkItem
from pipelines.workspace import Workspace
from quality.relations.result import is_relation_finding
from schemas.contract import Contract
from schemas.people import describe_roles
from schemas.text import Text
from schemas.time_limits.workdays import add_working_days
from warehouse.lake.standing import open_hand_in_index

TOLD_OTHERWISE = frozenset({DUPLICATE_KEY, "too-many-held-back"})
"""Objections of which each department has an item of another kind, beside broken relations."""


def find_review_items(workspace: Workspace, now: datetime) -> Iterator[WorkItem]:
    """Yields an item for each role in which somebody must still decide about a candidate."""
    for waits in list_waiting(workspace, now):
        title = workspace.contracts[waits.dataset].title
        for role in waits.review.undecided:
            role_name = describe_roles([role])
            yield WorkItem(
                kind="review",
                dataset=waits.dataset,
                subject=waits.content_hash,
                text=Text(
                    zh=f"“{title.zh}”待发布，请{role_name.zh}查看后同意或不同意",
                    en=f"{title.en} waits for release: a {role_name.en} must look at it and approve or refuse",
                ),
                since=waits.since.date(),
                role=role,
                command=f"sportlake approve {waits.dataset} --as {workspace.people.name_holder([role])}",
                page=f"candidates/{waits.dataset}.html",
            )


def find_refused_items(workspace: Workspace, now: datetime) -> Iterator[WorkItem]:
    """Yields an item for each refusal by a person and each department with new hand-ins in the candidate, with the reason."""
    for waits in list_waiting(workspace, now):
        for refusal in waits.review.refusals:
            for department in _list_contributors(workspace, waits.dataset):
                yield _make_refused_item(workspace, waits.dataset, refusal, department)


def find_gate_items(workspace: Workspace, _now: datetime) -> Iterator[WorkItem]:
    """Yields an item of the steward for each dataset that the gate stops, and one for each slice and kind of objection in it."""
    for name, contract in workspace.contracts.items():
        refused = find_refusal(workspace, name)
        if refused is None:
            continue
        first = Text.model_validate(refused.facts["objections"][0]["message"])
        yield WorkItem(
            kind="gate",
            dataset=name,
            subject=refused.facts["content_hash"],
            text=Text(
                zh=f"“{contract.title.zh}”发布审核未通过：{first.zh}",
                en=f"{contract.title.en} is stopped at the gate: {first.en}",
            ),
            since=refused.at.date(),
            role="steward",
            command=f"sportlake candidate {name}",
        )
        named = [one for one in refused.facts["objections"] if not _is_told_otherwise(one["type"])]
        items = [item for one in named for item in _make_gate_items(contract, one, refused.at.date())]
        yield from {item.key: item for item in reversed(items)}.values()


def find_incident_items(workspace: Workspace, _now: datetime) -> Iterator[WorkItem]:
    """Yields an item of the steward for each dataset with an incident since it was last restored; it is due at once."""
    for name, contract in workspace.contracts.items():
        found = workspace.ledger.find_newest("incident", "dataset", name, 1)
        restored = workspace.ledger.find_newest("restoration", "dataset", name, 1)
        if not found or (restored and restored[0].seq > found[0].seq):
            continue
        day = found[0].at.date()
        yield WorkItem(
            kind="incident",
            dataset=name,
            subject=str(found[0].seq),
            text=Text(
                zh=f"“{contract.title.zh}”版本 {found[0].facts['release']} 中发现不应公开的内容，已停止开放；请核实更正，生成新的版本后恢复",
                en=f"{contract.title.en}: release {found[0].facts['release']} holds what may not be public and is withdrawn; check and correct it, make a new release, then restore it",
            ),
            since=day,
            role="steward",
            due=day,
            command=f"sportlake withdraw {name} --undo --reason …",
        )


def _is_told_otherwise(type_: str) -> bool:
    """Whether each department has an item of another kind about objections of that type."""
    return type_ in TOLD_OTHERWISE or is_relation_finding(type_)


def _make_gate_items(contract: Contract, objection: Mapping[str, Any], since: date) -> Iterator[WorkItem]:
    """Yields an item for each slice that an objection of the gate names."""
    message = Text.model_validate(objection["message"])
    for slice_, receipt in zip(objection["slices"], objection["receipts"], strict=True):
        department, period = slice_.split("/")
        yield WorkItem(
            kind="gate",
            dataset=contract.name,
            subject=f"{objection['type']} {slice_}",
            text=Text(
                zh=f"“{contract.title.zh}”{period} 不能发布：{message.zh}；请更正后重新报送",
                en=f"{contract.title.en} {period} cannot be released: {message.en}; correct it and hand it in again",
            ),
            since=since,
            department=department,
            due=add_working_days(since, contract.policy.quarantine.mend_within).day,
            page=f"receipts/{receipt}.html",
        )


def _make_refused_item(workspace: Workspace, dataset: str, refusal: Decision, department: str) -> WorkItem:
    contract, role_name = workspace.contracts[dataset], describe_roles([refusal.role])
    since = refusal.at.date()
    return WorkItem(
        kind="refused",
        dataset=dataset,
        subject=str(refusal.seq),
        text=Text(
            zh=f"{refusal.person}（{role_name.zh}）不同意发布“{contract.title.zh}”：{refusal.reason}；请核对本单位新报送的数据，更正后重新报送",
            en=f"{refusal.person} ({role_name.en}) refuses the release of {contract.title.en}: {refusal.reason}; check what you handed in last and hand it in corrected",
        ),
        since=since,
        department=department,
        due=add_working_days(since, contract.policy.quarantine.mend_within).day,
        command=write_mend_command(workspace, dataset, department),
        page=f"candidates/{dataset}.html",
    )


def _list_contributors(workspace: Workspace, dataset: str) -> list[str]:
    """Returns the departments whose rows landed since the last release; the responsible one if nothing did."""
    released = workspace.ledger.find_newest("release", "dataset", dataset, 1)
    index, since = open_hand_in_index(workspace.ledger), released[0].seq if released else 0
    new = [code for code in workspace.departments if index.find_arrivals(dataset, code)[1] > since]
    return new or [workspace.contracts[dataset].policy.owner]

"""Datasets of which everything was retracted: withdrawn automatically, and shown again when data stand again.

The retraction is the decision of a person; the withdrawal follows from it. No release could show it, because the gate refuses an empty
one. Here: the two ledger entries. Not here: withdrawals by decision (`withdrawal.py`), retractions.
"""

from collections.abc import Sequence
from datetime import datetime

from catalog.plan import Withdrawal
from pipelines.publication.visible_release import visible_release
from pipelines.publication.withdrawal import active_withdrawals, describe_withdrawal, parse_withdrawal
from pipelines.workspace import Workspace
from schemas.text import Text
from warehouse.lake.standing import find_retraction
from warehouse.ledger.ledger import LedgerEntry
from warehouse.ledger.open_decisions import OpenDecisions


def withdraw_emptied(workspace: Workspace, now: datetime) -> Sequence[Withdrawal]:
    """Records a withdrawal for every public dataset of which all data were retracted; returns those recorded now.

    The reason is that of the retractions. A dataset that is withdrawn already stays as it is.
    """
    held = active_withdrawals(workspace)
    found: list[Withdrawal] = []
    for name in workspace.ledger.open_view(OpenDecisions).list_retracted_datasets():
        if name in workspace.contracts and name not in held and is_emptied(workspace, name):
            found += _withdraw(workspace, name, now)
    return found


def is_emptied(workspace: Workspace, dataset: str) -> bool:
    """Whether data of the dataset were accepted once and none of them stand."""
    contract = workspace.contracts[dataset]
    return workspace.lake.current_version(contract) is not None and not workspace.lake.count_slice_rows(contract)


def restore_refilled(workspace: Workspace, dataset: str, now: datetime) -> None:
    """Ends the withdrawal of a dataset that was emptied, once its newest release holds what stands; one by decision stays."""
    active = active_withdrawals(workspace).get(dataset)
    if active is None or not active.emptied:
        return
    reason = Text(zh="本数据集重新有数据", en="there are data of this dataset again")
    workspace.ledger.append_once(
        "restoration",
        now=now,
        actor=workspace.actor,
        reason="data stand again",
        facts={"dataset": dataset, "reason": reason.model_dump(), "withdrawal": active.seq},
        key=("withdrawal",),
    )


def _withdraw(workspace: Workspace, dataset: str, now: datetime) -> Sequence[Withdrawal]:
    shown = visible_release(workspace, dataset).shown
    if shown is None:
        return []
    ended = [entry.seq for entry in workspace.ledger.find_entries("restoration", "dataset", dataset)]
    reason = _describe_retractions(workspace, dataset).model_dump()
    facts = {
        **describe_withdrawal(workspace.contracts[dataset], shown, reason),
        "emptied": True,
        "after": ended[-1] if ended else 0,
    }
    entry = workspace.ledger.append_once(
        "withdrawal",
        now=now,
        actor=workspace.actor,
        reason="all of its data were retracted",
        facts=facts,
        key=("dataset", "after"),
    )
    return [parse_withdrawal(entry)]


def _describe_retractions(workspace: Workspace, dataset: str) -> Text:
    """Returns the reasons of the newest retractions, each once: they explain why the dataset has no data any more."""
    reasons = "；".join(dict.fromkeys(entry.facts["reason"] for entry in _find_retractions(workspace, dataset)))
    return Text(zh=f"本数据集的全部数据已撤回：{reasons}", en=f"all data of this dataset were taken back: {reasons}")


def _find_retractions(workspace: Workspace, dataset: str) -> Sequence[LedgerEntry]:
    """Returns the newest retraction in force of each slice of the dataset."""
    newest: dict[str, LedgerEntry] = {}
    for entry in workspace.ledger.open_view(OpenDecisions).list_retractions(dataset):
        if find_retraction(workspace.ledger, entry.facts["number"]) == entry:
            newest[entry.facts["slice"]] = entry
    return list(newest.values())

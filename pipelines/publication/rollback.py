"""Rollback: the decision that the public sees an earlier release, or the newest one again; one entry of the ledger.

Facts: `dataset`, `from`, `to`, `reason`, and `newest`, the newest release at that time: the decision holds until a newer one
is made. Nothing is deleted; rolling back to the newest release undoes it. Not here: its effect (`visible_release.py`,
`publish.py`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from pipelines.publication.visible_release import VisibleRelease, visible_release
from pipelines.publication.withdrawal import active_withdrawals, checked_reason, personal_data_error
from pipelines.workspace import Workspace
from schemas.contract import find_contract
from schemas.errors import UsageError
from schemas.text import Text
from warehouse.releases.releases import Release


class RollbackResult(NamedTuple):
    """The number of the release visible before the decision, and of the one after it."""

    before: str
    after: str


def roll_back(workspace: Workspace, dataset: str, to: str | None, reason: str | None, now: datetime) -> RollbackResult:
    """Records that release `to` is to be visible, by default the one before the visible one; publication does the rest.

    Raises UsageError, which lists what exists, if the dataset or release is unknown, withdrawn or visible already, or if there is
    no earlier release.
    """
    find_contract(workspace.contracts, dataset)
    if dataset in active_withdrawals(workspace):
        raise _withdrawn_error(dataset)
    choice = visible_release(workspace, dataset)
    if choice.shown is None:
        raise _nothing_to_show_error(dataset)
    chosen = _find_number(dataset, choice, to) if to else _previous_visible(dataset, choice, choice.shown)
    if chosen in choice.personal:
        raise personal_data_error(dataset, chosen)
    if chosen == choice.shown.number:
        raise _already_shown_error(dataset, chosen, choice.made)
    facts = {
        "dataset": dataset,
        "from": choice.shown.number,
        "to": chosen,
        "newest": choice.made[-1].number,
        "reason": checked_reason(reason) if reason is not None else None,
    }
    workspace.ledger.append_entry(
        "rollback", now=now, actor=workspace.actor, reason="another release shown by decision", facts=facts
    )
    return RollbackResult(choice.shown.number, chosen)


def _find_number(dataset: str, choice: VisibleRelease, number: str) -> str:
    if number not in {release.number for release in choice.made}:
        available = _join_numbers(choice.made)
        raise UsageError(
            Text(
                zh=f"{dataset} 没有版本 {number}；现有：{available}",
                en=f"{dataset} has no release {number}; there are {available}",
            )
        )
    return number


def _previous_visible(dataset: str, choice: VisibleRelease, shown: Release) -> str:
    """Returns the newest release before the visible one that was not itself rolled back from."""
    for release in reversed(choice.made[: choice.made.index(shown)]):
        if release.number not in choice.taken_back:
            return release.number
    available = _join_numbers(choice.made)
    raise UsageError(
        Text(
            zh=f"{dataset} 在 {shown.number} 之前没有可用的版本；现有：{available}，可用 --to 指定",
            en=f"{dataset} has no release before {shown.number} to go back to; there are {available}: name one with --to",
        )
    )


def _join_numbers(made: Sequence[Release]) -> str:
    return ", ".join(release.number for release in made)


def _withdrawn_error(dataset: str) -> UsageError:
    return UsageError(
        Text(
            zh=f"{dataset} 已停止开放，没有展示任何版本；请先运行 sportlake withdraw {dataset} --undo",
            en=f"{dataset} is withdrawn and shows no release; run sportlake withdraw {dataset} --undo first",
        )
    )


def _nothing_to_show_error(dataset: str) -> UsageError:
    return UsageError(
        Text(
            zh=f"{dataset} 还没有版本；sportlake status 列出各数据集的版本",
            en=f"nothing of {dataset} has been released; see sportlake status",
        )
    )


def _already_shown_error(dataset: str, number: str, made: Sequence[Release]) -> UsageError:
    return UsageError(
        Text(
            zh=f"{dataset} 现在展示的就是 {number}；现有：{_join_numbers(made)}",
            en=f"{dataset} shows {number} already; there are {_join_numbers(made)}",
        )
    )

"""Withdrawal of a dataset by decision, and its restoration: two kinds of ledger entry that determine what is public.

Nothing is deleted: lake, releases and the analysts' file stay, because they belong to the bureau, and releases may still be
made. Publication then retires the dataset in every catalogue (`publish.py`). Not here: the text of a tombstone (`catalog`).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from catalog.plan import Withdrawal
from pipelines.publication.visible_release import visible_release
from pipelines.workspace import Workspace
from schemas.contract import Contract, find_contract
from schemas.errors import UsageError
from schemas.text import Text
from warehouse.ledger.ledger import LedgerEntry
from warehouse.releases.releases import Release

LONGEST_REASON = 500


class ActiveWithdrawal(NamedTuple):
    """A withdrawal that is in effect, the number of its ledger entry, and whether it came because all data were retracted."""

    seq: int
    withdrawal: Withdrawal
    emptied: bool = False


def active_withdrawals(workspace: Workspace) -> dict[str, ActiveWithdrawal]:
    """Returns the withdrawals in effect, by dataset."""
    held: dict[str, ActiveWithdrawal] = {}
    decided = [*workspace.ledger.read_entries("withdrawal"), *workspace.ledger.read_entries("restoration")]
    for entry in sorted(decided, key=lambda one: one.seq):
        if entry.kind == "withdrawal":
            held[entry.facts["dataset"]] = ActiveWithdrawal(
                entry.seq, parse_withdrawal(entry), bool(entry.facts.get("emptied"))
            )
        else:
            held.pop(entry.facts["dataset"], None)
    return held


def list_withdrawals(workspace: Workspace) -> list[Withdrawal]:
    """Returns the withdrawals in effect, sorted by dataset name."""
    return [held.withdrawal for _, held in sorted(active_withdrawals(workspace).items())]


def withdraw_dataset(
    workspace: Workspace,
    dataset: str,
    reason: Text,
    successor: str | None,
    now: datetime,
    *,
    personal: bool = False,
) -> Withdrawal:
    """Records that the dataset is withdrawn from the public, and why; publication does the rest.

    `personal`: because of personal data. No release made so far is then offered again, among the earlier ones either, unless the
    data are erased from it.

    Raises UsageError if the dataset is unknown, has no public release or is withdrawn already, the reason is empty or too long,
    or the successor is unknown, withdrawn, or the dataset itself.
    """
    known = find_contract(workspace.contracts, dataset)
    held = active_withdrawals(workspace)
    if dataset in held:
        raise _already_withdrawn_error(held[dataset].withdrawal)
    if successor is not None:
        _refuse_successor(workspace, dataset, successor, held)
    last = _last_shown_release(workspace, dataset)
    if last is None:
        raise _nothing_public_error(dataset)
    facts = describe_withdrawal(known, last, _bilingual_dict(reason), successor)
    facts |= {"personal": True} if personal else {}
    return parse_withdrawal(
        workspace.ledger.append_entry(
            "withdrawal", now=now, actor=workspace.actor, reason="withdrawn by decision", facts=facts
        )
    )


def describe_withdrawal(
    contract: Contract, shown: Release, reason: Mapping[str, str], successor: str | None = None
) -> dict[str, Any]:
    """Returns what the ledger says of a withdrawal: the dataset, the release that was shown last, why, and what to use instead."""
    return {
        "dataset": contract.name,
        "title": contract.title.model_dump(),
        "reason": dict(reason),
        "successor": successor,
        "release": shown.number,
        "synthetic": shown.synthetic,
    }


def restore_dataset(workspace: Workspace, dataset: str, reason: Text, now: datetime) -> None:
    """Records that the withdrawal ends, and why; publication shows the dataset again.

    Raises UsageError if the dataset is not withdrawn, its release was withdrawn for personal data and is neither corrected nor
    erased, or the reason is empty or too long.
    """
    held = active_withdrawals(workspace)
    if dataset not in held:
        raise _not_withdrawn_error(dataset, held)
    choice = visible_release(workspace, dataset)
    if choice.shown is not None and choice.shown.number in choice.personal:
        raise personal_data_error(dataset, choice.shown.number)
    facts = {"dataset": dataset, "reason": _bilingual_dict(reason), "withdrawal": held[dataset].seq}
    workspace.ledger.append_entry(
        "restoration", now=now, actor=workspace.actor, reason="withdrawal taken back by decision", facts=facts
    )


def parse_withdrawal(entry: LedgerEntry) -> Withdrawal:
    """Returns the withdrawal that a ledger entry records."""
    facts = entry.facts
    return Withdrawal(
        dataset=facts["dataset"],
        title=Text.model_validate(facts["title"]),
        reason=Text.model_validate(facts["reason"]),
        on=entry.at.date(),
        at=entry.at,
        release=facts["release"],
        successor=facts["successor"],
        synthetic=facts["synthetic"],
    )


def _last_shown_release(workspace: Workspace, dataset: str) -> Release | None:
    """Returns the release that a catalogue showed last; if none has shown one yet, the one that would be shown."""
    published = workspace.ledger.find_newest("publication", "dataset", dataset, 1)
    choice = visible_release(workspace, dataset)
    made = {release.number: release for release in choice.made}
    return made.get(published[0].facts["release"]) if published else choice.shown


def _refuse_successor(workspace: Workspace, dataset: str, successor: str, held: Mapping[str, ActiveWithdrawal]) -> None:
    find_contract(workspace.contracts, successor)
    if successor == dataset:
        raise UsageError(
            Text(
                zh=f"{dataset} 不能由它自己替代，请给出另一个数据集",
                en=f"{dataset} cannot be its own successor; name another dataset",
            )
        )
    if successor in held:
        raise UsageError(
            Text(
                zh=f"{successor} 已于 {held[successor].withdrawal.on} 停止开放，不能用作替代；请给出仍在提供的数据集",
                en=f"{successor} was itself withdrawn on {held[successor].withdrawal.on}; name a dataset that is still offered",
            )
        )


def checked_reason(reason: str) -> str:
    """Returns the reason, stripped.

    Raises UsageError if it is empty, longer than LONGEST_REASON characters, or not one line of plain text.
    """
    stripped = reason.strip()
    if not stripped:
        raise UsageError(Text(zh="原因不能为空，请用 --reason 说明", en="the reason is empty; say it with --reason"))
    if len(stripped) > LONGEST_REASON or not stripped.isprintable():
        raise UsageError(
            Text(
                zh=f"原因有 {len(stripped)} 个字，最多 {LONGEST_REASON} 个，且须为一行普通文字；请缩短",
                en=f"the reason has {len(stripped)} characters; at most {LONGEST_REASON}, on one line of plain text: shorten it",
            )
        )
    return stripped


def _bilingual_dict(reason: Text) -> dict[str, str]:
    return {"zh": checked_reason(reason.zh), "en": checked_reason(reason.en)}


def personal_data_error(dataset: str, number: str) -> UsageError:
    """Returns the refusal to show a release again that was withdrawn for personal data."""
    return UsageError(
        Text(
            zh=f"{dataset} {number} 因个人信息停止开放，不能再次展示；请更正后生成新的版本，或用 sportlake erase 删除",
            en=f"{dataset} {number} was withdrawn for personal data and is not shown again: make a corrected release, or erase the data with sportlake erase",
        )
    )


def _already_withdrawn_error(held: Withdrawal) -> UsageError:
    return UsageError(
        Text(
            zh=f"{held.dataset} 已于 {held.on} 停止开放（{held.reason.zh}）；要改原因，请先用 --undo 恢复",
            en=f"{held.dataset} was withdrawn on {held.on} already ({held.reason.en}); take that back with --undo first",
        )
    )


def _not_withdrawn_error(dataset: str, held: Mapping[str, ActiveWithdrawal]) -> UsageError:
    names = ", ".join(sorted(held)) or "—"
    return UsageError(
        Text(
            zh=f"{dataset} 没有停止开放，无需恢复；已停止开放的：{names}",
            en=f"{dataset} is not withdrawn; what is: {names}",
        )
    )


def _nothing_public_error(dataset: str) -> UsageError:
    return UsageError(
        Text(
            zh=f"{dataset} 还没有版本，没有可停止开放的内容；sportlake status 列出各数据集的版本",
            en=f"nothing of {dataset} has been released, so there is nothing to withdraw; see sportlake status",
        )
    )

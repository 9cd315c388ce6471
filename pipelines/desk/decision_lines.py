"""The last decisions of people as lines of a list: who decided what about which dataset or hand-in, when and why.

Read from the ledger, newest first, without a look at older ones. Not here: objections of the gate, which nobody decided.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipelines.review.approvals import is_decision
from pipelines.workspace import Workspace
from schemas.text import Text
from schemas.venues import read_venue_rules
from warehouse.ledger.ledger import EntryKind, LedgerEntry

DECISIONS: Mapping[EntryKind, Text] = {
    "approval": Text(zh="同意发布", en="approved"),
    "refusal": Text(zh="不同意发布", en="refused"),
    "revocation": Text(zh="取消本人的决定", en="took back the own decision about"),
    "acceptance": Text(zh="接收被退回的报送", en="accepted a hand-in that was sent back"),
    "retraction": Text(zh="撤回报送", en="took back a hand-in"),
    "reinstatement": Text(zh="取消撤回", en="put a hand-in in force again"),
    "contract_rejudgement": Text(zh="按新的数据规范重新判定", en="had judged again by another contract"),
    "withdrawal": Text(zh="停止开放", en="withdrew"),
    "restoration": Text(zh="恢复开放", en="restored"),
    "rollback": Text(zh="改为展示其他版本", en="showed another release:"),
    "waiver": Text(zh="豁免发布审核意见", en="waived an objection to"),
    "assessment": Text(zh="登记评估和审批材料", en="put evidence on record for"),
    "venue_same": Text(zh="认定为同一场馆", en="said that these are one venue:"),
    "venue_different": Text(zh="认定为不同场馆", en="said that these are different venues:"),
    "venue_revocation": Text(zh="取消场馆认定", en="took back what was said of these venues:"),
    "erasure_request": Text(zh="申请彻底删除", en="asked for an erasure,"),
    "erasure": Text(zh="确认彻底删除", en="confirmed an erasure,"),
}
"""Kinds of ledger entries that are decisions, and what was done, before the subject."""
_GATE_SHARE = 5
"""Refusals of the gate are entries of the kind of people's refusals: this many times as many are looked at."""


@dataclass(frozen=True)
class DecisionLine:
    """One decision. `page`: of what it is about, relative to the installation's folder; "" if there is none."""

    seq: int
    at: datetime
    who: str
    what: Text
    subject: str
    reason: Text
    page: str


def list_decisions(workspace: Workspace, most: int) -> list[DecisionLine]:
    """Returns the newest decisions of people, at most `most`."""
    entries = workspace.ledger.list_newest(tuple(DECISIONS), most * _GATE_SHARE)
    decided = [entry for entry in entries if entry.kind != "refusal" or is_decision(entry)]
    return [_describe_decision(entry) for entry in decided[:most]]


def _describe_decision(entry: LedgerEntry) -> DecisionLine:
    facts, number = entry.facts, entry.facts.get("number", "")
    what = next(text for kind, text in DECISIONS.items() if kind == entry.kind)
    reason_text = facts.get("reason") or ""
    return DecisionLine(
        seq=entry.seq,
        at=entry.at,
        who=entry.who,
        what=what,
        subject=_name_subject(facts),
        reason=Text.model_validate(reason_text)
        if isinstance(reason_text, Mapping)
        else Text(zh=reason_text, en=reason_text),
        page=f"receipts/{number}.html" if number else "",
    )


def _name_subject(facts: Mapping[str, Any]) -> str:
    """Returns what was decided about: a slice, a dataset, a release that is shown, a hand-in, an erasure, or two venues."""
    if "left" in facts:
        return " / ".join(map(read_venue_rules().format_id, (facts["left"], facts["right"])))
    if "newest" in facts and "to" in facts:
        return f"{facts['dataset']}/{facts['to']}"
    return str(facts.get("slice") or facts.get("dataset") or facts.get("number") or facts.get("erasure", ""))

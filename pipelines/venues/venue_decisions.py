"""Decisions of stewards that two records are one venue, or are not; each is one entry of the ledger and can be taken back.

Facts: `left` and `right` (numbers, the lower first), `contents` (fingerprints of both records), `role`, `reason`, `synthetic`. Not here:
what follows for the ids (`identities.py`), which pairs are proposed (`venue_proposals.py`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from pipelines.publication.withdrawal import checked_reason
from pipelines.review.decisions import read_person_for
from pipelines.venues.identities import find_chain, find_separation, number_records, open_venue_ledger
from pipelines.workspace import Workspace
from quality.venues.venue_record import VenueRecord
from schemas.errors import UsageError
from schemas.people import Role
from schemas.text import Text
from schemas.venues import read_venue_rules
from warehouse.ledger.venue_ledger import VenueDecision

DECIDERS: tuple[Role, ...] = ("steward",)
_ABOUT = Text(zh="场馆是否同一", en="which records are one venue")


class _AskedPair(NamedTuple):
    """Two records that a decision is about, the lower number first."""

    left: int
    right: int
    contents: tuple[str, str]


def decide_pair(
    workspace: Workspace, first: str, second: str, *, is_same: bool, reason: str, now: datetime
) -> VenueDecision:
    """Records that the records of two ids are one venue, or are not; a decision that says the same already is returned.

    Raises UsageError if an id does not exist or its record no longer stands, the person is no steward, the reason is empty, or the
    decision contradicts one in force; the message names that one with person, day and reason.
    """
    person = read_person_for(workspace, _ABOUT, DECIDERS)
    checked = checked_reason(reason)
    with workspace.hold_lock(workspace.layout.venues_lock):
        pair = _find_pair(workspace, first, second)
        decisions = open_venue_ledger(workspace).list_decisions()
        before = next(
            (one for one in decisions if (one.is_same, one.left, one.right, one.contents) == (is_same, *pair)), None
        )
        if before is not None:
            return before
        _refuse_contradiction(decisions, pair, is_same=is_same)
        entry = workspace.ledger.append_entry(
            "venue_same" if is_same else "venue_different",
            now=now,
            actor=person.name,
            reason="records of one venue" if is_same else "records of different venues",
            facts={
                "left": pair.left,
                "right": pair.right,
                "contents": list(pair.contents),
                "role": DECIDERS[0],
                "reason": checked,
                "synthetic": person.synthetic,
            },
        )
    return next(one for one in open_venue_ledger(workspace).list_decisions() if one.seq == entry.seq)


def undo_pair(
    workspace: Workspace, first: str, second: str, *, is_same: bool, reason: str, now: datetime
) -> list[VenueDecision]:
    """Records that what was decided about those two ids is taken back, and returns it.

    Raises UsageError if nothing of that kind was decided about just these two, the person is no steward, or the reason is empty.
    """
    person = read_person_for(workspace, _ABOUT, DECIDERS)
    checked = checked_reason(reason)
    pair = tuple(sorted((parse_number(workspace, first), parse_number(workspace, second))))
    with workspace.hold_lock(workspace.layout.venues_lock):
        decisions = open_venue_ledger(workspace).list_decisions()
        undone = [one for one in decisions if one.is_same is is_same and (one.left, one.right) == pair]
        if not undone:
            raise _nothing_to_undo_error(decisions, pair)
        for one in undone:
            workspace.ledger.append_once(
                "venue_revocation",
                now=now,
                actor=person.name,
                reason="decision about venues taken back",
                facts={"decision": one.seq, "left": one.left, "right": one.right, "reason": checked},
                key=("decision",),
            )
    return undone


def describe_decision(decision: VenueDecision) -> Text:
    """Returns who said what about which two ids, when and why."""
    left, right = map(read_venue_rules().format_id, (decision.left, decision.right))
    day = decision.at.date()
    return Text(
        zh=f"{decision.person} {day} 认定 {left} 与 {right} {'是同一场馆' if decision.is_same else '不是同一场馆'}（{decision.reason}）",
        en=f"{decision.person} said on {day} that {left} and {right} are {'one venue' if decision.is_same else 'different venues'} ({decision.reason})",
    )


def _find_pair(workspace: Workspace, first: str, second: str) -> _AskedPair:
    records = number_records(workspace)
    left, right = sorted((parse_number(workspace, first), parse_number(workspace, second)))
    if left == right:
        raise UsageError(
            Text(
                zh=f"{first} 与 {second} 是同一个编号，请写两个不同的编号",
                en=f"{first} and {second} are one id; name two",
            )
        )
    return _AskedPair(left, right, (_find_record(records, left).content, _find_record(records, right).content))


def parse_number(workspace: Workspace, text: str) -> int:
    """Returns the number in a public id; UsageError says which ids there are if it is none of them."""
    number, last = read_venue_rules().parse_id(text), open_venue_ledger(workspace).next_number() - 1
    if number is None or not 1 <= number <= last:
        form = read_venue_rules().format_id
        there = Text(zh=f"现有 {form(1)} 至 {form(last)}", en=f"there are {form(1)} to {form(last)}")
        none = Text(
            zh="还没有登记任何场馆，请先运行 sportlake run", en="none is registered yet; run sportlake run first"
        )
        hint = there if last else none
        raise UsageError(Text(zh=f"没有场馆编号 {text}；{hint.zh}", en=f"{text} is the id of no venue; {hint.en}"))
    return number


def _find_record(records: Mapping[int, VenueRecord], number: int) -> VenueRecord:
    if number not in records:
        venue_id = read_venue_rules().format_id(number)
        raise UsageError(
            Text(
                zh=f"{venue_id} 的记录已不在现有数据中，无法比较；已有的决定用 --undo 取消",
                en=f"the record of {venue_id} stands no more and cannot be compared; --undo takes back what was decided about it",
            )
        )
    return records[number]


def _refuse_contradiction(decisions: Sequence[VenueDecision], pair: _AskedPair, *, is_same: bool) -> None:
    if is_same:
        found = find_separation(decisions, pair.left, pair.right)
        against = [found] if found else []
    else:
        against = find_chain(decisions, pair.left, pair.right)
    if not against:
        return
    descriptions = [describe_decision(one) for one in against]
    undo = " / ".join(_undo_command(one) for one in against)
    raise UsageError(
        Text(
            zh=f"与现有决定矛盾：{'；'.join(one.zh for one in descriptions)}。如有误，请先取消：{undo}",
            en=f"this contradicts what was decided: {'; '.join(one.en for one in descriptions)}. If that is wrong, take it back first: {undo}",
        )
    )


def _undo_command(decision: VenueDecision) -> str:
    left, right = map(read_venue_rules().format_id, (decision.left, decision.right))
    return f"sportlake venues {'same' if decision.is_same else 'different'} {left} {right} --undo --reason …"


def _nothing_to_undo_error(decisions: Sequence[VenueDecision], pair: tuple[int, ...]) -> UsageError:
    near = [describe_decision(one) for one in decisions if {one.left, one.right} & set(pair)]
    zh, en = "；".join(one.zh for one in near) or "没有", "; ".join(one.en for one in near) or "nothing"
    left, right = map(read_venue_rules().format_id, pair)
    return UsageError(
        Text(
            zh=f"没有对 {left} 与 {right} 作过这样的决定，无需取消；有关的决定：{zh}",
            en=f"nothing like that was decided about {left} and {right}; what was decided about one of them: {en}",
        )
    )

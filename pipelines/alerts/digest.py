"""Digests: which open work items a department or role has not been told of yet, or not since they became due soon or late.

Grain: one digest for each owner and day; an item is told at most once in each of its stages. What was told is in the ledger (kind
`alert`), as hashes, so that no value of a row is kept there. Read only. Not here: the text (`digest_text.py`), sending.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from pipelines.work_items.work_item import WorkItem
from pipelines.workspace import Workspace
from schemas.people import ROLE_NAMES
from schemas.recipients import ROLE_PREFIX
from schemas.text import Text
from schemas.time_limits.workdays import add_working_days

Stage = Literal["open", "due_soon", "late"]
SOON = 3
"""Working days before the last day at which an item is due soon."""
URGENT = frozenset({"incident"})
"""Kinds of items that are told at once, although the day's digest is out already."""
MOST_REMEMBERED = 400
"""Digests of one owner that are looked at: more than a year of them."""


@dataclass(frozen=True)
class DigestLine:
    """One item and the stage in which it is told now."""

    item: WorkItem
    stage: Stage

    @property
    def mark(self) -> str:
        """What the ledger keeps of it: a hash of the item's key, and the stage."""
        return mark_item("\n".join(self.item.key), self.stage)


@dataclass(frozen=True)
class Digest:
    """What one owner (a department code, or `role:<role>`) is told on one day. `open_items`: all that are open, told before or not."""

    owner: str
    name: Text
    day: date
    lines: tuple[DigestLine, ...]
    open_items: int
    late_items: int


def build_digests(workspace: Workspace, items: Sequence[WorkItem], now: datetime) -> list[Digest]:
    """Returns the digests that are to be sent now, by owner; none for an owner with nothing new, or who had one today.

    `items`: all open work items, in the order in which they are told.
    """
    today, found = now.date(), []
    for owner, own in _group_by_owner(items).items():
        known, had_one = read_told(workspace, owner, today)
        fresh = [line for item in own if (line := DigestLine(item, find_stage(item, today))).mark not in known]
        lines = [line for line in fresh if line.item.kind in URGENT] if had_one else fresh
        if lines:
            late = sum(item.days_late(today) > 0 for item in own)
            found.append(Digest(owner, name_owner(workspace, owner), today, tuple(lines), len(own), late))
    return found


def find_stage(item: WorkItem, today: date) -> Stage:
    """Returns whether the item is late, due within `SOON` working days, or merely open."""
    if item.due is None:
        return "open"
    if item.due < today:
        return "late"
    return "due_soon" if item.due <= add_working_days(today, SOON).day else "open"


def mark_item(key: str, stage: str) -> str:
    """Returns what the ledger keeps of something told: the first 16 hex digits of the SHA-256 of its key, and the stage."""
    return f"{hashlib.sha256(key.encode()).hexdigest()[:16]} {stage}"


def read_told(workspace: Workspace, owner: str, today: date) -> tuple[set[str], bool]:
    """Returns the marks of everything that the owner was told, and whether a digest was sent today."""
    entries = workspace.ledger.find_newest("alert", "department", owner, MOST_REMEMBERED)
    marks = {mark for entry in entries for mark in entry.facts["told"]}
    return marks, any(entry.facts["digest"] and entry.facts["day"] == today.isoformat() for entry in entries)


def name_owner(workspace: Workspace, owner: str) -> Text:
    """Returns the name of a department, or of a role."""
    if owner in workspace.departments:
        return workspace.departments[owner].name
    return next(name for role, name in ROLE_NAMES.items() if f"{ROLE_PREFIX}{role}" == owner)


def _group_by_owner(items: Iterable[WorkItem]) -> dict[str, list[WorkItem]]:
    grouped: dict[str, list[WorkItem]] = {}
    for item in items:
        grouped.setdefault(item.key[0], []).append(item)
    return grouped

"""What the desk shows at one time, as a value: today's hand-ins, work items by owner, candidates, incidents, the last decisions.

Everything is derived from ledger, lake and contracts. Read only. Not here: the pages (`desk_pages.py`), the text on the command line.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pipelines.desk.decision_lines import DecisionLine, list_decisions
from pipelines.publication.comparisons import Comparison, list_comparisons
from pipelines.review.approvals import WaitingCandidate, list_waiting
from pipelines.review.candidate_view import list_commands
from pipelines.submissions.receipts.hand_in_lines import HandInLine, list_hand_in_lines
from pipelines.work_items.work_item import WorkItem
from pipelines.workspace import Workspace
from schemas.assessments import describe_kinds
from schemas.people import ROLE_NAMES, describe_roles
from schemas.text import Text
from warehouse.ledger.hand_in_days import HandInDays

MOST_DECISIONS = 20
MOST_TODAY = 100
"""Hand-ins of today that are listed; their number is said."""
MOST_ITEMS = 50
"""The most urgent work items, which the first page lists; each department's own page has all of its."""


@dataclass(frozen=True)
class OwnerLine:
    """One department or role with open work items: how many, how many of them late, and the next last day."""

    code: str
    name: Text
    holders: tuple[str, ...]
    open: int
    late: int
    due: date | None
    is_department: bool


@dataclass(frozen=True)
class CandidateLine:
    """One candidate that waits for people: in which roles nobody has decided, which assessments are not on record, who has decided, and the commands."""

    dataset: str
    title: Text
    since: date
    missing: Text
    lacking: Text
    decided: tuple[Text, ...]
    refused: bool
    commands: tuple[tuple[Text, str], ...]


@dataclass(frozen=True)
class DeskView:
    """Everything that the desk shows on the day `today`, as of the ledger's entry `entry` (0: none yet)."""

    today: date
    entry: int
    came: tuple[HandInLine, ...]
    came_count: int
    items: tuple[WorkItem, ...]
    owners: tuple[OwnerLine, ...]
    candidates: tuple[CandidateLine, ...]
    decisions: tuple[DecisionLine, ...]
    comparisons: tuple[Comparison, ...] = ()

    @property
    def urgent(self) -> tuple[WorkItem, ...]:
        """The items that the first page lists: the most urgent, and all of roles, which have no page of their own."""
        return tuple(item for at, item in enumerate(self.items) if at < MOST_ITEMS or item.role)

    @property
    def late(self) -> tuple[WorkItem, ...]:
        """The items whose last day is over."""
        return tuple(item for item in self.items if item.days_late(self.today))

    def select_kinds(self, *kinds: str) -> tuple[WorkItem, ...]:
        """Returns the items of those kinds."""
        return tuple(item for item in self.items if item.kind in kinds)


def build_desk(workspace: Workspace, items: Sequence[WorkItem], now: datetime) -> DeskView:
    """Returns the desk at that time; `items` are the open work items, sorted."""
    head = workspace.ledger.read_head()
    days = workspace.ledger.open_view(HandInDays)
    return DeskView(
        today=now.date(),
        entry=head.seq if head else 0,
        came=tuple(list_today(workspace, now)),
        came_count=days.count_received_on(now.date()),
        items=tuple(items),
        owners=_list_owners(workspace, items, now.date()),
        candidates=tuple(_describe_candidate(workspace, one) for one in list_waiting(workspace, now)),
        decisions=tuple(list_decisions(workspace, MOST_DECISIONS)),
        comparisons=tuple(list_comparisons(workspace)),
    )


def list_today(workspace: Workspace, now: datetime, most: int = MOST_TODAY) -> list[HandInLine]:
    """Returns at most `most` hand-ins of the day of `now`, newest first, with their states; the others are not looked at."""
    received = workspace.ledger.open_view(HandInDays).list_newest_on(now.date(), most)
    return list_hand_in_lines(workspace, received)


def _list_owners(workspace: Workspace, items: Sequence[WorkItem], today: date) -> tuple[OwnerLine, ...]:
    """Returns the owners in the order of their most urgent items."""
    lines = []
    for owner in dict.fromkeys((item.department, item.role) for item in items):
        own = [item for item in items if (item.department, item.role) == owner]
        department, role = owner
        lines.append(
            OwnerLine(
                code=own[0].owner,
                name=workspace.departments[department].name if department else ROLE_NAMES[role or "steward"],
                holders=tuple(one.name for one in workspace.people.list_holders([role])) if role else (),
                open=len(own),
                late=sum(item.days_late(today) > 0 for item in own),
                due=min((item.due for item in own if item.due), default=None),
                is_department=department is not None,
            )
        )
    return tuple(lines)


def _describe_candidate(workspace: Workspace, one: WaitingCandidate) -> CandidateLine:
    decided = [
        Text(
            zh=f"{decision.person}（{describe_roles([decision.role]).zh}）同意，有效期至 {decision.until}"
            if decision.approves
            else f"{decision.person}（{describe_roles([decision.role]).zh}）不同意：{decision.reason}",
            en=f"{decision.person} ({describe_roles([decision.role]).en}) approves until {decision.until}"
            if decision.approves
            else f"{decision.person} ({describe_roles([decision.role]).en}) refuses: {decision.reason}",
        )
        for decision in (*one.review.approvals, *one.review.refusals)
    ]
    return CandidateLine(
        dataset=one.dataset,
        title=workspace.contracts[one.dataset].title,
        since=one.since.date(),
        missing=describe_roles(one.review.undecided),
        lacking=describe_kinds(one.review.lacking),
        decided=tuple(decided),
        refused=bool(one.review.refusals),
        commands=list_commands(workspace, one.dataset, one.review),
    )

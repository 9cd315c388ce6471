"""The work list: all open items, or those of one department, the longest overdue first.

To add a kind of item, write a finder and add a line to `FINDERS`. Not here: the finders.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from pipelines.work_items.correction_items import find_correction_items
from pipelines.work_items.dispute_items import find_dispute_items
from pipelines.work_items.drift_items import find_drift_items
from pipelines.work_items.evidence_items import find_expiring_items, find_lacking_items
from pipelines.work_items.hand_in_items import (
    find_hand_in_items,
    find_held_back_items,
    find_mend_items,
    find_misnamed_items,
)
from pipelines.work_items.relation_items import find_relation_items
from pipelines.work_items.release_items import (
    find_gate_items,
    find_incident_items,
    find_refused_items,
    find_review_items,
)
from pipelines.work_items.time_limit_items import find_time_limit_items
from pipelines.work_items.venue_items import find_venue_items
from pipelines.work_items.work_item import WorkItem, sort_items
from pipelines.workspace import Workspace

Finder = Callable[[Workspace, datetime], Iterator[WorkItem]]
FINDERS: tuple[Finder, ...] = (
    find_incident_items,
    find_drift_items,
    find_mend_items,
    find_misnamed_items,
    find_held_back_items,
    find_hand_in_items,
    find_time_limit_items,
    find_dispute_items,
    find_relation_items,
    find_refused_items,
    find_gate_items,
    find_review_items,
    find_correction_items,
    find_venue_items,
    find_lacking_items,
    find_expiring_items,
)


def list_work_items(workspace: Workspace, now: datetime) -> list[WorkItem]:
    """Returns every open item at that time; empty if nobody has anything to do."""
    return sort_items([item for find in FINDERS for item in find(workspace, now)])


def list_department_items(workspace: Workspace, department: str, now: datetime) -> list[WorkItem]:
    """Returns the open items of one department; empty if it has none, or for a code that is no department's."""
    return [item for item in list_work_items(workspace, now) if item.department == department]

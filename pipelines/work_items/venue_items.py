"""The work item about venues: one for the data stewards, with the number of pairs that wait to be confirmed.

Not here: the pairs (`pipelines/venues/venue_proposals.py`).
"""

from collections.abc import Iterator
from datetime import datetime

from pipelines.venues.identities import open_venue_ledger
from pipelines.venues.venue_proposals import find_state
from pipelines.work_items.work_item import WorkItem
from pipelines.workspace import Workspace
from schemas.text import Text


def find_venue_items(workspace: Workspace, _now: datetime) -> Iterator[WorkItem]:
    """Yields one item while pairs are open, while records have changed since they were compared, or while several were never compared."""
    state = find_state(workspace)
    if state is None:
        yield from _find_uncompared(workspace)
        return
    if not (state.open or state.is_stale):
        return
    zh, en = (
        (
            [f"{state.open} 对记录可能是同一场馆，请逐对认定"],
            [f"{state.open} pairs of records may be one venue: decide each"],
        )
        if state.open
        else ([], [])
    )
    if state.is_stale:
        zh.append(f"{state.compared_on} 比对后数据有变动，请先运行 sportlake venues propose")
        en.append(
            f"data have changed since they were compared on {state.compared_on}: run sportlake venues propose first"
        )
    yield WorkItem(
        kind="venue",
        dataset=None,
        subject="venues",
        text=Text(zh="；".join(zh), en="; ".join(en)),
        since=state.compared_on,
        role="steward",
        command="sportlake venues show" if state.open else "sportlake venues propose",
        page="desk/venues.html",
    )


def _find_uncompared(workspace: Workspace) -> Iterator[WorkItem]:
    """Yields the item that records have numbers and were never compared; none of fewer than two, for there is nothing to compare."""
    venues = open_venue_ledger(workspace)
    count = venues.next_number() - 1
    if count > 1:
        yield WorkItem(
            kind="venue",
            dataset=None,
            subject="venues",
            text=Text(
                zh=f"{count} 条场馆记录还没有比对，请运行 sportlake venues propose",
                en=f"{count} records of venues were never compared: run sportlake venues propose",
            ),
            since=venues.find_day(1),
            role="steward",
            command="sportlake venues propose",
        )

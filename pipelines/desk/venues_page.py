"""The page of venues to confirm: `desk/venues.html`, each open pair with what both records say, and the commands to decide.

Not here: which pairs are open (`pipelines/venues/venue_proposals.py`), writing the page (`desk_pages.py`).
"""

from collections.abc import Sequence
from datetime import date
from math import cos, hypot, radians
from typing import NamedTuple

from pipelines.venues.venue_decisions import describe_decision
from pipelines.venues.venue_proposals import VenueProposal, find_state, list_proposals
from pipelines.workspace import Workspace
from quality.venues.venue_record import VenueRecord
from schemas.text import Text

VENUES_PAGE = "venues.html"
MOST_PAIRS = 200
"""Pairs that the page lists, the most probable; their number is said."""
_METRES_PER_DEGREE = 111_320


class VenueLine(NamedTuple):
    """What one record of a pair says: its id, dataset, name, division, address."""

    id: str
    dataset: Text
    name: str
    division: Text
    address: str


class PairLine(NamedTuple):
    """One pair. `metres`: None where one has no coordinates; `before`: an earlier decision about other contents, or None."""

    records: tuple[VenueLine, VenueLine]
    percent: int
    metres: int | None
    reasons: Sequence[Text]
    before: Text | None
    commands: Sequence[tuple[str, str]]


class VenuesView(NamedTuple):
    """The pairs that are listed, how many are open, when records were compared, and whether some have changed since."""

    pairs: Sequence[PairLine]
    open: int
    compared_on: date
    is_stale: bool


def build_venues_view(workspace: Workspace) -> VenuesView | None:
    """Returns the page as things stand; None if records were never compared."""
    state = find_state(workspace)
    if state is None:
        return None
    pairs = [_make_line(workspace, one) for one in list_proposals(workspace)[:MOST_PAIRS]]
    return VenuesView(pairs, state.open, state.compared_on, state.is_stale)


def _make_line(workspace: Workspace, one: VenueProposal) -> PairLine:
    ids = f"{one.left_id} {one.right_id}"
    return PairLine(
        records=(
            _describe_record(workspace, one.left_id, one.left),
            _describe_record(workspace, one.right_id, one.right),
        ),
        percent=int(one.probability * 100),
        metres=measure_distance(one.left, one.right),
        reasons=one.reasons,
        before=describe_decision(one.before) if one.before else None,
        commands=[
            (f"venues.{word}", f"sportlake venues {word} {ids} --reason … --as …") for word in ("same", "different")
        ],
    )


def _describe_record(workspace: Workspace, identity: str, record: VenueRecord) -> VenueLine:
    labels = workspace.codelists["admin_division"].labels if "admin_division" in workspace.codelists else {}
    unknown = Text(zh=record.admin_code, en=record.admin_code)
    return VenueLine(
        id=identity,
        dataset=workspace.contracts[record.dataset].title,
        name=record.name,
        division=labels.get(record.admin_code, unknown),
        address=record.address,
    )


def measure_distance(left: VenueRecord, right: VenueRecord) -> int | None:
    """Returns the distance of two records in metres, right to some metres within a city; None if one has no coordinates."""
    if left.lon is None or left.lat is None or right.lon is None or right.lat is None:
        return None
    east = (left.lon - right.lon) * cos(radians(left.lat))
    return round(_METRES_PER_DEGREE * hypot(east, left.lat - right.lat))

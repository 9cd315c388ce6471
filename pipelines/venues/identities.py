"""The public identity of venues: numbers of records, and which records are one venue by decision.

A venue has the lowest number among its records; the numbers of the other records remain valid and lead to it. When a decision is taken
back, each of the separated venues has its own lowest number again. Not here: taking decisions (`venue_decisions.py`).
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from pipelines.venues.venue_records import read_venue_records
from pipelines.workspace import Workspace
from quality.venues.venue_record import VenueRecord
from warehouse.ledger.venue_ledger import VenueDecision, VenueLedger


def open_venue_ledger(workspace: Workspace) -> VenueLedger:
    """Returns the venue entries of the ledger, as one object per ledger that follows what is appended."""
    return workspace.venues


def register_records(workspace: Workspace, now: datetime) -> int:
    """Gives every record that has none a number, in one entry of the ledger, and returns how many there were."""
    with workspace.hold_lock(workspace.layout.venues_lock):
        venues = open_venue_ledger(workspace)
        known = venues.list_numbers()
        found = (one.fingerprint for one in read_venue_records(workspace))
        fresh = [fingerprint for fingerprint in found if fingerprint not in known]
        if fresh:
            workspace.ledger.append_entry(
                "venue_registration",
                now=now,
                actor=workspace.actor,
                reason="venues named for the first time",
                facts={"first": venues.next_number(), "records": fresh},
            )
    return len(fresh)


def number_records(workspace: Workspace) -> dict[int, VenueRecord]:
    """Returns the records that stand by number; those that have none yet are left out."""
    known = open_venue_ledger(workspace).list_numbers()
    numbered = ((known.get(one.fingerprint), one) for one in read_venue_records(workspace))
    found = {number: one for number, one in numbered if number is not None}
    return dict(sorted(found.items()))


def group_numbers(decisions: Iterable[VenueDecision]) -> dict[int, int]:
    """Returns, for every number that decisions join to others, the lowest number of its venue. A number that is not in it is a venue of its own."""
    neighbours = _list_neighbours(decisions)
    venue: dict[int, int] = {}
    for number in sorted(neighbours):
        if number not in venue:
            venue |= dict.fromkeys(_reach(neighbours, number), number)
    return venue


def find_chain(decisions: Sequence[VenueDecision], left: int, right: int) -> list[VenueDecision]:
    """Returns the shortest chain of decisions by which two numbers are one venue; empty if they are not."""
    neighbours = _list_neighbours(decisions)
    came = _reach(neighbours, left)
    chain, at = [], right
    while at != left and at in came:
        before = came[at]
        chain.append(neighbours[at][before])
        at = before
    return chain[::-1] if at == left else []


def find_separation(decisions: Sequence[VenueDecision], left: int, right: int) -> VenueDecision | None:
    """Returns a decision in force that says that the venues of two numbers are different; None if there is none."""
    venue = group_numbers(decisions)
    pair = {venue.get(left, left), venue.get(right, right)}
    for one in decisions:
        if not one.is_same and {venue.get(one.left, one.left), venue.get(one.right, one.right)} == pair:
            return one
    return None


def _list_neighbours(decisions: Iterable[VenueDecision]) -> dict[int, dict[int, VenueDecision]]:
    neighbours: dict[int, dict[int, VenueDecision]] = {}
    for one in decisions:
        if one.is_same:
            neighbours.setdefault(one.left, {})[one.right] = one
            neighbours.setdefault(one.right, {})[one.left] = one
    return neighbours


def _reach(neighbours: Mapping[int, Mapping[int, VenueDecision]], start: int) -> dict[int, int]:
    """Breadth-first search: returns every reachable number with the number before it on a shortest path; the start maps to itself."""
    came, waiting = {start: start}, deque([start])
    while waiting:
        at = waiting.popleft()
        for one in neighbours.get(at, ()):
            if one not in came:
                came[one] = at
                waiting.append(one)
    return came

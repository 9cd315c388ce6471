"""The venue that a row of a dataset names: by the columns that `schemas/venues.yaml` says, from the numbers and decisions of the ledger.

A row of a source names its own record; a row of a link names a site by code. Not here: all names of one venue (`venue_facts.py`).
"""

from collections.abc import Mapping
from typing import NamedTuple

from pipelines.venues.identities import find_chain, group_numbers, open_venue_ledger
from pipelines.venues.venue_records import SITES
from pipelines.workspace import Workspace
from quality.venues.venue_record import VenueRecord
from schemas.venues import read_venue_rules
from warehouse.ledger.venue_ledger import VenueDecision


class RowVenue(NamedTuple):
    """The venue of a row: its id now, the id that the row's own record was given, and the decisions by which the two are one."""

    id: str
    first_id: str
    decisions: tuple[VenueDecision, ...]


def list_venue_columns(dataset: str) -> tuple[str, ...]:
    """Returns the columns by which rows of a dataset name a venue; empty if they name none."""
    rules = read_venue_rules()
    keys = {one.dataset: (one.site,) for one in rules.links} | {one.dataset: one.key for one in rules.sources}
    return keys.get(dataset, ())


def find_row_venue(workspace: Workspace, dataset: str, row: Mapping[str, str | None]) -> RowVenue | None:
    """Returns the venue of a row, which has the columns of `list_venue_columns`; None if it names none, or none with a number yet."""
    values = [row[name] for name in list_venue_columns(dataset)]
    if not values or not all(values):
        return None
    rules, venues = read_venue_rules(), open_venue_ledger(workspace)
    named = SITES if dataset in {one.dataset for one in rules.links} else dataset
    record = VenueRecord(dataset=named, key="/".join(map(str, values)), name="", admin_code="")
    number = venues.list_numbers().get(record.fingerprint)
    if number is None:
        return None
    decisions = venues.list_decisions()
    venue = group_numbers(decisions).get(number, number)
    chain = find_chain(decisions, number, venue)
    return RowVenue(rules.format_id(venue), rules.format_id(number), tuple(chain))

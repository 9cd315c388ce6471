"""What is known of one venue: its id now, all its names, and the decisions about it. Read only.

Not here: the tables for analysts (`venue_tables.py`), decisions (`venue_decisions.py`).
"""

from typing import NamedTuple

from pipelines.venues.identities import group_numbers, open_venue_ledger
from pipelines.venues.venue_decisions import parse_number
from pipelines.venues.venue_tables import build_venue_tables
from pipelines.workspace import Workspace
from schemas.venues import read_venue_rules
from warehouse.analyst_file.venues import VenueAliasRow
from warehouse.ledger.venue_ledger import VenueDecision


class VenueFacts(NamedTuple):
    """One venue: the id that it has now, the names that stand, and the decisions in force about any of its records."""

    id: str
    aliases: tuple[VenueAliasRow, ...]
    decisions: tuple[VenueDecision, ...]


def find_venue_facts(workspace: Workspace, text: str) -> VenueFacts:
    """Returns what is known of the venue that an id leads to, also an id that it had before; UsageError if it is the id of none."""
    number = parse_number(workspace, text)
    decisions = open_venue_ledger(workspace).list_decisions()
    venue = group_numbers(decisions)
    wanted = venue.get(number, number)
    identity = read_venue_rules().format_id(wanted)
    aliases = tuple(one for one in build_venue_tables(workspace).aliases if one.venue_id == identity)
    about = tuple(
        one for one in decisions if wanted in {venue.get(one.left, one.left), venue.get(one.right, one.right)}
    )
    return VenueFacts(identity, aliases, about)

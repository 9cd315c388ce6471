"""The rows of `meta.venue` and `meta.venue_alias`, from the records that stand, their numbers and the decisions.

A venue none of whose records stands any more has no row; its number stays its own. Not here: the columns (`warehouse/analyst_file/venues.py`).
"""

from collections.abc import Iterator, Mapping

from pipelines.venues.identities import group_numbers, number_records, open_venue_ledger
from pipelines.venues.venue_records import SITES, read_linked_names
from pipelines.workspace import Workspace
from quality.venues.venue_record import VenueRecord
from schemas.venues import read_venue_rules
from warehouse.analyst_file.venues import VenueAliasRow, VenueRow, VenueTables


def build_venue_tables(workspace: Workspace) -> VenueTables:
    """Returns both tables as things stand; records that have no number yet are left out until they are registered."""
    records = number_records(workspace)
    venue_of = group_numbers(open_venue_ledger(workspace).list_decisions())
    members: dict[int, list[VenueRecord]] = {}
    for number, record in records.items():
        members.setdefault(venue_of.get(number, number), []).append(record)
    venues = [_make_venue(number, found) for number, found in sorted(members.items())]
    aliases = [*_list_aliases(workspace, records, venue_of), *_list_linked(workspace, records, venue_of)]
    return VenueTables(venues, sorted(aliases, key=lambda one: (one.venue_id, one.first_id, one.dataset, one.name)))


def _make_venue(number: int, members: list[VenueRecord]) -> VenueRow:
    oldest = members[0]
    point = next((one for one in members if one.lon is not None), oldest)
    identity = read_venue_rules().format_id(number)
    return VenueRow(identity, oldest.name, oldest.admin_code, point.lon, point.lat, len(members))


def _list_aliases(
    workspace: Workspace, records: Mapping[int, VenueRecord], venue_of: Mapping[int, int]
) -> Iterator[VenueAliasRow]:
    rules, days = read_venue_rules(), open_venue_ledger(workspace).list_days()
    for number, one in records.items():
        identity = rules.format_id(venue_of.get(number, number))
        yield VenueAliasRow(identity, one.dataset, one.key, one.name, rules.format_id(number), days[number])


def _list_linked(
    workspace: Workspace, records: Mapping[int, VenueRecord], venue_of: Mapping[int, int]
) -> Iterator[VenueAliasRow]:
    sites = {one.key: number for number, one in records.items() if one.dataset == SITES}
    for linked in read_linked_names(workspace):
        number = sites.get(linked.site)
        if number is not None:
            identity = read_venue_rules().format_id(venue_of.get(number, number))
            yield VenueAliasRow(identity, linked.dataset, linked.site, linked.name, "", None)

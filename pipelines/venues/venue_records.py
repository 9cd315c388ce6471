"""The records of venues as the lake has them now: one a key of each source, and the names that other datasets give a site by code.

Only what is public is read, with the same cells withheld as in the analysts' file. Not here: numbers of records (`identities.py`).
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pyarrow as pa

from pipelines.workspace import Workspace
from quality.venues.venue_record import VenueRecord
from schemas.contract import Contract
from schemas.venues import VenueLink, VenueSource, read_venue_rules
from warehouse.releases.withholding import withhold_values

SITES = "facility"
"""The dataset whose key the links name."""
_DIGITS = 6
"""Digits of a mean of degrees that are kept, some 10 cm."""


class LinkedName(NamedTuple):
    """A name that a dataset gives to a site, which it names by code; key (dataset, site, name)."""

    dataset: str
    site: str
    name: str


def read_venue_records(workspace: Workspace) -> list[VenueRecord]:
    """Returns the records of all sources that this installation has, by source and key; empty texts and points are as in the data."""
    return [
        record
        for source in read_venue_rules().sources
        if source.dataset in workspace.contracts
        for record in _read_source(workspace, source)
    ]


def read_linked_names(workspace: Workspace) -> list[LinkedName]:
    """Returns the names that rows give to a site by code, each once, in order."""
    found = {
        name
        for link in read_venue_rules().links
        if link.dataset in workspace.contracts
        for name in _read_link(workspace, link)
    }
    return sorted(found)


def read_versions(workspace: Workspace) -> Mapping[str, int | None]:
    """Returns the version of the lake of every source: while they are the same, so are the records."""
    return {
        source.dataset: workspace.lake.current_version(workspace.contracts[source.dataset])
        for source in read_venue_rules().sources
        if source.dataset in workspace.contracts
    }


def _read_source(workspace: Workspace, source: VenueSource) -> Iterator[VenueRecord]:
    table = _read_public(workspace, workspace.contracts[source.dataset], source.columns)
    wanted = [(name, "min") for name in source.columns if name not in (*source.key, source.lon, source.lat)]
    wanted += [(name, "mean") for name in (source.lon, source.lat) if name]
    grouped = table.group_by(list(source.key)).aggregate(wanted).sort_by([(name, "ascending") for name in source.key])
    for row in grouped.to_pylist():
        values = {name.removesuffix("_min").removesuffix("_mean"): value for name, value in row.items()} | {
            name: row[name] for name in source.key
        }
        if values[source.name] and all(values[name] for name in source.key):
            yield _make_record(source, values)


def _make_record(source: VenueSource, values: Mapping[str, Any]) -> VenueRecord:
    lon, lat = (values[name] if name else None for name in (source.lon, source.lat))
    return VenueRecord(
        dataset=source.dataset,
        key="/".join(str(values[name]) for name in source.key),
        name=values[source.name],
        admin_code=values[source.admin_code] or "",
        address=(values[source.address] or "") if source.address else "",
        lon=None if lon is None else round(lon, _DIGITS),
        lat=None if lat is None else round(lat, _DIGITS),
    )


def _read_link(workspace: Workspace, link: VenueLink) -> Iterator[LinkedName]:
    rows = _read_public(workspace, workspace.contracts[link.dataset], (link.site, link.name)).to_pylist()
    return (
        LinkedName(link.dataset, row[link.site], row[link.name]) for row in rows if row[link.site] and row[link.name]
    )


def _read_public(workspace: Workspace, contract: Contract, columns: tuple[str, ...]) -> pa.Table:
    table = workspace.lake.read_current_fields(contract, columns).select(list(columns))
    shown = withhold_values(table, contract).table
    degrees = [(at, field) for at, field in enumerate(shown.schema) if not pa.types.is_string(field.type)]
    for at, field in degrees:
        shown = shown.set_column(at, field.name, shown.column(at).cast(pa.float64()))
    return shown

"""Two small entries, and a static catalogue brought to what entries say. Not here: release folders (`support.releases`)."""

from pathlib import Path

from catalog.entry import CatalogueEntry, build_entry
from catalog.plan import PlanOutcome, make_plan
from catalog.static_site.static import StaticCatalogue
from support.contracts import contract_with
from support.releases import DEPARTMENTS, PLACES, facility_contract, write_release


def facility_entry(releases: Path) -> CatalogueEntry:
    """Facilities of three places, released below `releases`."""
    contract = facility_contract()
    return build_entry(contract, write_release(releases, contract, PLACES), DEPARTMENTS)


def event_entry(releases: Path) -> CatalogueEntry:
    """One event, released below `releases`."""
    contract = contract_with(
        ["event_id", "name"], name="event", title="赛事", policy={"family": "event", "title_en": "Events"}
    )
    rows = [{"event_id": "E1", "name": "沈阳马拉松"}]
    return build_entry(contract, write_release(releases, contract, rows), DEPARTMENTS)


def publish_site(site: StaticCatalogue, *entries: CatalogueEntry) -> PlanOutcome:
    """The site brought to these entries."""
    return site.apply(make_plan(entries, site.read_published()), entries)


def site_files(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file with its time of change and content."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


def find_faults(site: StaticCatalogue, *entries: CatalogueEntry) -> list[object]:
    """What lies otherwise than the entries say, and what nobody asked for."""
    return [*site.find_drift(entries), *site.find_orphans()]

"""The CKAN catalogue behind the publication plan: what is published, applying a plan, drift and orphans.

Here: a portal of our own, whose files and tables we can write. Not here: publishing one dataset (`publisher.py`),
portals of which only the API can be reached (`api_only.py`).
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from catalog.ckan.api import CkanApi
from catalog.ckan.connection import Connection
from catalog.ckan.datastore.datastore import DataStore
from catalog.ckan.datastore.inspect import LiveTable
from catalog.ckan.datastore.table_schema import table_schema_from
from catalog.ckan.files import PublicFiles
from catalog.ckan.journal import Journal, JournalEntry
from catalog.ckan.payload import TABLE, find_differences, is_visible, payload_digest, resource_id
from catalog.ckan.publisher import CkanPublisher, table_file
from catalog.ckan.views import has_views
from catalog.entry import CatalogueEntry, list_released
from catalog.plan import (
    DAMAGED,
    Catalogue,
    Difference,
    OrphanItem,
    PlanOutcome,
    PlanStep,
    PublicationPlan,
    Withdrawal,
    complete_outcome,
    find_entry,
)
from catalog.release_facts import ReleaseFacts, read_facts
from schemas.errors import CatalogueError
from schemas.text import Text

_LOG = logging.getLogger(__name__)


class CkanCatalogue:
    """The portal at `connection`, filled from the folder `releases`; `journal` is the folder of unfinished work."""

    name = "ckan"

    def __init__(self, connection: Connection, releases: Path, journal: Path) -> None:
        if connection.public is None or connection.files_url is None or connection.database is None:
            raise _not_ours(connection)
        self.releases = releases
        self.files_url = connection.files_url
        self.api = CkanApi(connection)
        self.files = PublicFiles(connection.public, releases)
        self.journal = Journal(journal)
        self._database = connection.database

    @contextmanager
    def _open_publisher(self) -> Iterator[CkanPublisher]:
        """Yields the publisher, with a database connection for that time."""
        with DataStore(self._database) as tables:
            yield CkanPublisher(self.api, tables, self.files, self.journal, self.files_url)

    def read_published(self) -> dict[str, str]:
        """Returns the fingerprint of every visible dataset; a different one if metadata, table or files do not match.

        One call for each dataset and one query in all. A tombstone is left out.
        """
        with self._open_publisher() as publisher:
            served = {
                name: found
                for name in list_released(self.releases)
                if (found := publisher.read_served(name)) and is_visible(found)
            }
            tables = publisher.tables.read_live_tables([resource_id(name, TABLE) for name in served])
        return {
            name: found["fingerprint"] if self._is_intact(found, tables.get(resource_id(name, TABLE))) else DAMAGED
            for name, found in served.items()
        }

    def apply(
        self, plan: PublicationPlan, entries: Sequence[CatalogueEntry], withdrawn: Sequence[Withdrawal] = ()
    ) -> PlanOutcome:
        """Applies the plan, dataset by dataset. A plan without changes writes nothing.

        What an earlier run left unfinished after its flip is completed first, since a table and its dataset may differ
        until then.
        """
        wanted, reasons = {entry.dataset: entry for entry in entries}, {each.dataset: each for each in withdrawn}
        left = self.journal.read_unfinished()
        with self._open_publisher() as publisher:
            before = publisher.writes
            for step in sorted(plan.steps, key=lambda step: _step_priority(step, left)):
                if step.action in ("create", "update"):
                    _LOG.info("%s %s %s", self.name, step.action, step.dataset)
                    publisher.publish_dataset(find_entry(step, wanted), thorough=step.before == DAMAGED)
                elif step.action == "retire":
                    publisher.withdraw_dataset(step.dataset, reasons.get(step.dataset))
                elif step.dataset in left:
                    publisher.finish_unfinished(wanted[step.dataset])
            settled = {step.dataset for step in plan.steps}
            for dataset in sorted((left.keys() | reasons.keys()) - settled):
                if dataset in left or not publisher.is_withdrawn(reasons[dataset]):
                    publisher.withdraw_dataset(dataset, reasons.get(dataset))
            return complete_outcome(plan, writes=publisher.writes - before)

    def find_drift(self, entries: Sequence[CatalogueEntry]) -> list[Difference]:
        """Returns where served files, rows or metadata differ from the entries, and wrongly visible datasets."""
        wanted = {entry.dataset for entry in entries}
        with self._open_publisher() as publisher:
            differences = [difference for entry in entries for difference in self._find_dataset_drift(publisher, entry)]
            for name in list_released(self.releases):
                found = None if name in wanted else publisher.read_served(name)
                if found and is_visible(found):
                    differences.append(
                        Difference(dataset=name, what="dataset", wanted="—", found=found.get("release") or "?")
                    )
        return differences

    def find_orphans(self) -> list[OrphanItem]:
        """Returns files and tables that belong to no visible dataset, and journal entries of unfinished work."""
        shown: dict[str, list[str]] = {}
        with self._open_publisher() as publisher:
            for name in list_released(self.releases):
                found = publisher.read_served(name)
                if found and is_visible(found):
                    shown[name] = [each["number"] for each in found.get("history") or ()]
            tables = publisher.tables.find_orphans(
                [resource_id(name, TABLE) for name in shown] + self._foreign_resource_ids()
            )
        return [*self.files.find_orphans(shown), *(OrphanItem(kind="table", name=name) for name in tables)]

    def _foreign_resource_ids(self) -> list[str]:
        """Returns ids of other publishers' resources in the same portal, whose tables are ignored."""
        found: list[str] = []
        seen, page = 0, 100
        while answer := self.api.call_reading("package_search", "all", rows=page, start=seen, include_private=True):
            found += [resource["id"] for each in answer["results"] for resource in each["resources"]]
            seen += len(answer["results"])
            if seen >= answer["count"] or not answer["results"]:
                break
        return found

    def _is_intact(self, served: Mapping[str, Any], table: LiveTable | None) -> bool:
        facts = self._read_facts(served)
        return (
            payload_digest(served) == served.get("payload_digest")
            and facts is not None
            and self.files.is_complete(facts)
            and _has_right_table(served, table)
            and all(each["url"].startswith(f"{self.files_url}/") for each in served["resources"])
        )

    def _read_facts(self, served: Mapping[str, Any]) -> ReleaseFacts | None:
        folder = self.releases / served["name"] / served["release"]
        return read_facts(folder) if folder.is_dir() else None

    def _find_dataset_drift(self, publisher: CkanPublisher, entry: CatalogueEntry) -> list[Difference]:
        served = publisher.read_served(entry.dataset)
        if served is None or not is_visible(served):
            return [Difference(dataset=entry.dataset, what="dataset", wanted=entry.release, found="—")]
        wanted, file = publisher.wanted_dataset(entry), table_file(entry)
        differences = find_differences(wanted, served)
        differences += [each for facts in (entry.facts, *entry.history) for each in self.files.find_damaged(facts)]
        differences += [each for resource in served["resources"] if (each := self.api.download_differs(resource))]
        if file is not None:
            differences += publisher.tables.find_differences(
                resource_id(entry.dataset, TABLE), self.releases / file.path, file.sha256, table_schema_from(entry)
            )
        if not self.files.is_index_current(entry):
            differences.append((f"file {entry.dataset}/index.json", entry.release, "?"))
        if not has_views(self.api, entry, publisher.describe_charts(entry)):
            differences.append(("views", "table", "—"))
        return [
            Difference(dataset=entry.dataset, what=what, wanted=mine, found=theirs)
            for what, mine, theirs in differences
        ]


def open_catalogue(connection: Connection, releases: Path, journal: Path) -> Catalogue:
    """Returns the catalogue that this connection allows: files and tables written directly, or the API alone."""
    from catalog.ckan.api_only import ApiOnlyCatalogue  # noqa: PLC0415 -- each is loaded only where it is used

    if connection.direct:
        return CkanCatalogue(connection, releases, journal)
    return ApiOnlyCatalogue(connection, releases, journal)


def _has_right_table(served: Mapping[str, Any], table: LiveTable | None) -> bool:
    """Returns whether the table is that of the release, or there is none of a release in parts."""
    if not any(each.get("kind") == TABLE for each in served["resources"]):
        return table is None
    return table is not None and (table.release, table.rows) == (served["release"], table.stated_rows)


def _step_priority(step: PlanStep, left: Mapping[str, JournalEntry]) -> int:
    note = left.get(step.dataset)
    return 0 if note and note.stage in ("flip", "withdraw") else 1


def _not_ours(connection: Connection) -> CatalogueError:
    return CatalogueError(
        Text(
            zh=f"连接 {connection.url} 只有 API，没有公开文件夹和数据库地址；请补全连接文件，或使用仅 API 的方式",
            en=f"of {connection.url} only the API is known, no public folder and no database; complete the connection file or use the API alone",
        )
    )

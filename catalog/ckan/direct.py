"""The CKAN catalogue behind the publication plan: what it shows, the carrying out of a plan, drift and orphans.

Here: a portal of ours, whose files and tables we can place. Not here: one dataset's way (`publisher.py`), and portals of
which only the API can be reached (`api_only.py`).
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from catalog.ckan.api import Api
from catalog.ckan.connection import Connection
from catalog.ckan.datastore.datastore import Tables
from catalog.ckan.datastore.inspect import Served
from catalog.ckan.datastore.table_schema import shape_of
from catalog.ckan.files import PublicFiles
from catalog.ckan.journal import Journal, Note
from catalog.ckan.payload import TABLE, differences, digest_of, resource_id
from catalog.ckan.publisher import Publisher, table_file
from catalog.ckan.views import has_views
from catalog.entry import Entry
from catalog.plan import DAMAGED, Catalogue, Difference, Orphan, Outcome, Plan, Step, Withdrawal, entry_for, outcome_of
from catalog.release_facts import ReleaseFacts, read_facts
from schemas.errors import CatalogueError
from schemas.text import Text

_LOG = logging.getLogger(__name__)


class CkanCatalogue:
    """The portal at `connection`, fed from the folder `releases`; notes of work under way lie in `journal`."""

    name = "ckan"

    def __init__(self, connection: Connection, releases: Path, journal: Path) -> None:
        if connection.public is None or connection.files_url is None or connection.database is None:
            raise _not_ours(connection)
        self.releases = releases
        self.files_url = connection.files_url
        self.api = Api(connection)
        self.files = PublicFiles(connection.public, releases)
        self.journal = Journal(journal)
        self._database = connection.database

    @contextmanager
    def _publisher(self) -> Iterator[Publisher]:
        """The publisher with a connection to the tables for as long as it works."""
        with Tables(self._database) as tables:
            yield Publisher(self.api, tables, self.files, self.journal, self.files_url)

    def published(self) -> dict[str, str]:
        """Fingerprint of every dataset shown; one whose metadata, table or files are not of one piece has another one.

        One call a dataset and one query in all. A tombstone is not shown.
        """
        with self._publisher() as publisher:
            served = {name: found for name in self._names() if (found := publisher.served(name)) and _shown(found)}
            tables = publisher.tables.served([resource_id(name, TABLE) for name in served])
        return {
            name: found["fingerprint"] if self._sound(found, tables.get(resource_id(name, TABLE))) else DAMAGED
            for name, found in served.items()
        }

    def carry_out(self, plan: Plan, entries: Sequence[Entry], withdrawn: Sequence[Withdrawal] = ()) -> Outcome:
        """Do what the plan says, dataset by dataset; a plan that changes nothing writes nothing.

        Work that an earlier run left after its flip comes first, for a table and its dataset may differ until then.
        """
        wanted, reasons = {entry.dataset: entry for entry in entries}, {each.dataset: each for each in withdrawn}
        left = self.journal.unfinished()
        with self._publisher() as publisher:
            before = publisher.writes
            for step in sorted(plan.steps, key=lambda step: _urgency(step, left)):
                if step.action in ("create", "update"):
                    _LOG.info("%s %s %s", self.name, step.action, step.dataset)
                    publisher.show(entry_for(step, wanted), thorough=step.before == DAMAGED)
                elif step.action == "retire":
                    publisher.withdraw(step.dataset, reasons.get(step.dataset))
                elif step.dataset in left:
                    publisher.finish(wanted[step.dataset])
            settled = {step.dataset for step in plan.steps}
            for dataset in sorted((left.keys() | reasons.keys()) - settled):
                if dataset in left or not publisher.is_withdrawn(reasons[dataset]):
                    publisher.withdraw(dataset, reasons.get(dataset))
            return outcome_of(plan, writes=publisher.writes - before)

    def drift(self, entries: Sequence[Entry]) -> list[Difference]:
        """Where files, rows or metadata served differ from the entries; also what is shown and should not be."""
        wanted = {entry.dataset for entry in entries}
        with self._publisher() as publisher:
            told = [difference for entry in entries for difference in self._drift_of(publisher, entry)]
            for name in self._names():
                found = None if name in wanted else publisher.served(name)
                if found and _shown(found):
                    told.append(Difference(dataset=name, what="dataset", wanted="—", found=found.get("release") or "?"))
        return told

    def orphans(self) -> list[Orphan]:
        """Files and tables that belong to nothing shown, and notes of work that never ended."""
        shown: dict[str, list[str]] = {}
        with self._publisher() as publisher:
            for name in self._names():
                found = publisher.served(name)
                if found and _shown(found):
                    shown[name] = [each["number"] for each in found.get("history") or ()]
            tables = publisher.tables.orphans([resource_id(name, TABLE) for name in shown] + self._strangers())
        return [*self.files.orphans(shown), *(Orphan(kind="table", name=name) for name in tables)]

    def _names(self) -> list[str]:
        """Every dataset of which there ever was a release: only those can be shown."""
        folders = self.releases.iterdir() if self.releases.is_dir() else ()
        return sorted(folder.name for folder in folders if folder.is_dir() and not folder.name.startswith("."))

    def _strangers(self) -> list[str]:
        """Ids of other people's resources in the same portal, whose tables are none of our business."""
        found: list[str] = []
        seen, page = 0, 100
        while answer := self.api.read("package_search", "all", rows=page, start=seen, include_private=True):
            found += [resource["id"] for each in answer["results"] for resource in each["resources"]]
            seen += len(answer["results"])
            if seen >= answer["count"] or not answer["results"]:
                break
        return found

    def _sound(self, served: Mapping[str, Any], table: Served | None) -> bool:
        facts = self._facts(served)
        return (
            digest_of(served) == served.get("payload_digest")
            and facts is not None
            and self.files.whole(facts)
            and table is not None
            and (table.release, table.rows) == (served["release"], table.told)
            and all(each["url"].startswith(f"{self.files_url}/") for each in served["resources"])
        )

    def _facts(self, served: Mapping[str, Any]) -> ReleaseFacts | None:
        folder = self.releases / served["name"] / served["release"]
        return read_facts(folder) if folder.is_dir() else None

    def _drift_of(self, publisher: Publisher, entry: Entry) -> list[Difference]:
        served = publisher.served(entry.dataset)
        if served is None or not _shown(served):
            return [Difference(dataset=entry.dataset, what="dataset", wanted=entry.release, found="—")]
        wanted, file = publisher.wanted(entry), table_file(entry)
        told = differences(wanted, served)
        told += [each for facts in (entry.facts, *entry.history) for each in self.files.damaged(facts)]
        told += [each for resource in served["resources"] if (each := self.api.download_differs(resource))]
        told += publisher.tables.differences(
            resource_id(entry.dataset, TABLE), self.releases / file.path, file.sha256, shape_of(entry)
        )
        if not self.files.told(entry):
            told.append((f"file {entry.dataset}/index.json", entry.release, "?"))
        if not has_views(self.api, entry):
            told.append(("views", "table", "—"))
        return [Difference(dataset=entry.dataset, what=what, wanted=mine, found=theirs) for what, mine, theirs in told]


def catalogue_at(connection: Connection, releases: Path, journal: Path) -> Catalogue:
    """The catalogue that this connection allows: files and tables placed beside the API, or the API alone."""
    from catalog.ckan.api_only import ApiOnlyCatalogue  # noqa: PLC0415 -- each is loaded only where it is used

    if connection.direct:
        return CkanCatalogue(connection, releases, journal)
    return ApiOnlyCatalogue(connection, releases, journal)


def _shown(found: Mapping[str, Any]) -> bool:
    """Whether the public sees the dataset with its data."""
    return found["state"] == "active" and not found["private"] and not found.get("withdrawn") and "fingerprint" in found


def _urgency(step: Step, left: Mapping[str, Note]) -> int:
    note = left.get(step.dataset)
    return 0 if note and note.stage in ("flip", "withdraw") else 1


def _not_ours(connection: Connection) -> CatalogueError:
    return CatalogueError(
        Text(
            zh=f"连接 {connection.url} 只有 API，没有公开文件夹和数据库地址；请补全连接文件，或使用仅 API 的方式",
            en=f"of {connection.url} only the API is known, no public folder and no database; complete the connection file or use the API alone",
        )
    )

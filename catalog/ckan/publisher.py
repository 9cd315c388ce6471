"""Publishes one dataset to a CKAN of our own: stage, verify, flip, read back, prune; and withdraws it.

    stage      release folders into the public folder, the table staged; neither is visible
    verify     rows loaded = rows released, every file is served with its length
    flip       the table swapped by rename, then one call that changes the dataset: the only moment a reader could notice
    read back  what is served equals what was sent
    prune      the previous table is dropped; index and views are updated

Each part may be repeated; a run after a kill continues from any state. If the dataset cannot be changed after the swap,
the swap is undone. Not here: which datasets (`direct.py`), how a table is loaded (`datastore/`), calls (`api.py`).
"""

import logging
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from catalog.ckan.api import CkanApi, UnansweredError
from catalog.ckan.chart_config import make_chart_config
from catalog.ckan.datastore.datastore import DataStore
from catalog.ckan.datastore.table_schema import table_schema_from
from catalog.ckan.files import PublicFiles
from catalog.ckan.journal import Journal, JournalEntry, Stage
from catalog.ckan.payload import (
    TABLE,
    dataset_payload,
    descriptor_distribution,
    find_differences,
    payload_digest,
    resource_id,
    tombstone_payload,
)
from catalog.ckan.uploads import remove_resources
from catalog.ckan.views import ensure_views
from catalog.entry import CatalogueEntry, stable_id
from catalog.plan import Withdrawal
from catalog.preview import open_database
from catalog.release_facts import Distribution
from schemas.errors import CatalogueError
from schemas.text import Text

_LOG = logging.getLogger(__name__)


class CkanPublisher:
    """The tools of one run. `writes` counts calls, tables and folders that were changed."""

    def __init__(self, api: CkanApi, tables: DataStore, files: PublicFiles, journal: Journal, files_url: str) -> None:
        self.api = api
        self.tables = tables
        self.files = files
        self.journal = journal
        self.files_url = files_url
        self._tables_changed = 0

    @property
    def writes(self) -> int:
        """Number of writing calls, tables swapped or dropped, and folders and files placed or removed."""
        return self.api.writes + self._tables_changed + self.files.writes

    def publish_dataset(self, entry: CatalogueEntry, *, thorough: bool = False) -> None:
        """Publishes the entry with its files and its table; CatalogueError if that is impossible.

        `thorough` reads every existing byte and row; otherwise sizes, counts and comments are trusted.
        """
        with self.journal.lock_dataset(entry.dataset), self.tables.lock_table(entry.dataset):
            wanted = self.wanted_dataset(entry)
            served = self.read_served(entry.dataset)
            before = served.get("release") if served else None
            self._recover(entry.dataset, entry.release)
            self._note(entry, "stage", before)
            staged = self._stage(entry, thorough=thorough)
            self._verify(entry, wanted)
            self._note(entry, "flip", before)
            self._flip_release(entry, wanted, served, swap=staged)
            self._read_back(entry, wanted)
            self._note(entry, "prune", before)
            self._prune(entry)
            self.journal.close_entry(entry.dataset)

    def finish_unfinished(self, entry: CatalogueEntry) -> None:
        """Completes a run that was interrupted after its flip."""
        with self.journal.lock_dataset(entry.dataset), self.tables.lock_table(entry.dataset):
            self._prune(entry)
            self.journal.close_entry(entry.dataset)

    def withdraw_dataset(self, dataset: str, gone: Withdrawal | None) -> None:
        """Removes all of the dataset and leaves a tombstone. Without a reason it states that none is on record.

        Resources with a table are deleted first, each by a call of its own; the tombstone's one call leaves out all others.
        """
        with self.journal.lock_dataset(dataset), self.tables.lock_table(dataset):
            if served := self.read_served(dataset):
                withdrawal = gone or withdrawal_without_reason(served)
                note = JournalEntry(
                    dataset=dataset, stage="withdraw", release=withdrawal.release, before=served.get("release")
                )
                self.journal.write_entry(note)
                remove_resources(self.api, dataset, _with_tables(served["resources"]))
                self._revise_dataset(dataset, self._tombstone_dataset(withdrawal, served), self.read_served(dataset))
            self._drop_table(dataset)
            self.files.keep_only(dataset, ())
            self.journal.close_entry(dataset)

    def is_withdrawn(self, withdrawal: Withdrawal) -> bool:
        """Returns whether its tombstone states exactly this, or the dataset was never here."""
        served = self.read_served(withdrawal.dataset)
        return served is None or payload_digest(served) == self._tombstone_dataset(withdrawal, served)["payload_digest"]

    def read_served(self, dataset: str) -> dict[str, Any] | None:
        """Returns the dataset as CKAN has it for the publisher's account; None if there is none."""
        found: dict[str, Any] | None = self.api.call_reading("package_show", dataset, id=stable_id("dataset", dataset))
        return found

    def wanted_dataset(self, entry: CatalogueEntry) -> dict[str, Any]:
        """Returns the dataset as it should be."""
        return dataset_payload(entry, self.files_url, descriptor_distribution(self._release_folder(entry)))

    def describe_charts(self, entry: CatalogueEntry) -> str | None:
        """Returns the charts for the portal's view; None if the dataset has none, or no table to which a view belongs."""
        if not entry.charts or table_file(entry) is None:
            return None
        return make_chart_config(entry, self.files.releases, self._charts_database)

    @cached_property
    def _charts_database(self) -> duckdb.DuckDBPyConnection:
        """A database in memory that reads released Parquet files, opened once."""
        return open_database()

    def _stage(self, entry: CatalogueEntry, *, thorough: bool) -> bool:
        """Places the files and stages the table, if there is one; returns whether one is staged, since a correct live table stays."""
        for facts in (*reversed(entry.history), entry.facts):
            self.files.place_release(facts, thorough=thorough)
        identity, file, shape = resource_id(entry.dataset, TABLE), table_file(entry), table_schema_from(entry)
        if file is None:
            return False
        csv = self.files.public / file.path
        live = self.tables.read_live_tables([identity]).get(identity)
        current = live is not None and live.holds_file(entry.release, file.sha256, shape)
        if current and not (thorough and self.tables.find_differences(identity, csv, file.sha256, shape)):
            return False
        rows = self.tables.stage_table(identity, csv, file.sha256, shape, entry.release)
        if rows != entry.facts.rows:
            raise _changed_error(entry, "rows staged", str(entry.facts.rows), str(rows))
        return True

    def _verify(self, entry: CatalogueEntry, wanted: Mapping[str, Any]) -> None:
        """Checks that every file is publicly served with its length."""
        for resource in wanted["resources"]:
            length = self.api.served_bytes(resource["url"], f"{entry.dataset} {resource['kind']}")
            if length != resource["size"]:
                raise _changed_error(entry, f"bytes of {resource['url']}", str(resource["size"]), str(length))

    def _flip_release(
        self, entry: CatalogueEntry, wanted: Mapping[str, Any], served: Mapping[str, Any] | None, *, swap: bool
    ) -> None:
        if swap:
            self.tables.swap_table(resource_id(entry.dataset, TABLE))
            self._tables_changed += 1
        try:
            self._revise_dataset(entry.dataset, wanted, served)
        except UnansweredError:
            raise  # it may have taken effect: the next run checks, then continues or undoes
        except CatalogueError:
            self._take_back(entry, served)
            raise

    def _take_back(self, entry: CatalogueEntry, served: Mapping[str, Any] | None) -> None:
        """Restores the previous table, because the dataset was not changed."""
        if served is None:
            self._drop_table(entry.dataset)
        elif served.get("release") != entry.release and self.tables.undo_swap(resource_id(entry.dataset, TABLE)):
            self._tables_changed += 1

    def _drop_table(self, dataset: str) -> None:
        self.tables.drop_table(resource_id(dataset, TABLE))
        self._tables_changed += 1

    def _revise_dataset(self, dataset: str, wanted: Mapping[str, Any], served: Mapping[str, Any] | None) -> None:
        """Changes the dataset to `wanted` in one call, if it is unchanged since it was read."""

        def taken() -> bool:
            now = self.read_served(dataset)
            return now is not None and now["state"] == "active" and payload_digest(now) == wanted["payload_digest"]

        if served is None:
            self.api.call_writing("package_create", dataset, wanted, taken)
            return
        match = {"id": served["id"], "metadata_modified": served["metadata_modified"]}
        revision = {"match": match, "filter": ["-*"], "update": {**wanted, "state": "active"}, "include": ["-*"]}
        self.api.call_writing("package_revise", dataset, revision, taken)

    def _read_back(self, entry: CatalogueEntry, wanted: Mapping[str, Any]) -> None:
        served = self.read_served(entry.dataset) or {}
        if payload_digest(served) != wanted["payload_digest"]:
            name, mine, theirs = next(iter(find_differences(wanted, served)), ("digest", "", ""))
            raise _changed_error(entry, name, mine, theirs)
        if table_file(entry) is None:
            return
        answer = self.api.call_reading(
            "datastore_search", entry.dataset, resource_id=resource_id(entry.dataset, TABLE), limit=0
        )
        if answer is None or answer["total"] != entry.facts.rows:
            raise _changed_error(entry, "rows answered", str(entry.facts.rows), str(answer and answer["total"]))

    def _prune(self, entry: CatalogueEntry) -> None:
        self.files.write_index(entry)
        self.files.keep_only(entry.dataset, [facts.number for facts in (entry.facts, *entry.history)])
        ensure_views(self.api, entry, self.describe_charts(entry))
        if table_file(entry) is None:
            self._drop_table(entry.dataset)  # that of a release before, which would stay public
            return
        self.tables.prune_previous(resource_id(entry.dataset, TABLE))

    def _recover(self, dataset: str, release: str) -> None:
        """Undoes an unfinished flip of another release: the table returns to what the dataset states."""
        note = self.journal.read_unfinished().get(dataset)
        if note is None or note.stage != "flip" or note.release == release:
            return
        served, identity = self.read_served(dataset), resource_id(dataset, TABLE)
        live = self.tables.read_live_tables([identity]).get(identity)
        if served and served.get("release") == note.before and live and live.release == note.release:
            self._tables_changed += self.tables.undo_swap(identity)

    def _tombstone_dataset(self, withdrawal: Withdrawal, served: Mapping[str, Any]) -> dict[str, Any]:
        groups = served.get("groups") or [{}]
        return tombstone_payload(withdrawal, served["owner_org"], groups[0].get("name"))

    def _note(self, entry: CatalogueEntry, stage: Stage, before: str | None) -> None:
        _LOG.info("%s %s: %s", entry.dataset, entry.release, stage)
        self.journal.write_entry(JournalEntry(dataset=entry.dataset, stage=stage, release=entry.release, before=before))

    def _release_folder(self, entry: CatalogueEntry) -> Path:
        return self.files.releases / entry.dataset / entry.release


def table_file(entry: CatalogueEntry) -> Distribution | None:
    """Returns the file whose rows the table holds; None if the release is in parts: it has no table then, and no views."""
    return next((file for file in entry.distributions if file.format == TABLE), None)


def withdrawal_without_reason(served: Mapping[str, Any]) -> Withdrawal:
    """Returns the tombstone facts for a removed contract without a recorded reason."""
    titles = served.get("title_translated") or {}
    return Withdrawal(
        dataset=served["name"],
        title=Text(zh=served["title"], en=titles.get("en", served["title"])),
        reason=Text(zh="该数据集不再提供。", en="This dataset is no longer offered."),
        release=served.get("release", ""),
        synthetic=bool(served.get("synthetic")),
    )


def _with_tables(resources: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Returns the resources that have a table in the DataStore, which would stay public if they were only left out."""
    return [each for each in resources if each.get("datastore_active") or each.get("kind") == TABLE]


def _changed_error(entry: CatalogueEntry, what: str, wanted: str, found: str) -> CatalogueError:
    return CatalogueError(
        Text(
            zh=f"{entry.dataset} 第 {entry.release} 版核对不符：{what} 应为 {wanted}，实为 {found}；公众仍看到旧版或完整的新版，请再次发布；仍不符时运行 sportlake drift",
            en=f"{entry.dataset} release {entry.release} is not as it should be: {what} should be {wanted}, is {found}; "
            "publish again, and run sportlake drift if it stays so",
        )
    )

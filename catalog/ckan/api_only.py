"""Catalogue for a third-party CKAN of which only the API can be reached: the same plan, weaker guarantees.

A release is uploaded as new resources beside the old ones, then one revise call switches the dataset to them, then the
old ones are deleted. `NOT_PROMISED` lists what this way cannot guarantee; tests assert it. Fields that the portal's
schema does not know go into `extras`. Not here: uploading and loading (`uploads.py`), portals of our own (`direct.py`).
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from catalog.ckan.api import CkanApi
from catalog.ckan.connection import Connection
from catalog.ckan.datastore.table_schema import table_schema_from
from catalog.ckan.journal import Journal, JournalEntry
from catalog.ckan.payload import (
    dataset_payload,
    descriptor_distribution,
    find_differences,
    is_visible,
    payload_digest,
    tombstone_payload,
)
from catalog.ckan.publisher import table_file, withdrawal_without_reason
from catalog.ckan.uploads import count_rows, load_rows, remove_resources, table_resource, upload_file
from catalog.entry import CatalogueEntry, list_released, stable_id
from catalog.plan import (
    DAMAGED,
    Difference,
    OrphanItem,
    PlanOutcome,
    PublicationPlan,
    Withdrawal,
    complete_outcome,
    find_entry,
)
from schemas.errors import CatalogueError
from schemas.text import Text

NOT_PROMISED = (
    Text(zh="每版资源的编号和地址都会改变", en="a resource's id and address change with every release"),
    Text(
        zh="上传期间公众同时看到新旧两版的资源", en="while a release is uploaded the public sees the resources of both"
    ),
    Text(zh="旧版文件不再提供下载", en="files of older releases can no longer be downloaded"),
    Text(
        zh="在没有本平台插件的门户上，停止开放说明仍可被检索到",
        en="a tombstone can be found by search where the portal lacks our plugin",
    ),
)
_KNOWN = frozenset(
    [
        "id",
        "name",
        "title",
        "notes",
        "tags",
        "license_id",
        "owner_org",
        "groups",
        "private",
        "version",
        "state",
        "resources",
        "url",
        "author",
    ]
)


class ApiOnlyCatalogue:
    """The portal at `connection`, filled from the folder `releases`."""

    name = "ckan"

    def __init__(self, connection: Connection, releases: Path, journal: Path) -> None:
        self.releases = releases
        self.api = CkanApi(connection)
        self.journal = Journal(journal)

    def read_published(self) -> dict[str, str]:
        """Returns the fingerprint of every visible dataset. An incomplete dataset gets a different fingerprint."""
        shown = {}
        for name in list_released(self.releases):
            served = self._read_served(name)
            if served and is_visible(served):
                sound = payload_digest(served) == served.get("payload_digest") and not _older_resources(served)
                shown[name] = served["fingerprint"] if sound else DAMAGED
        return shown

    def apply(
        self, plan: PublicationPlan, entries: Sequence[CatalogueEntry], withdrawn: Sequence[Withdrawal] = ()
    ) -> PlanOutcome:
        """Applies the plan, dataset by dataset. A plan without changes writes nothing."""
        wanted, reasons, before = {e.dataset: e for e in entries}, {w.dataset: w for w in withdrawn}, self.api.writes
        for step in plan.steps:
            if step.action in ("create", "update"):
                self._show(find_entry(step, wanted), thorough=step.before == DAMAGED)
            elif step.action == "retire":
                self._withdraw(step.dataset, reasons.get(step.dataset))
        for dataset in sorted(reasons.keys() - {step.dataset for step in plan.steps}):
            if not self._is_withdrawn(reasons[dataset]):
                self._withdraw(dataset, reasons[dataset])
        return complete_outcome(plan, writes=self.api.writes - before)

    def find_drift(self, entries: Sequence[CatalogueEntry]) -> list[Difference]:
        """Returns where metadata, files or the number of rows differ from the entries."""
        return [each for entry in entries for each in self._find_dataset_drift(entry)]

    def find_orphans(self) -> list[OrphanItem]:
        """Returns resources of releases that are no longer the dataset's, left by an interrupted run."""
        lost = []
        for name in list_released(self.releases):
            served = self._read_served(name)
            lost += [OrphanItem(kind="file", name=f"{name}/{each['id']}") for each in _older_resources(served or {})]
        return lost

    def wanted_dataset(self, entry: CatalogueEntry) -> dict[str, Any]:
        """Returns the dataset as it should be: its resources are uploads whose ids belong to their release."""
        payload = dataset_payload(entry, "", descriptor_distribution(self.releases / entry.dataset / entry.release))
        resources = [
            {
                **{key: value for key, value in each.items() if key != "url"},
                "id": stable_id("resource", entry.dataset, each["kind"], entry.release),
                "url": each["url"].rpartition("/")[2],
                "url_type": "upload",
            }
            for each in payload["resources"]
        ]
        history = [{key: value for key, value in each.items() if key != "url"} for each in payload["history"]]
        completed = {**payload, "resources": resources, "history": history}
        return {**completed, "payload_digest": payload_digest(completed)}

    def _show(self, entry: CatalogueEntry, *, thorough: bool) -> None:
        wanted, dataset = self.wanted_dataset(entry), entry.dataset
        with self.journal.lock_dataset(dataset):
            served = self._read_served(dataset)
            self.journal.write_entry(
                JournalEntry(
                    dataset=dataset, stage="stage", release=entry.release, before=(served or {}).get("release")
                )
            )
            if served is None:
                self._begin(wanted)
            else:
                spoiled = [
                    each
                    for each in served["resources"]
                    if _is_made_anew(each, wanted) or (thorough and self.api.download_differs(each))
                ]
                remove_resources(self.api, dataset, spoiled)
            self._upload(entry, wanted)
            self._turn(wanted)
            remove_resources(self.api, dataset, _older_resources(self._read_served(dataset) or {}))
            self._read_back(entry)
            self.journal.close_entry(dataset)

    def _begin(self, wanted: Mapping[str, Any]) -> None:
        """Creates the dataset without resources, hidden until it has them."""
        fields = self._to_portal_fields({**wanted, "resources": [], "private": True})
        name = wanted["name"]
        self.api.call_writing("package_create", name, fields, taken=lambda: self._read_served(name) is not None)

    def _upload(self, entry: CatalogueEntry, wanted: Mapping[str, Any]) -> None:
        for resource in wanted["resources"]:
            upload_file(
                self.api, entry.dataset, resource, self.releases / entry.dataset / entry.release / resource["url"]
            )
        table, file = table_resource(wanted["resources"]), table_file(entry)
        if table is not None and file is not None:
            source = self.releases / file.path
            load_rows(self.api, entry.dataset, table["id"], source, table_schema_from(entry), entry.facts.rows)

    def _turn(self, wanted: Mapping[str, Any]) -> None:
        """Switches the dataset to the new release in one call; older resources stay last until they are removed."""
        served = self._read_served(wanted["name"]) or {}
        mine = {each["id"] for each in wanted["resources"]}
        there = {each["id"]: each for each in served["resources"]}
        resources = [
            {**there.get(each["id"], {}), **each, "url": there[each["id"]]["url"]} for each in wanted["resources"]
        ]
        others = [each for each in served["resources"] if each["id"] not in mine]
        fields = self._to_portal_fields({**wanted, "resources": [*resources, *others], "state": "active"})
        match = {"id": served["id"], "metadata_modified": served["metadata_modified"]}
        revision = {"match": match, "filter": ["-*"], "update": fields, "include": ["-*"]}

        def taken() -> bool:
            now = self._read_served(wanted["name"])
            return now is not None and now.get("payload_digest") == wanted["payload_digest"] and not now["private"]

        self.api.call_writing("package_revise", wanted["name"], revision, taken)

    def _withdraw(self, dataset: str, withdrawal: Withdrawal | None) -> None:
        with self.journal.lock_dataset(dataset):
            served = self._read_served(dataset)
            if served is None:
                return
            remove_resources(self.api, dataset, served["resources"])
            stone = self._tombstone_dataset(withdrawal or withdrawal_without_reason(served), served)
            now = self._read_served(dataset) or {}
            match = {"id": now["id"], "metadata_modified": now["metadata_modified"]}
            revision = {"match": match, "filter": ["-*"], "update": self._to_portal_fields(stone), "include": ["-*"]}
            self.api.call_writing(
                "package_revise",
                dataset,
                revision,
                taken=lambda: bool((self._read_served(dataset) or {}).get("withdrawn")),
            )
            self.journal.close_entry(dataset)

    def _is_withdrawn(self, withdrawal: Withdrawal) -> bool:
        served = self._read_served(withdrawal.dataset)
        return served is None or payload_digest(served) == self._tombstone_dataset(withdrawal, served)["payload_digest"]

    def _tombstone_dataset(self, withdrawal: Withdrawal, served: Mapping[str, Any]) -> dict[str, Any]:
        groups = served.get("groups") or [{}]
        return tombstone_payload(withdrawal, served["owner_org"], groups[0].get("name"))

    def _read_back(self, entry: CatalogueEntry) -> None:
        for difference in self._find_dataset_drift(entry):
            raise CatalogueError(
                Text(
                    zh=f"{entry.dataset} 核对不符：{difference.what} 应为 {difference.wanted}，实为 {difference.found}；请再次发布",
                    en=f"{entry.dataset} is not as it should be: {difference.what} should be {difference.wanted}, "
                    f"is {difference.found}; publish again",
                )
            )

    def _find_dataset_drift(self, entry: CatalogueEntry) -> list[Difference]:
        served = self._read_served(entry.dataset)
        if served is None or not is_visible(served):
            return [Difference(dataset=entry.dataset, what="dataset", wanted=entry.release, found="—")]
        wanted = self.wanted_dataset(entry)
        differences = find_differences(wanted, served)
        differences += [each for resource in served["resources"] if (each := self.api.download_differs(resource))]
        table = table_resource(wanted["resources"])
        if table and (there := count_rows(self.api, entry.dataset, table["id"])) != entry.facts.rows:
            differences.append(("rows", str(entry.facts.rows), str(there)))
        return [
            Difference(dataset=entry.dataset, what=what, wanted=mine, found=theirs)
            for what, mine, theirs in differences
        ]

    def _read_served(self, dataset: str) -> dict[str, Any] | None:
        found = self.api.call_reading("package_show", dataset, id=dataset)
        return unfold_extras(found) if found else None

    def _to_portal_fields(self, dataset: Mapping[str, Any]) -> dict[str, Any]:
        """Returns the portal's own fields where its schema knows them, otherwise `extras`."""
        return dict(dataset) if self._knows_our_fields() else fold_into_extras(dataset)

    def _knows_our_fields(self) -> bool:
        extensions = self.api.call_reading("status_show", "portal")["extensions"]
        if "scheming_datasets" not in extensions:
            return False
        schema = self.api.call_reading("scheming_dataset_schema_show", "portal", type="dataset") or {}
        return "payload_digest" in {field["field_name"] for field in schema.get("dataset_fields", ())}


def fold_into_extras(dataset: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the dataset for a portal with CKAN's own fields only: ours as JSON in `extras`. See `unfold_extras`."""
    known = {key: value for key, value in dataset.items() if key in _KNOWN and key != "id"}
    ours = [
        {"key": key, "value": json.dumps(value, ensure_ascii=False, sort_keys=True)}
        for key, value in sorted(dataset.items())
        if key not in _KNOWN and value not in (None, "", [], {})
    ]
    return {**known, "extras": ours}


def unfold_extras(found: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the dataset with the extras of `fold_into_extras` as fields again; extras added by others stay extras."""
    mine = {}
    for extra in found.get("extras") or ():
        try:
            mine[extra["key"]] = json.loads(extra["value"])
        except ValueError:  # an extra added by others, whose text is not JSON
            continue
    return {**found, **mine}


def _is_made_anew(resource: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether an erasure has replaced the release's file since the resource was uploaded; the resource's table then holds the old rows too."""
    hashes = {each["id"]: each["hash"] for each in wanted["resources"]}
    return bool(resource["id"] in hashes and hashes[resource["id"]] != resource.get("hash"))


def _older_resources(served: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Returns the resources of another release than the dataset's."""
    return [each for each in served.get("resources", ()) if each.get("release") != served.get("release")]

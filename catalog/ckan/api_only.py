"""Somebody else's CKAN, of which only the API can be reached, behind the same plan, with weaker promises.

A release comes as new resources beside the old ones, then one revise turns the dataset to them, then the old ones are
deleted. What this way cannot promise stands in `NOT_PROMISED` and is asserted in tests. Fields that the portal's schema does
not know go into `extras`. Not here: uploading and loading (`uploads.py`), portals of ours (`direct.py`).
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from catalog.ckan.api import Api
from catalog.ckan.connection import Connection
from catalog.ckan.datastore.table_schema import shape_of
from catalog.ckan.journal import Journal, Note
from catalog.ckan.payload import dataset_of, descriptor_of, differences, digest_of, tombstone_of
from catalog.ckan.publisher import table_file, unexplained
from catalog.ckan.uploads import count, load, table_of, take_away, upload
from catalog.entry import Entry, stable_id
from catalog.plan import DAMAGED, Difference, Orphan, Outcome, Plan, Withdrawal, entry_for, outcome_of
from schemas.errors import CatalogueError
from schemas.text import Text

NOT_PROMISED = (
    Text(zh="每版资源的编号和地址都会改变", en="a resource's id and address change with every release"),
    Text(
        zh="上传期间公众同时看到新旧两版的资源", en="while a release is uploaded the public sees the resources of both"
    ),
    Text(zh="旧版文件不再提供下载", en="files of older releases can no longer be downloaded"),
    Text(
        zh="在没有本平台插件的门户上，撤下说明仍可被检索到",
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
    """The portal at `connection`, fed from the folder `releases`."""

    name = "ckan"

    def __init__(self, connection: Connection, releases: Path, journal: Path) -> None:
        self.releases = releases
        self.api = Api(connection)
        self.journal = Journal(journal)

    def published(self) -> dict[str, str]:
        """Fingerprint of every dataset shown; one that is not of one piece has another one."""
        shown = {}
        for name in self._names():
            served = self._served(name)
            if served and _shown(served):
                sound = digest_of(served) == served.get("payload_digest") and not _older(served)
                shown[name] = served["fingerprint"] if sound else DAMAGED
        return shown

    def carry_out(self, plan: Plan, entries: Sequence[Entry], withdrawn: Sequence[Withdrawal] = ()) -> Outcome:
        """Do what the plan says, dataset by dataset; a plan that changes nothing writes nothing."""
        wanted, reasons, before = {e.dataset: e for e in entries}, {w.dataset: w for w in withdrawn}, self.api.writes
        for step in plan.steps:
            if step.action in ("create", "update"):
                self._show(entry_for(step, wanted), thorough=step.before == DAMAGED)
            elif step.action == "retire":
                self._withdraw(step.dataset, reasons.get(step.dataset))
        for dataset in sorted(reasons.keys() - {step.dataset for step in plan.steps}):
            if not self._is_withdrawn(reasons[dataset]):
                self._withdraw(dataset, reasons[dataset])
        return outcome_of(plan, writes=self.api.writes - before)

    def drift(self, entries: Sequence[Entry]) -> list[Difference]:
        """Where metadata, files or the number of rows differ from the entries."""
        return [each for entry in entries for each in self._drift_of(entry)]

    def orphans(self) -> list[Orphan]:
        """Resources of releases that are no longer the dataset's, left by a run that ended early."""
        lost = []
        for name in self._names():
            served = self._served(name)
            lost += [Orphan(kind="file", name=f"{name}/{each['id']}") for each in _older(served or {})]
        return lost

    def wanted(self, entry: Entry) -> dict[str, Any]:
        """The dataset as it should be: its resources are uploads with ids of their release."""
        said = dataset_of(entry, "", descriptor_of(self.releases / entry.dataset / entry.release))
        resources = [
            {
                **{key: value for key, value in each.items() if key != "url"},
                "id": stable_id("resource", entry.dataset, each["kind"], entry.release),
                "url": each["url"].rpartition("/")[2],
                "url_type": "upload",
            }
            for each in said["resources"]
        ]
        history = [{key: value for key, value in each.items() if key != "url"} for each in said["history"]]
        told = {**said, "resources": resources, "history": history}
        return {**told, "payload_digest": digest_of(told)}

    def _show(self, entry: Entry, *, thorough: bool) -> None:
        wanted, dataset = self.wanted(entry), entry.dataset
        with self.journal.alone(dataset):
            served = self._served(dataset)
            self.journal.write(
                Note(dataset=dataset, stage="stage", release=entry.release, before=(served or {}).get("release"))
            )
            if served is None:
                self._begin(wanted)
            elif thorough:
                spoiled = [each for each in served["resources"] if self.api.download_differs(each)]
                take_away(self.api, dataset, spoiled)
            self._upload(entry, wanted)
            self._turn(wanted)
            take_away(self.api, dataset, _older(self._served(dataset) or {}))
            self._read_back(entry)
            self.journal.close(dataset)

    def _begin(self, wanted: Mapping[str, Any]) -> None:
        """The dataset without resources, hidden until it has them."""
        said = self._spoken({**wanted, "resources": [], "private": True})
        name = wanted["name"]
        self.api.write("package_create", name, said, taken=lambda: self._served(name) is not None)

    def _upload(self, entry: Entry, wanted: Mapping[str, Any]) -> None:
        for resource in wanted["resources"]:
            upload(self.api, entry.dataset, resource, self.releases / entry.dataset / entry.release / resource["url"])
        table = table_of(wanted["resources"])
        file = self.releases / table_file(entry).path
        load(self.api, entry.dataset, table["id"], file, shape_of(entry), entry.facts.rows)

    def _turn(self, wanted: Mapping[str, Any]) -> None:
        """One call: the dataset is that of the new release; its older resources stand last until they are taken away."""
        served = self._served(wanted["name"]) or {}
        mine = {each["id"] for each in wanted["resources"]}
        there = {each["id"]: each for each in served["resources"]}
        resources = [
            {**there.get(each["id"], {}), **each, "url": there[each["id"]]["url"]} for each in wanted["resources"]
        ]
        others = [each for each in served["resources"] if each["id"] not in mine]
        said = self._spoken({**wanted, "resources": [*resources, *others], "state": "active"})
        match = {"id": served["id"], "metadata_modified": served["metadata_modified"]}
        revision = {"match": match, "filter": ["-*"], "update": said, "include": ["-*"]}

        def taken() -> bool:
            now = self._served(wanted["name"])
            return now is not None and now.get("payload_digest") == wanted["payload_digest"] and not now["private"]

        self.api.write("package_revise", wanted["name"], revision, taken)

    def _withdraw(self, dataset: str, gone: Withdrawal | None) -> None:
        with self.journal.alone(dataset):
            served = self._served(dataset)
            if served is None:
                return
            take_away(self.api, dataset, served["resources"])
            stone = self._stone(gone or unexplained(served), served)
            now = self._served(dataset) or {}
            match = {"id": now["id"], "metadata_modified": now["metadata_modified"]}
            revision = {"match": match, "filter": ["-*"], "update": self._spoken(stone), "include": ["-*"]}
            self.api.write(
                "package_revise",
                dataset,
                revision,
                taken=lambda: bool((self._served(dataset) or {}).get("withdrawn")),
            )
            self.journal.close(dataset)

    def _is_withdrawn(self, gone: Withdrawal) -> bool:
        served = self._served(gone.dataset)
        return served is None or digest_of(served) == self._stone(gone, served)["payload_digest"]

    def _stone(self, gone: Withdrawal, served: Mapping[str, Any]) -> dict[str, Any]:
        groups = served.get("groups") or [{}]
        return tombstone_of(gone, served["owner_org"], groups[0].get("name"))

    def _read_back(self, entry: Entry) -> None:
        for difference in self._drift_of(entry):
            raise CatalogueError(
                Text(
                    zh=f"{entry.dataset} 核对不符：{difference.what} 应为 {difference.wanted}，实为 {difference.found}；请再次发布",
                    en=f"{entry.dataset} is not as it should be: {difference.what} should be {difference.wanted}, "
                    f"is {difference.found}; publish again",
                )
            )

    def _drift_of(self, entry: Entry) -> list[Difference]:
        served = self._served(entry.dataset)
        if served is None or not _shown(served):
            return [Difference(dataset=entry.dataset, what="dataset", wanted=entry.release, found="—")]
        wanted = self.wanted(entry)
        told = differences(wanted, served)
        told += [each for resource in served["resources"] if (each := self.api.download_differs(resource))]
        there = count(self.api, entry.dataset, table_of(wanted["resources"])["id"])
        if there != entry.facts.rows:
            told.append(("rows", str(entry.facts.rows), str(there)))
        return [Difference(dataset=entry.dataset, what=what, wanted=mine, found=theirs) for what, mine, theirs in told]

    def _served(self, dataset: str) -> dict[str, Any] | None:
        found = self.api.read("package_show", dataset, id=dataset)
        return unfolded(found) if found else None

    def _spoken(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """In the portal's own fields where its schema knows them, otherwise in `extras`."""
        return dict(said) if self._knows_our_fields() else folded(said)

    def _knows_our_fields(self) -> bool:
        extensions = self.api.read("status_show", "portal")["extensions"]
        if "scheming_datasets" not in extensions:
            return False
        schema = self.api.read("scheming_dataset_schema_show", "portal", type="dataset") or {}
        return "payload_digest" in {field["field_name"] for field in schema.get("dataset_fields", ())}

    def _names(self) -> list[str]:
        folders = self.releases.iterdir() if self.releases.is_dir() else ()
        return sorted(folder.name for folder in folders if folder.is_dir() and not folder.name.startswith("."))


def folded(said: Mapping[str, Any]) -> dict[str, Any]:
    """The dataset for a portal that knows CKAN's own fields only: ours as JSON in `extras`. Undone by `unfolded`."""
    known = {key: value for key, value in said.items() if key in _KNOWN and key != "id"}
    ours = [
        {"key": key, "value": json.dumps(value, ensure_ascii=False, sort_keys=True)}
        for key, value in sorted(said.items())
        if key not in _KNOWN and value not in (None, "", [], {})
    ]
    return {**known, "extras": ours}


def unfolded(found: Mapping[str, Any]) -> dict[str, Any]:
    """The dataset with what `folded` put into extras as fields of its own; other people's extras stay where they are."""
    mine = {}
    for extra in found.get("extras") or ():
        try:
            mine[extra["key"]] = json.loads(extra["value"])
        except ValueError:  # an extra of somebody else, whose text is no JSON
            continue
    return {**found, **mine}


def _shown(served: Mapping[str, Any]) -> bool:
    return (
        served["state"] == "active"
        and not served["private"]
        and not served.get("withdrawn")
        and "fingerprint" in served
    )


def _older(served: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Resources of another release than the dataset's."""
    return [each for each in served.get("resources", ()) if each.get("release") != served.get("release")]

"""The CKAN dataset of an entry. Pure: the same entry always gives the same dataset with the same ids.

Facts of a release (number, address, hash, size) are in the resource: CKAN reads a dataset row by row from its database, so only a single
resource is always consistent. Here: dataset, resources, tombstone, and the digest that tells whether a served dataset is the one that was
sent. Not here: calls (`api.py`), tables (`datastore/`), labels and the form (`fields.py`, `scheming.py`).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

from catalog import search_words
from catalog.ckan.chart_config import chart_code_digest
from catalog.core_metadata import core_lines
from catalog.entry import CatalogueEntry, stable_id
from catalog.file_words import FILE_NAMES, describe_file, name_data_file, name_file
from catalog.plan import Withdrawal
from catalog.release_facts import DESCRIPTOR, Distribution, ReleaseFacts
from catalog.search_words import join_words, list_words, name_fields, spell_places
from catalog.standards.dcat_nodes import ACCESS, EU, FREQUENCY, SPORT_THEME
from schemas.text import Text

ZH, EN = "zh_Hans_CN", "en"
LANGUAGES = [f"{EU}language/ZHO", f"{EU}language/ENG"]
MOST_SEARCHED = 32_000
"""Length of the text of words to be found by; with every code of its code lists a dataset of divisions and types has 26 000 characters."""
SHA256 = "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"

Kind = Literal["csv", "xlsx", "parquet", "geojson", "dictionary", "descriptor", "changes"]
TABLE: Kind = "csv"
_ORDER = tuple(FILE_NAMES)
_FORMATS: Mapping[str, str] = {"geojson": "GeoJSON", "parquet": "Parquet"}
"""Formats that CKAN spells differently; the others are in capitals."""


def resource_id(dataset: str, kind: str) -> str:
    """Returns the id of a dataset's resource of that kind, the same in every release."""
    return stable_id("resource", dataset, kind)


def dataset_payload(entry: CatalogueEntry, files_url: str, descriptor: Distribution) -> dict[str, Any]:
    """Returns the dataset with its resources for `package_create`. `files_url` serves the releases folder.

    A release in parts has a resource for each, and none with a table, which is made of the CSV file.
    """
    payload = {
        **_describe_dataset(entry),
        **_dcat_fields(entry),
        **_release_status(entry, files_url),
        **_time_limit_fields(entry),
        **{f"core_{line.key}": _bilingual_dict(line.value) | {"applies": line.applies} for line in core_lines(entry)},
        "resources": [
            _resource_payload(entry, files_url, kind, file) for kind, file in _offered_files(entry, descriptor)
        ],
    }
    return {**payload, "payload_digest": payload_digest(payload)}


def tombstone_payload(withdrawal: Withdrawal, owner: str, family: str | None = None) -> dict[str, Any]:
    """Returns the dataset that replaces a withdrawn one: its title, reason and time of withdrawal, and no downloads."""
    payload = {
        "id": stable_id("dataset", withdrawal.dataset),
        "name": withdrawal.dataset,
        "title": withdrawal.title.zh,
        "title_translated": _bilingual_dict(withdrawal.title),
        "notes": withdrawal.reason.zh,
        "notes_translated": _bilingual_dict(withdrawal.reason),
        "owner_org": owner,
        "groups": [{"name": family}] if family else [],
        "private": False,
        "release": withdrawal.release,
        "synthetic": "true" if withdrawal.synthetic else "",
        "withdrawn": {
            "reason": {"zh": withdrawal.reason.zh, "en": withdrawal.reason.en},
            "on": withdrawal.on.isoformat() if withdrawal.on else "",
            "release": withdrawal.release,
            "successor": withdrawal.successor or "",
        },
        "resources": [],
    }
    return {**payload, "payload_digest": payload_digest(payload)}


def payload_digest(dataset: Mapping[str, Any]) -> str:
    """Returns a digest of a dataset, sent or served: equal if CKAN serves what was sent.

    It begins with the layout version of datasets and charts, so that a dataset sent by older code is recognised as outdated.
    """
    plain = json.dumps(_comparable_fields(dataset), ensure_ascii=False, sort_keys=True)
    return f"{_code_version()}-{hashlib.sha256(plain.encode()).hexdigest()}"


def is_visible(served: Mapping[str, Any]) -> bool:
    """Returns whether the public sees the dataset of the portal with its data: it is neither private, deleted nor a tombstone, and it is ours."""
    return (
        served["state"] == "active"
        and not served["private"]
        and not served.get("withdrawn")
        and "fingerprint" in served
    )


def find_differences(wanted: Mapping[str, Any], served: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Returns (name, wanted, found) for each field that is served differently; resources are named by their kind."""
    mine, theirs = _comparable_fields(wanted), _comparable_fields(served)
    differences = [
        (f"metadata {key}", mine.get(key), theirs.get(key))
        for key in sorted(mine.keys() | theirs.keys())
        if key != "resources"
    ]
    ours, others = ({each.get("kind", each["id"]): each for each in side["resources"]} for side in (mine, theirs))
    for kind in sorted(ours.keys() | others.keys()):
        one, other = ours.get(kind, {}), others.get(kind, {})
        differences += [
            (f"resource {kind} {key}", one.get(key), other.get(key)) for key in sorted(one.keys() | other.keys())
        ]
    return [(name, _shorten_value(a), _shorten_value(b)) for name, a, b in differences if a != b]


def _describe_dataset(entry: CatalogueEntry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "name": entry.dataset,
        "title": entry.title.zh,
        "title_translated": _bilingual_dict(entry.title),
        "notes": entry.description.zh,
        "notes_translated": _bilingual_dict(entry.description),
        "tags": [{"name": word} for word in sorted(entry.keywords)],
        "license_id": entry.licence.name,
        "owner_org": entry.publisher.id,
        "groups": [{"name": entry.family}],
        "private": False,
    }


def _dcat_fields(entry: CatalogueEntry) -> dict[str, Any]:
    """Returns the fields that DCAT defines. Source: DCAT-AP 3.0 as ckanext-dcat reads it."""
    provider, span = entry.core.provider, entry.facts.time_range
    contact = {"name": provider.name.zh, "phone": provider.phone}
    if isinstance(provider.email, str):
        contact["email"] = provider.email
    fields = {
        "version": entry.release,
        "identifier": f"urn:uuid:{entry.id}",
        "issued": entry.issued.isoformat(),
        "modified": entry.data_updated.isoformat(),
        "metadata_updated": entry.metadata_updated.isoformat(),
        "frequency": f"{EU}frequency/{FREQUENCY[entry.cycle]}",
        "contact": [contact],
        "provenance": f"{entry.core.source_basis.zh} {entry.core.source_basis.en}",
        "language": LANGUAGES,
        "conforms_to": ["https://datapackage.org/profiles/2.0/datapackage.json"],
        "temporal_coverage": [{"start": span.first.isoformat(), "end": span.last.isoformat()}],
        "spatial_coverage": [
            {"uri": f"urn:gb2260:{entry.core.space_range}", "text": f"GB/T 2260 {entry.core.space_range}"}
        ],
        "access_rights": f"{EU}access-right/{ACCESS[entry.core.open_type]}",
        "theme": [SPORT_THEME],
    }
    return {key: value for key, value in fields.items() if value}


def _release_status(entry: CatalogueEntry, files_url: str) -> dict[str, Any]:
    """Returns release, rows, quality, the earlier releases, and the numbers of those that are not offered any more."""
    facts = entry.facts
    return {
        "release": facts.number,
        "previous": facts.previous or "",
        "contract_version": facts.contract_version,
        "rows": str(facts.rows),
        "fingerprint": entry.fingerprint,
        "synthetic": "true" if entry.synthetic else "",
        "quality": facts.quality.model_dump(mode="json"),
        "search_words": " ".join([name_fields(entry), join_words(list_words(entry)), *spell_places(entry)])[
            :MOST_SEARCHED
        ],
        "history": [
            {
                "number": each.number,
                "date": each.created.date().isoformat(),
                "rows": each.rows,
                **_change_counts(each),
                "url": f"{files_url}/{_main_file(each)}",
            }
            for each in (facts, *entry.history)
        ],
        **({"taken_back": list(entry.taken_back)} if entry.taken_back else {}),
    }


def _main_file(facts: ReleaseFacts) -> str:
    """Returns the path of the file that stands for an earlier release: its first data file, or what describes its parts."""
    return f"{facts.dataset}/{facts.number}/{DESCRIPTOR}" if facts.parts else facts.distributions[0].path


def _time_limit_fields(entry: CatalogueEntry) -> dict[str, Any]:
    """Returns the limits in one text, and how each was kept on the day of the release; nothing for a release that does not say."""
    facts = entry.facts.time_limits
    if facts is None:
        return {}
    sentence = Text(
        zh="；".join(f"{one.title.zh}：{one.text.zh}（{one.source}{one.clause}）" for one in facts.limits),
        en="; ".join(f"{one.title.en}: {one.text.en} ({one.source} {one.clause})" for one in facts.limits),
    )
    kept = [{**one.model_dump(mode="json"), "kept": one.kept.model_dump()} for one in facts.limits]
    return {
        "time_limit": _bilingual_dict(sentence),
        "time_limits_kept": {"as_of": facts.as_of.isoformat(), "limits": kept},
    }


def _change_counts(facts: ReleaseFacts) -> dict[str, int]:
    changes = facts.changes
    return {"added": changes.added, "removed": changes.removed, "changed": changes.changed} if changes else {}


def _offered_files(entry: CatalogueEntry, descriptor: Distribution) -> list[tuple[str, Distribution]]:
    """Returns the offered files, data first, each with its kind."""
    data = [(f"{file.format}-{file.part.number}" if file.part else file.format, file) for file in entry.distributions]
    papers = [("dictionary", entry.facts.dictionary), ("descriptor", descriptor), ("changes", entry.facts.changes_file)]
    offered = [*data, *((kind, file) for kind, file in papers if file)]
    return sorted(
        offered, key=lambda one: _ORDER.index(kind) if (kind := one[0].partition("-")[0]) in _ORDER else len(_ORDER)
    )


def _resource_payload(entry: CatalogueEntry, files_url: str, kind: str, file: Distribution) -> dict[str, Any]:
    facts, words = entry.facts, name_data_file(file) if file.part else name_file(kind)
    about = describe_file(entry, facts)
    payload = {
        "id": resource_id(entry.dataset, kind),
        "kind": kind,
        "name": words.zh,
        "name_translated": _bilingual_dict(words),
        "description": about.zh,
        "description_translated": _bilingual_dict(about),
        "url": f"{files_url}/{file.path}",
        "format": _FORMATS.get(file.format, file.format.upper()),
        "mimetype": file.mediatype,
        "encoding": file.encoding or "",
        "size": file.bytes,
        "hash": file.sha256,
        "hash_algorithm": SHA256,
        "release": facts.number,
        "issued": facts.created.isoformat(),
        "modified": entry.data_updated.isoformat(),
    }
    whole = {"rows": str(facts.rows)} if file in entry.distributions and file.part is None else {}
    return payload | whole | ({"datastore_active": True} if kind == TABLE else {})


def descriptor_distribution(folder: Path) -> Distribution:
    """Returns `datapackage.json` of a release as an offered file; its hash is from the release's checksums."""
    file = folder / DESCRIPTOR
    return Distribution(
        name=DESCRIPTOR,
        path=f"{folder.parent.name}/{folder.name}/{DESCRIPTOR}",
        format="json",
        mediatype="application/json",
        encoding="utf-8",
        bytes=file.stat().st_size,
        sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
    )


_DATASET_KEYS = frozenset([
    "name", "title", "title_translated", "notes", "notes_translated", "license_id", "private", "version",
    "identifier", "issued", "modified", "metadata_updated", "frequency", "contact", "provenance", "language",
    "conforms_to", "temporal_coverage", "spatial_coverage", "access_rights", "theme", "release", "previous",
    "contract_version", "rows", "fingerprint", "synthetic", "quality", "history", "taken_back", "search_words",
    "withdrawn", "time_limit", "time_limits_kept",
])  # fmt: skip
_RESOURCE_KEYS = frozenset([
    "id", "kind", "name", "name_translated", "description", "description_translated", "url", "format",
    "mimetype", "encoding", "size", "hash", "hash_algorithm", "release", "issued", "modified", "rows",
    "datastore_active",
])  # fmt: skip
_LONGEST = 60


def _comparable_fields(dataset: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the fields that count in a comparison, in one spelling for what is sent and what is served."""
    fields = {key: dataset[key] for key in dataset if key in _DATASET_KEYS or key.startswith("core_")}
    fields["tags"] = sorted(tag["name"] for tag in dataset.get("tags", ()))
    fields["groups"] = sorted(group["name"] for group in dataset.get("groups", ()))
    fields["owner_org"] = dataset.get("owner_org")
    resources: Sequence[Mapping[str, Any]] = dataset.get("resources", ())
    fields["resources"] = [_resource_said(one) for one in resources]
    return _without_empty(fields) | {"resources": fields["resources"]}


def _resource_said(one: Mapping[str, Any]) -> dict[str, Any]:
    """Returns a resource for comparison: CKAN gives an upload its own address, of which only the final name is ours."""
    fields = _without_empty({key: one[key] for key in one if key in _RESOURCE_KEYS})
    return fields | {"url": fields["url"].rpartition("/")[2]} if one.get("url_type") == "upload" else fields


def _without_empty(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Drops empty fields: CKAN answers some empty values with nothing and others with an empty text."""
    return {key: value for key, value in fields.items() if value not in (None, "", [], {}, False)}


def _bilingual_dict(text: Text) -> dict[str, Any]:
    return {ZH: text.zh, EN: text.en}


def _shorten_value(value: object) -> str:
    text = "—" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


@cache
def _code_version() -> str:
    sources = (Path(__file__), Path(search_words.__file__), search_words.SYNONYMS)
    content = b"".join(source.read_bytes() for source in sources)
    return hashlib.sha256(content + chart_code_digest().encode()).hexdigest()[:8]

"""The catalogue for harvesters: DCAT 3 as JSON-LD, with every property that DCAT-AP 3.0 makes mandatory.

Pure functions from entries to a mapping. Ids are `urn:uuid:` of stable ids. File addresses are relative to the
document's folder, so they stay valid in a copied folder. Source of the mapping: DCAT-AP 3.0.0; EU authority tables for
frequency, language, access right and file type. Not here: schema.org (`schema_org.py`), DCAT-US (`data_json.py`).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from catalog.core_metadata import catalogue_texts
from catalog.entry import CatalogueEntry, Publisher, stable_id
from catalog.release_facts import Distribution, ReleaseFacts
from schemas.metadata import OpenType, UpdateCycle
from schemas.text import Text

EU = "http://publications.europa.eu/resource/authority/"
FREQUENCY: Mapping[UpdateCycle, str] = {
    "daily": "DAILY",
    "weekly": "WEEKLY",
    "monthly": "MONTHLY",
    "quarterly": "QUARTERLY",
    "half_yearly": "ANNUAL_2",
    "yearly": "ANNUAL",
    "irregular": "IRREG",
    "never": "NEVER",
}
ACCESS: Mapping[OpenType, str] = {"open": "PUBLIC", "conditional": "RESTRICTED", "closed": "NON_PUBLIC"}
CLASSES = {"frequency": "Frequency", "access-right": "RightsStatement", "language": "LinguisticSystem"}
LANGUAGES = ("ZHO", "ENG")
CONTEXT = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def dcat_catalogue(entries: Sequence[CatalogueEntry]) -> dict[str, Any]:
    """The whole catalogue; without entries it has no datasets and no `dct:modified`, and is still valid."""
    newest = max((entry.facts.created for entry in entries), default=None)
    return {
        "@context": CONTEXT,
        "@id": _to_urn(stable_id("catalogue")),
        "@type": "dcat:Catalog",
        "dct:title": _language_values(catalogue_texts()["catalogue.title"]),
        "dct:description": _language_values(catalogue_texts()["catalogue.description"]),
        "dct:publisher": _agent_node(stable_id("catalogue-publisher"), catalogue_texts()["site.publisher"]),
        "dct:language": [_authority_term("language", code) for code in LANGUAGES],
        "foaf:homepage": {"@id": "index.html", "@type": "foaf:Document"},
        **({"dct:modified": _typed_literal("dateTime", newest.isoformat())} if newest else {}),
        "dcat:dataset": [_dataset_node(entry) for entry in entries],
    }


def _dataset_node(entry: CatalogueEntry) -> dict[str, Any]:
    return {
        "@id": _to_urn(entry.id),
        "@type": "dcat:Dataset",
        "dct:identifier": entry.dataset,
        "dct:title": _language_values(entry.title),
        "dct:description": _language_values(entry.description),
        "dct:publisher": _publisher_node(entry.publisher),
        "dcat:contactPoint": _contact_node(entry),
        "dcat:keyword": [{"@value": word, "@language": "zh"} for word in entry.keywords],
        "dct:issued": _date_literal(entry.issued.isoformat()),
        "dct:modified": _date_literal(entry.data_updated.isoformat()),
        "dct:accrualPeriodicity": _authority_term("frequency", FREQUENCY[entry.cycle]),
        "dct:accessRights": _authority_term("access-right", ACCESS[entry.core.open_type]),
        "dct:language": [_authority_term("language", code) for code in LANGUAGES],
        "dct:spatial": _place_node(entry.core.space_range),
        "dct:temporal": _period_node(entry),
        "dcat:landingPage": {"@id": f"dataset/{entry.dataset}/index.html", "@type": "foaf:Document"},
        "dcat:distribution": [_distribution_node(entry, entry.facts, file) for file in entry.distributions],
        **_version_fields(entry),
    }


def _version_fields(entry: CatalogueEntry) -> dict[str, Any]:
    """The number of the current release, a note if the data are synthetic, and the earlier releases, if any."""
    fields: dict[str, Any] = {"dcat:version": entry.release}
    if entry.synthetic:
        fields["adms:versionNotes"] = _language_values(Text(zh="示例数据（虚构）", en="synthetic sample data"))
    if entry.history:
        fields["dcat:previousVersion"] = {"@id": _release_urn(entry, entry.history[0])}
        fields["dcat:hasVersion"] = [_earlier_release_node(entry, facts) for facts in entry.history]
    return fields


def _earlier_release_node(entry: CatalogueEntry, facts: ReleaseFacts) -> dict[str, Any]:
    return {
        "@id": _release_urn(entry, facts),
        "@type": "dcat:Dataset",
        "dct:title": _language_values(
            Text(zh=f"{entry.title.zh} {facts.number}", en=f"{entry.title.en} {facts.number}")
        ),
        "dct:description": _language_values(entry.description),
        "dct:issued": _date_literal(facts.created.date().isoformat()),
        "dcat:version": facts.number,
        "dcat:distribution": [_distribution_node(entry, facts, file) for file in facts.distributions],
    }


def _distribution_node(entry: CatalogueEntry, facts: ReleaseFacts, file: Distribution) -> dict[str, Any]:
    return {
        "@id": _to_urn(stable_id("distribution", entry.dataset, facts.number, file.name)),
        "@type": "dcat:Distribution",
        "dct:title": _language_values(Text(zh=f"{entry.title.zh}（{file.format.upper()}）", en=f"{entry.title.en} ({file.format.upper()})")),
        "dcat:accessURL": {"@id": f"releases/{file.path}"},
        "dcat:downloadURL": {"@id": f"releases/{file.path}"},
        "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{file.mediatype}", "@type": "dct:MediaType"},
        "dcat:byteSize": _typed_literal("nonNegativeInteger", str(file.bytes)),
        "dct:issued": _typed_literal("dateTime", facts.created.isoformat()),
        "dct:license": {"@id": entry.licence.path, "@type": "dct:LicenseDocument", "dct:title": entry.licence.title},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256", "@type": "spdx:ChecksumAlgorithm"},
            "spdx:checksumValue": _typed_literal("hexBinary", file.sha256),
        },
    }  # fmt: skip


def _contact_node(entry: CatalogueEntry) -> dict[str, Any]:
    provider = entry.core.provider
    node: dict[str, Any] = {
        "@type": ["vcard:Organization", "vcard:Kind"],
        "vcard:fn": provider.name.zh,
        "vcard:hasTelephone": {"@id": "tel:" + re.sub(r"[^0-9+-]", "", provider.phone)},
    }
    return node | ({"vcard:hasEmail": {"@id": f"mailto:{provider.email}"}} if isinstance(provider.email, str) else {})


def _publisher_node(publisher: Publisher) -> dict[str, Any]:
    return _agent_node(publisher.id, publisher.name)


def _agent_node(identity: str, name: Text) -> dict[str, Any]:
    return {"@id": _to_urn(identity), "@type": "foaf:Agent", "foaf:name": _language_values(name)}


def _place_node(code: str) -> dict[str, Any]:
    return {
        "@type": "dct:Location",
        "dct:identifier": code,
        "skos:prefLabel": {"@value": f"GB/T 2260 {code}", "@language": "zh"},
    }


def _period_node(entry: CatalogueEntry) -> dict[str, Any]:
    span = entry.facts.time_range
    return {
        "@type": "dct:PeriodOfTime",
        "dcat:startDate": _date_literal(span.first.isoformat()),
        "dcat:endDate": _date_literal(span.last.isoformat()),
    }


def _release_urn(entry: CatalogueEntry, facts: ReleaseFacts) -> str:
    return _to_urn(stable_id("release", entry.dataset, facts.number))


def _to_urn(identity: str) -> str:
    return f"urn:uuid:{identity}"


def _language_values(text: Text) -> list[dict[str, str]]:
    return [{"@value": text.zh, "@language": "zh"}, {"@value": text.en, "@language": "en"}]


def _authority_term(table: str, code: str) -> dict[str, str]:
    """A term of an EU authority table with its class, so that clients without the table can read the catalogue."""
    return {"@id": f"{EU}{table}/{code}", "@type": f"dct:{CLASSES[table]}"}


def _date_literal(iso: str) -> dict[str, str]:
    return _typed_literal("date", iso)


def _typed_literal(kind: str, value: str) -> dict[str, str]:
    return {"@value": value, "@type": f"xsd:{kind}"}

"""The catalogue for harvesters: DCAT 3 as JSON-LD, with every property that DCAT-AP 3.0.1 makes mandatory.

Those that it recommends are there if something is on record. Left out: planned availability (nobody has promised one), the licence of
the catalogue itself (none was decided), the centre of an area (its box is on record, no centre). Pure functions from entries to a mapping.
Ids are `urn:uuid:` of stable ids; addresses are those of the site. Earlier releases are versions and no `dcat:Dataset`, because
harvesters such as ckanext-dcat take every `dcat:Dataset` of a document for one to harvest. Source of the mapping: DCAT-AP 3.0.1.
Not here: the nodes of single values (`dcat_nodes.py`), schema.org (`schema_org.py`), DCAT-US (`data_json.py`).
"""

from collections.abc import Sequence
from typing import Any

from catalog.core_metadata import catalogue_texts
from catalog.entry import CatalogueEntry, stable_id
from catalog.file_words import describe_file, name_data_file
from catalog.release_facts import Distribution, ReleaseFacts
from catalog.site_address import NOWHERE, SiteAddress, page_path
from catalog.standards.dcat_nodes import (
    ACCESS,
    CONTEXT,
    FREQUENCY,
    THEMES,
    agent_node,
    authority_term,
    contact_node,
    date_literal,
    file_type_field,
    language_values,
    licence_node,
    period_node,
    place_node,
    theme_nodes,
    to_urn,
    typed_literal,
)
from schemas.text import Text

LANGUAGES = ("ZHO", "ENG")


def dcat_catalogue(entries: Sequence[CatalogueEntry], site: SiteAddress = NOWHERE) -> dict[str, Any]:
    """The whole catalogue; without entries it has no datasets, dates and area, and is still valid."""
    newest = max((entry.facts.created for entry in entries), default=None)
    provinces = {entry.province.admin_code: entry.province for entry in entries}
    return {
        "@context": CONTEXT,
        "@id": to_urn(stable_id("catalogue")),
        "@type": "dcat:Catalog",
        "dct:title": language_values(catalogue_texts()["catalogue.title"]),
        "dct:description": language_values(catalogue_texts()["catalogue.description"]),
        "dct:publisher": agent_node(stable_id("catalogue-publisher"), catalogue_texts()["site.publisher"]),
        "dct:language": [authority_term("language", code) for code in LANGUAGES],
        "foaf:homepage": {"@id": site.file_address("index.html"), "@type": "foaf:Document"},
        "dcat:themeTaxonomy": THEMES,
        **({"dct:spatial": [place_node(code, one) for code, one in sorted(provinces.items())]} if provinces else {}),
        **({"dct:issued": date_literal(min(entry.issued for entry in entries).isoformat())} if entries else {}),
        **({"dct:modified": typed_literal("dateTime", newest.isoformat())} if newest else {}),
        "dcat:dataset": [_dataset_node(entry, site) for entry in entries],
    }


def _dataset_node(entry: CatalogueEntry, site: SiteAddress) -> dict[str, Any]:
    page = site.file_address(page_path(entry.dataset, "zh"))
    return {
        "@id": to_urn(entry.id),
        "@type": "dcat:Dataset",
        "dct:identifier": entry.dataset,
        "dct:title": language_values(entry.title),
        "dct:description": language_values(entry.description),
        "dct:publisher": agent_node(entry.publisher.id, entry.publisher.name),
        "dcat:contactPoint": contact_node(entry.core.provider),
        "dcat:keyword": [{"@value": word, "@language": "zh"} for word in entry.keywords],
        "dcat:theme": theme_nodes(entry.family),
        "dct:issued": date_literal(entry.issued.isoformat()),
        "dct:modified": date_literal(entry.data_updated.isoformat()),
        "dct:accrualPeriodicity": authority_term("frequency", FREQUENCY[entry.cycle]),
        "dct:accessRights": authority_term("access-right", ACCESS[entry.core.open_type]),
        "dct:language": [authority_term("language", code) for code in LANGUAGES],
        "dct:spatial": place_node(entry.core.space_range, entry.province),
        "dct:temporal": period_node(entry.facts.time_range),
        "dcat:landingPage": {"@id": page, "@type": "foaf:Document"},
        "dcat:distribution": [_distribution_node(entry, entry.facts, file, site) for file in entry.distributions],
        **_version_fields(entry, site),
    }


def _version_fields(entry: CatalogueEntry, site: SiteAddress) -> dict[str, Any]:
    """The number of the current release, a note if the data are synthetic, and the earlier releases, if any."""
    fields: dict[str, Any] = {"dcat:version": entry.release}
    if entry.synthetic:
        fields["adms:versionNotes"] = language_values(Text(zh="示例数据（虚构）", en="synthetic sample data"))
    if entry.history:
        fields["dcat:previousVersion"] = {"@id": _release_urn(entry, entry.history[0])}
        fields["dcat:hasVersion"] = [_earlier_release_node(entry, facts, site) for facts in entry.history]
    return fields


def _earlier_release_node(entry: CatalogueEntry, facts: ReleaseFacts, site: SiteAddress) -> dict[str, Any]:
    return {
        "@id": _release_urn(entry, facts),
        "@type": "dcat:Resource",
        "dct:title": language_values(
            Text(zh=f"{entry.title.zh} {facts.number}", en=f"{entry.title.en} {facts.number}")
        ),
        "dct:description": language_values(entry.description),
        "dct:issued": date_literal(facts.created.date().isoformat()),
        "dcat:version": facts.number,
        "dcat:isVersionOf": {"@id": to_urn(entry.id)},
        "dcat:distribution": [_distribution_node(entry, facts, file, site) for file in facts.distributions],
    }


def _distribution_node(
    entry: CatalogueEntry, facts: ReleaseFacts, file: Distribution, site: SiteAddress
) -> dict[str, Any]:
    address = {"@id": site.file_address(f"releases/{file.path}")}
    media_type = f"https://www.iana.org/assignments/media-types/{file.mediatype}"
    return {
        "@id": to_urn(stable_id("distribution", entry.dataset, facts.number, file.name)),
        "@type": "dcat:Distribution",
        "dct:title": language_values(name_data_file(file)),
        "dct:description": language_values(describe_file(entry, facts)),
        "dcat:accessURL": address,
        "dcat:downloadURL": address,
        "dcat:mediaType": {"@id": media_type, "@type": "dct:MediaType"},
        **file_type_field(file.format),
        "dcat:byteSize": typed_literal("nonNegativeInteger", str(file.bytes)),
        "dct:issued": typed_literal("dateTime", facts.created.isoformat()),
        "dct:license": licence_node(entry.licence),
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256", "@type": "spdx:ChecksumAlgorithm"},
            "spdx:checksumValue": typed_literal("hexBinary", file.sha256),
        },
    }


def _release_urn(entry: CatalogueEntry, facts: ReleaseFacts) -> str:
    return to_urn(stable_id("release", entry.dataset, facts.number))

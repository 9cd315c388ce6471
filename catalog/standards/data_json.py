"""The catalogue as `data.json` in DCAT-US 3, the format that US harvesters and many scripts read.

Pure functions. Titles hold the Chinese text followed by the English one, and both by language in the `…Map` properties. Addresses are
those of the site; DCAT-US asks for absolute ones, so the file conforms where the site's address is known. A contact point needs a
mailbox there, so a dataset without one on record has none. `accessLevel` is of version 1.1, which many scripts still read.
Source: DCAT-US 3.0 JSON schema and its JSON-LD context. Not here: DCAT-AP (`dcat.py`).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from catalog.core_metadata import catalogue_texts
from catalog.entry import CatalogueEntry
from catalog.file_words import describe_file, name_data_file, name_file
from catalog.release_facts import Distribution
from catalog.site_address import NOWHERE, SiteAddress, page_path
from catalog.standards.dcat_nodes import ACCESS, EU
from schemas.metadata import OpenType, Provider, UpdateCycle
from schemas.text import Text

_FREQUENCY: Mapping[UpdateCycle, str] = {
    "daily": "daily",
    "weekly": "weekly",
    "monthly": "monthly",
    "quarterly": "quarterly",
    "half_yearly": "semiannual",
    "yearly": "annual",
    "irregular": "irregular",
}
"""Term of the Dublin Core frequency vocabulary by update cycle; for `never` it has none, and the key is omitted."""
_LEVELS: Mapping[OpenType, str] = {"open": "public", "conditional": "restricted public", "closed": "non-public"}
_LANGUAGES = tuple(f"http://id.loc.gov/vocabulary/iso639-1/{tag}" for tag in ("zh", "en"))
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
_SHA256 = "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"


def data_json(entries: Sequence[CatalogueEntry], site: SiteAddress = NOWHERE) -> dict[str, Any]:
    """The catalogue of these entries, in the order given; without entries its `dataset` list is empty."""
    title, about = catalogue_texts()["catalogue.title"], catalogue_texts()["catalogue.description"]
    return {
        "@type": "Catalog",
        "conformsTo": "https://resources.data.gov/resources/dcat-us3",
        **_bilingual_fields("title", title, " "),
        **_bilingual_fields("description", about, "\n"),
        "publisher": _organization_record(catalogue_texts()["site.publisher"]),
        "dataset": [_dataset_record(entry, site) for entry in entries],
    }


def _dataset_record(entry: CatalogueEntry, site: SiteAddress) -> dict[str, Any]:
    span = entry.facts.time_range
    return {
        "@type": "Dataset",
        "identifier": [f"urn:uuid:{entry.id}"],
        **_bilingual_fields("title", entry.title, " "),
        **_bilingual_fields("description", entry.description, "\n"),
        "keywordMap": {"zh": list(entry.keywords)},
        "publisher": _organization_record(entry.publisher.name),
        **_contact_field(entry.core.provider),
        "accessLevel": _LEVELS[entry.core.open_type],
        "accessRights": f"{EU}access-right/{ACCESS[entry.core.open_type]}",
        "issued": entry.issued.isoformat(),
        "modified": entry.data_updated.isoformat(),
        "temporal": [{"@type": "PeriodOfTime", "startDate": span.first.isoformat(), "endDate": span.last.isoformat()}],
        "language": list(_LANGUAGES),
        "version": entry.release,
        "landingPage": site.file_address(page_path(entry.dataset, "zh")),
        "distribution": [_distribution_record(entry, file, site) for file in entry.distributions],
        **(
            {"accrualPeriodicity": f"http://purl.org/cld/freq/{_FREQUENCY[entry.cycle]}"}
            if entry.cycle in _FREQUENCY
            else {}
        ),
        **(
            {"describedBy": _dictionary_record(entry, dictionary, site)}
            if (dictionary := entry.facts.dictionary)
            else {}
        ),
        **({"versionNotes": "示例数据（虚构） synthetic sample data"} if entry.synthetic else {}),
    }


def _distribution_record(entry: CatalogueEntry, file: Distribution, site: SiteAddress) -> dict[str, Any]:
    return {
        **_file_record(entry, file, name_data_file(file), site),
        **_bilingual_fields("description", describe_file(entry, entry.facts), "\n"),
    }


def _dictionary_record(entry: CatalogueEntry, file: Distribution, site: SiteAddress) -> dict[str, Any]:
    return _file_record(entry, file, name_file("dictionary"), site)


def _file_record(entry: CatalogueEntry, file: Distribution, name: Text, site: SiteAddress) -> dict[str, Any]:
    address = site.file_address(f"releases/{file.path}")
    return {
        "@type": "Distribution",
        **_bilingual_fields("title", name, " "),
        "accessURL": address,
        "downloadURL": address,
        "mediaType": f"{_MEDIA_TYPES}{file.mediatype}",
        "format": {"@type": "MediaType", "label": file.format.upper()},
        "byteSize": str(file.bytes),
        "license": entry.licence.path,
        "checksum": {"@type": "Checksum", "algorithm": _SHA256, "checksumValue": file.sha256},
    }


def _bilingual_fields(key: str, text: Text, between: str) -> dict[str, Any]:
    return {key: f"{text.zh}{between}{text.en}", f"{key}Map": {"zh": text.zh, "en": text.en}}


def _organization_record(name: Text) -> dict[str, Any]:
    labels = {"zh": name.zh, "en": name.en}
    return {"@type": "Organization", "name": name.zh, "prefLabel": name.zh, "prefLabelMap": labels}


def _contact_field(provider: Provider) -> dict[str, Any]:
    if not isinstance(provider.email, str):
        return {}
    tel = "tel:" + re.sub(r"[^0-9+-]", "", provider.phone)
    return {
        "contactPoint": [{"@type": "Kind", "fn": provider.name.zh, "hasEmail": f"mailto:{provider.email}", "tel": tel}]
    }

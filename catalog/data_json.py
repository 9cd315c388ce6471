"""The catalogue as `data.json` in DCAT-US 3, the format that US harvesters and many scripts read.

Pure functions. Titles hold the Chinese text followed by the English one; addresses are relative to the file's folder.
Source: DCAT-US 3 JSON schema (a dataset must have description, publisher, title). Not here: DCAT-AP (`dcat.py`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from catalog.core_metadata import catalogue_texts
from catalog.entry import CatalogueEntry
from catalog.release_facts import Distribution
from schemas.metadata import UpdateCycle

_REPEATS: Mapping[UpdateCycle, str] = {
    "daily": "R/P1D",
    "weekly": "R/P1W",
    "monthly": "R/P1M",
    "quarterly": "R/P3M",
    "half_yearly": "R/P6M",
    "yearly": "R/P1Y",
    "irregular": "irregular",
}
"""ISO 8601 repeating interval by update cycle. `irregular` is the literal word; for `never` the key is omitted."""


def data_json(entries: Sequence[CatalogueEntry]) -> dict[str, Any]:
    """The catalogue of these entries, in the order given; without entries its `dataset` list is empty."""
    return {
        "@type": "Catalog",
        "conformsTo": "https://resources.data.gov/resources/dcat-us3",
        "title": f"{catalogue_texts()['catalogue.title'].zh} {catalogue_texts()['catalogue.title'].en}",
        "publisher": {"@type": "Organization", "name": catalogue_texts()["site.publisher"].zh},
        "dataset": [_dataset_record(entry) for entry in entries],
    }


def _dataset_record(entry: CatalogueEntry) -> dict[str, Any]:
    span, provider = entry.facts.time_range, entry.core.provider
    contact = {"@type": "Kind", "fn": provider.name.zh, "tel": provider.phone}
    if isinstance(provider.email, str):
        contact["hasEmail"] = f"mailto:{provider.email}"
    return {
        "@type": "Dataset",
        "identifier": f"urn:uuid:{entry.id}",
        "title": f"{entry.title.zh} {entry.title.en}",
        "description": f"{entry.description.zh}\n{entry.description.en}",
        "keyword": list(entry.keywords),
        "publisher": {"@type": "Organization", "name": entry.publisher.name.zh},
        "contactPoint": contact,
        "issued": entry.issued.isoformat(),
        "modified": entry.data_updated.isoformat(),
        "temporal": [{"@type": "PeriodOfTime", "startDate": span.first.isoformat(), "endDate": span.last.isoformat()}],
        "language": ["zh", "en"],
        "version": entry.release,
        "landingPage": f"dataset/{entry.dataset}/index.html",
        "distribution": [_distribution_record(entry, file) for file in entry.distributions],
        **({"accrualPeriodicity": _REPEATS[entry.cycle]} if entry.cycle in _REPEATS else {}),
        **({"versionNotes": "示例数据（虚构） synthetic sample data"} if entry.synthetic else {}),
    }


def _distribution_record(entry: CatalogueEntry, file: Distribution) -> dict[str, Any]:
    return {
        "@type": "Distribution",
        "title": file.name,
        "accessURL": f"releases/{file.path}",
        "downloadURL": f"releases/{file.path}",
        "mediaType": file.mediatype,
        "format": file.format.upper(),
        "byteSize": str(file.bytes),
        "license": entry.licence.path,
        "checksum": {"@type": "Checksum", "algorithm": "SHA-256", "checksumValue": file.sha256},
    }

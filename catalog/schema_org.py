"""One dataset as schema.org JSON-LD, embedded in its page for search engines. Pure function.

Not here: DCAT for harvesters (`dcat.py`).
"""

from typing import Any

from catalog.entry import CatalogueEntry

TAGS = ("zh-CN", "en")


def schema_org_dataset(entry: CatalogueEntry, releases: str) -> dict[str, Any]:
    """The JSON-LD mapping; `releases` is the relative address of the releases folder, with a trailing slash."""
    span = entry.facts.time_range
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": f"urn:uuid:{entry.id}",
        "identifier": f"urn:uuid:{entry.id}",
        "name": entry.title.zh,
        "alternateName": entry.title.en,
        "description": f"{entry.description.zh}\n{entry.description.en}",
        "keywords": list(entry.keywords),
        "inLanguage": list(TAGS),
        "license": entry.licence.path,
        "isAccessibleForFree": True,
        "creator": {"@type": "Organization", "name": entry.publisher.name.zh, "alternateName": entry.publisher.name.en},
        "version": entry.release,
        "datePublished": entry.issued.isoformat(),
        "dateModified": entry.data_updated.isoformat(),
        "temporalCoverage": f"{span.first.isoformat()}/{span.last.isoformat()}",
        "spatialCoverage": {"@type": "Place", "identifier": entry.core.space_range},
        "variableMeasured": [
            {"@type": "PropertyValue", "name": field.name, "alternateName": field.label.zh}
            for field in entry.dictionary
        ],
        "distribution": [
            {
                "@type": "DataDownload",
                "name": file.name,
                "contentUrl": f"{releases}{file.path}",
                "encodingFormat": file.mediatype,
                "contentSize": f"{file.bytes} B",
                "sha256": file.sha256,
            }
            for file in entry.distributions
        ],
        **({"creativeWorkStatus": "示例数据（虚构） / synthetic sample data"} if entry.synthetic else {}),
    }

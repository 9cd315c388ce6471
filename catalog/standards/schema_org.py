"""One dataset, and the catalogue, as schema.org JSON-LD, embedded in their pages for search engines. Pure functions.

Not here: DCAT for harvesters (`dcat.py`), Croissant (`croissant.py`).
"""

from collections.abc import Sequence
from typing import Any

from catalog.core_metadata import catalogue_texts
from catalog.entry import CatalogueEntry, stable_id
from catalog.site_address import NOWHERE, SiteAddress, page_path
from schemas.text import Text

TAGS = ("zh-CN", "en")


def schema_org_dataset(entry: CatalogueEntry, root: str, site: SiteAddress = NOWHERE) -> dict[str, Any]:
    """The JSON-LD mapping of a dataset; `root` is the relative address of the site from the page, with a trailing slash."""
    span = entry.facts.time_range
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": f"urn:uuid:{entry.id}",
        "identifier": f"urn:uuid:{entry.id}",
        "url": site.file_address(page_path(entry.dataset, "zh"), root),
        "name": entry.title.zh,
        "alternateName": entry.title.en,
        "description": f"{entry.description.zh}\n{entry.description.en}",
        "keywords": list(entry.keywords),
        "inLanguage": list(TAGS),
        "license": entry.licence.path,
        "isAccessibleForFree": True,
        "creator": _organization(entry.publisher.name),
        "includedInDataCatalog": {"@type": "DataCatalog", **_catalogue_fields(root, site)},
        "version": entry.release,
        "datePublished": entry.issued.isoformat(),
        "dateModified": entry.data_updated.isoformat(),
        "temporalCoverage": f"{span.first.isoformat()}/{span.last.isoformat()}",
        "spatialCoverage": _place(entry),
        "variableMeasured": [
            {"@type": "PropertyValue", "name": field.name, "alternateName": field.label.zh}
            for field in entry.dictionary
        ],
        "distribution": [
            {
                "@type": "DataDownload",
                "name": file.name,
                "contentUrl": site.file_address(f"releases/{file.path}", root),
                "encodingFormat": file.mediatype,
                "contentSize": f"{file.bytes} B",
                "sha256": file.sha256,
            }
            for file in entry.distributions
        ],
        **({"creativeWorkStatus": "示例数据（虚构） / synthetic sample data"} if entry.synthetic else {}),
    }


def schema_org_catalogue(entries: Sequence[CatalogueEntry], root: str, site: SiteAddress = NOWHERE) -> dict[str, Any]:
    """The JSON-LD mapping of the catalogue, with the name and the page of each dataset."""
    return {
        "@context": "https://schema.org/",
        "@type": "DataCatalog",
        **_catalogue_fields(root, site),
        "description": catalogue_texts()["catalogue.description"].zh,
        "publisher": _organization(catalogue_texts()["site.publisher"]),
        "dataset": [
            {
                "@type": "Dataset",
                "@id": f"urn:uuid:{entry.id}",
                "name": entry.title.zh,
                "description": f"{entry.description.zh}\n{entry.description.en}",
                "license": entry.licence.path,
                "creator": _organization(entry.publisher.name),
                "url": site.file_address(page_path(entry.dataset, "zh"), root),
            }
            for entry in entries
        ],
    }


def _catalogue_fields(root: str, site: SiteAddress) -> dict[str, Any]:
    title = catalogue_texts()["catalogue.title"]
    return {
        "@id": f"urn:uuid:{stable_id('catalogue')}",
        "name": title.zh,
        "alternateName": title.en,
        "url": site.file_address("index.html", root),
    }


def _organization(name: Text) -> dict[str, Any]:
    return {"@type": "Organization", "name": name.zh, "alternateName": name.en}


def _place(entry: CatalogueEntry) -> dict[str, Any]:
    """The area by its code; with its name where it is the province."""
    code, province = entry.core.space_range, entry.province
    name = {"name": province.name.zh} if code == province.admin_code else {}
    return {"@type": "Place", "identifier": code, **name}

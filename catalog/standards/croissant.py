"""One dataset in Croissant 1.0, which loaders of machine learning read: its CSV file, with every column and its type.

Pure functions. Written as `dataset/<name>/croissant.json`; addresses are those of the site, or relative to that folder, which the
reference reader (mlcroissant) takes as well. Every field has a `dataType`, without which the reader refuses it. Source: Croissant 1.0,
https://docs.mlcommons.org/croissant/docs/croissant-spec.html. Not here: schema.org (`schema_org.py`), the portal's Croissant
(`catalog/ckan/portal`).
"""

from collections.abc import Mapping
from typing import Any

from catalog.entry import CatalogueEntry, DictionaryField
from catalog.file_words import describe_file
from catalog.release_facts import Distribution
from catalog.site_address import NOWHERE, SiteAddress, page_path

_ROOT = "../../"
_TYPES: Mapping[str, str] = {
    "integer": "sc:Integer",
    "year": "sc:Integer",
    "number": "sc:Float",
    "boolean": "sc:Boolean",
    "date": "sc:Date",
    "datetime": "sc:DateTime",
    "time": "sc:Time",
}
"""Croissant's type by type of Table Schema; any other is text."""
_CROISSANT_TERMS = (
    "citeAs", "column", "equivalentProperty", "excludes", "extract", "field", "fileObject", "fileProperty", "fileSet", "format", "includes", "isLiveDataset",
    "jsonPath", "key", "md5", "parentField", "path", "recordSet", "references", "regex", "repeated", "replace", "samplingRate", "separator", "source",
    "subField", "transform",
)  # fmt: skip
_CONTEXT: Mapping[str, Any] = {
    "@language": "zh",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{term: f"cr:{term}" for term in _CROISSANT_TERMS},
}


def croissant_path(dataset: str) -> str:
    """The path of the document in the site."""
    return f"dataset/{dataset}/croissant.json"


def croissant_dataset(entry: CatalogueEntry, site: SiteAddress = NOWHERE) -> dict[str, Any]:
    """The document of the current release. A release without a CSV file has no record set: of Parquet parts the reference reader reads no rows."""
    table = next((file for file in entry.distributions if file.format == "csv"), None)
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "@id": f"urn:uuid:{entry.id}",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": entry.title.zh,
        "alternateName": entry.title.en,
        "description": f"{entry.description.zh}\n{entry.description.en}",
        "url": site.file_address(page_path(entry.dataset, "zh"), _ROOT),
        "license": entry.licence.path,
        "keywords": list(entry.keywords),
        "inLanguage": ["zh-CN", "en"],
        "creator": {"@type": "sc:Organization", "name": entry.publisher.name.zh},
        "publisher": {"@type": "sc:Organization", "name": entry.publisher.name.zh},
        "version": entry.release,
        "datePublished": entry.issued.isoformat(),
        "dateModified": entry.data_updated.isoformat(),
        "citeAs": f"{entry.publisher.name.zh}：{entry.title.zh}，{entry.release}",
        "isLiveDataset": False,
        "distribution": [_file_object(entry, file, site) for file in entry.distributions],
        **({"recordSet": [_record_set(entry, table)]} if table else {}),
        **({"creativeWorkStatus": "示例数据（虚构） / synthetic sample data"} if entry.synthetic else {}),
    }


def _file_object(entry: CatalogueEntry, file: Distribution, site: SiteAddress) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": file.name,
        "name": file.name,
        "description": describe_file(entry, entry.facts).en,
        "contentUrl": site.file_address(f"releases/{file.path}", _ROOT),
        "contentSize": f"{file.bytes} B",
        "encodingFormat": file.mediatype,
        "sha256": file.sha256,
    }


def _record_set(entry: CatalogueEntry, table: Distribution) -> dict[str, Any]:
    released = {field.name for field in entry.dictionary}
    key = [{"@id": f"{entry.dataset}/{name}"} for name in entry.primary_key if name in released]
    return {
        "@type": "cr:RecordSet",
        "@id": entry.dataset,
        "name": entry.dataset,
        **({"key": key} if key else {}),
        "field": [_field(entry.dataset, field, table) for field in entry.dictionary],
    }


def _field(dataset: str, field: DictionaryField, table: Distribution) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"{dataset}/{field.name}",
        "name": field.name,
        "description": f"{field.label.zh}：{field.description.zh}\n{field.label.en}: {field.description.en}",
        "dataType": _TYPES.get(field.type, "sc:Text"),
        "source": {"fileObject": {"@id": table.name}, "extract": {"column": field.name}},
    }

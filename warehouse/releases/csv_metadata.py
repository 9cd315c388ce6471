"""The metadata of a release's CSV files by W3C CSV on the Web: types of columns, so that readers who know it keep codes as text.

One file beside the data, `<dataset>.csv-metadata.json`, where the recommendation has readers look for it; it describes all tables of the
release (data, code lists, dictionary, changes). Made from the descriptor alone. Not here: limits of values, which are in the Table Schema.
Source: https://www.w3.org/TR/tabular-metadata/ (types: section 5.11, built-in types: https://www.w3.org/TR/tabular-data-primer/).
"""

from collections.abc import Mapping
from typing import Any

SUFFIX = ".csv-metadata.json"
RESOURCE = "csv-metadata"
MEDIATYPE = "application/csvm+json"
_NAMESPACE = "http://www.w3.org/ns/csvw"
_TYPES: Mapping[str, str] = {
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "date": "date",
    "datetime": "datetime",
    "time": "time",
    "year": "gYear",
    "yearmonth": "gYearMonth",
    "duration": "duration",
}
"""Types of CSV on the Web by those of Table Schema, where they spell values as releases do; everything else is text."""


def csv_metadata_filename(dataset: str) -> str:
    """Returns the name of the metadata file of a dataset's release."""
    return f"{dataset}{SUFFIX}"


def build_csv_metadata(descriptor: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the table group of all CSV files that a release's descriptor names with their schema."""
    licence = descriptor["licenses"][0]["path"]
    tables = [_describe_table(one) for one in descriptor["resources"] if one["path"].endswith(".csv")]
    return {
        "@context": [_NAMESPACE, {"@language": "zh"}],
        "dc:title": descriptor["title"],
        "dc:license": {"@id": licence},
        "dialect": {
            "encoding": "utf-8",
            "lineTerminators": ["\n"],
            "quoteChar": '"',
            "doubleQuote": True,
            "header": True,
        },
        "tables": tables,
    }


def _describe_table(resource: Mapping[str, Any]) -> dict[str, Any]:
    schema = resource["schema"]
    key = {"primaryKey": list(schema["primaryKey"])} if schema.get("primaryKey") else {}
    title = {"dc:title": resource["title"]} if "title" in resource else {}
    columns = [_describe_column(field) for field in schema["fields"]]
    return {"url": resource["path"], **title, "tableSchema": {"columns": columns, **key}}


def _describe_column(field: Mapping[str, Any]) -> dict[str, Any]:
    """Returns one column. The header of a file has the field's name, which is the column's only title; titles and descriptions are notes in both languages."""
    name, properties = field["name"], field.get("sportlake", {})
    words = {
        "dc:title": (field.get("title"), properties.get("title_en")),
        "dc:description": (field.get("description"), properties.get("description_en")),
    }
    notes = {
        word: [
            {"@value": text, "@language": language} for text, language in zip(texts, ("zh", "en"), strict=True) if text
        ]
        for word, texts in words.items()
    }
    required = {"required": True} if field.get("constraints", {}).get("required") else {}
    return {
        "name": name,
        "titles": name,
        **{word: texts for word, texts in notes.items() if texts},
        "datatype": _TYPES.get(field["type"], "string"),
        **required,
    }

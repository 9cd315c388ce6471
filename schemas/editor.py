"""The JSON Schema of a contract, so that an editor completes and checks it while it is being written.

Generated from the models of `schemas/policy.py`, never by hand: `python -m schemas.editor` writes `contract.schema.json` anew,
and a house test says when that is due. Not here: reading contracts (`schemas/contract.py`), and what only the whole of a
contract shows, such as a rule naming a field that is not there.
"""

import json
from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema

from schemas.policy import FieldPolicy, Policy

FILE = Path(__file__).parent / "contract.schema.json"
FIELD_TYPES = ("string", "number", "integer", "boolean", "date", "time", "datetime", "year", "yearmonth", "duration",
               "object", "array", "geopoint", "geojson", "any")  # fmt: skip
"""Source: Table Schema v2, field types."""

Schema = dict[str, Any]
TEXT: Schema = {"type": "string", "minLength": 1}
NAME: Schema = {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"}
LINK: Schema = {
    "type": "object",
    "properties": {"name": TEXT, "title": TEXT, "path": TEXT, "email": TEXT, "role": TEXT},
    "additionalProperties": False,
}
CONSTRAINTS: Schema = {
    "type": "object",
    "properties": {
        "required": {"type": "boolean"},
        "unique": {"type": "boolean"},
        "pattern": {"type": "string", "format": "regex"},
        "enum": {"type": "array", "minItems": 1, "uniqueItems": True},
        "minLength": {"type": "integer", "minimum": 0},
        "maxLength": {"type": "integer", "minimum": 0},
        **{limit: {"type": ["number", "string"]} for limit in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")},
    },
    "additionalProperties": False,
}  # fmt: skip
"""Source: Table Schema v2, constraints of scalar fields."""


def contract_schema() -> Schema:
    """JSON Schema (draft 2020-12) of a whole contract: the Data Package part, `sportlake:`, and `sportlake:` of every field."""
    _, models = models_json_schema(
        [(Policy, "validation"), (FieldPolicy, "validation")], ref_template="#/$defs/{model}"
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "sportlake contract",
        "description": "One dataset: a Data Package v2 descriptor with one resource, and house policy under `sportlake`.",
        **_strict_object(
            {
                "$schema": TEXT,
                "name": NAME,
                "title": TEXT,
                "description": TEXT,
                "version": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"},
                "keywords": {"type": "array", "items": TEXT, "minItems": 1, "uniqueItems": True},
                "licenses": {"type": "array", "items": LINK, "minItems": 1},
                "resources": {"type": "array", "items": _resource_schema(), "minItems": 1, "maxItems": 1},
                "sportlake": {"$ref": "#/$defs/Policy"},
            },
            homepage=TEXT,
            contributors={"type": "array", "items": LINK},
            sources={"type": "array", "items": LINK},
        ),
        "$defs": models["$defs"],
    }


def contract_schema_text() -> str:
    """The same as the file holds it."""
    return json.dumps(contract_schema(), ensure_ascii=False, indent=1) + "\n"


def _resource_schema() -> Schema:
    table = _strict_object(
        {
            "fields": {"type": "array", "items": _field_schema(), "minItems": 1},
            "primaryKey": {"anyOf": [NAME, {"type": "array", "items": NAME, "minItems": 1}]},
        },
        missingValues={"type": "array", "items": {"type": "string"}},
    )
    return _strict_object(
        {"name": NAME, "path": TEXT, "schema": table},
        type={"const": "table"},
        format=TEXT,
        mediatype=TEXT,
        encoding=TEXT,
        dialect={"type": "object"},
    )


def _field_schema() -> Schema:
    return _strict_object(
        {
            "name": NAME,
            "type": {"enum": list(FIELD_TYPES)},
            "title": TEXT,
            "description": TEXT,
            "sportlake": {"$ref": "#/$defs/FieldPolicy"},
        },
        format=TEXT,
        constraints=CONSTRAINTS,
    )


def _strict_object(required: Schema, **optional: Schema) -> Schema:
    """An object that holds all of `required`, may hold `optional`, and nothing else: a slip of the pen is seen at once."""
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **optional},
        "additionalProperties": False,
    }


if __name__ == "__main__":
    FILE.write_text(contract_schema_text(), encoding="utf-8")

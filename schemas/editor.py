"""The JSON Schema of a contract, with which an editor completes and checks it while it is written.

Generated from the models of `schemas/policy.py` and the values in `bureau.yaml`: `python -m schemas.editor` rewrites
`contract.schema.json`, and a test in `tests/house` fails when that file is out of date. Inherited properties are required only
of contracts that do not extend the bureau. Not here: reading contracts (`schemas/contract.py`), and errors that need the
whole contract, such as a rule that names an unknown field.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema

from schemas.inheritance import EXTENDS, PARENTS, is_mergeable, read_parent
from schemas.policy import FieldPolicy, Policy
from schemas.rules.rule_texts import read_texts

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
    """Returns the JSON Schema (draft 2020-12) of a contract: its Data Package properties, `sportlake:`, and `sportlake:` of every field."""
    _, models = models_json_schema(
        [(Policy, "validation"), (FieldPolicy, "validation")], ref_template="#/$defs/{model}"
    )
    definitions = models["$defs"]
    _make_rule_texts_optional(definitions)
    whole = _strict_object(
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
    )
    _allow_inheritance(whole, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "sportlake contract",
        "description": "One dataset: a Data Package v2 descriptor with one resource, and the bureau's policy under `sportlake`.",
        **whole,
        "$defs": definitions,
    }


def contract_schema_text() -> str:
    """Returns the JSON Schema as text, exactly as `contract.schema.json` contains it."""
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


def _make_rule_texts_optional(definitions: Schema) -> None:
    """Makes `message` optional for rules of the kinds that have default texts."""
    for model in definitions.values():
        kind = model.get("properties", {}).get("kind", {}).get("const")
        if kind in read_texts():
            model["required"].remove("message")


def _allow_inheritance(whole: Schema, definitions: Schema) -> None:
    """Lets a contract or field that extends the bureau omit what it inherits; any other must still state it."""
    for model in ("Policy", "FieldPolicy"):
        definitions[model]["properties"][EXTENDS] = {"enum": list(PARENTS), "description": "inherits from this file"}
    parent = read_parent(PARENTS[0])
    inherited = parent.pop("resources")[0]
    del inherited["schema"]["fields"]
    resource = whole["properties"]["resources"]["items"]
    field = resource["properties"]["schema"]["properties"]["fields"]["items"]
    asked = _drop_inherited(whole, parent, definitions)
    asked["properties"]["resources"] = {"items": _drop_inherited(resource, inherited, definitions)}
    whole |= _unless_extending(asked)
    described = {"type": "", "title": "", "description": "", "sportlake": {"title_en": "", "description_en": ""}}
    field |= _unless_extending(_drop_inherited(field, described, definitions))


def _drop_inherited(schema: Schema, inherited: Mapping[str, Any], definitions: Schema) -> Schema:
    """Removes completely inherited properties from those that `schema` requires; returns what an object without `extends` still requires.

    An inherited property that is not required may be null, which removes the inherited value.
    """
    model = definitions[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    remaining: Schema = {"required": [], "properties": {}}
    for key, value in inherited.items():
        if is_mergeable(value):
            remaining["properties"][key] = _drop_inherited(model["properties"][key], value, definitions)
        if _is_whole(value) and key in model.get("required", ()):
            model["required"].remove(key)
            remaining["required"].append(key)
        elif _is_whole(value):
            model["properties"][key] = {"anyOf": [model["properties"][key], {"type": "null"}]}
            remaining["properties"][key] = {"not": {"type": "null"}}
    return remaining


def _is_whole(inherited: object) -> bool:
    """Whether an inherited value is complete, so that the contract need not add to it."""
    if isinstance(inherited, Mapping):
        return all(_is_whole(value) for value in inherited.values())
    return inherited is not None


def _unless_extending(schema: Schema) -> Schema:
    extending = {"required": ["sportlake"], "properties": {"sportlake": {"required": [EXTENDS]}}}
    return {"if": extending, "else": schema}


def _strict_object(required: Schema, **optional: Schema) -> Schema:
    """Returns the schema of an object that has all of `required`, may have `optional`, and no other key: misspelt keys are errors."""
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **optional},
        "additionalProperties": False,
    }


if __name__ == "__main__":
    FILE.write_text(contract_schema_text(), encoding="utf-8")

"""The ckanext-scheming schema of our portal, generated from `fields.py`: `python -m catalog.ckan.scheming` writes it.

Here: which validators and snippets CKAN needs for a kind. Not here: the fields; the validators of our plugin themselves
(`portal/ckanext-zhportal`).
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from catalog.ckan.fields import RESOURCE, CkanField, Kind, dataset_fields
from catalog.core_metadata import catalogue_texts
from catalog.standards.dcat_nodes import EU, FREQUENCY
from schemas.text import Text

FILE = Path(__file__).parent / "portal" / "dataset.yaml"
HEAD = """# Made by `python -m catalog.ckan.scheming` from catalog/ckan/fields.py: change that, not this.
# The dataset form of CKAN, the checks of its API, and what ckanext-dcat maps.
"""
_JSON = {"output_validators": "scheming_load_json", "form_snippet": "json.html", "display_snippet": None}
_SAID: Mapping[Kind, Mapping[str, Any]] = {
    "title": {"preset": "title"},
    "slug": {"preset": "dataset_slug"},
    "licence": {"form_snippet": "license.html"},
    "organisation": {"preset": "dataset_organization"},
    "tags": {"field_name": "tag_string", "preset": "tag_string_autocomplete"},
    "url": {"preset": "resource_url_upload"},
    "format": {"preset": "resource_format_autocomplete"},
    # An editor may give a new dataset its stable id: CKAN itself allows that only for sysadmins.
    "stable_id": {
        "create_validators": "ignore_missing zhportal_stable_id package_id_does_not_exist",
        "validators": "ignore_missing package_id_not_changed",
        "form_snippet": None,
        "display_snippet": None,
    },
    "text": {},
    "markdown": {"form_snippet": "markdown.html", "display_snippet": "markdown.html"},
    "email": {"display_snippet": "email.html"},
    "digits": {"validators": "ignore_missing int_validator unicode_safe"},
    "number": {"validators": "ignore_missing int_validator"},
    "flag": {"validators": "ignore_missing zhportal_flag"},
    "day": {"preset": "date", "validators": "ignore_missing zhportal_iso_date"},
    "moment": {"validators": "ignore_missing zhportal_iso_date"},
    "words": {"form_snippet": None, "display_snippet": None},
    "texts": {"preset": "multiple_text"},
    "both": {"validators": "ignore_missing zhportal_both_languages", **_JSON},
    "object": {"validators": "ignore_missing zhportal_json_object", **_JSON},
}
"""How each kind is stored, validated and displayed; `frequency` and `rows` need more than fixed values."""


def build_schema() -> dict[str, Any]:
    """Returns the schema as ckanext-scheming reads it."""
    return {
        "scheming_version": 2,
        "dataset_type": "dataset",
        "about": "体育数据开放平台数据集",
        "about_url": "https://github.com/ckan/ckanext-scheming",
        "dataset_fields": _field_entries(dataset_fields()),
        "resource_fields": _field_entries(RESOURCE),
    }


def _field_entries(fields: Iterable[CkanField]) -> list[dict[str, Any]]:
    return [_field_entry(field) for field in fields if field.kind != "own"]


def _field_entry(field: CkanField) -> dict[str, Any]:
    entry: dict[str, Any] = {"field_name": field.name, "label": _label_pair(field.label)}
    if field.kind == "frequency":
        return {**entry, "preset": "select", "form_include_blank_choice": True, "choices": _frequency_choices()}
    if field.kind == "rows":
        return {**entry, "repeating_subfields": _field_entries(field.parts)}
    return {**entry, **_SAID[field.kind]}


def _frequency_choices() -> list[dict[str, Any]]:
    """Returns the EU's terms as values, so that DCAT is right, with our labels."""
    return [
        {"value": f"{EU}frequency/{term}", "label": _label_pair(catalogue_texts()[f"cycle.{cycle}"])}
        for cycle, term in FREQUENCY.items()
    ]


def _label_pair(text: Text) -> dict[str, str]:
    return {"zh_Hans_CN": text.zh, "en": text.en}


def schema_text() -> str:
    """Returns the text of the schema file."""
    body = yaml.safe_dump(build_schema(), allow_unicode=True, sort_keys=False, width=140, default_flow_style=None)
    return HEAD + str(body)


if __name__ == "__main__":
    FILE.write_text(schema_text(), encoding="utf-8")

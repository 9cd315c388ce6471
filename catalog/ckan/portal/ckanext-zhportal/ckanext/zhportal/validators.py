"""Validators of the dataset schema, named there as `zhportal_…`. A valid value is returned as the text that is stored.

Here: JSON objects, texts in two languages, ids, days, flags. Not here: which field uses which (`catalog/ckan/scheming.py`).
"""

import json
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime

import ckan.plugins.toolkit as tk


def json_object(value: object, _context: object) -> str:
    """Returns a JSON object, given as a dictionary or as text, as text with readable Chinese; blank text becomes empty. Invalid for anything else."""
    if isinstance(value, str) and not value.strip():
        return ""
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except ValueError as wrong:
        raise tk.Invalid(f"不是 JSON 对象 / not a JSON object: {wrong}") from wrong
    if not isinstance(found, dict):
        raise tk.Invalid(f"应为 JSON 对象，例如 {{}} / expected a JSON object such as {{}}, not {type(found).__name__}")
    return json.dumps(found, ensure_ascii=False)


def both_languages(value: object, context: object) -> str:
    """Returns {"zh_Hans_CN": "…", "en": "…"} as text. Invalid without the Chinese, with another key, or if a value is no text."""
    text = json_object(value, context)
    found = json.loads(text) if text else {}
    if found and (
        "zh_Hans_CN" not in found
        or set(found) - {"zh_Hans_CN", "en"}
        or not all(isinstance(said, str) for said in found.values())
    ):
        raise tk.Invalid('应为两种语言 / expected both languages: {"zh_Hans_CN": "…", "en": "…"}')
    return text


def stable_id(value: object, _context: object) -> str:
    """Returns the id of a new dataset. Invalid unless it is a UUID in canonical spelling: CKAN could take another id for a name."""
    try:
        usual = str(uuid.UUID(str(value)))
    except ValueError as wrong:
        raise tk.Invalid("标识应为 UUID / the id must be a UUID") from wrong
    if value != usual:
        raise tk.Invalid(f"UUID 应写作 / write the UUID as {usual}")
    return value


def iso_date(value: object, _context: object) -> str:
    """Returns an ISO 8601 day or time as it was written; empty stays empty. Invalid for anything else."""
    if not value:
        return ""
    try:
        datetime.fromisoformat(str(value))
    except ValueError as wrong:
        raise tk.Invalid("日期应写作 2026-11-24 / write the date as 2026-11-24") from wrong
    return str(value)


def flag(value: object, _context: object) -> str:
    """Returns "true" for true, yes or 1 in any case, otherwise empty text."""
    return "true" if value is True or str(value).lower() in {"true", "yes", "1"} else ""


ALL: Mapping[str, Callable[..., object]] = {
    f"zhportal_{check.__name__}": check for check in (json_object, both_languages, stable_id, iso_date, flag)
}

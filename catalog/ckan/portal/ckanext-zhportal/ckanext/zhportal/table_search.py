"""Search in the table preview for text that is not ASCII.

CKAN's preview replaces every character except ASCII letters and digits by "_" before it searches, so that 和平区 found no row
and 1号 every row. Here: the query as it was typed. Not here: the text index of a table (`catalog/ckan/datastore`).
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from flask import has_request_context

Fields = dict[str, Any]
PREVIEW = "datatablesview.ajax"


def prefixes(text: str) -> str:
    """Returns a PostgreSQL text query for words with these beginnings, all of them: 和平区 1号 becomes '和平区':* & '1号':*."""
    words = text.replace("\\", " ").replace("'", " ").split()
    return " & ".join(f"'{word}':*" for word in words)


def asked(form: Mapping[str, str]) -> str | None:
    """Returns the content of the search boxes as `q` of `datastore_search`; None if it is ASCII only, which CKAN handles itself."""
    names = {key.removesuffix("[name]"): name for key, name in form.items() if key.endswith("[name]")}
    boxes = {name: form.get(f"{column}[search][value]", "") for column, name in names.items()}
    filled = {name: value for name, value in boxes.items() if value.strip()}
    whole = form.get("search[value]", "")
    if not "".join([whole, *filled.values()]).isascii():
        return json.dumps({name: prefixes(value) for name, value in filled.items()}) if filled else prefixes(whole)
    return None


@tk.chained_action
@tk.side_effect_free
def datastore_search(original: Callable[..., Any], context: object, data_dict: Fields) -> Fields:
    """Calls CKAN's action; for the preview with the query that was typed."""
    if data_dict.get("q") and has_request_context() and tk.request.endpoint == PREVIEW:
        data_dict = data_dict | {"q": asked(tk.request.form) or data_dict["q"]}
    return original(context, data_dict)

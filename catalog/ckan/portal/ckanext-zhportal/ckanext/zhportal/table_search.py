"""The search boxes of the table preview for words that are not Latin.

CKAN's preview turns every character but letters and digits of ASCII into "_" before it asks, so that 和平区 found nothing and
1号 everything. Here: the question as it was typed. Not here: what a table's text index holds (the publisher's business).
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from flask import has_request_context

Fields = dict[str, Any]
PREVIEW = "datatablesview.ajax"


def prefixes(text: str) -> str:
    """A query of PostgreSQL for words that begin so, all of them: 和平区 1号 becomes '和平区':* & '1号':*."""
    words = text.replace("\\", " ").replace("'", " ").split()
    return " & ".join(f"'{word}':*" for word in words)


def asked(form: Mapping[str, str]) -> str | None:
    """What the boxes say, for `datastore_search`; None if all of it is ASCII, which CKAN asks well enough."""
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
    """CKAN's own action; inside the preview with what was really typed."""
    if data_dict.get("q") and has_request_context() and tk.request.endpoint == PREVIEW:
        data_dict = data_dict | {"q": asked(tk.request.form) or data_dict["q"]}
    return original(context, data_dict)

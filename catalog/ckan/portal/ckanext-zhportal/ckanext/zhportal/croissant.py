"""Corrections of ckanext-dcat 2.4.4's Croissant output: an invalid language tag, columns without data type, ids at example.org.

Not here: any other profile (`dcat_profile.py`).
"""

from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
from ckanext.dcat.profiles.croissant import CROISSANT_FIELD_TYPES, JSONLD_CONTEXT, SCHEMA

Fields = dict[str, Any]
LANGUAGE = "zh-Hans"
TYPES = {
    "date": "Date",
    "timestamp": "DateTime",
    "timestamptz": "DateTime",
    "time": "Time",
    "bool": "Boolean",
    "json": "Text",
    "jsonb": "Text",
}
"""Croissant's type by type of PostgreSQL, where ckanext-dcat has none or another one."""
NOBODY = "http://example.org/base/"


def mend_language() -> None:
    """Sets `@language` to a valid tag of BCP 47; ckanext-dcat writes CKAN's locale, zh_Hans_CN."""
    JSONLD_CONTEXT["@language"] = LANGUAGE


def mend_types() -> None:
    """Gives every column a data type: mlcroissant refuses a field without one, such as ckanext-dcat's of dates."""
    CROISSANT_FIELD_TYPES.update({name: SCHEMA[term] for name, term in TYPES.items()})


@tk.chained_helper
def croissant(original: Callable[..., Any], dataset_dict: Fields, *args: object, **kwargs: object) -> str:
    """Returns the document with relative ids, as in Croissant's own examples, and with how to cite the release."""
    publisher = (dataset_dict.get("organization") or {}).get("title") or ""
    cited = [publisher, dataset_dict.get("title"), dataset_dict.get("release")]
    dataset_dict = {"cite_as": "，".join(word for word in cited if word), **dataset_dict}
    return original(dataset_dict, *args, **kwargs).replace(NOBODY, "")

"""Mends of what ckanext-dcat 2.4.4 says in Croissant: a language that is none, and ids of example.org.

Not here: any other profile (`dcat_profile.py`).
"""

from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
from ckanext.dcat.profiles.croissant import JSONLD_CONTEXT

Fields = dict[str, Any]
LANGUAGE = "zh-Hans"
NOBODY = "http://example.org/base/"


def mend_language() -> None:
    """`@language` must be a tag of BCP 47; ckanext-dcat writes CKAN's locale, zh_Hans_CN."""
    JSONLD_CONTEXT["@language"] = LANGUAGE


@tk.chained_helper
def croissant(original: Callable[..., Any], dataset_dict: Fields, *args: object, **kwargs: object) -> str:
    """The document with ids that are relative to it, as Croissant's own examples have them."""
    return original(dataset_dict, *args, **kwargs).replace(NOBODY, "")

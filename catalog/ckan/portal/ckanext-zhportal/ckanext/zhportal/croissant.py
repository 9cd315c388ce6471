"""Corrections of ckanext-dcat 2.4.4's Croissant output: an invalid language tag, and ids at example.org.

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
    """Set `@language` to a valid tag of BCP 47; ckanext-dcat writes CKAN's locale, zh_Hans_CN."""
    JSONLD_CONTEXT["@language"] = LANGUAGE


@tk.chained_helper
def croissant(original: Callable[..., Any], dataset_dict: Fields, *args: object, **kwargs: object) -> str:
    """Return the document with relative ids, as in Croissant's own examples."""
    return original(dataset_dict, *args, **kwargs).replace(NOBODY, "")

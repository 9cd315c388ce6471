"""Mends of what ckanext-dcat 2.4.4 says in Croissant: a language that is none, and ids of example.org.

Not here: any other profile.
"""

from ckanext.dcat.profiles.croissant import JSONLD_CONTEXT

LANGUAGE = "zh-Hans"


def mend_language():
    """`@language` must be a tag of BCP 47; ckanext-dcat writes CKAN's locale, zh_Hans_CN."""
    JSONLD_CONTEXT["@language"] = LANGUAGE

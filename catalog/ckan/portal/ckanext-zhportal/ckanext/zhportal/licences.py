"""The titles of the portal's licences in both languages. The list itself is `licences.json`, which CKAN reads (`licenses_group_url`).

CKAN knows one title for a licence; the English one is an additional key of that file. Not here: which dataset has which licence.
"""

from typing import Any

from ckan import model

Fields = dict[str, Any]


def licence_titles(name: str | None) -> tuple[str | None, str | None]:
    """Returns the titles of the licence with that id in Chinese and in English; None where the list has none."""
    found = model.Package.get_license_register().get(name) if name else None
    known = found.license_dictize() if found else {}
    return known.get("title"), known.get("title_en")

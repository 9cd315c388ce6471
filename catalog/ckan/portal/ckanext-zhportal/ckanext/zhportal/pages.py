"""Addresses of our own: a withdrawn dataset answers 410, and /catalog.json leads to the catalogue that there is.

Not here: what those pages say (templates).
"""

import ckan.plugins.toolkit as tk
from flask import Blueprint, g, redirect, request

GONE = 410
pages = Blueprint("zhportal", __name__)


@pages.after_app_request
def say_gone(response):
    """A tombstone is a page to read, and the status tells machines that the dataset will not come back here."""
    shown = getattr(g, "pkg_dict", None) if request.endpoint == "dataset.read" else None
    if shown and shown.get("withdrawn") and response.status_code == 200:  # noqa: PLR2004 -- HTTP OK
        response.status_code = GONE
    return response


@pages.route("/catalog.json")
def catalogue():
    """ckanext-dcat answers 500 to this likely guess."""
    return redirect(tk.url_for("dcat.read_catalog", _format="jsonld"))

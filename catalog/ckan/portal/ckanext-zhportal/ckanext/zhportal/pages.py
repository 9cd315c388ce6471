"""Addresses of our own: a withdrawn dataset answers 410; two addresses that CKAN gets wrong lead to what is meant.

Not here: what those pages say (templates).
"""

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, g, redirect, request

GONE = 410
pages = Blueprint("zhportal", __name__)


@pages.after_app_request
def say_gone(response: Response) -> Response:
    """A tombstone is a page to read, and the status tells machines that the dataset will not come back here."""
    shown = getattr(g, "pkg_dict", None) if request.endpoint == "dataset.read" else None
    if shown and shown.get("withdrawn") and response.status_code == 200:  # noqa: PLR2004 -- HTTP OK
        response.status_code = GONE
    return response


@pages.route("/catalog.json")
def catalogue() -> Response:
    """ckanext-dcat answers 500 to this likely guess."""
    return redirect(tk.url_for("dcat.read_catalog", _format="jsonld"))


@pages.route("/api/i18n/zh_Hans-CN")
def translations() -> Response:
    """Where CKAN's own script asks on a page that says lang="zh-Hans-CN".

    It turns only the first "-" into "_"; without an answer no JavaScript module starts, and previews stay blank.
    """
    return redirect(tk.url_for("api.i18n_js_translations", lang="zh_Hans_CN", locale="default"))

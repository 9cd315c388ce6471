"""Additional routes and statuses: a withdrawn dataset answers 410; two addresses that CKAN does not serve are redirected.

Not here: the content of pages (templates).
"""

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, g, redirect, request

GONE = 410
pages = Blueprint("zhportal", __name__)


@pages.after_app_request
def say_gone(response: Response) -> Response:
    """Sets the status 410 on the page of a withdrawn dataset, so that programs know too; people read its tombstone."""
    shown = getattr(g, "pkg_dict", None) if request.endpoint == "dataset.read" else None
    if shown and shown.get("withdrawn") and response.status_code == 200:  # noqa: PLR2004 -- HTTP OK
        response.status_code = GONE
    return response


@pages.route("/catalog.json")
def catalogue() -> Response:
    """Redirects /catalog.json, which ckanext-dcat answers with 500, to the catalogue as JSON-LD."""
    return redirect(tk.url_for("dcat.read_catalog", _format="jsonld"))


@pages.route("/api/i18n/zh_Hans-CN")
def translations() -> Response:
    """Redirects to the translations that CKAN's own script requests on a page with lang="zh-Hans-CN".

    The script replaces only the first "-" by "_". Without this redirect no JavaScript module starts, and previews stay empty.
    """
    return redirect(tk.url_for("api.i18n_js_translations", lang="zh_Hans_CN", locale="default"))

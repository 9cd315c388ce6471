"""Routes of the whole portal for programs: `/data.json`, `/sitemap.xml` and the icon that browsers ask for.

Each lists the datasets that anybody may read, a thousand a question. Not here: what the documents say (`data_json.py`, `sitemap.py`),
statuses and redirects of pages (`pages.py`).
"""

from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
from ckanext.zhportal.data_json import CHINESE, ENGLISH, data_json
from ckanext.zhportal.sitemap import sitemap
from flask import Blueprint, Response, jsonify, redirect

Fields = dict[str, Any]
MOST = 1000
"""Datasets of one answer of `package_search`; CKAN's own limit."""
machine_pages = Blueprint("zhportal_machine", __name__)


@machine_pages.route("/data.json")
def catalogue() -> Response:
    """Returns all datasets in DCAT-US 3."""
    said = tk.config.get
    title = {CHINESE: said("ckan.site_title"), ENGLISH: said("zhportal.title_en")}
    about = {CHINESE: said("ckan.site_description"), ENGLISH: said("zhportal.description_en")}
    return jsonify(data_json(title, about, said("zhportal.bureau"), _datasets(), _site()))


@machine_pages.route("/sitemap.xml")
def pages() -> Response:
    """Returns the addresses of the front page, of datasets, publishers and subjects."""
    return Response(sitemap(_site(), _listed()), mimetype="application/xml")


@machine_pages.route("/favicon.ico")
def icon() -> Response:
    """Redirects to the icon: browsers ask for this address where no page names another one."""
    return redirect(tk.h.url_for_static("/portal/favicon.svg"))


def _listed() -> Iterator[tuple[str, str | None]]:
    yield from ((path, None) for path in ("/", "/dataset/", "/organization/", "/group/", "/about"))
    for kind, action in (("organization", "organization_list"), ("group", "group_list")):
        yield from ((f"/{kind}/{name}", None) for name in tk.get_action(action)({}, {}))
    yield from ((f"/dataset/{one['name']}", one["metadata_modified"][:10]) for one in _datasets())


def _datasets() -> Iterator[Fields]:
    start, found = 0, True
    while found:
        asked = {"rows": MOST, "start": start, "sort": "name asc"}
        found = tk.get_action("package_search")({}, asked)["results"]
        yield from found
        start += MOST


def _site() -> str:
    return str(tk.config["ckan.site_url"]).rstrip("/")

"""The view `finder_view`: map and list of the places of a DataStore table, the same page as on the static site.

The view holds one configuration (JSON, written by the publisher). `/finder/<view>` is the page, `/finder/<view>.js` its data, read through the API, so that a
reader who may not see the table gets nothing. Page and scripts are drawn by the platform when the portal is built (`zhportal.finder_pages`); without
them the view is not offered. Not here: the content of the data file (`finder_document.py`).
"""

import json
from pathlib import Path
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckanext.zhportal.dot_map_view import read
from ckanext.zhportal.finder_document import filled, finder_script, hours_fields, needed_fields
from ckanext.zhportal.table_views import find_view
from flask import Blueprint, Response

Fields = dict[str, Any]
KIND = "finder_view"
finder = Blueprint("zhportal_finder", __name__)


class ZhPortalFinderPlugin(p.SingletonPlugin):
    """CKAN creates one per process; a plugin has one view."""

    p.implements(p.IResourceView, inherit=True)
    p.implements(p.IBlueprint)
    p.implements(p.ITemplateHelpers)

    def get_helpers(self) -> dict[str, Any]:
        """Returns the helper of the dataset's page."""
        return {"zhportal_finder": finder_address}

    def get_blueprint(self) -> list[Blueprint]:
        """Returns the routes of the page and of its data."""
        return [finder]

    def info(self) -> Fields:
        """Returns the view's name, titles, icon and schema."""
        need = [tk.get_validator("not_empty"), tk.get_validator("unicode_safe")]
        return {
            "name": KIND,
            "title": tk._("Finder"),
            "default_title": tk._("Finder"),
            "icon": "search",
            "iframed": False,
            "requires_datastore": True,
            "schema": {"finder": need},
        }

    def can_view(self, data_dict: Fields) -> bool:
        """Whether the resource has a DataStore table, and the portal has the finder's pages."""
        return bool(data_dict["resource"].get("datastore_active")) and page_file("zh").is_file()

    def view_template(self, _context: object, _data_dict: Fields) -> str:
        """Returns the template that frames the page."""
        return "zhportal/finder_view.html"

    def form_template(self, _context: object, _data_dict: Fields) -> str:
        """Returns the template of the form with the configuration."""
        return "zhportal/finder_form.html"


def finder_address(package: Fields) -> str | None:
    """Returns the address of the dataset's finder; None if it has none."""
    view = find_view(package, KIND)
    return tk.h.url_for("zhportal_finder.show_page", view=view["id"]) if view else None


def page_file(lang: str) -> Path:
    """Returns the file of the page in that language, in which places are left for the dataset."""
    return Path(tk.config.get("zhportal.finder_pages") or "none") / f"{lang}.html"


def show_view(view: str) -> tuple[Fields, Fields, Fields]:
    """Returns the view, its resource and its dataset; answers 404 if there is none, or it may not be seen."""
    try:
        found = tk.get_action("resource_view_show")({}, {"id": view})
        resource = tk.get_action("resource_show")({}, {"id": found["resource_id"]})
        package = tk.get_action("package_show")({}, {"id": resource["package_id"]})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404)
    if found["view_type"] != KIND:
        return tk.abort(404)
    return found, resource, package


@finder.route("/finder/<view>")
def show_page(view: str) -> Response:
    """Returns the page of a finder in the reader's language."""
    found, resource, package = show_view(view)
    lang = "zh" if tk.h.zhportal_chinese() else "en"
    url = tk.h.url_for
    facts = {
        "title": titles_of(package)[lang == "en"],
        "other": url("zhportal_finder.show_page", view=view, locale="en" if lang == "zh" else "zh_Hans_CN"),
        "back": url(f"{package['type']}_resource.read", id=package["name"], resource_id=resource["id"]),
        "data": url("zhportal_finder.show_data", view=view),
        "say": url(f"{package['type']}.read", id=package["name"]) + "#about-title",
    }
    page = page_file(lang).read_text(encoding="utf-8")
    return Response(filled(page, facts, synthetic=json.loads(found["finder"])["synthetic"]), mimetype="text/html")


@finder.route("/finder/<view>.js")
def show_data(view: str) -> Response:
    """Returns the data of a finder, from its table and from that of the opening hours, if both can be read."""
    found, resource, package = show_view(view)
    config = json.loads(found["finder"])
    opening, hours, updated = config["finder"]["opening"], [], ""
    try:
        rows = read_rows(resource["id"], needed_fields(config))
    except (tk.ValidationError, tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404)
    if opening and config["hours"]:
        try:
            hours, updated = read_hours(config["hours"], opening)
        except (tk.ValidationError, tk.ObjectNotFound, tk.NotAuthorized):
            hours = []  # not published: the finder then has no hours
    script = finder_script(config, titles_of(package), package.get("version") or "", rows, hours, updated)
    return Response(script, mimetype="text/javascript", headers={"Cache-Control": "no-cache"})


def titles_of(package: Fields) -> tuple[str, str]:
    """Returns the title of the dataset in Chinese and English; the Chinese one where there is no other."""
    return package["title"], (package.get("title_translated") or {}).get("en") or package["title"]


def read_hours(resource_id: str, opening: Fields) -> tuple[list[dict[str, str]], str]:
    """Returns the rows of the table of opening hours, with the names of groups of people if it has them, and the day of its data."""
    day = (tk.get_action("resource_show")({}, {"id": resource_id}).get("modified") or "")[:10]
    try:
        return read_rows(resource_id, hours_fields(opening)), day
    except tk.ValidationError:
        return read_rows(resource_id, hours_fields(opening, labels=False)), day


def read_rows(resource_id: str, fields: list[str]) -> list[dict[str, str]]:
    """Returns the rows of a table with these columns, all cells as text."""
    return [dict(zip(fields, row, strict=True)) for row in read(resource_id, fields)[1]]

"""The view `chart_view`: the charts of a dataset with their tables of figures, on the page of its table and on that of the dataset.

The view holds one configuration (JSON, written by the publisher): marks, sentences and figures in both languages, which the template escapes. Nothing is
computed here, and no script draws. A page shows the charts of its own release only: while a publisher is at work there may be those of another. Not here: the template
(`zhportal/charts.html`), who may see a table (CKAN).
"""

import json
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckanext.zhportal.table_views import find_view

Fields = dict[str, Any]
KIND = "chart_view"


class ZhPortalChartsPlugin(p.SingletonPlugin):
    """CKAN creates one per process; a plugin has one view."""

    p.implements(p.IResourceView, inherit=True)
    p.implements(p.ITemplateHelpers)

    def get_helpers(self) -> dict[str, Any]:
        """Returns the helper of the dataset's page."""
        return {"zhportal_charts": charts_of}

    def info(self) -> Fields:
        """Returns the view's name, titles, icon and schema."""
        need = [tk.get_validator("not_empty"), tk.get_validator("unicode_safe")]
        return {
            "name": KIND,
            "title": tk._("Charts"),
            "default_title": tk._("Charts"),
            "icon": "chart-bar",
            "iframed": False,
            "schema": {"charts": need},
        }

    def can_view(self, data_dict: Fields) -> bool:
        """Whether the resource is the table of a dataset."""
        return data_dict["resource"].get("kind") == "csv"

    def view_template(self, _context: object, _data_dict: Fields) -> str:
        """Returns the template of the charts."""
        return "zhportal/chart_view.html"

    def form_template(self, _context: object, _data_dict: Fields) -> str:
        """Returns the template of the form with the configuration."""
        return "zhportal/chart_form.html"

    def setup_template_variables(self, _context: object, data_dict: Fields) -> Fields:
        """Returns `charts`, as `charts_in` makes them."""
        return {"charts": charts_in(data_dict["resource_view"], data_dict["package"].get("release"))}


def charts_of(package: Fields) -> Fields | None:
    """Returns the charts of a dataset, from the view of its table; None if it has none that this reader may see."""
    found = find_view(package, KIND)
    return charts_in(found, package.get("release")) if found else None


def charts_in(view: Fields, release: str | None) -> Fields | None:
    """Returns the charts of a view in the reader's language as `shown`, and the `family`; None if they are of another release or cannot be read."""
    try:
        config = json.loads(view.get("charts") or "{}")
        told, shown = config.get("release"), config.get("zh" if tk.h.zhportal_chinese() else "en")
    except (AttributeError, ValueError):  # edited by hand
        return None
    return {"family": config.get("family", ""), "shown": shown} if shown and told == release else None

"""The view `dot_map_view`: the points of a DataStore table on a map that needs no request to other servers.

Configuration of a view: the field names `lon`, `lat`, `label`. Here: reading the table through the API, so that a reader who
may not see the table gets no map. Not here: drawing (`drawing.py`).
"""

import csv
import io
from collections.abc import Sequence
from typing import Any

import ckan.plugins.toolkit as tk
from ckanext.zhportal.drawing import Box, drawn

Fields = dict[str, Any]
PAGE, PAGES = 32000, 8
"""Rows per call (CKAN's limit) and calls per map: at most 256 000 points; the page says so if the table has more."""
LIAONING = "118.5 126.0 38.5 43.7"


class DotMapView:
    """The methods of IResourceView; inherited by the plugin."""

    def info(self) -> Fields:
        """Returns the view's name, titles, icon and schema."""
        need = [tk.get_validator("not_empty"), tk.get_validator("unicode_safe")]
        may = [tk.get_validator("ignore_missing"), tk.get_validator("unicode_safe")]
        return {
            "name": "dot_map_view",
            "title": tk._("Map of points"),
            "default_title": tk._("Map of points"),
            "icon": "map-marker",
            "iframed": False,
            "requires_datastore": True,
            "schema": {"lon": need, "lat": need, "label": may},
        }

    def can_view(self, data_dict: Fields) -> bool:
        """Whether the resource has a DataStore table."""
        return bool(data_dict["resource"].get("datastore_active"))

    def view_template(self, _context: object, _data_dict: Fields) -> str:
        """Returns the template of the map."""
        return "zhportal/dot_map_view.html"

    def form_template(self, _context: object, _data_dict: Fields) -> str:
        """Returns the template of the form with the three field names."""
        return "zhportal/dot_map_form.html"

    def setup_template_variables(self, _context: object, data_dict: Fields) -> Fields:
        """Returns `map` and the table's `total` of rows. `map` is None if the view is not configured, or if the table cannot be read: then `trouble` says why."""
        view, resource = data_dict["resource_view"], data_dict["resource"]
        if not (view.get("lon") and view.get("lat")):
            return {"map": None, "trouble": ""}
        box = Box(*map(float, tk.config.get("zhportal.map_box", LIAONING).split()))
        try:
            total, places = read(resource["id"], labelled(view, resource["id"]))
        except (tk.ValidationError, tk.ObjectNotFound, tk.NotAuthorized) as wrong:
            return {"map": None, "trouble": str(wrong)}
        return {"map": drawn(places, box), "total": total, "trouble": ""}


def labelled(view: Fields, resource_id: str) -> list[str]:
    """Returns the names of the three fields. A label field that the table does not have (any more) is replaced by the longitude."""
    there = tk.get_action("datastore_search")({}, {"resource_id": resource_id, "limit": 0})["fields"]
    label = view.get("label")
    return [view["lon"], view["lat"], label if label in {field["id"] for field in there} else view["lon"]]


def read(resource_id: str, fields: Sequence[str]) -> tuple[int | None, list[list[str]]]:
    """Returns the table's number of rows and, in its order, [lon, lat, label] of the first `PAGE` x `PAGES` rows."""
    search, names = tk.get_action("datastore_search"), list(dict.fromkeys(fields))
    rows, total = [], None
    for page in range(PAGES):
        asked = {
            "resource_id": resource_id,
            "fields": names,
            "limit": PAGE,
            "offset": page * PAGE,
            "sort": "_id",
            "records_format": "csv",
        }
        found = search({}, asked | {"include_total": total is None})
        total = found.get("total", total)
        lines = list(csv.reader(io.StringIO(found["records"])))
        rows += [[line[names.index(name)] for name in fields] for line in lines if line]
        if len(lines) < PAGE:
            break
    return total, rows

"""The views of a dataset's table, for the page of the dataset. Read through the API, so that a reader who may not see the table gets none.

Not here: the views themselves (`finder_view.py`, `chart_view.py`, `dot_map_view.py`).
"""

from typing import Any

import ckan.plugins.toolkit as tk

Fields = dict[str, Any]


def find_view(package: Fields, kind: str) -> Fields | None:
    """Returns the first view of that kind of the dataset's table; None if there is none that this reader may see."""
    table = next((one for one in package.get("resources") or () if one.get("kind") == "csv"), None)
    if table is None:
        return None
    try:
        views = tk.get_action("resource_view_list")({}, {"id": table["id"]})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return None
    return next((view for view in views if view["view_type"] == kind), None)

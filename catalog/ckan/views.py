"""The views of a dataset's table on its resource page: a table always, a map if there are coordinates.

Created once and kept: a view belongs to the resource's id, which stays the same in every release. Here: which views,
and creating them. Not here: how a view is displayed (`portal/ckanext-zhportal`).
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from catalog.ckan.api import CkanApi
from catalog.ckan.payload import TABLE, resource_id
from catalog.entry import CatalogueEntry


def ensure_views(api: CkanApi, entry: CatalogueEntry) -> None:
    """Creates missing views; existing ones are not changed, even if somebody edited them."""
    identity = resource_id(entry.dataset, TABLE)
    there = _existing_types(api, entry.dataset, identity)
    for view in _wanted_views(entry):
        kind = view["view_type"]
        if kind not in there:
            api.call_writing(
                "resource_view_create",
                f"{entry.dataset} {kind}",
                {"resource_id": identity, **view},
                taken=partial(_has, api, entry.dataset, identity, kind),
            )


def has_views(api: CkanApi, entry: CatalogueEntry) -> bool:
    """Returns whether every view exists."""
    there = _existing_types(api, entry.dataset, resource_id(entry.dataset, TABLE))
    return all(view["view_type"] in there for view in _wanted_views(entry))


def _has(api: CkanApi, dataset: str, identity: str, kind: str) -> bool:
    return kind in _existing_types(api, dataset, identity)


def _existing_types(api: CkanApi, dataset: str, identity: str) -> set[str]:
    return {view["view_type"] for view in api.call_reading("resource_view_list", dataset, id=identity) or ()}


def _wanted_views(entry: CatalogueEntry) -> Iterator[dict[str, Any]]:
    yield {"view_type": "datatables_view", "title": "数据表 Table"}
    if entry.coordinates:
        label = next((field.name for field in entry.dictionary if field.name in ("name", "facility_name")), "")
        yield {
            "view_type": "dot_map_view",
            "title": "地图 Map",
            "lon": entry.coordinates.lon,
            "lat": entry.coordinates.lat,
            "label": label or entry.dictionary[0].name,
        }

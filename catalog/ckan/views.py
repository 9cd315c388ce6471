"""The views of a dataset's table on its resource page: a table always, a map if there are coordinates, a finder if the contract has one.

Created once and kept: a view belongs to the resource's id, which stays the same in every release. Here: which views,
and creating them. Not here: how a view is displayed (`portal/ckanext-zhportal`).
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from catalog.ckan.api import CkanApi
from catalog.ckan.finder_config import make_finder_config
from catalog.ckan.payload import TABLE, resource_id
from catalog.entry import CatalogueEntry

_FINDER = "finder"
"""The key of a view's configuration under which the finder's is."""


def ensure_views(api: CkanApi, entry: CatalogueEntry) -> None:
    """Creates missing views; existing ones are not changed, even if somebody edited them. Only the configuration of the finder is kept up to date."""
    identity = resource_id(entry.dataset, TABLE)
    there = _existing_views(api, entry.dataset, identity)
    for view in _wanted_views(entry):
        kind = view["view_type"]
        taken = partial(_has, api, entry.dataset, identity, view)
        if kind not in there:
            api.call_writing(
                "resource_view_create", f"{entry.dataset} {kind}", {"resource_id": identity, **view}, taken=taken
            )
        elif not _is_current(view, there[kind]):
            facts = {**there[kind], _FINDER: view[_FINDER]}
            api.call_writing("resource_view_update", f"{entry.dataset} {kind}", facts, taken=taken)


def has_views(api: CkanApi, entry: CatalogueEntry) -> bool:
    """Returns whether every view exists, and the finder has the configuration of this entry."""
    identity = resource_id(entry.dataset, TABLE)
    there = _existing_views(api, entry.dataset, identity)
    return all(
        view["view_type"] in there and _is_current(view, there[view["view_type"]]) for view in _wanted_views(entry)
    )


def _has(api: CkanApi, dataset: str, identity: str, view: Mapping[str, Any]) -> bool:
    found = _existing_views(api, dataset, identity).get(view["view_type"])
    return found is not None and _is_current(view, found)


def _is_current(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    return wanted.get(_FINDER) == found.get(_FINDER)


def _existing_views(api: CkanApi, dataset: str, identity: str) -> dict[str, dict[str, Any]]:
    """The views of the resource by their kind."""
    return {view["view_type"]: view for view in api.call_reading("resource_view_list", dataset, id=identity) or ()}


def _wanted_views(entry: CatalogueEntry) -> Iterator[dict[str, Any]]:
    yield {"view_type": "datatables_view", "title": "数据表 Table"}
    if config := make_finder_config(entry):
        yield {"view_type": "finder_view", "title": "电子地图 Finder", _FINDER: config}
    if entry.coordinates:
        label = next((field.name for field in entry.dictionary if field.name in ("name", "facility_name")), "")
        yield {
            "view_type": "dot_map_view",
            "title": "地图 Map",
            "lon": entry.coordinates.lon,
            "lat": entry.coordinates.lat,
            "label": label or entry.dictionary[0].name,
        }

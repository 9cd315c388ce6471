"""The views of a dataset's table on its resource page: a table always, a map if there are coordinates, finder and charts if the contract has them.

Views are created once and kept, because a view belongs to the resource's id, which is the same in every release. A release in parts has
no table and needs no view: views with figures of the previous release are deleted, others may stay and are empty. Here: which views, and
creating them. Not here: how a view is displayed (`portal/ckanext-zhportal`).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from catalog.ckan.api import CkanApi
from catalog.ckan.finder_config import make_finder_config
from catalog.ckan.payload import TABLE, resource_id
from catalog.entry import CatalogueEntry

_CONFIGURED = {"finder_view": "finder", "chart_view": "charts"}
"""The kinds of views whose configuration is written by the publisher, each with its key. The page of the dataset shows the charts too."""


def ensure_views(api: CkanApi, entry: CatalogueEntry, charts: str | None) -> None:
    """Creates missing views; existing ones are not changed, even if somebody edited them.

    Only the configurations of finder and charts are kept up to date, and these views are deleted where the contract has them no more. `charts` is that of the charts (`chart_config.py`).
    """
    identity = resource_id(entry.dataset, TABLE)
    there = _existing_views(api, entry.dataset, identity)
    wanted = list(_wanted_views(entry, charts))
    for kind in _find_needless(wanted, there):
        is_deleted = partial(_is_gone, api, entry.dataset, identity, kind)
        api.call_writing("resource_view_delete", f"{entry.dataset} {kind}", {"id": there[kind]["id"]}, taken=is_deleted)
    for view in wanted:
        kind = view["view_type"]
        taken = partial(_has, api, entry.dataset, identity, view)
        if kind not in there:
            api.call_writing(
                "resource_view_create", f"{entry.dataset} {kind}", {"resource_id": identity, **view}, taken=taken
            )
        elif not _is_current(view, there[kind]):
            facts = {**there[kind], _CONFIGURED[kind]: view[_CONFIGURED[kind]]}
            api.call_writing("resource_view_update", f"{entry.dataset} {kind}", facts, taken=taken)


def has_views(api: CkanApi, entry: CatalogueEntry, charts: str | None) -> bool:
    """Returns whether every view exists, and finder and charts have the configuration of this entry, or are not there if it has none."""
    there = _existing_views(api, entry.dataset, resource_id(entry.dataset, TABLE))
    wanted = list(_wanted_views(entry, charts))
    return not _find_needless(wanted, there) and all(
        view["view_type"] in there and _is_current(view, there[view["view_type"]]) for view in wanted
    )


def _find_needless(wanted: Iterable[Mapping[str, Any]], there: Collection[str]) -> list[str]:
    """The kinds of views with figures or texts of a release that the publisher once made and that the entry no longer has."""
    kinds = {view["view_type"] for view in wanted}
    return [kind for kind in _CONFIGURED if kind in there and kind not in kinds]


def _has(api: CkanApi, dataset: str, identity: str, view: Mapping[str, Any]) -> bool:
    found = _existing_views(api, dataset, identity).get(view["view_type"])
    return found is not None and _is_current(view, found)


def _is_gone(api: CkanApi, dataset: str, identity: str, kind: str) -> bool:
    return kind not in _existing_views(api, dataset, identity)


def _is_current(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    key = _CONFIGURED.get(wanted["view_type"])
    return key is None or wanted[key] == found.get(key)


def _existing_views(api: CkanApi, dataset: str, identity: str) -> dict[str, dict[str, Any]]:
    """The views of the resource by their kind."""
    return {view["view_type"]: view for view in api.call_reading("resource_view_list", dataset, id=identity) or ()}


def _wanted_views(entry: CatalogueEntry, charts: str | None) -> Iterator[dict[str, Any]]:
    if entry.facts.parts:
        return
    yield {"view_type": "datatables_view", "title": "数据表 Table"}
    if config := make_finder_config(entry):
        yield {"view_type": "finder_view", "title": "电子地图 Finder", "finder": config}
    if charts is not None:
        yield {"view_type": "chart_view", "title": "图表 Charts", "charts": charts}
    if entry.coordinates:
        label = next((field.name for field in entry.dictionary if field.name in ("name", "facility_name")), "")
        yield {
            "view_type": "dot_map_view",
            "title": "地图 Map",
            "lon": entry.coordinates.lon,
            "lat": entry.coordinates.lat,
            "label": label or entry.dictionary[0].name,
        }

"""The configuration of the portal's finder for one dataset: everything that the plugin must know besides the table itself.

It is one JSON text in the view's configuration, so that the plugin needs neither contracts nor code lists: the table has the names of codes in columns
of their own. Pure functions. Not here: creating the view (`views.py`), reading the table (the plugin).
"""

import json
from typing import Any

from catalog.ckan.payload import TABLE, resource_id
from catalog.entry import CatalogueEntry, DictionaryField
from schemas.time_limits.workdays import read_workdays

YES_NO = "tri_state"


def make_finder_config(entry: CatalogueEntry) -> str | None:
    """The configuration as JSON; None if the dataset has no finder."""
    finder, at = entry.finder, entry.coordinates
    fields = {field.name: field for field in entry.dictionary}
    if finder is None or at is None or finder.name not in fields:
        return None
    shown = [name for name in finder.shown_fields if name in fields]
    config: dict[str, Any] = {
        "dataset": entry.dataset,
        "schema_type": "SportsActivityLocation" if entry.family == "facility" else "Place",
        "synthetic": entry.synthetic,
        "key": list(entry.primary_key),
        "lon": at.lon,
        "lat": at.lat,
        "finder": finder.model_dump(mode="json"),
        "shown": shown,
        "fields": {name: [fields[name].label.zh, fields[name].label.en, fields[name].unit or ""] for name in shown},
        "labels": {name: labels for name in shown if (labels := _list_labels(entry, fields[name]))},
        "cities": _list_labels(entry, fields[finder.division])[2:] if finder.division in fields else [],
        "yes_no": [name for name in shown if fields[name].codelist == YES_NO],
        "hours": resource_id(finder.opening.dataset, TABLE) if finder.opening else None,
        "holidays": [day.isoformat() for day, works in sorted(read_workdays().named.items()) if not works and day.year >= entry.data_updated.year],
    }  # fmt: skip
    return json.dumps(config, ensure_ascii=False, sort_keys=True)


def _list_labels(entry: CatalogueEntry, field: DictionaryField) -> list[str]:
    """The label columns of a coded field: its name in Chinese and English, then those of its group, if it has one."""
    return [one.name for one in entry.dictionary if one.labels_of == field.name]

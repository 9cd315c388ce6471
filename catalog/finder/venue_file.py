"""The data file of one finder, made from the released files of its dataset and of the dataset with the opening hours.

The file is a script that gives one variable its value: a page that lies on a disk may load a script, and may not fetch a file. Grain: one
place per row that the contract shows; key `id`, the row's primary key (its parts joined by `_`). A place without coordinates is in the
list and not on the map. Cells are written as they are; the page shows them as text only. Not here: writing
(`catalog/static_site/static.py`).
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from catalog.entry import CatalogueEntry, DictionaryField
from catalog.finder import opening_hours, venue_codes, venue_columns
from catalog.finder.opening_hours import pack_hours
from catalog.finder.venue_codes import find_group, open_csv_rows, read_field_codes
from catalog.finder.venue_columns import pack_degrees, pack_digits, pack_places, pack_texts
from catalog.large_tables import is_large
from catalog.release_facts import Distribution
from schemas.finder import Finder, list_opening_fields
from schemas.rules.rule_base import Condition
from schemas.time_limits.workdays import read_workdays

VARIABLE = "sportlakeFinder"
FREE, PAID, ACCESSIBLE = 1, 2, 4


def data_path(dataset: str) -> str:
    """Where the data file of a finder is in the site."""
    return f"map/{dataset}.js"


def has_finder(entry: CatalogueEntry) -> bool:
    """Whether there is a finder of the dataset: the contract declares one, and the release has names and coordinates, and a CSV file unless it is large."""
    columns = {field.name for field in entry.dictionary}
    needed = {entry.finder.name, *entry.primary_key} if entry.finder else set()
    return bool(entry.finder and entry.coordinates and needed <= columns and (_find_csv(entry) or is_large(entry)))


@dataclass(frozen=True)
class FinderSource:
    """The published entries by dataset, and the folder of all releases from which their files are read."""

    entries: Mapping[str, CatalogueEntry]
    releases: Path

    def content_key(self, entry: CatalogueEntry) -> str:
        """Hex SHA-256 of everything that the data file is made from; the file changes only if this changes."""
        code = [Path(module.__file__ or "").read_bytes() for module in (opening_hours, venue_codes, venue_columns)] + [
            Path(__file__).read_bytes()
        ]
        used = [
            one.model_dump_json(include={"title", "dictionary", "facts", "finder", "coordinates"})
            for one in self._used(entry)
        ]
        return hashlib.sha256(b"\0".join([*code, *(one.encode() for one in used)])).hexdigest()

    def write_script(self, entry: CatalogueEntry) -> Iterator[str]:
        """The data file in parts: one statement that names the places of the dataset."""
        document = self.describe_places(entry)
        yield f"var {VARIABLE} = {{\n"
        for place, (name, value) in enumerate(document.items()):
            dumped = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).replace(
                "<", "\\u003c"
            )
            yield f"{',' if place else ''}{json.dumps(name)}:{dumped}\n"
        yield "};\n"

    def describe_places(self, entry: CatalogueEntry) -> dict[str, Any]:
        """The content of the data file: facts of the release, columns by field, labels of codes, opening hours, holidays."""
        finder, at = entry.finder, entry.coordinates
        if finder is None or at is None:
            raise ValueError(f"{entry.dataset} has no finder")
        fields = {field.name: field for field in entry.dictionary}
        shown = [name for name in finder.shown_fields if name in fields]
        needed = {*entry.primary_key, at.lon, at.lat, *shown, *(one.field for one in finder.conditions)}
        rows = self._read_shown_rows(entry, finder, [name for name in fields if name in needed])
        ids = ["_".join(parts) for parts in zip(*(rows[part].to_pylist() for part in entry.primary_key), strict=True)]
        return {
            "dataset": entry.dataset,
            "title": [entry.title.zh, entry.title.en],
            "release": entry.release,
            "schema_type": "SportsActivityLocation" if entry.family == "facility" else "Place",
            "count": rows.num_rows,
            "id": pack_texts(pa.array(ids, pa.string())),
            "lon": pack_degrees(rows[at.lon].to_pylist()),
            "lat": pack_degrees(rows[at.lat].to_pylist()),
            "flags": pack_digits(_read_flags(finder, rows)),
            "offers": {name: getattr(finder, name) is not None for name in ("free", "paid", "accessible")},
            "roles": {name: one for name in ("name", "title", "type", "division", "address", "phone") if (one := getattr(finder, name)) in shown},
            "facts": [name for name in finder.facts if name in shown],
            "fields": {name: [fields[name].label.zh, fields[name].label.en, fields[name].unit or ""] for name in shown},
            "columns": {name: self._pack_column(entry, fields[name], rows[name]) for name in shown},
            **self._describe_hours(finder, {one: place for place, one in enumerate(ids)}),
        }  # fmt: skip

    def _read_shown_rows(self, entry: CatalogueEntry, finder: Finder, columns: Sequence[str]) -> pa.Table:
        """These columns of the shown rows, cells as text; none if there is no CSV file."""
        file = _find_csv(entry)
        if file is None:
            return pa.table({name: pa.array([], pa.string()) for name in columns})
        rows = pa_csv.read_csv(
            self.releases / file.path,
            parse_options=pa_csv.ParseOptions(newlines_in_values=True),
            convert_options=pa_csv.ConvertOptions(
                include_columns=columns, column_types=dict.fromkeys(columns, pa.string()), strings_can_be_null=False
            ),
        )
        for one in finder.shown_when:
            rows = rows.filter(_find_fitting(one, rows)) if one.field in columns else rows
        return rows

    def _pack_column(self, entry: CatalogueEntry, field: DictionaryField, cells: pa.ChunkedArray) -> Mapping[str, Any]:
        codes = read_field_codes(self.releases, entry, field)
        if not codes:
            return pack_texts(cells)
        packed = pack_places(cells)
        labels = {code: [row["zh"], row["en"]] for code, row in codes.items()}
        finder = entry.finder
        is_division = finder is not None and field.name == finder.division
        groups = [find_group(code, codes, is_division=is_division) for code in packed["values"]]
        return {
            **packed,
            "labels": [labels.get(code, [code, code]) for code in packed["values"]],
            "groups": groups,
            "group_labels": {group: labels.get(group, [group, group]) for group in sorted(set(groups))},
        }

    def _describe_hours(self, finder: Finder, places: Mapping[str, int]) -> dict[str, Any]:
        """`hours`, and the `holidays` that are known; nothing if the dataset with the hours is not published or lacks a field."""
        opening = finder.opening
        entry = self.entries.get(opening.dataset) if opening else None
        file = _find_csv(entry) if entry else None
        if opening is None or entry is None or file is None:
            return {}
        there = {field.name: field for field in entry.dictionary}
        if not set(list_opening_fields(opening)) <= there.keys():
            return {}
        codes = read_field_codes(self.releases, entry, there[opening.everyone.field])
        audiences = {code: [row["zh"], row["en"]] for code, row in codes.items()}
        with open_csv_rows(self.releases / file.path) as rows:
            hours = pack_hours(opening, rows, places, audiences)
        days = sorted(
            day for day, works in read_workdays().named.items() if not works and day.year >= entry.data_updated.year
        )
        return {
            "hours": {**hours, "updated": entry.data_updated.isoformat()},
            "holidays": [day.isoformat() for day in days],
        }

    def _used(self, entry: CatalogueEntry) -> list[CatalogueEntry]:
        opening = entry.finder.opening if entry.finder else None
        other = self.entries.get(opening.dataset) if opening else None
        return [entry, other] if other else [entry]


def list_finders(entries: Sequence[CatalogueEntry]) -> list[CatalogueEntry]:
    """The entries that have a finder, those of the family `facility` first."""
    return sorted(filter(has_finder, entries), key=lambda entry: entry.family != "facility")


def _read_flags(finder: Finder, rows: pa.Table) -> list[int]:
    """For each row the bits of what it offers."""
    flags = [0] * rows.num_rows
    for bit, condition in ((FREE, finder.free), (PAID, finder.paid), (ACCESSIBLE, finder.accessible)):
        if condition is not None and condition.field in rows.column_names:
            met = _find_fitting(condition, rows).to_pylist()
            flags = [flag + bit * fits for flag, fits in zip(flags, met, strict=True)]
    return flags


def _find_fitting(condition: Condition, rows: pa.Table) -> pa.ChunkedArray:
    """For each row whether its cell meets the condition."""
    cells = rows[condition.field]
    if not condition.is_in:
        return pc.not_equal(cells, "")
    return pc.is_in(cells, value_set=pa.array([str(value) for value in condition.is_in], pa.string()))


def _find_csv(entry: CatalogueEntry) -> Distribution | None:
    return next((one for one in entry.distributions if one.format == "csv"), None)

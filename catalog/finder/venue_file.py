"""The data file of one finder, made from the released files of its dataset and of the dataset with the opening hours.

The file is a script that gives one variable its value: a page that lies on a disk may load a script, and may not fetch a file. Grain:
one place per row that the contract shows; key `id`, the row's primary key (its parts joined by `_`). A place without coordinates is in
the list and not on the map. Cells are written as they are; the page shows them as text only. Not here: writing (`static.py`).
"""

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalog.entry import CatalogueEntry, DictionaryField
from catalog.finder import opening_hours, venue_columns
from catalog.finder.opening_hours import pack_hours
from catalog.finder.venue_columns import pack_degrees, pack_digits, pack_places, pack_texts
from catalog.release_facts import Distribution
from schemas.finder import Finder, list_opening_fields
from schemas.rule_base import Condition
from schemas.workdays import read_workdays

VARIABLE = "sportlakeFinder"
FREE, PAID, ACCESSIBLE = 1, 2, 4
_CITY_DIGITS = 4
"""First digits of a division's code that are those of its city. Source: GB/T 2260."""

Row = Mapping[str, str]
Codes = Mapping[str, Row]


def data_path(dataset: str) -> str:
    """Where the data file of a finder is in the site."""
    return f"map/{dataset}.js"


def has_finder(entry: CatalogueEntry) -> bool:
    """Whether there is a finder of the dataset: the contract declares one, and the release has names, coordinates and a CSV file."""
    columns = {field.name for field in entry.dictionary}
    needed = {entry.finder.name, *entry.primary_key} if entry.finder else set()
    return bool(entry.finder and entry.coordinates and needed <= columns and _find_csv(entry))


@dataclass(frozen=True)
class FinderSource:
    """The published entries by dataset, and the folder of all releases from which their files are read."""

    entries: Mapping[str, CatalogueEntry]
    releases: Path

    def content_key(self, entry: CatalogueEntry) -> str:
        """Hex SHA-256 of everything that the data file is made from; the file changes only if this changes."""
        code = [Path(module.__file__ or "").read_bytes() for module in (opening_hours, venue_columns)] + [
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
        rows = list(self._shown_rows(entry, finder))
        fields = {field.name: field for field in entry.dictionary}
        shown = [name for name in finder.shown_fields if name in fields]
        ids = ["_".join(row[part] for part in entry.primary_key) for row in rows]
        return {
            "dataset": entry.dataset,
            "title": [entry.title.zh, entry.title.en],
            "release": entry.release,
            "schema_type": "SportsActivityLocation" if entry.family == "facility" else "Place",
            "count": len(rows),
            "id": pack_texts(ids),
            "lon": pack_degrees(row[at.lon] for row in rows),
            "lat": pack_degrees(row[at.lat] for row in rows),
            "flags": pack_digits(_read_flags(finder, row) for row in rows),
            "offers": {name: getattr(finder, name) is not None for name in ("free", "paid", "accessible")},
            "roles": {name: one for name in ("name", "title", "type", "division", "address", "phone") if (one := getattr(finder, name)) in shown},
            "facts": [name for name in finder.facts if name in shown],
            "fields": {name: [fields[name].label.zh, fields[name].label.en, fields[name].unit or ""] for name in shown},
            "columns": {name: self._pack_column(entry, fields[name], [row[name] for row in rows]) for name in shown},
            **self._describe_hours(finder, {one: place for place, one in enumerate(ids)}),
        }  # fmt: skip

    def _shown_rows(self, entry: CatalogueEntry, finder: Finder) -> Iterator[Row]:
        file = _find_csv(entry)
        if file is None:
            return
        asked = [one for one in finder.shown_when if any(one.field == field.name for field in entry.dictionary)]
        with _open_rows(self.releases / file.path) as rows:
            yield from (row for row in rows if all(_fits(one, row) for one in asked))

    def _pack_column(self, entry: CatalogueEntry, field: DictionaryField, cells: Sequence[str]) -> Mapping[str, Any]:
        codes = self._read_codes(entry, field.codelist)
        if not codes:
            return pack_texts(cells)
        packed = pack_places(cells)
        labels = {code: [row["zh"], row["en"]] for code, row in codes.items()}
        finder = entry.finder
        groups = [
            _find_group(code, codes, finder is not None and field.name == finder.division) for code in packed["values"]
        ]
        return {
            **packed,
            "labels": [labels.get(code, [code, code]) for code in packed["values"]],
            "groups": groups,
            "group_labels": {group: labels.get(group, [group, group]) for group in sorted(set(groups))},
        }

    def _read_codes(self, entry: CatalogueEntry, codelist: str | None) -> Codes:
        """The rows of a released code list by code; of a code that was given twice the later one. Empty if it was not released."""
        file = next((one for one in entry.facts.codelists if one.codelist == codelist), None)
        if file is None:
            return {}
        with _open_rows(self.releases / file.path) as rows:
            return {row["code"]: row for row in rows}

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
        codes = self._read_codes(entry, there[opening.everyone.field].codelist)
        audiences = {code: [row["zh"], row["en"]] for code, row in codes.items()}
        with _open_rows(self.releases / file.path) as rows:
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


def _read_flags(finder: Finder, row: Row) -> int:
    asked = ((FREE, finder.free), (PAID, finder.paid), (ACCESSIBLE, finder.accessible))
    return sum(bit for bit, condition in asked if condition and _fits(condition, row))


def _fits(condition: Condition, row: Row) -> bool:
    cell = row.get(condition.field, "")
    return cell in {str(value) for value in condition.is_in} if condition.is_in else bool(cell)


def _find_group(code: str, codes: Codes, is_division: bool) -> str:
    """The city of a division; of any other code the one that it belongs to, or itself."""
    if is_division and len(code) > _CITY_DIGITS:
        return f"{code[:_CITY_DIGITS]}00"
    return codes[code]["parent"] or code if code in codes else code


def _find_csv(entry: CatalogueEntry) -> Distribution | None:
    return next((one for one in entry.distributions if one.format == "csv"), None)


@contextmanager
def _open_rows(file: Path) -> Iterator[Iterator[Row]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        yield csv.DictReader(lines)

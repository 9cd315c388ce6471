"""Numbers of places by division and type, which the finder of a large table shows in place of its list; from the Parquet files.

The rows that would be listed are counted. Not here: the page (`counts_page.py`), the list of a table that is not large (`venue_file.py`).
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb

from catalog.entry import CatalogueEntry
from catalog.finder.venue_codes import Codes, find_group, read_field_codes
from catalog.preview import ReleasedTable
from schemas.finder import Finder
from schemas.rules.rule_base import Condition
from schemas.text import Text


class CodeCount(NamedTuple):
    """The places of one code, or of one group of codes; `numbers`: all of them, then those that meet each of the offers."""

    label: Text
    numbers: tuple[int, ...]


class GroupCount(NamedTuple):
    """The places of one group, such as a city, with its codes; a code that is its own group is not repeated in `codes`."""

    group: CodeCount
    codes: tuple[CodeCount, ...]


class VenueCounts(NamedTuple):
    """Numbers of places of one finder. `offers` are those of `free`, `paid`, `accessible` that its contract knows; `all` are all places."""

    offers: tuple[str, ...]
    all: tuple[int, ...]
    divisions: tuple[GroupCount, ...]
    types: tuple[GroupCount, ...]


def count_venues(database: duckdb.DuckDBPyConnection, releases: Path, entry: CatalogueEntry) -> VenueCounts:
    """The numbers of places of `entry`, which has a finder and a Parquet file; ValueError if not."""
    files, finder = [releases / one.path for one in entry.facts.table_files], entry.finder
    if not files or finder is None:
        raise ValueError(f"{entry.dataset} has no finder or no Parquet file")
    return _VenueCounter(ReleasedTable(database, files), releases, entry, finder).count_all()


class _VenueCounter:
    def __init__(self, table: ReleasedTable, releases: Path, entry: CatalogueEntry, finder: Finder) -> None:
        self._table, self._releases, self._entry, self._finder = table, releases, entry, finder
        self._fields = {field.name: field for field in entry.dictionary}
        offered = ((name, getattr(finder, name)) for name in ("free", "paid", "accessible"))
        self._offers = [(name, one) for name, one in offered if one is not None and one.field in self._fields]

    def count_all(self) -> VenueCounts:
        """The numbers of all places, and of each division and type."""
        return VenueCounts(
            offers=tuple(name for name, _ in self._offers),
            all=self._count([])[0][1],
            divisions=tuple(self._count_groups(self._finder.division, is_division=True)),
            types=tuple(self._count_groups(self._finder.type, is_division=False)),
        )

    def _count(self, columns: Sequence[str]) -> list[tuple[tuple[str, ...], tuple[int, ...]]]:
        shown: list[Condition] = [one for one in self._finder.shown_when if one.field in self._fields]
        return self._table.count_by_codes(columns, shown, [one for _, one in self._offers])

    def _count_groups(self, field: str | None, *, is_division: bool) -> Iterator[GroupCount]:
        """Yields the groups of a coded field in the order of their codes; nothing if the release lacks it."""
        if field is None or field not in self._fields:
            return
        codes = read_field_codes(self._releases, self._entry, self._fields[field])
        groups: dict[str, dict[str, tuple[int, ...]]] = {}
        for (code,), numbers in self._count([field]):
            groups.setdefault(find_group(code, codes, is_division=is_division), {})[code] = numbers
        for group, found in sorted(groups.items()):
            total = tuple(map(sum, zip(*found.values(), strict=True)))
            inside = [CodeCount(_label(code, codes), numbers) for code, numbers in found.items() if code != group]
            yield GroupCount(CodeCount(_label(group, codes), total), tuple(inside))


def _label(code: str, codes: Codes) -> Text:
    if code in codes:
        return Text(zh=codes[code]["zh"], en=codes[code]["en"])
    return Text(zh=code, en=code) if code else Text(zh="未填报", en="Not stated")

"""The codes of a finder's columns: their released code lists, and the group that a code belongs to.

Not here: the columns themselves (`venue_file.py`), counts by code (`venue_counts.py`).
"""

import csv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from catalog.entry import CatalogueEntry, DictionaryField

_CITY_DIGITS = 4
"""First digits of a division's code that are those of its city. Source: GB/T 2260."""

Row = Mapping[str, str]
Codes = Mapping[str, Row]


def read_field_codes(releases: Path, entry: CatalogueEntry, field: DictionaryField) -> Codes:
    """The rows of the field's released code list by code; if a code occurs twice, the later row. Empty if the list was not released."""
    file = next((one for one in entry.facts.codelists if one.codelist == field.codelist), None)
    if file is None:
        return {}
    with open_csv_rows(releases / file.path) as rows:
        return {row["code"]: row for row in rows}


def find_group(code: str, codes: Codes, *, is_division: bool) -> str:
    """The group of a code: the city of a division; for other codes the parent code, or the code itself."""
    if is_division and len(code) > _CITY_DIGITS:
        return f"{code[:_CITY_DIGITS]}00"
    return codes[code]["parent"] or code if code in codes else code


@contextmanager
def open_csv_rows(file: Path) -> Iterator[Iterator[Row]]:
    """The rows of a released CSV file one by one, cells as text."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        yield csv.DictReader(lines)

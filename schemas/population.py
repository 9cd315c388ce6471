"""The number of residents of the province and its cities. Not here: the table itself (`reference/population.csv`, read by `reference_tables.py`)."""

from collections.abc import Mapping
from functools import cache

from schemas.reference_tables import read_reference_tables

_DIGITS = 6


def count_residents(area: str) -> int | None:
    """Returns the newest figure of the area, given by the leading digits of its division code; None if the table has none."""
    return _read_residents().get(area.ljust(_DIGITS, "0"))


@cache
def _read_residents() -> Mapping[str, int]:
    table = read_reference_tables()["population"]
    names = [column.name for column in table.columns]
    rows = sorted((dict(zip(names, row, strict=True)) for row in table.rows), key=lambda row: str(row["year"]))
    return {str(row["admin_code"]): int(row["population"] or 0) for row in rows}

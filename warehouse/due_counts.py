"""How many time limits each department has met, missed or still before it, as the newest analysts' file says. Not here: computing them (`due.py`)."""

from datetime import date
from pathlib import Path
from typing import NamedTuple

import duckdb


class DueCounts(NamedTuple):
    """Items and hand-ins of one department by state, on the day `as_of`."""

    as_of: date
    met: int
    due: int
    overdue: int


def count_due(warehouse: Path) -> dict[str, DueCounts]:
    """Return the counts by department code; empty if the file is missing or has no such table."""
    if not warehouse.is_file():
        return {}
    query = """
        SELECT department, (SELECT CAST(value AS DATE) FROM meta.build WHERE name = 'due_as_of'),
            count(*) FILTER (state = 'met'), count(*) FILTER (state = 'due'), count(*) FILTER (state = 'overdue')
        FROM meta.due GROUP BY department ORDER BY department
    """
    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            return {code: DueCounts(*counts) for code, *counts in connection.execute(query).fetchall()}
    except duckdb.Error:
        return {}

"""Names of the Parquet files with the rows of a release (one file, or parts that follow each other), and the rule when there are parts. Pure.

The name of a part includes the number of parts, so that a missing one is noticed. Not here: writing parts
(`warehouse/releases/part_rows.py`), finding the files of a release (`warehouse/releases/release_table.py`, `catalog/release_facts.py`).
"""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from schemas.execution.engine import Engine

PARTS_FROM, PART_ROWS = 10_000_000, 2_457_600
"""Rows from which on a release is in parts, and those of a part: twenty row groups of its file."""
_PART = re.compile(r".*-(\d{5,})-of-(\d{5,})\.parquet")


class TablePart(NamedTuple):
    """Which part a file is, counted from 1, and how many there are."""

    number: int
    total: int


class PartRules(NamedTuple):
    """When a release is written in parts: from so many rows on, with so many rows per part, by the engine that is opened (None: this process)."""

    rows_from: int = PARTS_FROM
    part_rows: int = PART_ROWS
    open_engine: "Callable[[], AbstractContextManager[Engine]] | None" = None

    def applies_to(self, rows: int) -> bool:
        """Returns whether a release of so many rows is in parts."""
        return rows >= self.rows_from


DEFAULT_PARTS = PartRules()


def name_table_file(dataset: str) -> str:
    """Returns the name of the file with all rows of a release."""
    return f"{dataset}.parquet"


def name_table_part(dataset: str, part: TablePart) -> str:
    """Returns the name of one part; in the order of their names they are in the order of their rows."""
    return f"{dataset}-{part.number:05}-of-{part.total:05}.parquet"


def match_table_parts(dataset: str) -> str:
    """Returns the pattern that the names of the parts match, and no other file of a release."""
    return f"{dataset}-*-of-*.parquet"


def read_table_part(name: str) -> TablePart | None:
    """Returns which part a file of that name is; None if it is none."""
    found = _PART.fullmatch(name)
    return TablePart(int(found[1]), int(found[2])) if found else None

"""The number of rows up to which the static site offers files that a browser must hold in memory, or that are made row by row.

It is the same for the list of the finder, the page with the whole table, and exports, so that one sentence explains it. Files of the
release, charts, maps and samples have no limit. Source: measured, `docs/finder.md`. Not here: what is shown instead.
"""

from catalog.entry import CatalogueEntry

MOST_ROWS = 200_000


def is_large(entry: CatalogueEntry) -> bool:
    """Whether the visible release has more than `MOST_ROWS` rows."""
    return entry.facts.rows > MOST_ROWS

"""Up to how many rows the static site offers what a browser must hold whole, or what is made row by row.

One number for the list of the finder, the page with the whole table, and exports, so that one sentence tells it. Files of the release,
charts, maps and samples have no limit. Source: measured, `docs/finder.md`. Not here: what stands in the place of what is held back.
"""

from catalog.entry import CatalogueEntry

MOST_ROWS = 200_000


def is_large(entry: CatalogueEntry) -> bool:
    """Whether the visible release has more than `MOST_ROWS` rows."""
    return entry.facts.rows > MOST_ROWS

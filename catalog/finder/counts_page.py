"""The page of the finder of a large table: a drawn map, numbers of places by division and type, and where the whole list is.

It has no script. Pure. Not here: the numbers (`venue_counts.py`), the page with the list (`finder_page.py`), texts (`pages/texts.yaml`).
"""

from collections.abc import Sequence

from catalog.dataset_page import sort_offered
from catalog.entry import CatalogueEntry
from catalog.finder.finder_page import finder_frame
from catalog.finder.venue_counts import VenueCounts
from catalog.large_tables import MOST_ROWS
from catalog.pages.formats import Lang
from catalog.pictures.dotmap import DotMap


def counts_view(
    entry: CatalogueEntry, finders: Sequence[CatalogueEntry], dots: DotMap, counts: VenueCounts, lang: Lang
) -> dict[str, object]:
    """The view of the page in that language; arguments as in `finder_view`."""
    return {
        **finder_frame(entry, finders, dots, lang),
        "counts": counts,
        "limit": MOST_ROWS,
        "files": sort_offered(entry.distributions),
    }

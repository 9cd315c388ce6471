"""Records of venues with labels, as departments write them; all invented. `tuned` is for finding weights, `unseen` for the test alone.

Records of one `group` lie near each other and are in one part; records of one group and one `venue` are one venue.
"""

import csv
from pathlib import Path
from typing import Literal, NamedTuple

from quality.venues.venue_record import VenueRecord

FOLDER = Path(__file__).parents[1] / "golden" / "venues"


class LabelledVenue(NamedTuple):
    """A record, and which venue it is."""

    record: VenueRecord
    venue: tuple[str, str]


def read_labelled(part: Literal["tuned", "unseen"]) -> list[LabelledVenue]:
    """Returns the records of a part in the order of the file."""
    with (FOLDER / f"{part}.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return [
        LabelledVenue(
            VenueRecord(
                row["dataset"],
                f"{at:03d}",
                row["name"],
                row["admin_code"],
                row["address"],
                float(row["lon"]) if row["lon"] else None,
                float(row["lat"]) if row["lat"] else None,
            ),
            (row["group"], row["venue"]),
        )
        for at, row in enumerate(rows)
    ]

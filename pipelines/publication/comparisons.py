"""Results of comparing the catalogues with the releases: one ledger entry `comparison` for each comparison, of which the newest counts.

Facts: catalogue, differences (their number), datasets (those that differ, at most `MOST_NAMED`). A comparison of single datasets is not
recorded. Not here: comparing (`publish.find_drift`), telling anybody.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from catalog.plan import Difference
from pipelines.workspace import Workspace

MOST_NAMED = 20


class Comparison(NamedTuple):
    """The newest comparison of one catalogue: on which day, and how many differences it found in which datasets.

    `since`: the day of the first comparison in the unbroken series that found differences; None if the newest found none.
    """

    catalogue: str
    on: date
    differences: int
    datasets: tuple[str, ...]
    since: date | None


def record_comparison(workspace: Workspace, catalogue: str, found: Sequence[Difference], now: datetime) -> None:
    """Records the result of a comparison of all that a catalogue serves."""
    names = sorted({one.dataset for one in found})[:MOST_NAMED]
    workspace.ledger.append_entry(
        "comparison",
        now=now,
        actor=workspace.actor,
        reason="serves something else than was released" if found else "serves what was released",
        facts={"catalogue": catalogue, "differences": len(found), "datasets": names},
    )


def list_comparisons(workspace: Workspace) -> list[Comparison]:
    """Returns the newest comparison of each catalogue, by name; empty if none was compared yet."""
    newest: dict[str, Comparison] = {}
    for entry in workspace.ledger.read_entries("comparison"):
        name, count, day = entry.facts["catalogue"], entry.facts["differences"], entry.at.date()
        before = newest.get(name)
        since = (before.since if before else None) or day if count else None
        newest[name] = Comparison(name, day, count, tuple(entry.facts["datasets"]), since)
    return [newest[name] for name in sorted(newest)]

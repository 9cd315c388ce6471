"""The runs of `sportlake run` with their progress: intake of what waits, releases that are due, publication if due.

Where nothing is due nothing is started. Not here: what a run does (`assets.py`), what is said afterwards (`report.py`).
"""

from collections.abc import Iterable, Iterator, Sequence

import dagster as dg
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from dagster_project import runs
from dagster_project.cli.say import console
from dagster_project.definitions import build_defs
from dagster_project.instance import open_instance
from dagster_project.settings import Settings
from dagster_project.walk import catalogue_of
from pipelines.house import House
from pipelines.inbox import Arrival
from pipelines.standing import publication_due, releases_due, warehouse_due


def take_in(settings: Settings, house: House, waiting: Sequence[Arrival]) -> list[runs.Ran]:
    """Every waiting file through the intake."""
    with open_instance(house.layout) as instance:
        return list(_run_all(settings, instance, runs.intake_pieces(instance, waiting)))


def release_due(settings: Settings, house: House, datasets: Sequence[str] = ()) -> list[runs.Ran]:
    """Those datasets through the gate; without names, all that have changed since their last release."""
    due = list(datasets) or releases_due(house)
    with open_instance(house.layout) as instance:
        return list(_run_all(settings, instance, [runs.release_piece(due)] if due else []))


def publish_due(settings: Settings, house: House) -> list[runs.Ran]:
    """The catalogue and the warehouse brought to the newest releases, if they are not there."""
    due = publication_due(house, catalogue_of(house)) or warehouse_due(house)
    with open_instance(house.layout) as instance:
        return list(_run_all(settings, instance, [runs.publish_piece()] if due else []))


def _run_all(settings: Settings, instance: dg.DagsterInstance, pieces: Iterable[runs.Piece]) -> Iterator[runs.Ran]:
    pieces = list(pieces)
    if not pieces:
        return
    defs = build_defs(settings)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console()) as progress:
        task = progress.add_task("", total=sum(piece.size for piece in pieces))
        for piece in pieces:
            progress.update(task, description=f"{piece.job:32}")
            yield runs.run(defs, instance, piece)
            progress.advance(task, piece.size)

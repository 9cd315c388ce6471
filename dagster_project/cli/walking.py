"""The runs of `sportlake run` with their progress: intake of what waits, releases that are due, publication if due.

Where nothing is due nothing is started: Dagster is not even imported, so a second run over an unchanged house answers at once.
Not here: what a run does (`assets.py`), what is said afterwards (`report.py`).
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from dagster_project.cli.say import console
from dagster_project.settings import Settings
from dagster_project.walk import catalogue_of
from pipelines.house import House
from pipelines.inbox import Arrival
from pipelines.standing import publication_due, releases_due, warehouse_due

if TYPE_CHECKING:
    import dagster as dg

    from dagster_project.runs import Piece, Ran


def take_in(settings: Settings, house: House, waiting: Sequence[Arrival]) -> "list[Ran]":
    """Every waiting file through the intake."""
    if not waiting:
        return []
    from dagster_project.runs import intake_pieces

    return _run_all(settings, house, lambda instance: intake_pieces(instance, waiting))


def release_due(settings: Settings, house: House, datasets: Sequence[str] = ()) -> "list[Ran]":
    """Those datasets through the gate; without names, all that have changed since their last release."""
    due = list(datasets) or releases_due(house)
    if not due:
        return []
    from dagster_project.runs import release_piece

    return _run_all(settings, house, lambda _: [release_piece(due)])


def publish_due(settings: Settings, house: House) -> "list[Ran]":
    """The catalogue and the warehouse brought to the newest releases, if they are not there."""
    if not (publication_due(house, catalogue_of(house)) or warehouse_due(house)):
        return []
    from dagster_project.runs import publish_piece

    return _run_all(settings, house, lambda _: [publish_piece()])


def _run_all(
    settings: Settings, house: House, planned: "Callable[[dg.DagsterInstance], Sequence[Piece]]"
) -> "list[Ran]":
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from dagster_project import runs
    from dagster_project.definitions import build_defs
    from dagster_project.instance import open_instance

    defs, ran = build_defs(settings), []
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
    with (
        open_instance(house.layout) as instance,
        Progress(*columns, TimeElapsedColumn(), console=console()) as progress,
    ):
        runs.end_abandoned(instance)
        pieces = planned(instance)
        task = progress.add_task("", total=sum(piece.size for piece in pieces))
        for piece in pieces:
            progress.update(task, description=f"{piece.job:32}")
            ran.append(runs.run(defs, instance, piece))
            progress.advance(task, piece.size)
    return ran

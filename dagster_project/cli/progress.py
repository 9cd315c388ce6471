"""The runs of `sportlake run` with their progress: intake of what waits, releases that are due, publication if due.

Where nothing is due nothing is started: Dagster is not even imported, so a second run over an unchanged house answers at once.
Not here: what a run does (`assets.py`), what is said afterwards (`report.py`).
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dagster_project.catalogues import catalogue_names, catalogue_of
from dagster_project.cli.console import console
from dagster_project.settings import Settings
from pipelines.publication.due import publication_due, releases_due, warehouse_due
from pipelines.submissions.inbox import Arrival
from pipelines.workspace import House
from schemas.errors import CatalogueError, UsageError

if TYPE_CHECKING:
    import dagster as dg

    from catalog.plan import Plan
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


def publish_due(settings: Settings, house: House, planned: "Mapping[str, Plan] | None" = None) -> "list[Ran]":
    """The catalogues and the warehouse brought to where they should be, if they are not there.

    With plans that were made just now it is those catalogues, otherwise all that are set up.
    """
    plans = planned or dict.fromkeys(catalogue_names(settings))
    named = list(plans)
    if not (any(_due(settings, house, name, plan) for name, plan in plans.items()) or warehouse_due(house)):
        return []
    from dagster_project.runs import publish_piece

    return _run_all(settings, house, lambda _: [publish_piece(house.contracts, named)])


def _due(settings: Settings, house: House, name: str, planned: "Plan | None") -> bool:
    """Whether there is something to do about a catalogue. One that cannot be asked is due: the run then says what is wrong with it."""
    try:
        return publication_due(house, catalogue_of(house, settings, name), planned)
    except (CatalogueError, UsageError):
        return True


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
            with _listening(lambda said: progress.update(task, description=f"{said:32}")):
                ran.append(runs.run(defs, instance, piece))
            progress.advance(task, piece.size)
    return ran


@contextmanager
def _listening(tell: Callable[[str], None]) -> Iterator[None]:
    """What catalogues say of their work, dataset by dataset, is told as it comes: a large one takes minutes."""
    listener, log = _Listener(tell), logging.getLogger("catalog")
    before = log.level
    log.addHandler(listener)
    log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.removeHandler(listener)
        log.setLevel(before)


class _Listener(logging.Handler):
    def __init__(self, tell: Callable[[str], None]) -> None:
        super().__init__(logging.INFO)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        self._tell(record.getMessage())

"""The runs of `sportlake run` with their progress: intake of waiting files, due releases, due publication.

If nothing is due nothing is started: Dagster is not even imported, so a second run over an unchanged workspace returns at once. Only one
process runs at a time: another one waits, says so, and then does what is left. Not here: what a run does (`dagster_project/assets.py`),
the final report (`report.py`).
"""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

from dagster_project.catalogues import catalogue_names, open_catalogue
from dagster_project.cli.console import make_console, print_text
from dagster_project.receipt_ports import note_port
from dagster_project.run_locks import hold_run_lock
from dagster_project.settings import Settings
from pipelines.intake import find_unfinished
from pipelines.publication.due import publication_due, releases_due, warehouse_due
from pipelines.review.approvals import list_waiting
from pipelines.submissions.inbox.inbox import Arrival
from pipelines.workspace import Workspace
from schemas.errors import CatalogueError, UsageError

if TYPE_CHECKING:
    import dagster as dg

    from catalog.plan import PublicationPlan
    from dagster_project.runs import RunRequest, RunResult
    from pipelines.submissions.receipts.receipt import Receipt

    Planner: TypeAlias = Callable[[dg.DagsterInstance], Sequence[RunRequest]]


def run_intake(settings: Settings, workspace: Workspace, waiting: Sequence[Arrival]) -> "list[RunResult]":
    """Runs the intake of every waiting file."""
    if not waiting:
        return []
    from dagster_project.runs import plan_intake_requests

    return _run_all(
        settings,
        workspace,
        lambda instance: plan_intake_requests(instance, find_unfinished(workspace, list(waiting))),
    )


def release_due(
    settings: Settings,
    workspace: Workspace,
    datasets: Sequence[str] = (),
    *,
    sample_review: bool = False,
    later: Collection[str] = (),
) -> "list[RunResult]":
    """Runs the gate and release of those datasets; without names, of all that have changed since their last release, but for `later`.

    What waits for people is left out, unless it is named; with `sample_review` the sample's people decide.
    """
    now = settings.current_time()

    def find_due() -> list[str]:
        waiting = set() if sample_review else {one.dataset for one in list_waiting(workspace, now)}
        return list(datasets) or [name for name in releases_due(workspace) if name not in {*waiting, *later}]

    def plan_release(_: "dg.DagsterInstance") -> "list[RunRequest]":
        due = find_due()
        return [build_release_request(due, sample_review=sample_review)] if due else []

    if not find_due():
        return []
    from dagster_project.runs import build_release_request

    return _run_all(settings, workspace, plan_release)


def publish_due(
    settings: Settings,
    workspace: Workspace,
    planned: "Mapping[str, PublicationPlan] | None" = None,
    *,
    with_warehouse: bool = True,
) -> "list[RunResult]":
    """Updates the catalogues that are not up to date, and the warehouse if it is not, unless it is to be left alone.

    With plans made just now it is those catalogues, otherwise all configured ones.
    """
    plans = planned or dict.fromkeys(catalogue_names(settings))
    named = list(plans)
    due = any(_is_due(settings, workspace, name, plan) for name, plan in plans.items())
    if not due and not (with_warehouse and warehouse_due(workspace, settings.current_time().date())):
        return []
    from dagster_project.runs import build_publish_request

    return _run_all(
        settings,
        workspace,
        lambda _: [build_publish_request(workspace.contracts, named, with_warehouse=with_warehouse)],
    )


def _is_due(settings: Settings, workspace: Workspace, name: str, planned: "PublicationPlan | None") -> bool:
    """Returns whether a catalogue needs changes. One that cannot be queried is due: its run then reports the error."""
    try:
        return publication_due(workspace, open_catalogue(workspace, settings, name), planned)
    except (CatalogueError, UsageError):
        return True


def _run_all(settings: Settings, workspace: Workspace, planned: "Planner") -> "list[RunResult]":
    """Executes what `planned` returns, alone; once more with new databases if Dagster's own turn out to be damaged."""
    from sqlalchemy.exc import DatabaseError

    from dagster_project.databases import is_damage, is_lock
    from dagster_project.instance import renew_instance

    with hold_run_lock(workspace.layout, print_text):
        try:
            return _execute_planned(settings, workspace, planned)
        except DatabaseError as error:
            if is_damage(error.orig):
                renew_instance(workspace.layout, print_text)
            elif not is_lock(error.orig):
                raise
            return _execute_planned(settings, workspace, planned)


def _execute_planned(settings: Settings, workspace: Workspace, planned: "Planner") -> "list[RunResult]":
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from dagster_project import runs
    from dagster_project.instance import open_instance
    from dagster_project.run_definitions import build_run_defs

    ran = []
    note_port(workspace.layout, settings.receipts_port)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
    with (
        open_instance(workspace.layout, print_text, shared=settings.dagster_url is not None) as instance,
        Progress(*columns, TimeElapsedColumn(), console=make_console()) as progress,
    ):
        runs.fail_abandoned_runs(instance)
        pieces = planned(instance)
        task = progress.add_task("", total=sum(piece.size for piece in pieces))
        for piece in pieces:
            progress.update(task, description=f"{piece.job:32}")
            with _listen_to_catalogues(lambda message: progress.update(task, description=f"{message:32}")):
                ran.append(runs.execute_run(build_run_defs(settings, piece), instance, piece))
            progress.advance(task, piece.size)
    return ran


def report_to_dagster(settings: Settings, workspace: Workspace, receipts: "Sequence[Receipt]") -> None:
    """Tells Dagster what a decision, or another judgement, made of the slices of those receipts."""
    slices = {receipt.slice for receipt in receipts} - {None}
    if not slices:
        return
    from dagster_project.instance import open_instance
    from dagster_project.slice_history import report_slices

    with open_instance(workspace.layout, print_text, shared=settings.dagster_url is not None) as instance:
        report_slices(instance, workspace, [slice_ for slice_ in slices if slice_], settings.receipts_port)


@contextmanager
def _listen_to_catalogues(tell: Callable[[str], None]) -> Iterator[None]:
    """Passes the catalogues' progress messages on, dataset by dataset, as they come: a large one takes minutes."""
    listener, log = _CatalogueListener(tell), logging.getLogger("catalog")
    before = log.level
    log.addHandler(listener)
    log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.removeHandler(listener)
        log.setLevel(before)


class _CatalogueListener(logging.Handler):
    def __init__(self, tell: Callable[[str], None]) -> None:
        super().__init__(logging.INFO)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        self._tell(record.getMessage())

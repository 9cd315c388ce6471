"""Batches of files, as one step of Dagster or of the command line handles them: loops over functions of `pipelines`.

A file is handled by one process at a time: the command line and Dagster's daemon may work on the same inbox. Not here: what happens to one file (`pipelines/intake.py`), which catalogues there are (`catalogues.py`).
"""

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager, ExitStack
from datetime import date, datetime
from typing import NamedTuple

from pipelines.intake import find_unfinished, judge_and_land, take_arrival
from pipelines.publication.due import warehouse_due, warehouse_inputs
from pipelines.submissions.decisions.acceptance import finish_acceptances
from pipelines.submissions.decisions.rejudging import rejudge_due
from pipelines.submissions.decisions.retraction import finish_restatements
from pipelines.submissions.inbox.erased_originals import describe_erased
from pipelines.submissions.inbox.hand_ins import receive_arrival
from pipelines.submissions.inbox.inbox import Arrival, list_arrivals
from pipelines.submissions.inbox.submission import Submission, reason_not_kept
from pipelines.submissions.receipts.receipt import Receipt
from pipelines.venues.identities import register_records
from pipelines.workspace import Workspace
from schemas.errors import EngineError
from schemas.slices import SliceKey
from schemas.text import Text
from warehouse.analyst_file import database
from warehouse.analyst_file.database import RebuildResult
from warehouse.layout import require_safe_name


class WaitingFiles(NamedTuple):
    """Inbox content: number of files `found`, files still to process, and files that cannot be stored, with reason."""

    found: int
    arrivals: list[Arrival]
    unstorable: list[tuple[Arrival, Text]]


def find_waiting(workspace: Workspace, on: date | None = None) -> WaitingFiles:
    """Lists the inbox as on that day. A file that cannot be stored is listed separately, so that it does not block the others."""
    found = list_arrivals(workspace, on)
    inbox = workspace.layout.inbox
    reasons = [
        (arrival, _find_obstacle(workspace, arrival) if arrival.path.is_relative_to(inbox) else None)
        for arrival in find_unfinished(workspace, found)
    ]
    return WaitingFiles(
        found=len(found),
        arrivals=[arrival for arrival, reason in reasons if reason is None],
        unstorable=[(arrival, reason) for arrival, reason in reasons if reason is not None],
    )


def _find_obstacle(workspace: Workspace, arrival: Arrival) -> Text | None:
    """Returns why a file in the inbox cannot be stored: it cannot be read, or it holds what was erased."""
    return reason_not_kept(arrival.path) or describe_erased(workspace, arrival.path.name, arrival.sha256)


def refuse_misnamed(workspace: Workspace, now: datetime) -> tuple[int, list[Receipt]]:
    """Returns the number of files in the inbox, and the receipts of those refused now for their name or location."""
    with _hold_dataset(workspace, "inbox"):
        waiting = find_waiting(workspace, now.date())
        misnamed = [arrival for arrival in waiting.arrivals if arrival.slice is None]
        receipts = [take_arrival(workspace, arrival, now) for arrival in misnamed]
        return waiting.found, receipts


def receive_all(workspace: Workspace, slices: Collection[SliceKey], now: datetime) -> list[Submission]:
    """Stores every new file of those slices; returns the submissions in processing order."""
    with ExitStack() as held:
        for dataset in sorted({slice_.dataset for slice_ in slices}):
            held.enter_context(_hold_dataset(workspace, dataset))
        waiting = [arrival for arrival in find_waiting(workspace, now.date()).arrivals if arrival.slice in slices]
        return [receive_arrival(workspace, arrival, now) for arrival in waiting]


class JudgedFiles(NamedTuple):
    """The receipts by slice, earliest first, and what is wrong with corrections that could not be read.

    `again`: the slices that were judged again because of the judged files.
    """

    receipts: dict[SliceKey, list[Receipt]]
    problems: Sequence[Text]
    again: frozenset[SliceKey] = frozenset()


def judge_all(workspace: Workspace, submissions: Sequence[Submission], now: datetime) -> JudgedFiles:
    """Validates and loads submissions one by one, each only once.

    Afterwards hand-ins that waited for these rows, or that a new correction concerns, are judged again. Raises ContractError if the
    corrections of the files' own dataset cannot be read: their rows must not land uncorrected. If the engine cannot check a large file,
    files of other slices are judged all the same, and EngineError is raised at the end; later files of the same slice wait, because they
    must land after it.
    """
    done: dict[SliceKey, list[Receipt]] = {}
    waiting: dict[str, EngineError] = {}
    for submission in submissions:
        if submission.place in waiting:
            continue
        try:
            with _hold_dataset(workspace, submission.slice.dataset if submission.slice else "inbox"):
                receipt = judge_and_land(workspace, submission, now)
        except EngineError as wrong:
            waiting[submission.place] = wrong
            continue
        if submission.slice is not None:
            done.setdefault(submission.slice, []).append(receipt)
    for first in waiting.values():
        raise first
    rejudged, problems = rejudge_due(workspace, now)
    return JudgedFiles(done, problems, frozenset(filter(None, (receipt.slice for receipt in rejudged))))


def finish_decisions(workspace: Workspace, now: datetime) -> None:
    """Finishes the decisions about hand-ins that a kill left without their effect."""
    finish_acceptances(workspace, now)
    finish_restatements(workspace, now)


def rebuild_warehouse(workspace: Workspace, now: datetime) -> RebuildResult:
    """Rebuilds the analysts' file, or keeps it if nothing has changed. Venues that are named for the first time get their numbers before."""
    if warehouse_due(workspace, now.date()):
        register_records(workspace, now)
    return database.rebuild_database(workspace.layout, warehouse_inputs(workspace), now)


def _hold_dataset(workspace: Workspace, dataset: str) -> AbstractContextManager[None]:
    """Returns the lock on files of one dataset, or on those without one (`inbox`)."""
    return workspace.hold_lock(workspace.layout.dagster / f".{require_safe_name(dataset)}.lock")

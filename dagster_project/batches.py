"""Many files at once, as one step of Dagster or of the command line takes them: loops over the corridors, nothing more.

Not here: what happens to one file (`pipelines/intake.py`), which catalogues there are (`catalogues.py`).
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from pipelines.intake import find_unfinished, judge_submission, land_rows, take_arrival
from pipelines.publication.due import warehouse_inputs
from pipelines.submissions.inbox import Arrival, list_arrivals
from pipelines.submissions.receipt import Receipt
from pipelines.submissions.submission import Submission, reason_not_kept, receive_file
from pipelines.workspace import Workspace
from schemas.slices import SliceKey
from schemas.text import Text
from warehouse import database
from warehouse.database import RebuildResult


class WaitingFiles(NamedTuple):
    """What lies in the inbox (`found` files) and has still a way to go, and what cannot be taken at all, with the reason."""

    found: int
    arrivals: list[Arrival]
    unkeepable: list[tuple[Arrival, Text]]


def find_waiting(workspace: Workspace) -> WaitingFiles:
    """The inbox as it stands. A file that cannot be kept is set apart, so that it holds up nobody else."""
    found = list_arrivals(workspace)
    reasons = [(arrival, reason_not_kept(arrival.path)) for arrival in find_unfinished(workspace, found)]
    return WaitingFiles(
        found=len(found),
        arrivals=[arrival for arrival, reason in reasons if reason is None],
        unkeepable=[(arrival, reason) for arrival, reason in reasons if reason is not None],
    )


def refuse_misnamed(workspace: Workspace, now: datetime) -> tuple[int, list[Receipt]]:
    """How many files lie in the inbox, and the receipts of those that were refused this time for their name or place."""
    waiting = find_waiting(workspace)
    misnamed = [arrival for arrival in waiting.arrivals if arrival.slice is None]
    return waiting.found, [take_arrival(workspace, arrival, now) for arrival in misnamed]


def receive_all(workspace: Workspace, slices: Collection[SliceKey], now: datetime) -> list[Submission]:
    """Keep every new file for those slices; the submissions, in the order of the walk."""
    waiting = [arrival for arrival in find_waiting(workspace).arrivals if arrival.slice in slices]
    return [receive_file(workspace, arrival.path, arrival.slice, now, arrival.place) for arrival in waiting]


def judge_all(workspace: Workspace, submissions: Sequence[Submission], now: datetime) -> dict[SliceKey, list[Receipt]]:
    """Judge and land submissions one after the other, each once for ever; their receipts by slice, earliest first."""
    done: dict[SliceKey, list[Receipt]] = {}
    for submission in submissions:
        receipt = judge_submission(workspace, submission)
        land_rows(workspace, receipt.number, now)
        if submission.slice is not None:
            done.setdefault(submission.slice, []).append(receipt)
    return done


def rebuild_warehouse(workspace: Workspace, now: datetime) -> RebuildResult:
    """The analysts' file made anew, or left as it is where nothing has changed."""
    return database.rebuild_database(workspace.layout, warehouse_inputs(workspace), now)

"""Many files at once, as one step of Dagster or of the command line takes them: loops over the corridors, nothing more.

Not here: what happens to one file (`pipelines/intake.py`), which catalogues there are (`catalogues.py`).
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from pipelines.intake import judge, land, take, unfinished
from pipelines.publication.due import stock_of
from pipelines.submissions.inbox import Arrival, arrivals
from pipelines.submissions.receipt import Receipt
from pipelines.submissions.submission import Submission, receive, unkeepable
from pipelines.workspace import House
from schemas.slices import SliceKey
from schemas.text import Text
from warehouse import database
from warehouse.database import Rebuilt


class Waiting(NamedTuple):
    """What lies in the inbox (`found` files) and has still a way to go, and what cannot be taken at all, with the reason."""

    found: int
    arrivals: list[Arrival]
    unkeepable: list[tuple[Arrival, Text]]


def waiting_in(house: House) -> Waiting:
    """The inbox as it stands. A file that cannot be kept is set apart, so that it holds up nobody else."""
    found = arrivals(house)
    reasons = [(arrival, unkeepable(arrival.path)) for arrival in unfinished(house, found)]
    return Waiting(
        found=len(found),
        arrivals=[arrival for arrival, reason in reasons if reason is None],
        unkeepable=[(arrival, reason) for arrival, reason in reasons if reason is not None],
    )


def look_through(house: House, now: datetime) -> tuple[int, list[Receipt]]:
    """How many files lie in the inbox, and the receipts of those that were refused this time for their name or place."""
    waiting = waiting_in(house)
    misnamed = [arrival for arrival in waiting.arrivals if arrival.slice is None]
    return waiting.found, [take(house, arrival, now) for arrival in misnamed]


def receive_all(house: House, slices: Collection[SliceKey], now: datetime) -> list[Submission]:
    """Keep every new file for those slices; the submissions, in the order of the walk."""
    waiting = [arrival for arrival in waiting_in(house).arrivals if arrival.slice in slices]
    return [receive(house, arrival.path, arrival.slice, now, arrival.place) for arrival in waiting]


def judge_all(house: House, submissions: Sequence[Submission], now: datetime) -> dict[SliceKey, list[Receipt]]:
    """Judge and land submissions one after the other, each once for ever; their receipts by slice, earliest first."""
    done: dict[SliceKey, list[Receipt]] = {}
    for submission in submissions:
        receipt = judge(house, submission)
        land(house, receipt.number, now)
        if submission.slice is not None:
            done.setdefault(submission.slice, []).append(receipt)
    return done


def rebuild(house: House, now: datetime) -> Rebuilt:
    """The analysts' file made anew, or left as it is where nothing has changed."""
    return database.rebuild(house.layout, stock_of(house), now)

"""Which hand-ins of a dataset are due, which of them stand in the lake, and which slices were last sent back.

Grain: one department of one update cycle. A cycle is due at the end of the contract's time limit, counted from the last day of the cycle:
the day of the event that the limit names is known only once the file is there. Read only. Not here: the calendar
(`schemas/time_limits/workdays.py`), how a limit ends (`schemas/time_limits/time_limits.py`), the type `OwedSlice`
(`warehouse/deadlines.py`), what is to be released or published (`pipelines/publication/due.py`), who is told.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count, takewhile

from pipelines.submissions.inbox.inbox import may_submit
from pipelines.submissions.inbox.periods import PROBLEMS
from pipelines.submissions.receipts.receipt import Receipt
from pipelines.submissions.receipts.receipt_files import read_receipt
from pipelines.workspace import Workspace
from schemas.contract import Contract
from schemas.metadata import UpdateCycle
from schemas.slices import SliceKey, containing_period, period_days
from schemas.time_limits.time_limits import last_day
from schemas.time_limits.workdays import read_workdays
from warehouse.deadlines import OwedSlice
from warehouse.lake.standing import find_last_hand_in, find_standing, list_sent_back, open_hand_in_index
from warehouse.ledger.ledger import LedgerEntry

_ONE_DAY = timedelta(days=1)
_YEARS_COMPARED = 3
_MONTHS: dict[UpdateCycle, int] = {"monthly": 1, "quarterly": 3, "half_yearly": 6, "yearly": 12}
_DAYS: dict[UpdateCycle, int] = {"daily": 1, "weekly": 7}


def find_owed_slices(workspace: Workspace, contract: Contract, today: date) -> list[OwedSlice]:
    """Returns what every submitter owes: the newest cycle whose time limit is over, and later ones that have ended.

    Empty for a dataset without regular updates, and for one that the platform builds. A slice stands if it is in the lake; of a snapshot a later period will do. If
    its period is longer than the cycle, it must have been handed in anew since the cycle began.
    """
    if contract.policy.built is not None:
        return []
    standing = _landing_days(workspace, contract)
    found = []
    for first, last in _open_cycles(contract, today):
        deadline = last_day(contract.policy.time_limit, last)
        period = containing_period(contract.policy.slice.period, last)
        since = first if period_days(period)[0] < first else date.min
        for department in workspace.departments.values():
            if not may_submit(contract, department):
                continue
            key = SliceKey(dataset=contract.name, department=department.code, period=period)
            stands = _is_handed_in(contract, key, since, standing)
            found.append(OwedSlice(key, last, deadline, stands))
    return found


def find_next_cycle(contract: Contract, today: date) -> date | None:
    """Returns the first day after `today` on which another cycle has ended; None if nothing is ever due."""
    cadence = contract.policy.cadence
    if contract.policy.built is not None or not _has_cycles(cadence):
        return None
    days = (today + timedelta(days=ahead) for ahead in count(1))
    return next(day for day in days if _last_cycle_end(cadence, day) >= today)


def find_longest_gap(contract: Contract) -> timedelta | None:
    """Returns the longest time from the end of a cycle to the last day of the next cycle's limit; None if nothing is ever due.

    A landing that is older cannot be of the newest cycle that is due. The longest time is searched in the last years whose holidays are
    known.
    """
    cadence = contract.policy.cadence
    if contract.policy.built is not None or not _has_cycles(cadence):
        return None
    years = sorted(read_workdays().years)[-_YEARS_COMPARED:]
    cycles = takewhile(lambda cycle: cycle[0].year >= years[0], _cycles_before(cadence, date(years[-1], 12, 31)))
    gaps = (last_day(contract.policy.time_limit, last).day - first for first, last in cycles)
    return max(gaps) + 2 * _ONE_DAY


def find_sent_back(workspace: Workspace, dataset: str) -> list[Receipt]:
    """Returns the receipts of the slices whose newest file was quarantined or refused, by department and period.

    A file that was refused for its period waits no longer once its department handed in something for the dataset after it.
    """
    waiting = [(_place_of(workspace, verdict), verdict) for verdict in list_sent_back(workspace.ledger)]
    numbers = sorted(
        (place, verdict.facts["number"])
        for place, verdict in waiting
        if place.startswith(f"{dataset}/") and not _is_overtaken(workspace, place, verdict)
    )
    return [receipt for receipt in (read_receipt(workspace, number) for _, number in numbers) if receipt.dataset]


def _is_overtaken(workspace: Workspace, place: str, verdict: LedgerEntry) -> bool:
    """Whether a file refused for its period was followed by another of the same dataset and department."""
    if not PROBLEMS & set(verdict.facts["counts"]):
        return False
    places = open_hand_in_index(workspace.ledger).list_places(place.rpartition("/")[0])
    found = (find_last_hand_in(workspace.ledger, other) for other in places)
    return any(last.seq > verdict.seq for last in found if last)


def _place_of(workspace: Workspace, verdict: LedgerEntry) -> str:
    received = workspace.ledger.find_entry("submission", {"number": verdict.facts["number"]})
    return str(received.facts["place"]) if received else ""


def _landing_days(workspace: Workspace, contract: Contract) -> dict[SliceKey, date]:
    """Returns the slices that stand in the lake, each with the day of its newest landing; the first day if none is recorded."""
    standing = {key: find_standing(workspace.ledger, str(key)) for key in workspace.lake.count_slice_rows(contract)}
    return {key: one.at.date() if one else date.min for key, one in standing.items()}


def _is_handed_in(contract: Contract, key: SliceKey, since: date, standing: dict[SliceKey, date]) -> bool:
    if contract.policy.mode == "snapshot" and any(
        other.department == key.department and other.period > key.period for other in standing
    ):
        return True
    return key in standing and standing[key] >= since


def _open_cycles(contract: Contract, today: date) -> list[tuple[date, date]]:
    """Returns first and last day of the newest cycle whose time limit is over, and of the ended ones after it."""
    found: list[tuple[date, date]] = []
    for first, last in _cycles_before(contract.policy.cadence, today):
        found.insert(0, (first, last))
        if last_day(contract.policy.time_limit, last).day < today:
            break
    return found


def _cycles_before(cadence: UpdateCycle, today: date) -> Iterator[tuple[date, date]]:
    """Yields the cycles that ended before `today`, newest first; nothing for a dataset without regular updates."""
    if not _has_cycles(cadence):
        return
    last = _last_cycle_end(cadence, today)
    while True:
        end_before = _last_cycle_end(cadence, last)
        yield end_before + _ONE_DAY, last
        last = end_before


def _has_cycles(cadence: UpdateCycle) -> bool:
    return cadence in _DAYS or cadence in _MONTHS


def _last_cycle_end(cadence: UpdateCycle, day: date) -> date:
    """Returns the last day of the newest cycle that ended before `day`. Weeks end on Sundays, the others with the calendar."""
    if cadence == "daily":
        return day - _ONE_DAY
    if cadence == "weekly":
        return day - timedelta(days=day.isoweekday())
    months = _MONTHS[cadence]
    return date(day.year, (day.month - 1) // months * months + 1, 1) - _ONE_DAY

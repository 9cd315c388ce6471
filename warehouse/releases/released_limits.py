"""The time limits of one release: which apply to its dataset, and how they were kept on the day of the release.

Items are counted in the rows that become public, by the SQL of `warehouse/deadlines.py`; hand-ins come from the caller. The same rows, contract,
hand-ins and day give the same facts. Not here: all datasets of a day (`warehouse/analyst_file/due.py`), the texts (`schemas/time_limits/limit_texts.py`).
"""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from schemas.contract import Contract
from schemas.slices import period_order
from schemas.text import Text
from schemas.time_limits.limit_texts import HAND_IN_TITLE, describe_hand_in_length, describe_rule
from schemas.time_limits.time_limits import HAND_IN
from warehouse import sql
from warehouse.deadlines import OwedSlice, count_items, list_applied

_ROWS = "released_rows"


def describe_time_limits(
    contract: Contract, parquet: Path, owed: Sequence[OwedSlice], today: date
) -> dict[str, Any] | None:
    """Returns the facts of a release on `today`: `as_of`, and for each limit its texts and counts; None if no limit applies.

    `parquet`: the public rows with department and period. Counts of a limit: `met`: done in time; `late`: done after the last day;
    `missing`: overdue and not done; `due`: still time, of which `provisional` have a last day that may move. For hand-ins `periods` lists
    the periods that `met` and `missing` count, oldest first; it is absent if nothing was due.
    """
    limits = [*_describe_items(contract, parquet, today)]
    if contract.policy.built is None:
        limits.insert(0, _describe_hand_ins(contract, owed, today))
    return {"as_of": today.isoformat(), "limits": limits} if limits else None


def _describe_hand_ins(contract: Contract, owed: Sequence[OwedSlice], today: date) -> dict[str, Any]:
    limit = contract.policy.time_limit
    waiting = [one for one in owed if not one.stands and not one.is_late(today)]
    periods = {one.slice.period for one in owed if one.stands or one.is_late(today)}
    return {
        **_describe(HAND_IN, HAND_IN_TITLE, describe_hand_in_length(limit), limit.clause, limit.source),
        "met": sum(one.stands for one in owed),
        "late": 0,
        "missing": sum(one.is_late(today) for one in owed),
        "due": len(waiting),
        "provisional": sum(one.deadline.provisional for one in waiting),
        **({"periods": sorted(periods, key=period_order)} if periods else {}),
    }


def _describe_items(contract: Contract, parquet: Path, today: date) -> Iterator[dict[str, Any]]:
    applied = list_applied(contract)
    if not applied:
        return
    with sql.open_small_connection() as connection:
        connection.execute(f"create temp view {_ROWS} as from read_parquet({sql.quote_text(str(parquet))})")
        for rule, dataset in applied:
            counts = count_items(connection, _ROWS, contract, rule, dataset, today)
            yield {**_describe(rule.id, rule.title, describe_rule(rule), rule.clause, rule.source), **counts}


def _describe(rule: str, title: Text, text: Text, clause: str, source: str) -> dict[str, Any]:
    return {"id": rule, "title": title.model_dump(), "text": text.model_dump(), "clause": clause, "source": source}

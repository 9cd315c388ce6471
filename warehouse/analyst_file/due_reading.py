"""A summary of the time limits in the newest analysts' file: counts by limit and dataset and by department, and a list of what is not done.

The summary is kept beside the file (`Layout.due_summary`), so that pages need not open the file again while file and day are the same. If
it is missing, it is made again. Not here: computing what is due (`due.py`), the pages.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
from pydantic import BaseModel, Field, ValidationError

from schemas.frozen_model import FrozenModel
from schemas.time_limits.time_limits import HAND_IN
from warehouse.analyst_file.file_state import identify_file
from warehouse.atomic_files import write_atomically
from warehouse.deadlines import STATE_COUNTS
from warehouse.layout import Layout

SOON_DAYS = 7
"""Something is due soon if its last day is today or at most so many days ahead."""
MOST_LINES = 200
"""So many things that are not done are listed: items of law, then hand-ins, those of the oldest last days first."""
MOST_OF_ONE = 5
"""At most so many of them for one limit, dataset and department: thousands of one do not hide the others."""

_SOON = "count(*) FILTER (state = 'due' AND due_date BETWEEN $today AND $soon) AS soon"
_MISSING = "SELECT * FROM meta.due WHERE state = 'overdue' AND met_date IS NULL"


class DueCounts(FrozenModel):
    """Numbers of items and hand-ins by state: `met` (done in time), `late` (done too late), `missing` (overdue and not done), `due` (still time).

    `soon` and `provisional` are parts of `due`: due soon, and with a last day that may still move.
    """

    met: int = 0
    late: int = 0
    missing: int = 0
    due: int = 0
    provisional: int = 0
    soon: int = 0

    @property
    def overdue(self) -> int:
        """Number of those whose last day passed before they were done."""
        return self.late + self.missing

    def __add__(self, other: "DueCounts") -> "DueCounts":
        """Returns the sums, state by state."""
        return DueCounts(**{name: getattr(self, name) + getattr(other, name) for name in DueCounts.model_fields})


class LimitCounts(FrozenModel):
    """The counts of one limit on one dataset."""

    rule: str
    dataset: str
    counts: DueCounts


class MissingGroup(FrozenModel):
    """Overdue and not done, for one department, limit and dataset: how many, and the oldest last day."""

    rule: str
    dataset: str
    department: str
    count: int
    oldest: date


class MissingLine(FrozenModel):
    """One item or hand-in that is overdue and not done. `key`: the key of an item, or the period of a hand-in."""

    rule: str
    dataset: str
    department: str
    key: str
    due_date: date


class DueSummary(FrozenModel):
    """Everything that pages show of `meta.due`. `as_of`: the day of the states. `lines`: single things that are overdue and not done, the oldest only."""

    as_of: date
    limits: tuple[LimitCounts, ...] = ()
    departments: dict[str, DueCounts] = Field(default_factory=dict)
    missing: tuple[MissingGroup, ...] = ()
    lines: tuple[MissingLine, ...] = ()

    def count_rule(self, rule: str) -> DueCounts:
        """Returns the counts of a limit over all datasets."""
        return sum_counts(one.counts for one in self.limits if one.rule == rule)

    def count_dataset(self, dataset: str) -> DueCounts:
        """Returns the counts of the items of a dataset, over all limits set by law; hand-ins are not counted."""
        return sum_counts(one.counts for one in self.limits if one.dataset == dataset and one.rule != HAND_IN)

    def count_law(self) -> DueCounts:
        """Returns the counts of everything but hand-ins."""
        return sum_counts(one.counts for one in self.limits if one.rule != HAND_IN)

    def count_all(self) -> DueCounts:
        """Returns the counts of everything."""
        return sum_counts(one.counts for one in self.limits)


class _KeptSummary(FrozenModel):
    """A summary, with the identity of the file and the day that it was made from."""

    made_of: str
    summary: DueSummary | None


def sum_counts(counts: Iterable[DueCounts]) -> DueCounts:
    """Returns the sums over all counts; zeros without any."""
    return sum(counts, DueCounts())


def keep_due_summary(layout: Layout, today: date) -> DueSummary | None:
    """Returns the summary as of the newest build and keeps it for the next reader; the file is opened only if the file or the day has changed."""
    made_of = _identify(layout.warehouse, today)
    kept = _read_kept(layout.due_summary)
    if kept is not None and kept.made_of == made_of:
        return kept.summary
    summary = _summarize(layout.warehouse, today)
    if made_of:
        write_atomically(layout.due_summary, _KeptSummary(made_of=made_of, summary=summary).model_dump_json())
    return summary


def read_due_summary(layout: Layout, today: date) -> DueSummary | None:
    """Returns the summary as of the newest build; None if there is no file, or the file lacks these tables. Writes nothing."""
    kept = _read_kept(layout.due_summary)
    if kept is not None and kept.made_of == _identify(layout.warehouse, today):
        return kept.summary
    return _summarize(layout.warehouse, today)


def _identify(warehouse: Path, today: date) -> str:
    """Returns the identity of the built file and the day; empty without a file."""
    if not warehouse.is_file():
        return ""
    return f"{identify_file(warehouse)} {today}"


def _read_kept(file: Path) -> _KeptSummary | None:
    """Returns the kept summary; None if there is none or it cannot be read; it is then made again."""
    if not file.is_file():
        return None
    try:
        return _KeptSummary.model_validate_json(file.read_bytes())
    except ValidationError:
        return None


def _summarize(warehouse: Path, today: date) -> DueSummary | None:
    if not warehouse.is_file():
        return None
    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            return _query_summary(connection, today)
    except duckdb.Error:
        return None


def _query_summary(connection: duckdb.DuckDBPyConnection, today: date) -> DueSummary:
    days = {"today": today, "soon": today + timedelta(days=SOON_DAYS)}

    def count_by(*columns: str) -> Iterator[tuple[list[str], DueCounts]]:
        named = ", ".join(columns)
        query = f"SELECT {named}, {STATE_COUNTS}, {_SOON} FROM meta.due GROUP BY {named} ORDER BY {named}"
        for row in connection.execute(query, days).fetchall():
            values, counts = row[: len(columns)], row[len(columns) :]
            yield list(values), DueCounts(**dict(zip(DueCounts.model_fields, counts, strict=True)))

    as_of = connection.execute("SELECT CAST(value AS DATE) FROM meta.build WHERE name = 'due_as_of'").fetchall()[0][0]
    groups = connection.execute(
        f"""SELECT rule, dataset, department, count(*), min(due_date) FROM ({_MISSING})
            GROUP BY ALL ORDER BY min(due_date), rule, dataset, department"""
    ).fetchall()
    lines = connection.execute(
        f"""SELECT rule, dataset, department, coalesce(key, period), due_date FROM ({_MISSING})
            QUALIFY row_number() OVER (PARTITION BY rule, dataset, department ORDER BY due_date, period, key) <= {MOST_OF_ONE}
            ORDER BY rule = '{HAND_IN}', due_date, rule, dataset, department, period, key LIMIT {MOST_LINES}"""
    ).fetchall()
    return DueSummary(
        as_of=as_of,
        limits=tuple(
            LimitCounts(rule=rule, dataset=dataset, counts=counts)
            for (rule, dataset), counts in count_by("rule", "dataset")
        ),
        departments={department: counts for (department,), counts in count_by("department")},
        missing=tuple(MissingGroup(**_named(MissingGroup, row)) for row in groups),
        lines=tuple(MissingLine(**_named(MissingLine, row)) for row in lines),
    )


def _named(model: type[BaseModel], row: tuple[object, ...]) -> dict[str, object]:
    return dict(zip(model.model_fields, row, strict=True))

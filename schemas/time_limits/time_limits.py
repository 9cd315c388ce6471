"""Time limits set by law: how long a limit is, when it ends, and the table of those that the platform computes.

The table is `calendar/time_limits.yaml`: grain one limit, key `id`. Not here: the working days (`workdays.py`), the limit that a
contract states for its hand-ins (`schemas/policy.py`), what is due now (`warehouse/analyst_file/due.py`).
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

from dateutil.relativedelta import relativedelta
from pydantic import Field, ValidationError, model_validator

from schemas.errors import ContractError
from schemas.execution.kept_yaml import read_yaml
from schemas.frozen_model import FrozenModel
from schemas.rules.rule_base import Condition
from schemas.text import Text
from schemas.time_limits.workdays import MOST_DAYS, Deadline, add_working_days

HAND_IN = "hand-in"
"""In place of an id: the time limit that the contract of a dataset states for its hand-ins."""
FILE = Path(__file__).parents[1] / "calendar" / "time_limits.yaml"
PERIOD = "period"
"""As a trigger: the last day of the period that the row was handed in for."""


class DayLimit(FrozenModel):
    """A number of days after the start; working days as the State Council's notices say, or calendar days."""

    days: int = Field(gt=0, le=MOST_DAYS)
    kind: Literal["working", "calendar"]


class DaysBefore(FrozenModel):
    """A number of calendar days ahead of the start, by which the event must have happened."""

    days_before: int = Field(gt=0, le=MOST_DAYS)


class MonthLimit(FrozenModel):
    """A number of months after the start; ends on the same day of the month, or on its last day. Source: 民法典 art. 202."""

    months: int = Field(gt=0, le=120)


class FixedDay(FrozenModel):
    """A day of the calendar, `years_after` years after the year of the start."""

    month: int = Field(ge=1, le=12)
    day: int = Field(ge=1, le=31)
    years_after: int = Field(ge=0, le=10)

    @model_validator(mode="after")
    def _require_day_of_every_year(self) -> "FixedDay":
        date(2001, self.month, self.day)  # ValueError for a day that a common year lacks
        return self


Limit = DayLimit | DaysBefore | MonthLimit | FixedDay


class LimitedDataset(FrozenModel):
    """The date fields of one dataset between which a limit runs; `trigger` may be `period`."""

    dataset: str
    trigger: str
    event: str
    when: Condition | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the fields of the dataset that the limit is computed from."""
        named = (self.trigger, self.event, *([self.when.field] if self.when else []))
        return tuple(name for name in named if name != PERIOD)


class TimeLimitRule(FrozenModel):
    """One limit of one clause. `sure`: whether the clause was read in the original text.

    `applies`: the datasets that record both days; may be empty, and may name a dataset without a contract in this installation.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{2,39}$")
    title: Text
    trigger: Text
    event: Text
    limit: Limit
    clause: str
    source: str
    sure: Literal["verified", "to_confirm"]
    valid_from: date
    valid_to: date | None = None
    applies: tuple[LimitedDataset, ...] = ()

    @property
    def direction(self) -> Literal["within", "before"]:
        """`before` if the event must precede the trigger, otherwise `within`."""
        return "before" if isinstance(self.limit, DaysBefore) else "within"

    def is_in_force(self, day: date) -> bool:
        """Whether the limit holds for what was triggered on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def last_day(limit: Limit, start: date) -> Deadline:
    """Returns the last day on which the event is in time if the trigger is on `start`, which is not counted.

    `provisional` only for working days that reach into a year without a notice. A last day that is no working day is not moved.
    """
    if isinstance(limit, DaysBefore):
        return Deadline(start - timedelta(days=limit.days_before), provisional=False)
    if isinstance(limit, MonthLimit):
        return Deadline(start + relativedelta(months=limit.months), provisional=False)
    if isinstance(limit, FixedDay):
        return Deadline(date(start.year + limit.years_after, limit.month, limit.day), provisional=False)
    if limit.kind == "working":
        return add_working_days(start, limit.days)
    return Deadline(start + timedelta(days=limit.days), provisional=False)


@cache
def read_time_limits(file: Path = FILE) -> Mapping[str, TimeLimitRule]:
    """Reads the table in `file`, cached, by id; ContractError names the entry that is wrong or the id that stands twice."""
    entries = read_yaml(file)
    rules = [_parse_rule(file, number, entry) for number, entry in enumerate(entries, start=1)]
    for rule_id, times in Counter(rule.id for rule in rules).items():
        if times > 1:
            raise _table_error(file, f"{rule_id} 出现 {times} 次", f"{rule_id} stands {times} times")
    return {rule.id: rule for rule in rules}


def _parse_rule(file: Path, number: int, entry: object) -> TimeLimitRule:
    try:
        return TimeLimitRule.model_validate(entry)
    except ValidationError as wrong:
        raise _table_error(file, f"第 {number} 条：{wrong}", f"entry {number}: {wrong}") from wrong


def _table_error(file: Path, zh: str, en: str) -> ContractError:
    return ContractError(Text(zh=f"{file.name}：{zh}", en=f"{file.name}: {en}"))

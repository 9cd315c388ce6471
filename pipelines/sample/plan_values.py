"""The kinds of value in a sample plan: from what the plan says of a field, and the row so far, to a typed cell.

One function a kind, in `KINDS`. A mapping's first key is its kind, the others are its options. Dates are days, numbers int or float
as a spreadsheet has them. Not here: the plan (`plans.py`), the rows of a file (`plan_rows.py`).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zlib import crc32

from pipelines.sample.random_values import RandomSource, make_credit_code
from schemas.days import parse_day
from schemas.time_limits.workdays import add_working_days

Row = dict[str, Any]
PROVINCE = "210000"


@dataclass
class RowScope:
    """What the values of one row may use: chance, the fields so far, the names of placeholders, and the rows of other samples.

    `draw` returns a row of another dataset's sample as a value of the kind `from` states it; within a row it is always the same one.
    """

    chance: RandomSource
    names: Mapping[str, Any]
    draw: Callable[[Mapping[str, Any]], Row]
    row: Row = field(default_factory=dict)
    _drawn: dict[str, Row] = field(default_factory=dict)

    def draw_once(self, stated: Mapping[str, Any]) -> Row:
        """Returns the row that was drawn for this row from the dataset that `stated` names, or draws one."""
        dataset = stated["from"]
        if dataset not in self._drawn:
            self._drawn[dataset] = self.draw(stated)
        return self._drawn[dataset]

    def fill_text(self, template: str) -> str:
        """Returns a text with its `{placeholders}` filled by names of the file and fields of the row."""
        return template.format(**{**self.names, **self.row}) if "{" in template else template


def make_value(stated: Any, scope: RowScope) -> Any:  # noqa: ANN401 - a plan's value in, a cell out
    """Returns the cell that the plan states; None is an empty cell."""
    if isinstance(stated, str):
        return scope.fill_text(stated)
    return KINDS[next(iter(stated))](stated, scope) if isinstance(stated, Mapping) else stated


Stated = Mapping[str, Any]


def _choose(stated: Stated, scope: RowScope) -> Any:  # noqa: ANN401
    options = stated["choose"]
    chosen = scope.chance.choose_weighted(options) if isinstance(options, Mapping) else scope.chance.choice(options)
    return make_value(chosen, scope)


def _county(_: Stated, scope: RowScope) -> str:
    return str(scope.names["county"])


def _credit_code(stated: Stated, scope: RowScope) -> str:
    prefix = str(stated["credit_code"])
    if "of" in stated:
        return make_credit_code(prefix, PROVINCE, crc32(scope.fill_text(stated["of"]).encode()))
    return make_credit_code(prefix, scope.names["county"], scope.chance.randrange(100000))


def _day(stated: Stated, scope: RowScope) -> date:
    first, last = (_read_day(one, scope) for one in stated["day"])
    return scope.chance.choose_day(first, last)


def _days_after(stated: Stated, scope: RowScope) -> date | None:
    start = scope.row[stated["days_after"]]
    if start is None:
        return None
    days = scope.chance.randint(stated["from"], stated["to"])
    if stated.get("working"):
        return add_working_days(start, days).day
    return date.fromordinal(start.toordinal() + days)


def _number(stated: Stated, scope: RowScope) -> float:
    low, high = stated["number"]
    return _step_down(low + scope.chance.random() * (high - low), stated.get("step", 1), low)


def _part_of(stated: Stated, scope: RowScope) -> float | None:
    whole = scope.row[stated["part_of"]]
    low, high = stated["share"]
    return None if whole is None else _step_down(whole * scope.chance.uniform(low, high), stated.get("step", 1), 0)


def _sum(stated: Stated, scope: RowScope) -> float:
    return _tidy(math.fsum(_read_numbers(stated["sum"], scope)))


def _difference(stated: Stated, scope: RowScope) -> float:
    first, *others = _read_numbers(stated["difference"], scope)
    return _tidy(first - math.fsum(others))


def _product(stated: Stated, scope: RowScope) -> float:
    return _tidy(math.prod(_read_numbers(stated["product"], scope)))


def _percentage(stated: Stated, scope: RowScope) -> float | None:
    part, whole = _read_numbers(stated["percentage"], scope)
    return round(part / whole * 100, stated.get("decimals", 1)) if whole else None


def _from(stated: Stated, scope: RowScope) -> Any:  # noqa: ANN401
    return scope.draw_once(stated).get(stated["field"])


def _copy(stated: Stated, scope: RowScope) -> Any:  # noqa: ANN401
    return scope.row[stated["copy"]]


def _when(stated: Stated, scope: RowScope) -> Any:  # noqa: ANN401
    condition = stated["when"]
    value = scope.row.get(condition["field"])
    holds = value in condition["is_in"] if "is_in" in condition else value is not None
    return make_value(stated["then"] if holds else stated.get("otherwise"), scope)


KINDS: Mapping[str, Callable[[Stated, RowScope], Any]] = {
    "choose": _choose,
    "county": _county,
    "credit_code": _credit_code,
    "day": _day,
    "days_after": _days_after,
    "number": _number,
    "part_of": _part_of,
    "sum": _sum,
    "difference": _difference,
    "product": _product,
    "percentage": _percentage,
    "from": _from,
    "copy": _copy,
    "when": _when,
}


def _read_day(stated: Any, scope: RowScope) -> date:  # noqa: ANN401 - a day of YAML, a text, or a field's name
    if isinstance(stated, date):
        return stated
    found = scope.row.get(stated)
    return found if isinstance(found, date) else parse_day(scope.fill_text(stated))


def _read_numbers(stated: Sequence[Any], scope: RowScope) -> list[float]:
    """Numbers stand for themselves, names for fields; an empty field counts as 0."""
    return [one if isinstance(one, int | float) else scope.row[one] or 0 for one in stated]


def _step_down(value: float, step: float, least: float) -> float:
    """Returns the multiple of `step` above `least` that is next below the value, as int where it is whole."""
    return _tidy(least + math.floor((value - least) / step) * step)


def _tidy(value: float) -> float:
    rounded = round(value, 6)
    return int(rounded) if float(rounded).is_integer() else rounded

"""The charts of a dataset, as its contract declares them under `charts:`, and the check of the declarations. Pure.

A chart says how released rows are counted or summed; it decides nothing about files, rows or releases. A contract without
`charts:` has the one of `derive_charts`; with `charts: []` it has none. Not here: the figures (`catalog/pictures/chart_figures.py`) and
their picture (`catalog/pictures/chart_drawing.py`).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from schemas.frozen_model import FrozenModel
from schemas.rules.rule_base import Scalar
from schemas.text import FilledText, Text

ChartKind = Literal["bars", "columns", "lines"]
ChartPeriod = Literal["year", "quarter", "month"]
MOST_SERIES = 6
"""Most lines of one chart."""
DIVISIONS = "admin_division"
"""The code list of divisions, by whose cities a dataset is counted if its contract says nothing."""
_NUMBERS = frozenset({"integer", "number"})
_DAYS = frozenset({"date", "datetime"})
_YEARS = frozenset({"year", "integer"})
_SHARES = frozenset({"%", "‰", "°", "百分点", "米/秒"})
"""Units of values whose sum means nothing."""


class ChartFilter(FrozenModel):
    """Rows whose `field` has one of the values `is_in`, or none of `is_not`. An empty cell is in neither."""

    field: str
    is_in: tuple[Scalar, ...] = ()
    is_not: tuple[Scalar, ...] = ()

    @model_validator(mode="after")
    def _require_one_list(self) -> Self:
        if bool(self.is_in) == bool(self.is_not):
            raise ValueError(f"chart filter of {self.field}: give is_in or is_not")
        return self


class Chart(FrozenModel):
    """One chart: `bars` of categories or of several measures, `columns` or `lines` over time. Key: `id` within its contract."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    kind: ChartKind
    title: FilledText
    by: str | None = Field(
        default=None,
        description="bars: the field with a code list whose values are the bars (none: each of `measures` is one); columns and lines: the date or the year",
    )
    group: bool = Field(
        default=False, description="bars: the groups of the codes instead, such as the city of a county"
    )
    period: ChartPeriod | None = Field(default=None, description="columns and lines by a date: what one point covers")
    measures: tuple[str, ...] = Field(
        default=(), description="the number that is summed; none: rows are counted; several: one bar each, of one unit"
    )
    split: str | None = Field(
        default=None, description="lines: the field with a code list of whose largest values each has a line"
    )
    where: tuple[ChartFilter, ...] = Field(default=(), description="the rows that count; all of the conditions hold")
    newest: str | None = Field(
        default=None,
        description="only rows with the newest value of this date or year count: for stocks, which must not be summed over time",
    )
    top: int = Field(default=14, ge=2, le=20, description="bars: so many of the largest; the rest is one bar")
    order: Literal["size", "codes"] = Field(
        default="size", description="bars: the largest first, or as the code list goes, as for age bands"
    )

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of all fields that it needs, each once."""
        named = (self.by, *self.measures, self.split, *(one.field for one in self.where), self.newest)
        return tuple(dict.fromkeys(name for name in named if name))

    @model_validator(mode="after")
    def _require_fitting_parts(self) -> Self:
        if wrong := next(_unfit_parts(self), None):
            raise ValueError(f"chart {self.id}: {wrong}")
        return self


def _unfit_parts(chart: Chart) -> Iterator[str]:
    """Yields the parts of a chart that do not fit together, whatever its fields are."""
    bars, set_for = chart.kind == "bars", chart.model_fields_set
    if chart.by is None and (not bars or len(chart.measures) < 2):  # noqa: PLR2004 - one bar is no chart
        yield "without `by` it has bars of two measures or more"
    if chart.by is not None and len(chart.measures) > 1:
        yield "with `by` it sums one measure"
    if chart.by is None and (chart.group or "order" in set_for):
        yield "`group` and `order` need `by`"
    if not bars and set_for & {"group", "top", "order"}:
        yield "`group`, `top` and `order` are for bars"
    if bars and chart.period:
        yield "`period` is for columns and lines"
    if chart.kind != "lines" and chart.split:
        yield "`split` is for lines"


class ChartField(NamedTuple):
    """What a chart must know of a field. Key: `name`."""

    name: str
    type: str
    unit: str | None
    codelist: str | None


def refuse_unfit_charts(charts: Sequence[Chart], fields: Mapping[str, ChartField]) -> None:
    """Checks that the charts fit these fields, which are the public ones of a dataset, by name.

    ValueError names the chart, the field and what it must be. Whether a code list has groups is not known here.
    """
    ids = [chart.id for chart in charts]
    if len(set(ids)) < len(ids):
        raise ValueError(f"charts: an id stands twice in {ids}")
    for chart in charts:
        if unknown := [name for name in chart.fields if name not in fields]:
            raise ValueError(f"chart {chart.id}: {unknown} are no fields that a release has")
        if wrong := next(_unfit_fields(chart, fields), None):
            raise ValueError(f"chart {chart.id}: {wrong}")


def _unfit_fields(chart: Chart, fields: Mapping[str, ChartField]) -> Iterator[str]:
    """Yields what the kind of a chart requires of its fields and they lack."""
    for name in (chart.by if chart.kind == "bars" else None, chart.split):
        if name and not fields[name].codelist:
            yield f"{name} has no code list"
    if chart.kind != "bars" and chart.by:
        yield from _unfit_time(chart, fields[chart.by])
    if chart.newest and fields[chart.newest].type not in _DAYS | _YEARS:
        yield f"{chart.newest} is no date and no year"
    for name in chart.measures:
        if fields[name].type not in _NUMBERS or fields[name].unit in _SHARES:
            yield f"{name} is no number that can be summed"
    if len({fields[name].unit for name in chart.measures}) > 1:
        yield f"{list(chart.measures)} have different units"


def _unfit_time(chart: Chart, field: ChartField) -> Iterator[str]:
    if field.type in _DAYS and not chart.period:
        yield f"{field.name} is a date: say whether a point is a year, a quarter or a month (`period`)"
    if field.type in _YEARS and chart.period:
        yield f"{field.name} is a year: it takes no `period`"
    if field.type not in _DAYS | _YEARS:
        yield f"{field.name} is no date and no year"


def derive_charts(fields: Mapping[str, ChartField]) -> tuple[Chart, ...]:
    """Returns the charts of a contract that declares none: its rows by city if it has divisions, else nothing."""
    at = next((field.name for field in fields.values() if field.codelist == DIVISIONS), None)
    if at is None:
        return ()
    title = Text(zh="各市记录数", en="Records by city")
    return (Chart(id="by-city", kind="bars", by=at, group=True, title=title),)


def exclude_charts(descriptor: Mapping[str, Any]) -> dict[str, Any]:
    """Returns a contract's descriptor without its charts, which change nothing about files, rows or releases."""
    policy = {key: value for key, value in descriptor["sportlake"].items() if key != "charts"}
    return {**descriptor, "sportlake": policy}

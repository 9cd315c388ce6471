"""The figures of a chart: released rows counted or summed by category or over time, in DuckDB from the release's Parquet files.

Sums are decimals of six digits, so that they do not depend on the order of rows. An empty cell is no category and no zero:
such rows are counted by themselves. Code labels come from the release's own code lists. Labels are returned as plain text,
which the caller must escape. Not here: what charts there are (`schemas/charts.py`), their picture (`chart_drawing.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from catalog.entry import CatalogueEntry, DictionaryField
from catalog.preview import CodeLine
from catalog.release_query import query_release
from schemas.charts import MOST_SERIES, Chart, ChartPeriod
from schemas.text import Text

MOST_PERIODS = 40
"""Periods that are drawn; the figures of earlier ones are one sum."""
_QUARTERS, _MONTHS = 4, 12


@dataclass(frozen=True)
class ChartPoint:
    """One bar, column or point; `value` is None where no row has a number."""

    label: Text
    value: float | None


@dataclass(frozen=True)
class ChartSeries:
    """One line of a chart; its points are the periods of the chart, in their order. `label` is None if it is the only one."""

    label: Text | None
    points: tuple[ChartPoint, ...]


@dataclass(frozen=True)
class ChartFigures:
    """What a chart shows. Bars and columns are in `series[0]`.

    `rows`: number of rows that were read. `others`, `earlier`: number and sum of the categories and periods without a mark of their own.
    `not_stated`: number and sum of the rows without category or period. `without_number`: number of rows whose measure is empty.
    """

    chart: Chart
    measure: Text | None
    unit: str | None
    series: tuple[ChartSeries, ...]
    rows: int
    others: tuple[int, float] | None = None
    earlier: tuple[str, float] | None = None
    not_stated: tuple[int, float | None] | None = None
    without_number: int = 0
    newest: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether no mark has a value."""
        return all(point.value is None for one in self.series for point in one.points)


@dataclass(frozen=True)
class _Group:
    """One row of an aggregation: its keys, the number of rows and of numbers, and the sum."""

    keys: tuple[Any, ...]
    rows: int
    numbers: int
    value: float | None


def read_figures(
    database: duckdb.DuckDBPyConnection,
    files: Sequence[Path],
    entry: CatalogueEntry,
    codes: Mapping[str, Sequence[CodeLine]],
) -> tuple[ChartFigures, ...]:
    """The figures of every chart of the entry from its Parquet files, `codes` being its code lists by name.

    `database` is any connection; nothing is written to it. Opening one takes longer than the figures of a small dataset.

    CatalogueError if one is no Parquet file, or lacks a column of its own description.
    """
    source = _ChartSource(database, files, entry, codes)
    return tuple(source.read_chart(chart) for chart in entry.charts)


class _ChartSource:
    """One released table, and what its fields and codes are called."""

    def __init__(
        self,
        database: duckdb.DuckDBPyConnection,
        files: Sequence[Path],
        entry: CatalogueEntry,
        codes: Mapping[str, Sequence[CodeLine]],
    ) -> None:
        self._database, self._entry = database, entry
        self._files = [str(file) for file in files]
        self._fields: dict[str, DictionaryField] = {one.name: one for one in entry.dictionary}
        self._codes = {name: {line.code: line.label for line in lines} for name, lines in codes.items()}

    def read_chart(self, chart: Chart) -> ChartFigures:
        """The figures of one chart."""
        if chart.by is None:
            return self._read_measures(chart)
        return self._read_categories(chart, chart.by) if chart.kind == "bars" else self._read_periods(chart, chart.by)

    def _read_measures(self, chart: Chart) -> ChartFigures:
        found = [self._aggregate(chart, [], name)[0] for name in chart.measures]
        points = [
            ChartPoint(self._fields[name].label, group.value) for name, group in zip(chart.measures, found, strict=True)
        ]
        missing = max(group.rows - group.numbers for group in found)
        return self._make_figures(chart, [ChartSeries(None, tuple(points))], found[:1], without_number=missing)

    def _read_categories(self, chart: Chart, by: str) -> ChartFigures:
        groups = self._aggregate(chart, self._category_columns(chart, by))
        stated = [group for group in groups if group.keys[0] is not None]
        named = [(self._name_category(by, group), group) for group in stated]
        if chart.order == "codes":
            place = {code: at for at, code in enumerate(self._labels_of(by))}
            named.sort(key=lambda one: (place.get(one[1].keys[0], len(place)), one[1].keys))
        else:
            named.sort(key=lambda one: (one[1].value is None, -(one[1].value or 0), one[1].keys))
        kept = len(named) if len(named) <= chart.top + 1 else chart.top
        rest = [group for _, group in named[kept:]]
        return self._make_figures(
            chart,
            [ChartSeries(None, tuple(ChartPoint(label, group.value) for label, group in named[:kept]))],
            groups,
            others=(len(rest), _sum_values(rest) or 0.0) if rest else None,
        )

    def _read_periods(self, chart: Chart, by: str) -> ChartFigures:
        groups = self._aggregate(
            chart, [_period_column(by, chart.period), *([_quote(chart.split)] if chart.split else [])]
        )
        stated = [group for group in groups if group.keys[0] is not None]
        periods = sorted({group.keys[0] for group in stated})
        kept = list(range(max(periods[0], periods[-1] - MOST_PERIODS + 1), periods[-1] + 1)) if periods else []
        before = [group for group in stated if group.keys[0] < kept[0]]
        return self._make_figures(
            chart,
            self._make_lines(chart, [group for group in stated if group.keys[0] >= kept[0]], kept),
            groups,
            earlier=(_name_period(kept[0], chart.period).zh, _sum_values(before) or 0.0) if before else None,
        )

    def _make_lines(self, chart: Chart, groups: Sequence[_Group], periods: Sequence[int]) -> list[ChartSeries]:
        """The series of `split`, the largest first and the rest in one; without it one series.

        A period without rows has the count 0, but no sum.
        """
        by_line: dict[str | None, list[_Group]] = {}
        for group in groups:
            by_line.setdefault(group.keys[1] if chart.split else _WHOLE, []).append(group)
        lines = sorted(by_line.items(), key=lambda one: (-(_sum_values(one[1]) or 0), one[0] or ""))
        if len(lines) > MOST_SERIES:
            rest = [group for _, found in lines[MOST_SERIES - 1 :] for group in found]
            lines = [*lines[: MOST_SERIES - 1], (_REST, rest)]
        return [
            ChartSeries(self._name_line(chart.split, key), _make_points(found, periods, chart)) for key, found in lines
        ]

    def _make_figures(
        self,
        chart: Chart,
        series: Sequence[ChartSeries],
        groups: Sequence[_Group],
        *,
        others: tuple[int, float] | None = None,
        earlier: tuple[str, float] | None = None,
        without_number: int | None = None,
    ) -> ChartFigures:
        """The figures of a chart with their notes; `groups`: all groups of the chart's rows."""
        field = self._fields[chart.measures[0]] if chart.measures else None
        lost = [group for group in groups if chart.by and group.keys[0] is None]
        missing = sum(group.rows - group.numbers for group in groups) if without_number is None else without_number
        return ChartFigures(
            chart=chart,
            measure=field.label if field and chart.by else None,
            unit=field.unit if field else None,
            series=tuple(series),
            rows=sum(group.rows for group in groups),
            others=others,
            earlier=earlier,
            not_stated=(sum(group.rows for group in lost), _sum_values(lost)) if lost else None,
            without_number=missing,
            newest=self._find_newest(chart),
        )

    def _aggregate(self, chart: Chart, columns: Sequence[str], measure: str | None = None) -> list[_Group]:
        """Rows by the SQL expressions `columns`; without any it is one group."""
        measure = measure or (chart.measures[0] if chart.measures else None)
        number = _number_column(measure) if measure else "1"
        where, values = self._conditions(chart)
        keys = ", ".join([*columns, ""])
        found = self._select(f"{keys}count(*), count({number}), sum({number})", where, values, by=len(columns))
        return [_Group(row[:-3], row[-3], row[-2], None if row[-1] is None else float(row[-1]) + 0.0) for row in found]

    def _conditions(self, chart: Chart) -> tuple[str, list[Any]]:
        """The SQL condition of the rows that count, and its parameters."""
        parts, values = ["TRUE"], []
        for one in chart.where:
            stated = [str(value) if self._fields[one.field].type == "string" else value for value in (*one.is_in, *one.is_not)]  # fmt: skip
            marks = ", ".join("?" for _ in stated)
            parts.append(f"{_quote(one.field)} {'IN' if one.is_in else 'NOT IN'} ({marks})")
            values += stated
        where = " AND ".join(parts)
        if chart.newest is None:
            return where, values
        newest = f"SELECT max({_quote(chart.newest)}) FROM read_parquet(?) WHERE {where}"
        return f"{where} AND {_quote(chart.newest)} = ({newest})", [*values, self._files, *values]

    def _find_newest(self, chart: Chart) -> str | None:
        """The value of `newest` that counted, as it is written; None if none did."""
        if chart.newest is None:
            return None
        where, values = self._conditions(chart)
        found = self._select(f"max({_quote(chart.newest)})", where, values, by=0)[0][0]
        return None if found is None else str(found)

    def _select(self, columns: str, where: str, values: Sequence[Any], by: int) -> list[tuple[Any, ...]]:
        places = ", ".join(str(place + 1) for place in range(by))
        query = f"SELECT {columns} FROM read_parquet(?) WHERE {where}" + (
            f" GROUP BY {places} ORDER BY {places}" if by else ""
        )
        return query_release(self._database, query, [self._files, *values], self._files)

    def _category_columns(self, chart: Chart, by: str) -> list[str]:
        """The columns of a category: the code; for groups the Chinese and the English name of the group, or of the code itself if it is above the groups."""
        named = {language: self._label_columns(by, language) for language in ("zh", "en")}
        if not chart.group or any(len(columns) < 2 for columns in named.values()):  # noqa: PLR2004 - own name and group
            return [_quote(by)]
        return [f"coalesce({_quote(group)}, {_quote(own)})" for own, group in named.values()]

    def _label_columns(self, field: str, language: str) -> list[str]:
        return [one.name for one in self._entry.facts.labels if (one.field, one.language) == (field, language)]

    def _labels_of(self, field: str) -> Mapping[str, Text]:
        return self._codes.get(self._fields[field].codelist or "", {})

    def _name_category(self, by: str, group: _Group) -> Text:
        if len(group.keys) > 1:
            return Text(zh=str(group.keys[0]), en=str(group.keys[1]))
        code = str(group.keys[0])
        return self._labels_of(by).get(code, Text(zh=code, en=code))

    def _name_line(self, split: str | None, key: str | None) -> Text | None:
        if split is None:
            return None
        if key is None or key == _REST:
            return _REST_LABEL if key == _REST else _NOT_STATED_LABEL
        return self._labels_of(split).get(key, Text(zh=key, en=key))


_WHOLE = _REST = ""
_REST_LABEL = Text(zh="其他", en="Others")
_NOT_STATED_LABEL = Text(zh="未填报", en="Not stated")


def _make_points(groups: Sequence[_Group], periods: Sequence[int], chart: Chart) -> tuple[ChartPoint, ...]:
    found: dict[int, list[_Group]] = {}
    for group in groups:
        found.setdefault(group.keys[0], []).append(group)
    none = None if chart.measures else 0.0
    return tuple(
        ChartPoint(_name_period(period, chart.period), _sum_values(found[period]) if period in found else none)
        for period in periods
    )


def _sum_values(groups: Sequence[_Group]) -> float | None:
    """The sum of the values; None if there is none. Rounded to the digits of the sums, because binary fractions do not add up exactly."""
    values = [group.value for group in groups if group.value is not None]
    return round(sum(values), 6) if values else None


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _number_column(field: str) -> str:
    """SQL for the exact decimal of a number; null for NaN and infinity.

    A TRY_CAST alone would do, but DuckDB 2.0 counts its nulls wrongly over a Parquet column that has none itself.
    """
    at = _quote(field)
    return f"CASE WHEN isfinite(CAST({at} AS DOUBLE)) THEN TRY_CAST({at} AS DECIMAL(38, 6)) END"


def _period_column(field: str, period: ChartPeriod | None) -> str:
    """SQL for the number of a period: the year itself, or quarters or months since the year 0."""
    at = _quote(field) if period is None else f"CAST({_quote(field)} AS DATE)"
    return {
        None: at,
        "year": f"year({at})",
        "quarter": f"year({at}) * {_QUARTERS} + quarter({at}) - 1",
        "month": f"year({at}) * {_MONTHS} + month({at}) - 1",
    }[period]


def _name_period(number: int, period: ChartPeriod | None) -> Text:
    """`2026`, `2026-Q3`, `2026-09`, as people and the periods of hand-ins write them."""
    parts = {"quarter": _QUARTERS, "month": _MONTHS}.get(period or "year")
    if parts is None:
        return Text(zh=str(number), en=str(number))
    year, part = divmod(number, parts)
    name = f"{year}-Q{part + 1}" if period == "quarter" else f"{year}-{part + 1:02}"
    return Text(zh=name, en=name)

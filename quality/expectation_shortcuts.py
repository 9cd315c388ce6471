"""Expectations that a table certainly meets, or certainly does not, by its own statistics: these do not need Great Expectations, or its import.

Any expectation may be left undecided, but one that is not met is never accepted: only whole counts, and measures clearly inside their
bounds, are certain. Not here: which expectation applies and what its failure says (`expectations.py`).
"""

from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

MARGIN = 1e-6
"""Share of the larger bound: sums of doubles differ by far less, whatever their order."""
SHARE = 1e-9
"""A share this near to its limit is left to Great Expectations."""


def certainly_met(theirs: str, arguments: Mapping[str, Any], table: pa.Table) -> bool:
    """Returns whether an expectation of that name and with those arguments certainly holds for the table."""
    known = _KNOWN.get(theirs)
    if known is None or not table.num_rows:
        return False
    column = table.column(arguments["column"]) if "column" in arguments else None
    if column is not None and _holds_nan(column):
        return False
    return bool(known(column, table, arguments))


def observe_failure(theirs: str, arguments: Mapping[str, Any], table: pa.Table) -> float | None:
    """Returns the figure for which an expectation of that name certainly does not hold, a whole count or the nulls in per cent.

    None if it holds, compares another figure, or is in doubt.
    """
    known = _FAILURES.get(theirs)
    if known is None or not table.num_rows:
        return None
    column = table.column(arguments["column"]) if "column" in arguments else None
    return None if column is not None and _holds_nan(column) else known(column, table, arguments)


def _holds_nan(column: pa.ChunkedArray) -> bool:
    """Whether a cell is NaN, which is null to pandas."""
    return pa.types.is_floating(column.type) and pc.any(pc.is_nan(column)).as_py() is True


def _count_distinct(column: pa.ChunkedArray) -> int:
    # Arrow distinguishes -0.0 from 0.0, which are equal.
    values = pc.add(column, 0.0) if pa.types.is_floating(column.type) else column
    return int(pc.count_distinct(values, mode="only_valid").as_py())


def _observe_nulls(column: pa.ChunkedArray, table: pa.Table, arguments: Mapping[str, Any]) -> float | None:
    share = 1 - column.null_count / table.num_rows
    return column.null_count / table.num_rows * 100 if share < arguments["mostly"] - SHARE else None


def _observe_distinct_count(column: pa.ChunkedArray, _: pa.Table, arguments: Mapping[str, Any]) -> int | None:
    count = _count_distinct(column)
    return None if _is_between(count, arguments, 0) else count


def _observe_row_count(_: None, table: pa.Table, arguments: Mapping[str, Any]) -> int | None:
    return None if _is_between(table.num_rows, arguments, 0) else table.num_rows


def _has_few_nulls(column: pa.ChunkedArray, table: pa.Table, arguments: Mapping[str, Any]) -> bool:
    share = 1 - column.null_count / table.num_rows
    return column.null_count == 0 or bool(share >= arguments["mostly"] + SHARE)


def _has_distinct_count(column: pa.ChunkedArray, _: pa.Table, arguments: Mapping[str, Any]) -> bool:
    return _is_between(_count_distinct(column), arguments, 0)


def _has_row_count(_: None, table: pa.Table, arguments: Mapping[str, Any]) -> bool:
    return _is_between(table.num_rows, arguments, 0)


def _has_mean(column: pa.ChunkedArray, _: pa.Table, arguments: Mapping[str, Any]) -> bool:
    return _is_between(pc.mean(column).as_py(), arguments, MARGIN)


def _has_median(column: pa.ChunkedArray, _: pa.Table, arguments: Mapping[str, Any]) -> bool:
    return _is_between(pc.quantile(column, q=0.5)[0].as_py(), arguments, MARGIN)


def _is_between(figure: float | None, arguments: Mapping[str, Any], margin: float) -> bool:
    """Whether the figure is inside both bounds (None: no bound) by more than `margin`, a share of the larger one."""
    if figure is None:
        return False
    least, most = arguments["min_value"], arguments["max_value"]
    slack = margin * max(abs(bound) for bound in (least, most, figure) if bound is not None)
    return (least is None or figure >= least + slack) and (most is None or figure <= most - slack)


_KNOWN: Mapping[str, Callable[[Any, pa.Table, Mapping[str, Any]], bool]] = {
    "ExpectColumnValuesToNotBeNull": _has_few_nulls,
    "ExpectColumnUniqueValueCountToBeBetween": _has_distinct_count,
    "ExpectTableRowCountToBeBetween": _has_row_count,
    "ExpectColumnMeanToBeBetween": _has_mean,
    "ExpectColumnMedianToBeBetween": _has_median,
}

_FAILURES: Mapping[str, Callable[[Any, pa.Table, Mapping[str, Any]], float | None]] = {
    "ExpectColumnValuesToNotBeNull": _observe_nulls,
    "ExpectColumnUniqueValueCountToBeBetween": _observe_distinct_count,
    "ExpectTableRowCountToBeBetween": _observe_row_count,
}

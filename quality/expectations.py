"""Check of the table as a whole: a contract's expectations as one Great Expectations suite. Sole importer of Great Expectations.

Here: the Great Expectations class of each of our kinds, the previous state it compares with, and the message of a failure.
Not here: the kinds (`schemas/rules/expectations.py`), cells and rows, and storing results: the context is in memory, and keeps no table.

Great Expectations takes seconds to import, so it only gets the expectations that `expectation_shortcuts.py` leaves undecided.
"""

import math
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from threading import Lock
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from quality.expectation_shortcuts import certainly_met, observe_failure
from quality.findings import Finding
from quality.rules.judge import fill_in
from schemas.contract import Contract, Field
from schemas.errors import ContractError, SportlakeError
from schemas.rules.expectations import Distinct, Mean, Nulls, TableExpectation, UnitSlip, Volume
from schemas.severity import Severity
from schemas.text import Text

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuite, ExpectationValidationResult
    from great_expectations.core.batch_definition import BatchDefinition

SLIP = 100
"""A median this many times above or below the previous one is an error of units (10 000 times), not a real change."""
SEVERITIES: dict[Severity, str] = {"error": "critical", "warning": "warning", "info": "info"}
DECIMALS = 9
"""Shares are rounded to so many decimals; otherwise 1 - 0.7 would be more than 0.3."""
NOTHING = "—"
"""What a message displays where there is no number."""
_ALONE = Lock()


@dataclass(frozen=True)
class _PosedExpectation:
    """One of our expectations, as passed to Great Expectations: its class name there, its arguments, and our message."""

    ours: TableExpectation
    theirs: str
    arguments: dict[str, Any]
    expected: str
    previous: float | None = None


def judge_table(table: pa.Table, previous: pa.Table | None, contract: Contract) -> list[Finding]:
    """Returns a finding (without a row) for each expectation that the table does not meet, in the contract's order.

    `table` and `previous` (the last accepted state of the same department, `list_compared_fields` at least) are typed. Kinds that compare are skipped on a first
    submission, where the field is wholly empty now or before, and where the previous figure is 0: a share of 0 has no meaning. A
    message may use `{observed}`, `{expected}` and `{previous}`. ContractError if an expectation needs numbers and its field has
    none.
    """
    posed = [p for ours in contract.policy.expectations for p in _pose_expectation(ours, table, previous, contract)]
    posed = [p for p in posed if not certainly_met(p.theirs, p.arguments, table)]
    figures = [observe_failure(p.theirs, p.arguments, table) for p in posed]
    doubtful = [p for p, figure in zip(posed, figures, strict=True) if figure is None]
    results = iter(_validate_posed(table, doubtful) if doubtful else ())
    found: list[Finding] = []
    for p, figure in zip(posed, figures, strict=True):
        if figure is not None:
            found.append(_make_finding(p, figure, contract))
        elif not (result := next(results)).success:
            found.append(_make_finding(p, _read_observed(p, result), contract))
    return found


def list_compared_fields(contract: Contract) -> list[str]:
    """Returns the fields whose previous cells `judge_table` reads."""
    compared = (ours for ours in contract.policy.expectations if isinstance(ours, Nulls | Mean | UnitSlip))
    return sorted({ours.field for ours in compared})


def _pose_expectation(
    ours: TableExpectation, table: pa.Table, previous: pa.Table | None, contract: Contract
) -> Iterator[_PosedExpectation]:
    match ours:
        case Nulls():
            arguments = {"column": ours.field, "mostly": round(1 - ours.max_share, DECIMALS)}
            before = None if previous is None else _null_share(previous.column(ours.field))
            yield _PosedExpectation(
                ours, "ExpectColumnValuesToNotBeNull", arguments, f"≤ {_format_percent(ours.max_share)}", before
            )
        case Distinct():
            yield _build_between_expectation(
                ours, "ExpectColumnUniqueValueCountToBeBetween", ours.field, ours.minimum, ours.maximum
            )
        case Volume() if previous is not None and previous.num_rows:
            rows = previous.num_rows
            least = math.ceil(round(rows * (1 - ours.max_change), DECIMALS))
            most = math.floor(round(rows * (1 + ours.max_change), DECIMALS))
            yield _build_between_expectation(ours, "ExpectTableRowCountToBeBetween", None, max(least, 0), most, rows)
        case Mean() if before := _previous_figure(pc.mean, ours, table, previous, contract):
            room = ours.max_change * abs(before)
            yield _build_between_expectation(
                ours, "ExpectColumnMeanToBeBetween", ours.field, before - room, before + room, before
            )
        case UnitSlip() if before := _previous_figure(_column_median, ours, table, previous, contract):
            least, most = sorted((before / SLIP, before * SLIP))
            yield _build_between_expectation(ours, "ExpectColumnMedianToBeBetween", ours.field, least, most, before)


def _build_between_expectation(
    ours: TableExpectation,
    theirs: str,
    column: str | None,
    least: float,
    most: float | None,
    previous: float | None = None,
) -> _PosedExpectation:
    expected = f"≥ {_format_number(least)}" if most is None else f"{_format_number(least)} – {_format_number(most)}"
    arguments = {"min_value": least, "max_value": most} | ({"column": column} if column else {})
    return _PosedExpectation(ours, theirs, arguments, expected, previous)


def _previous_figure(
    measure: Any,  # noqa: ANN401 - a function of pyarrow.compute, which has no types
    ours: Mean | UnitSlip,
    table: pa.Table,
    previous: pa.Table | None,
    contract: Contract,
) -> float | None:
    """Previous figure; None if there is nothing to compare now or before. ContractError if the field holds no numbers."""
    for column in (table.schema.field(ours.field), *(() if previous is None else (previous.schema.field(ours.field),))):
        if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
            raise ContractError(
                Text(
                    zh=f"数据规范 {contract.name} 的整表核对规则 {ours.id} 需要数字，字段 {ours.field} 的类型是 {column.type}；请改字段或规则",
                    en=f"expectation {ours.id} of contract {contract.name} needs numbers, but field {ours.field} is {column.type}: change either",
                )
            )
    if previous is None or table.column(ours.field).null_count == table.num_rows:
        return None
    value = measure(previous.column(ours.field)).as_py()
    return None if value is None or not math.isfinite(value) else float(value)


def _column_median(column: pa.ChunkedArray) -> pa.Scalar:
    return pc.quantile(column, q=0.5)[0] if len(column) > column.null_count else pa.scalar(None, pa.float64())


def _null_share(column: pa.ChunkedArray) -> float | None:
    return column.null_count / len(column) if len(column) else None


def _validate_posed(table: pa.Table, posed: Sequence[_PosedExpectation]) -> list["ExpectationValidationResult"]:
    """Returns one result for each of `posed`, in order, from one suite over a pandas frame of the columns concerned.

    Great Expectations keeps a suite as a set and drops duplicates; each of ours finds its result by its configuration.
    """
    place, kinds, new_suite = _open_context()
    suite = new_suite(name="contract")
    questions = []
    for p in posed:
        theirs = getattr(kinds, p.theirs)(**p.arguments, severity=SEVERITIES[p.ours.severity])
        suite.add_expectation(theirs)
        questions.append(_expectation_key(theirs.configuration))
    results = _validate_frame(place, _pandas_frame(table, posed), suite)
    answers = {_expectation_key(r.expectation_config): r for r in results}
    return [answers[question] for question in questions]


class _Context(NamedTuple):
    """One context of Great Expectations: the batch definition for frames, the expectation classes, and the class of suites."""

    place: "BatchDefinition[Any]"
    kinds: ModuleType
    new_suite: "type[ExpectationSuite]"


@cache
def _open_context() -> _Context:
    """Returns the one context of a process: making it takes four times as long as judging a small table in it."""
    with warnings.catch_warnings():
        # great_expectations 1.24 imports sre_constants and sre_parse, which Python 3.11 deprecates.
        warnings.filterwarnings("ignore", "module 'sre_(constants|parse)' is deprecated", DeprecationWarning)
        import great_expectations as gx
        from great_expectations import expectations as kinds
        from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.enable_analytics(False)
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("candidate").add_dataframe_asset("table")
    return _Context(asset.add_batch_definition_whole_dataframe("whole"), kinds, gx.ExpectationSuite)


def _validate_frame(
    place: "BatchDefinition[Any]",
    frame: Any,  # noqa: ANN401 - pandas is imported late
    suite: "ExpectationSuite",
) -> "list[ExpectationValidationResult]":
    """Returns the results of a suite. The context gives all frames the same name, so they are validated one at a time, and none is kept."""
    with _ALONE:
        try:
            batch = place.get_batch({"dataframe": frame})
            return list(batch.validate(suite, result_format="BASIC").results)
        finally:
            loaded = place.data_asset.datasource.get_execution_engine().batch_manager
            loaded.reset_batch_cache()
            loaded.batch_data_cache.clear()


def _pandas_frame(table: pa.Table, posed: Sequence[_PosedExpectation]) -> Any:  # noqa: ANN401 - pandas is imported here and nowhere else
    """Returns the columns concerned, or rows without columns if there are none."""
    import pandas as pd

    columns = list(dict.fromkeys(p.arguments["column"] for p in posed if "column" in p.arguments))
    return table.select(columns).to_pandas() if columns else pd.DataFrame(index=range(table.num_rows))


def _expectation_key(configuration: Any) -> str:  # noqa: ANN401 - a class of Great Expectations, which is imported late
    """Returns the configuration without severity and batch: equal for duplicates."""
    arguments = {name: value for name, value in configuration.kwargs.items() if name != "batch_id"}
    return f"{configuration.type} {sorted(arguments.items())}"


def _read_observed(posed: _PosedExpectation, result: "ExpectationValidationResult") -> float | None:
    """Returns the observed figure of a result, of nulls in per cent; SportlakeError if it could not be computed at all."""
    if (about := result.exception_info).get("raised_exception", True):
        raise SportlakeError(
            Text(
                zh=f"整表核对规则 {posed.ours.id} 无法计算：{about}；请检查该字段的类型和数据规范",
                en=f"expectation {posed.ours.id} cannot be computed: {about}; look at the type of the field and the contract",
            )
        )
    observed: float | None = result.result.get(
        "unexpected_percent" if isinstance(posed.ours, Nulls) else "observed_value"
    )
    return observed


def _make_finding(posed: _PosedExpectation, observed: float | None, contract: Contract) -> Finding:
    """Returns the finding for an expectation that is not met; `observed` as in `_read_observed`.

    Where the previous state leaves the plausible bounds of the field and the present one keeps them, the finding says so.
    """
    ours = posed.ours
    nulls = isinstance(ours, Nulls)
    shown = NOTHING if observed is None else _format_percent(observed / 100) if nulls else _format_number(observed)
    before = NOTHING if posed.previous is None else (_format_percent if nulls else _format_number)(posed.previous)
    message, mend = ours.message, ours.mend
    if isinstance(ours, UnitSlip) and _is_previous_odd(contract.get_field(ours.field), posed.previous, observed):
        message, mend = _PREVIOUS_ODD
    filled = {"observed": shown, "expected": posed.expected, "previous": before}
    if isinstance(ours, UnitSlip):
        filled |= {
            "field": contract.get_field(ours.field).title,
            "field_en": contract.get_field(ours.field).policy.title_en,
        }
    return Finding(
        judge="table",
        type=ours.id,
        severity=ours.severity,
        field=getattr(ours, "field", None),
        value=shown,
        message=fill_in(message, {name: Text(zh=value_text, en=value_text) for name, value_text in filled.items()}),
        mend=mend,
    )


def _is_previous_odd(field: Field, previous: float | None, observed: float | None) -> bool:
    plausible = field.policy.plausible
    return (
        plausible is not None
        and previous is not None
        and observed is not None
        and plausible.allows_median(observed)
        and not plausible.allows_median(previous)
    )


_PREVIOUS_ODD = (
    Text(
        zh="{field}的中位数与上次相差约一万倍（上次 {previous}，本次 {observed}）：本次在通常范围内，疑似上次接收的数据单位有误",
        en="the median of {field_en} is about 10 000 times off the last one (then {previous}, now {observed}): this file is within the "
        "usual range; the file before is the odd one and seems to have the wrong unit",
    ),
    Text(
        zh="本次数据无须修改；请告知省体育局数据管理员，由其撤回上次的数据，或直接接收本次报送",
        en="this file needs no change; tell the data steward, who takes the earlier one back or accepts this one",
    ),
)


def _format_number(value: float) -> str:
    """Formats whole numbers without decimals, others with up to two; thousands are separated."""
    return f"{value:,.2f}".rstrip("0").rstrip(".") if math.isfinite(value) else NOTHING


def _format_percent(share: float) -> str:
    return f"{_format_number(share * 100)}%"

"""Magnitudes of the figures of a file: whether a wrong unit, or fractions in place of percentages, explains them.

The contract gives plausible bounds, so the first file of a department is judged too, and the earlier one is not trusted
more than this one. Not here: units that a file states (`pipelines/units/unit_matching.py`), the comparison with the last file
(`quality/expectations.py`).

Source: issue reports of amounts in 万元 that were read as 元; BUD-07, FAC-06. Tukey, Exploratory Data Analysis (outer fences at 3 ranges).
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.units.spellings import larger_units, unit_key
from quality.brief_findings import BriefFindings, collect_findings
from quality.findings import Finding
from schemas.contract import Contract, Field
from schemas.policy import Plausible
from schemas.rules.rules import Percentage
from schemas.text import Text

_LEAST_VALUES = 3
_SMALL = 0.01
_MYRIAD = 4
"""Power of ten between 万元 and 元, the two units that are taken for each other."""
_LEAST_COMPARED = 5
"""Number of figures from which their quartiles hold with one of them wrong."""
_SAMPLED = 10_000
"""Rows by which the middle of a column is known well enough."""
_NEAR = 1
"""How far, in powers of ten, a figure in the other unit may be from the median: it is 1 000 to 100 000 times as large or small."""
_FENCE = 3


def check_magnitudes(typed: pa.Table, contract: Contract) -> list[Finding]:
    """Returns a finding for each field whose figures, all together, leave the plausible bounds of the contract.

    `unit-magnitude`, if another unit would bring them back, as when 万元 are taken for 元: an error from 3 values above 0
    on, a warning for fewer. Else a warning (`magnitude`). `typed` are the rows without errors.
    """
    found = []
    for field in contract.fields:
        plausible, column = field.policy.plausible, typed.column(field.name)
        if plausible is None or column.null_count == len(column):
            continue
        filled = column.filter(pc.fill_null(pc.greater(column, 0), False))
        if not len(filled):
            continue
        median, most = float(pc.quantile(filled, q=0.5)[0].as_py()), float(pc.max(filled).as_py())
        if not plausible.allows_median(median):
            found.append(_magnitude_finding(field, plausible, median, len(filled)))
        elif not plausible.allows_maximum(most):
            found.append(_maximum_finding(field, plausible.maximum or (0, 0), most))
    return found


def _magnitude_finding(field: Field, plausible: Plausible, median: float, count: int) -> Finding:
    title, english, unit = field.title, field.policy.title_en, field.policy.unit or ""
    shown, usual = _format_number(median), _format_bounds(plausible.median)
    other = _find_other_unit(median, plausible, unit)
    if other is None:
        return Finding(
            judge="table",
            type="magnitude",
            severity="warning",
            field=field.name,
            value=shown,
            message=Text(
                zh=f"“{title}”的中位数为 {shown} {unit}，通常在 {usual} {unit} 之间",
                en=f"the median of {english} is {shown} {unit}; it is usually between {usual} {unit}",
            ),
            mend=Text(zh=f"请核实数值，确认以{unit}填报", en=f"check the figures and that they are given in {unit}"),
        )
    return Finding(
        judge="table",
        type="unit-magnitude",
        severity="error" if count >= _LEAST_VALUES else "warning",
        field=field.name,
        value=shown,
        message=Text(
            zh=f"“{title}”疑似单位有误（{other}/{unit}），请核实：按{unit}计中位数只有 {shown}，通常在 {usual} 之间"
            if median < plausible.median[0]
            else f"“{title}”疑似单位有误（{other}/{unit}），请核实：按{unit}计中位数达 {shown}，通常在 {usual} 之间",
            en=f"the unit of {english} seems to be wrong ({other} or {unit}): the median is {shown} {unit}, and usually between {usual}",
        ),
        mend=Text(
            zh=f"如填的是{other}，请在表头写“{title}（{other}）”，平台会换算为{unit}；如确为{unit}，请告知省体育局数据管理员"
            if median < plausible.median[0]
            else f"如把{unit}当作{other}换算过，请改回以{unit}填报；如确为此数，请告知省体育局数据管理员",
            en=f"if the figures are in {other}, say so in the label, as in {english} ({other}), and they are converted; if they are in {unit}, tell the data steward"
            if median < plausible.median[0]
            else f"if {unit} were taken for {other} and converted, give the figures in {unit}; if they are right, tell the data steward",
        ),
    )


def _maximum_finding(field: Field, bounds: tuple[float, float], most: float) -> Finding:
    shown, unit = _format_number(most), field.policy.unit
    return Finding(
        judge="table",
        type="magnitude",
        severity="warning",
        field=field.name,
        value=shown,
        message=Text(
            zh=f"“{field.title}”的最大值为 {shown} {unit}，通常在 {_format_bounds(bounds)} {unit} 之间",
            en=f"the largest {field.policy.title_en} is {shown} {unit}; it is usually between {_format_bounds(bounds)} {unit}",
        ),
        mend=Text(zh=f"请核实该行的数值和单位（{unit}）", en=f"check the figure of that row and its unit ({unit})"),
    )


def find_unit_slips(typed: pa.Table, rows: pa.Array, contract: Contract, most: int | None) -> BriefFindings:
    """Returns a warning (`unit-slip`) for each figure that is 10 000 times too large or too small for its column, as 元 under 万元.

    A figure is one if it is at least 1 000 times the median of the column's figures above 0 (or at most a thousandth), lies outside the outer
    fences of their powers of ten, and is within a power of ten of the median when it is divided (multiplied) by 10 000. A column of fewer
    than 5 figures, and one of a unit without a larger one by 10 000, has none. `typed`: the rows without errors, `rows`: their numbers.
    `most`: how many findings of a column are made; None for all.
    """
    found = BriefFindings()
    for field in contract.fields:
        larger = larger_units(field.policy.unit or "").get(_MYRIAD)
        if larger is not None and field.type in {"number", "integer"}:
            # Arrow compares no whole number above 2^53 with a float, and here the last digits do not count.
            figures = typed.column(field.name).cast(pa.float64(), safe=False)
            found += collect_findings(_slip_findings(field, larger, figures, rows), most)
    return found


def _slip_findings(field: Field, larger: str, column: pa.ChunkedArray, rows: pa.Array) -> Iterator[Finding]:
    share = max(_SAMPLED // max(column.num_chunks, 1), 1)
    sample = np.concatenate([np.empty(0), *(chunk[:share].drop_null().to_numpy() for chunk in column.chunks)])
    figures = sample[(sample > 0) & np.isfinite(sample)]
    if len(figures) < _LEAST_COMPARED:
        return
    first, middle, third = np.log10(pc.quantile(figures, [0.25, 0.5, 0.75]))
    room, least = _FENCE * (third - first), _MYRIAD - _NEAR
    spans = (
        (max(middle + least, third + room), middle + _MYRIAD + _NEAR),
        (middle - _MYRIAD - _NEAR, min(middle - least, first - room)),
    )
    above, below = (
        pc.and_(pc.greater_equal(column, 10.0**low), pc.less_equal(column, 10.0**high)) for low, high in spans
    )
    slipped = pc.fill_null(pc.or_(above, below), False)
    if not pc.any(slipped).as_py():
        return
    median = pc.quantile(column.filter(pc.fill_null(pc.greater(column, 0), False)), q=0.5)[0].as_py()
    numbers, values = rows.filter(slipped.combine_chunks()), column.filter(slipped)
    for row, value in zip(numbers.to_pylist(), values.to_pylist(), strict=True):
        yield _slip_finding(field, larger, row, float(value), float(median))


def _slip_finding(field: Field, larger: str, row: int, value: float, median: float) -> Finding:
    unit, shown, usual = field.policy.unit or "", _format_number(value), _format_number(median)
    too_large = value > median
    times = f"{value / median if too_large else median / value:,.0f}"
    return Finding(
        judge="cell",
        type="unit-slip",
        severity="warning",
        row=row,
        field=field.name,
        value=shown,
        message=Text(
            zh=f"{field.title} {shown} {unit}是本列中位数（{usual} {unit}）的 {times} 倍，疑似单位有误（{larger}/{unit}）"
            if too_large
            else f"{field.title} {shown} {unit}只有本列中位数（{usual} {unit}）的 {times} 分之一，疑似单位有误（{larger}/{unit}）",
            en=f"{field.policy.title_en} {shown} {unit} is {times} times the median of its column ({usual} {unit}): the unit seems to be wrong ({larger} or {unit})"
            if too_large
            else f"{field.policy.title_en} {shown} {unit} is the {times}th part of the median of its column ({usual} {unit}): the unit seems to be wrong ({larger} or {unit})",
        ),
        mend=Text(
            zh=f"请核实该行填的是{unit}还是{larger}，改为与表头的单位一致；确为此数的不必修改",
            en=f"check whether that row is in {unit} or {larger}, and write it in the unit of the header; leave it if it is right",
        ),
    )


def _find_other_unit(median: float, plausible: Plausible, unit: str) -> str | None:
    """Returns the larger unit that explains a median out of bounds: it was taken for `unit`, or the other way round."""
    sign = 1 if median < plausible.median[0] else -1
    shifted = ((name, median * 10.0 ** (sign * exponent)) for exponent, name in larger_units(unit).items())
    return next((name for name, value in shifted if plausible.allows_median(value)), None)


def _format_number(value: float) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".") if value >= _SMALL else f"{value:.3g}"


def _format_bounds(bounds: tuple[float, float]) -> str:
    return f"{_format_number(bounds[0])} – {_format_number(bounds[1])}"


def check_fractions(typed: pa.Table, contract: Contract, judged: Sequence[Finding]) -> list[Finding]:
    """Returns an error for each percentage column none of whose numbers exceeds 1, as if 93.2 % were written as 0.932.

    `typed` are the rows that were judged, `judged` the findings of the row rules: a column that such a rule recomputes
    and finds right is right. Zeros and empty cells say nothing.
    """
    wrong = {finding.type for finding in judged}
    found = []
    for field in contract.fields:
        if unit_key(field.policy.unit or "") != "%" or field.type not in {"number", "integer"}:
            continue
        column = typed.column(field.name)
        filled = column.filter(pc.fill_null(pc.greater(column, 0), False))
        if len(filled) and pc.max(filled).as_py() <= 1 and not _is_recomputed(field.name, typed, contract, wrong):
            found.append(_fraction_finding(field, pc.max(filled).as_py()))
    return found


def _is_recomputed(name: str, typed: pa.Table, contract: Contract, wrong: set[str]) -> bool:
    """Whether a rule recomputes the percentage in at least one row, and no such rule has a finding."""
    rules = [rule for rule in contract.rules if isinstance(rule, Percentage) and rule.printed == name]
    if not rules or any(rule.id in wrong for rule in rules):
        return False
    return any(typed.select(list(dict.fromkeys([rule.part, rule.whole, name]))).drop_null().num_rows for rule in rules)


def _fraction_finding(field: Field, example: float) -> Finding:
    shown = f"{example:.6g}"
    percent = f"{example * 100:.6g}"
    return Finding(
        judge="table",
        type="fractions-for-percent",
        severity="error",
        field=field.name,
        value=shown,
        message=Text(
            zh=f"“{field.title}”的单位是 %，填的数却都不超过 1（最大 {shown}），疑似把百分比写成了小数",
            en=f"“{field.policy.title_en}” is measured in %, but none of its numbers exceeds 1 (the largest is {shown}): they look like fractions",
        ),
        mend=Text(
            zh=f"请核实：{shown} 如指 {percent}%，请填 {percent}；如确实只有 {shown}%，请告知省体育局数据管理员",
            en=f"if {shown} means {percent} %, write {percent}; if it really is {shown} %, tell the data steward",
        ),
    )

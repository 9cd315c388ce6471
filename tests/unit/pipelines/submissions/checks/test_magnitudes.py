"""Magnitudes: figures that a wrong unit explains, figures that nothing explains, and fractions in place of percentages."""

import pyarrow as pa
import pytest

from pipelines.submissions.checks.magnitudes import check_fractions, check_magnitudes, find_unit_slips
from quality.findings import Finding
from schemas.text import Text
from support.contracts import contract_with

BOUNDS = {"median": [3000, 20_000_000], "maximum": [10_000, 2_000_000_000], "source": "条例第十条"}


def found(values, **bounds):
    field = {
        "name": "capital",
        "title": "注册资金",
        "type": "number",
        "sportlake": {"title_en": "Capital", "unit": "元", "plausible": {**BOUNDS, **bounds}},
    }
    return check_magnitudes(pa.table({"capital": pa.array(values, pa.float64())}), contract_with([field]))


@pytest.mark.parametrize(
    "values",
    [[30_000, 50_000, 2_000_000], [0, 0, 0], [None], [], [None, 30_000, 0], [20_000_000, 3000], [1e9, 50_000, 50_000]],
)
def test_figures_within_their_bounds_are_no_finding(values):
    assert found(values) == []


@pytest.mark.parametrize(
    ("values", "unit"),
    [([3, 5, 200], "万元"), ([50, 30, 2000, None], "万元"), ([300, 500, 2000], "万元"), ([3e8, 5e8, 2e9], "万元"), ([0.05, 0.04, 0.1], "百万元")],
)  # fmt: skip
def test_figures_that_another_unit_explains_are_an_error_that_names_it(values, unit):
    (finding,) = found(values)
    assert (finding.type, finding.severity, finding.field, finding.row) == ("unit-magnitude", "error", "capital", None)
    assert f"“注册资金”疑似单位有误（{unit}/元），请核实" in finding.message.zh
    assert unit in finding.mend.zh


def test_one_or_two_small_figures_are_only_a_warning():
    assert [(f.type, f.severity) for f in found([5, 3])] == [("unit-magnitude", "warning")]


def test_figures_that_no_unit_explains_are_a_warning():
    assert [(f.type, f.severity) for f in found([25e6, 25e6, 25e6], median=[2e7, 2.1e7])] == [("magnitude", "warning")]
    assert [(f.type, f.severity, f.value) for f in found([50_000, 50_000, 3e9])] == [
        ("magnitude", "warning", "3,000,000,000")
    ]


def test_a_field_without_bounds_is_never_judged():
    of = contract_with([{"name": "n", "title": "数", "type": "number", "sportlake": {"unit": "元"}}])
    assert check_magnitudes(pa.table({"n": [1e-9, 1e20]}), of) == []


def slips(values, unit="元", most=None, kind="number"):
    field = {
        "name": "capital",
        "title": "注册资金",
        "type": kind,
        "sportlake": {"title_en": "Capital", "unit": unit},
    }
    table = pa.table({"capital": pa.array(values, pa.int64() if kind == "integer" else pa.float64())})
    return find_unit_slips(table, pa.array(range(2, len(values) + 2)), contract_with([field]), most)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (5e8, "500,000,000 元是本列中位数（40,000 元）的 12,500 倍"),
        (3, "3 元只有本列中位数（40,000 元）的 13,333 分之一"),
    ],
)
def test_a_figure_ten_thousand_times_off_its_column_is_a_warning_that_names_both_units(value, said):
    (finding,) = slips([30_000, None, 50_000, 0, 40_000, value, 100_000, 30_000, 40_000]).findings
    assert (finding.type, finding.severity, finding.row, finding.field) == ("unit-slip", "warning", 7, "capital")
    assert f"{said}，疑似单位有误（万元/元）" in finding.message.zh
    assert finding.fix is None


@pytest.mark.parametrize(
    ("values", "unit"),
    [
        ([30_000, 50_000, 40_000, 5e8], "元"),
        ([30_000, 50_000, 40_000, 30_000, 2e7], "元"),
        ([30_000, 50_000, 40_000, 30_000, 5e10], "元"),
        ([1, 1_000, 30_000, 5e5, 2e7, 5e8], "元"),
        ([3, 5, 4, 3, 50_000], "万元"),
        ([3, 5, 4, 3, 50_000], "m"),
        ([float("inf"), 3, 5, 4, 3, 6, 50_000], "个"),
        ([None, None, 0, 0, 0, 0], "元"),
        ([], "元"),
    ],
    ids=[
        "too few",
        "a large one",
        "larger still",
        "a wide column",
        "no larger unit",
        "another step",
        "counted",
        "nothing",
        "no rows",
    ],
)
def test_a_figure_that_may_well_be_right_is_none(values, unit):
    assert slips(values, unit).findings == []


def test_a_whole_number_that_no_float_has_is_compared_all_the_same():
    assert slips([3, 5, 4, 3, 6, 2**60 + 1], kind="integer").findings == []
    assert [one.row for one in slips([3, 5, 4, 3, 6, 4, 4, 3, 2**60 + 1, 40_000], kind="integer").findings] == [11]


def test_of_many_slips_the_first_are_made_and_the_others_are_counted():
    found = slips([30_000] * 90 + [3] * 10, most=4)
    assert ([one.row for one in found.findings], len(found.unlisted[0].rows)) == ([92, 93, 94, 95], 6)


@pytest.mark.parametrize(
    ("shares", "judged", "found"),
    [
        ([0.932, 0.5, None, 0], [], ["share"]), ([0.932, 5.0], [], []), ([0, None], [], []), ([1.0, 0.4], [], ["share"]),
    ],
)  # fmt: skip
def test_a_percentage_column_of_fractions_asks_what_they_mean(shares, judged, found):
    of = contract_with(
        [{"name": "share", "title": "占比", "type": "number", "sportlake": {"title_en": "Share", "unit": "%"}}]
    )
    typed = pa.table({"share": pa.array(shares, pa.float64())})
    findings = check_fractions(typed, of, judged)
    assert [(f.field, f.type, f.severity) for f in findings] == [
        (name, "fractions-for-percent", "error") for name in found
    ]
    assert all("如指" in f.mend.zh for f in findings)


def test_a_small_percentage_that_a_rule_recomputes_is_right_unless_the_rule_says_otherwise():
    fields = [
        "part:number",
        "whole:number",
        {"name": "share", "title": "占比", "type": "number", "sportlake": {"unit": "%"}},
    ]
    rule = {"kind": "percentage", "id": "share-right", "part": "part", "whole": "whole", "printed": "share"}
    of = contract_with(fields, [rule])
    typed = pa.table({"part": [5.0], "whole": [1000.0], "share": [0.5]})
    wrong = Finding(judge="row", type="share-right", severity="error", row=2, message=Text(zh="错", en="wrong"))
    assert check_fractions(typed, of, []) == []
    assert [f.type for f in check_fractions(typed, of, [wrong])] == ["fractions-for-percent"]
    unknown = typed.set_column(1, "whole", pa.array([None], pa.float64()))
    assert [f.type for f in check_fractions(unknown, of, [])] == ["fractions-for-percent"]

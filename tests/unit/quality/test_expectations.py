"""The judge of the table: expectations of a contract against the last accepted state."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from quality.expectations import _open_context, judge_table, list_compared_fields
from schemas.errors import ContractError
from support.contracts import contract_with

ROOT = Path(__file__).parents[3]
SCHEMA = pa.schema(
    [("id", pa.string()), ("n", pa.float64()), ("i", pa.int64()), ("d", pa.date32()), ("s", pa.string())]
)
MESSAGE = {
    "zh": "现为 {observed}，应为 {expected}，上次 {previous}",
    "en": "{observed}, not {expected}, was {previous}",
}


def contract_expecting(*expectations, **changes):
    said = [
        {"id": f"{e['kind'].replace('_', '-')}-{place}", "message": MESSAGE, "source": "test", **e}
        for place, e in enumerate(expectations)
    ]
    return contract_with(["id", "n:number", "i:integer", "d:date", "s"], policy={"expectations": said}, **changes)


def table(rows, *, n=1.0, i=1, d=date(2026, 1, 1), s="a"):
    def column(given):
        return list(given) if isinstance(given, list) else [given] * rows

    values = {"id": [str(row) for row in range(rows)], "n": column(n), "i": column(i), "d": column(d), "s": column(s)}
    return pa.table(values, schema=SCHEMA)


def judged(expectation, now, before=None):
    contract = contract_expecting(expectation)
    return judge_table(now, None if before is None else before.select([*list_compared_fields(contract)]), contract)


@pytest.mark.parametrize(("rows", "found"), [(84, 1), (85, 0), (100, 0), (115, 0), (116, 1)])
def test_volume_may_change_by_so_much_and_no_more(rows, found):
    assert len(judged({"kind": "volume", "max_change": 0.15}, table(rows), table(100))) == found


@pytest.mark.parametrize(("mean", "found"), [(89.0, 1), (91.0, 0), (109.0, 0), (111.0, 1), (-100.0, 1)])
def test_a_mean_may_change_by_so_much_and_no_more(mean, found):
    expectation = {"kind": "mean", "field": "n", "max_change": 0.1}
    assert len(judged(expectation, table(3, n=mean), table(5, n=100.0))) == found


def test_a_negative_mean_is_compared_like_any_other():
    expectation = {"kind": "mean", "field": "n", "max_change": 0.1}
    assert judged(expectation, table(3, n=-105.0), table(3, n=-100.0)) == []
    assert len(judged(expectation, table(3, n=-120.0), table(3, n=-100.0))) == 1


@pytest.mark.parametrize(("empty", "found"), [(7, 0), (8, 1), (0, 0), (10, 1)])
def test_the_allowed_share_of_empty_cells_is_itself_allowed(empty, found):
    now = table(10, s=[None] * empty + ["a"] * (10 - empty))
    assert len(judged({"kind": "nulls", "field": "s", "max_share": 0.7}, now)) == found


@pytest.mark.parametrize(("values", "found"), [(["a"] * 4, 1), (["a", "b", "a", "b"], 0), (["a", "b", "c", "d"], 1)])
def test_different_values_are_counted_between_both_limits(values, found):
    assert len(judged({"kind": "distinct", "field": "s", "minimum": 2, "maximum": 3}, table(4, s=values))) == found


def test_different_values_without_an_upper_limit():
    now = table(4, d=[date(2026, 1, day) for day in range(1, 5)])
    assert judged({"kind": "distinct", "field": "d", "minimum": 2}, now) == []


@pytest.mark.parametrize(
    ("field", "now", "found"), [("n", 1200.0, 0), ("n", 0.12, 1), ("n", 12e6, 1), ("i", 12_000_000, 1)]
)
def test_a_median_ten_thousand_times_off_is_a_slip_of_units(field, now, found):
    before = table(3, n=1200.0, i=1200)
    assert len(judged({"kind": "unit_slip", "field": field}, table(3, **{field: now}), before)) == found


@pytest.mark.parametrize(
    ("now", "before", "odd"), [(50_000.0, 5.0, True), (5.0, 50_000.0, False), (5.0, 5e8, False), (5e9, 5.0, False)]
)
def test_of_two_files_the_one_outside_of_its_plausible_bounds_is_the_odd_one(now, before, odd):
    bounds = {"median": [3000, 20_000_000], "source": "test"}
    capital = {
        "name": "n",
        "title": "注册资金",
        "type": "number",
        "sportlake": {"title_en": "Capital", "unit": "元", "plausible": bounds},
    }
    slip = {"id": "slip", "message": MESSAGE, "source": "test", "kind": "unit_slip", "field": "n", "severity": "error"}
    contract = contract_with(["id", capital, "i:integer", "d:date", "s"], policy={"expectations": [slip]})
    (finding,) = judge_table(table(3, n=now), table(3, n=before), contract)
    assert (finding.type, finding.severity) == ("slip", "error")
    assert ("疑似上次接收的数据单位有误" in finding.message.zh) == odd
    assert ("the file before is the odd one" in finding.message.en) == odd
    if odd:
        assert finding.message.zh.startswith("注册资金的中位数与上次相差约一万倍（上次 5，本次 50,000）")
        assert "直接接收本次报送" in finding.mend.zh


def test_one_wild_value_is_no_slip_of_units():
    now = table(3, n=[1200.0, 1300.0, 12e9])
    assert judged({"kind": "unit_slip", "field": "n"}, now, table(3, n=1200.0)) == []


def test_kinds_that_compare_are_skipped_on_a_first_submission():
    compared = [
        {"kind": "volume", "max_change": 0.1},
        {"kind": "mean", "field": "n", "max_change": 0.1},
        {"kind": "unit_slip", "field": "n"},
    ]
    assert judge_table(table(5), None, contract_expecting(*compared)) == []


@pytest.mark.parametrize(("now", "before"), [(None, 1.0), (1.0, None), (1.0, 0.0)])
@pytest.mark.parametrize("kind", [{"kind": "mean", "max_change": 0.1}, {"kind": "unit_slip"}])
def test_nothing_is_compared_with_an_empty_column_or_with_zero(kind, now, before):
    assert judged({**kind, "field": "n"}, table(3, n=now), table(3, n=before)) == []


def test_a_finding_says_what_was_seen_expected_and_there_before():
    expectation = {"kind": "volume", "max_change": 0.3, "severity": "error", "id": "volume-steady"}
    [found] = judged(expectation, table(2000), table(10_000))
    assert (found.judge, found.type, found.severity, found.row, found.field) == (
        "table",
        "volume-steady",
        "error",
        None,
        None,
    )
    assert found.value == "2,000"
    assert found.message.zh == "现为 2,000，应为 7,000 – 13,000，上次 10,000"
    assert found.message.en == "2,000, not 7,000 – 13,000, was 10,000"


def test_shares_are_said_in_percent():
    [found] = judged({"kind": "nulls", "field": "s", "max_share": 0.05}, table(3, s=[None, "a", "b"]), table(4))
    assert (found.field, found.value) == ("s", "33.33%")
    assert found.message.en == "33.33%, not ≤ 5%, was 0%"


@pytest.mark.parametrize("said", ["没有占位符", "未知 {other} 占位符", "花括号 {} 与 {{}}"])
def test_a_message_may_use_any_placeholder_or_none(said):
    expectation = {"kind": "distinct", "field": "s", "minimum": 5, "message": {"zh": said, "en": "x"}}
    assert len(judged(expectation, table(3))) == 1


def test_two_expectations_that_ask_the_same_both_answer():
    twin = {"kind": "nulls", "field": "s", "max_share": 0}
    found = judge_table(table(2, s=None), None, contract_expecting(twin, {**twin, "severity": "error"}))
    assert [(f.type, f.severity) for f in found] == [("nulls-0", "warning"), ("nulls-1", "error")]


def test_findings_come_in_the_order_of_the_contract_and_calls_do_not_remember_each_other():
    contract = contract_expecting(
        {"kind": "distinct", "field": "s", "minimum": 2}, {"kind": "volume", "max_change": 0.1}, {"kind": "nulls", "field": "i", "max_share": 0}
    )  # fmt: skip
    bad, good = table(2, i=None), table(4, s=["a", "b", "c", "d"])
    for now, expected in [
        (bad, ["distinct-0", "volume-1", "nulls-2"]),
        (good, []),
        (bad, ["distinct-0", "volume-1", "nulls-2"]),
    ]:
        assert [f.type for f in judge_table(now, table(4), contract)] == expected


def test_a_mean_of_texts_is_a_fault_of_the_contract():
    with pytest.raises(ContractError, match="mean-0"):
        judged({"kind": "mean", "field": "s", "max_change": 0.1}, table(3), table(3))


def test_a_table_without_rows_is_judged_without_breaking():
    every = [
        {"kind": "volume", "max_change": 0.1},
        {"kind": "mean", "field": "n", "max_change": 0.1},
        {"kind": "nulls", "field": "s", "max_share": 0.1},
        {"kind": "distinct", "field": "s", "minimum": 1},
        {"kind": "unit_slip", "field": "n"},
    ]
    assert [f.type for f in judge_table(table(0), table(3), contract_expecting(*every))] == ["volume-0", "distinct-3"]


def test_of_the_state_before_no_more_than_the_compared_fields_is_read():
    contract = contract_expecting(
        {"kind": "volume", "max_change": 0.1},
        {"kind": "mean", "field": "n", "max_change": 0.1},
        {"kind": "nulls", "field": "s", "max_share": 0.1},
        {"kind": "distinct", "field": "d", "minimum": 1},
        {"kind": "unit_slip", "field": "i"},
    )
    assert list_compared_fields(contract) == ["i", "n", "s"]
    now, before = table(3, n=1e6, i=900, s=None), table(9)
    found = judge_table(now, before, contract)
    assert [one.type for one in found] == ["volume-0", "mean-1", "nulls-2", "unit-slip-4"]
    assert judge_table(now, before.select(["i", "n", "s"]), contract) == found


def test_the_context_that_stays_keeps_no_table():
    expecting = contract_expecting({"kind": "nulls", "field": "s", "max_share": 0.1})
    assert judge_table(table(3, s=None), None, expecting)
    loaded = _open_context().place.data_asset.datasource.get_execution_engine().batch_manager
    assert not loaded.batch_cache
    assert not loaded.batch_data_cache
    assert judge_table(table(3, s=["a", None, "b"]), None, expecting)[0].value == "33.33%"


def test_great_expectations_is_imported_only_where_something_is_expected():
    script = (
        "import sys, pyarrow as pa; from quality.expectations import judge_table; from support.contracts import contract_with\n"
        "contract = contract_with(['id'], policy={'expectations': [{'kind': 'volume', 'id': 'v', 'max_change': 0.1,"
        " 'message': {'zh': 'x', 'en': 'x'}, 'source': 'x'}]})\n"
        "assert judge_table(pa.table({'id': ['a']}), None, contract) == []\n"
        "assert judge_table(pa.table({'id': ['a']}), None, contract_with(['id'])) == []\n"
        "assert 'great_expectations' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT, env={"PYTHONPATH": ".:tests"})

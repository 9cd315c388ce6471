"""Rules of time: order and period."""

from datetime import date, datetime

import pytest

from schemas.errors import ContractError
from support.judged import context_with, findings_of, places

ORDER = {"kind": "date_order", "fields": ["a", "b", "c"]}


def days(*texts):
    return dict(zip("abc", [text and date.fromisoformat(text) for text in texts], strict=False))


def test_a_public_notice_of_liaoning_ended_before_it_began():
    found = findings_of(["id", "a:date", "b:date"], ORDER | {"fields": ["a", "b"]}, [days("2018-02-26", "2017-03-01")])
    assert places(found) == [(2, "b")]
    assert found[0].value == "2017-03-01"


def test_each_date_is_held_against_the_last_one_filled_in_before_it():
    rows = [
        days("2020-01-01", "2020-01-01", "2020-01-01"),
        days("2020-01-02", None, "2020-01-01"),
        days(None, "2020-01-02", "2020-01-01"),
        days("2020-01-03", "2020-01-02", "2020-01-01"),
        days("2020-01-03", "2020-01-01", "2020-01-02"),
        days(None, None, "2020-01-01"),
        days("2020-01-01", None, None),
    ]
    found = findings_of(["id", "a:date", "b:date", "c:date"], ORDER, rows)
    assert places(found) == [(3, "c"), (4, "c"), (5, "b"), (5, "c"), (6, "b")]


def test_strict_order_allows_no_equal_dates():
    rule = ORDER | {"fields": ["a", "b"], "strict": True}
    rows = [days("2020-01-01", "2020-01-01"), days("2020-01-01", "2020-01-02")]
    assert places(findings_of(["id", "a:date", "b:date"], rule, rows)) == [(2, "b")]


@pytest.mark.parametrize("kind", ["year", "integer"])
def test_years_are_put_in_order_too(kind):
    rule = ORDER | {"fields": ["a", "b"]}
    rows = [{"a": 2020, "b": 2019}, {"a": 2020, "b": 2020}, {"a": 2020}]
    assert places(findings_of(["id", f"a:{kind}", f"b:{kind}"], rule, rows)) == [(2, "b")]


def test_a_day_and_a_moment_are_put_in_order():
    rows = [
        {"a": date(2020, 1, 2), "b": datetime.fromisoformat("2020-01-01 23:00")},
        {"a": date(2020, 1, 1), "b": datetime.fromisoformat("2020-01-01 08:00")},
    ]
    assert places(findings_of(["id", "a:date", "b:datetime"], ORDER | {"fields": ["a", "b"]}, rows)) == [(2, "b")]


def test_a_date_and_a_year_have_no_order():
    with pytest.raises(ContractError, match="cannot judge field b of type year"):
        findings_of(["id", "a:date", "b:year"], ORDER | {"fields": ["a", "b"]}, [days("2020-01-01")])


@pytest.mark.parametrize(
    ("period", "inside"),
    [
        ("2026", ["2026-01-01", "2026-03-31", "2026-04-01", "2026-12-31"]),
        ("2026-Q1", ["2026-01-01", "2026-03-31"]),
        ("2026-04", ["2026-04-01"]),
    ],
)
def test_a_day_lies_in_the_period_of_the_slice(period, inside):
    tried = ["2025-12-31", "2026-01-01", "2026-03-31", "2026-04-01", "2026-12-31", "2027-01-01"]
    rows = [{"d": date.fromisoformat(text)} for text in tried] + [{}]
    found = findings_of(["id", "d:date"], {"kind": "in_period", "field": "d"}, rows, context_with(period=period))
    assert [f.value for f in found] == [text for text in tried if text not in inside]


def test_a_year_lies_in_the_period_of_the_slice():
    rows = [{"y": y} for y in (2025, 2026, 2027, None)]
    rule = {"kind": "in_period", "field": "y"}
    for period in ("2026", "2026-Q3", "2026-02"):
        assert places(findings_of(["id", "y:year"], rule, rows, context_with(period=period))) == [(2, "y"), (4, "y")]


def test_the_last_moment_of_a_period_still_lies_in_it():
    rows = [{"t": datetime.fromisoformat("2026-12-31 23:59:59")}, {"t": datetime.fromisoformat("2027-01-01 00:00")}]
    assert places(findings_of(["id", "t:datetime"], {"kind": "in_period", "field": "t"}, rows)) == [(3, "t")]


PAST = {"kind": "not_after_receipt", "fields": ["d"]}
RECEIVED = date(2026, 11, 25)


def test_what_is_on_record_has_happened_by_the_day_of_receipt():
    rows = [{"d": date(2026, 11, 24)}, {"d": RECEIVED}, {"d": date(2026, 11, 26)}, {"d": date(2027, 3, 1)}, {}]
    found = findings_of(["id", "d:date"], PAST, rows, context_with(received=RECEIVED))
    assert [(f.row, f.field, f.value) for f in found] == [(4, "d", "2026-11-26"), (5, "d", "2027-03-01")]


def test_each_field_of_the_rule_is_asked_and_moments_and_years_too():
    rule = {"kind": "not_after_receipt", "fields": ["t", "y"]}
    rows = [
        {"t": datetime.fromisoformat("2026-11-25 23:59:59"), "y": 2026},
        {"t": datetime.fromisoformat("2026-11-26 00:00"), "y": 2027},
    ]
    assert places(findings_of(["id", "t:datetime", "y:year"], rule, rows, context_with(received=RECEIVED))) == [
        (3, "t"),
        (3, "y"),
    ]


def test_without_a_day_of_receipt_no_date_is_too_late():
    assert findings_of(["id", "d:date"], PAST, [{"d": date(2099, 1, 1)}]) == []


def test_a_text_has_no_day_of_receipt():
    with pytest.raises(ContractError, match="cannot judge field d of type string"):
        findings_of(["id", "d"], PAST, [{"d": "x"}])


def test_what_is_to_come_has_not_passed_by_the_day_of_receipt():
    rule = {"kind": "not_before_receipt", "fields": ["d", "y"], "when": {"field": "s", "is_in": ["planned"]}}
    rows = [
        {"d": date(2026, 11, 24), "y": 2025, "s": "planned"},
        {"d": RECEIVED, "y": 2026, "s": "planned"},
        {"d": date(2026, 11, 24), "y": 2025, "s": "over"},
        {"s": "planned"},
        {"d": date(2026, 11, 24)},
    ]
    fields = ["id", "d:date", "y:year", "s"]
    assert places(findings_of(fields, rule, rows, context_with(received=RECEIVED))) == [(2, "d"), (2, "y")]
    assert findings_of(fields, rule, rows) == []

"""Typed columns out of the judge's pass: the same values that frictionless reads, kept as the platform's columns keep them."""

from datetime import date, datetime, time

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.contracts import contract_with
from support.typed import comparable, conform_typed, kept_by_frictionless, typed
from warehouse.types import arrow_schema


def read(cells, **field):
    contract = contract_with([{"name": "x", **field}])
    return typed(pa.table({"x": pa.array(cells, pa.string())}), contract).column("x").to_pylist()


def found_in(cells, kind):
    contract = contract_with([f"x:{kind}"])
    return conform_typed(pa.table({"x": pa.array(cells, pa.string())}), pa.array(range(2, len(cells) + 2)), contract)


def test_missing_values_become_null_and_a_field_may_have_its_own():
    contract = contract_with(["a", {"name": "b", "missingValues": ["x"]}], missing_values=["", "-"])
    text = pa.table({"a": ["-", "", "x"], "b": ["-", "", "x"]})
    assert typed(text, contract).to_pydict() == {"a": [None, None, "x"], "b": ["-", "", None]}


def test_columns_come_in_the_order_of_the_contract():
    contract = contract_with(["a:integer", "b"])
    assert typed(pa.table({"b": ["x"], "a": ["1"]}), contract).schema.names == ["a", "b"]


def test_an_empty_table_keeps_its_types():
    contract = contract_with(["a:integer", "b:date", "c:time", "d:boolean"])
    empty = pa.table({n: pa.array([], pa.string()) for n in "abcd"})
    assert typed(empty, contract).schema == arrow_schema(contract)


@pytest.mark.parametrize(
    ("kind", "cell"),
    [("integer", "1.5"), ("number", "x"), ("date", "2026-02-30"), ("boolean", "maybe"), ("time", "25:00:00")],
)
def test_a_cell_that_does_not_conform_is_a_finding_and_null(kind, cell):
    found = found_in(["", cell], kind)
    assert [(f.row, f.field, f.type) for f in found.findings if f.field] == [(3, "x", "type-error")]
    assert found.typed["x"].to_pylist() == [None, None]


@pytest.mark.parametrize(
    ("kind", "cell"),
    [("integer", "9" * 19), ("number", "1e999"), ("datetime", "9999-12-31T23:59:59Z")],
)
def test_what_conforms_but_does_not_fit_is_listed(kind, cell):
    found = found_in(["", cell, "", cell], kind)
    assert found.overflows == [(3, "x", cell), (5, "x", cell)]
    assert found.typed["x"].to_pylist() == [None] * 4


def test_a_time_with_an_offset_becomes_beijing_time():
    assert read(["2026-01-01T00:00:00Z"], type="datetime") == [datetime.fromisoformat("2026-01-01T08:00:00")]
    assert read(["23:00:00Z"], type="time") == [time(7)]


SPACE = st.sampled_from(["", "", "", " ", "\t"])
DIGITS = st.text("0123456789_+-.eE, 元١२", min_size=1, max_size=12)
INTEGER = st.one_of(st.integers(-(2**63), 2**63 - 1).map(str), DIGITS)
NUMBER = st.one_of(
    st.floats(allow_nan=False).map(repr),
    st.decimals(allow_nan=False, allow_infinity=False).map(str),
    DIGITS,
    st.sampled_from(["NaN", "-inf", "Infinity", "1,234.50"]),
)
DAY = st.dates(min_value=date(1000, 1, 1))
MOMENT = st.datetimes(min_value=datetime(1000, 1, 2), max_value=datetime(9999, 12, 30))  # noqa: DTZ001 - wall clock
ZONE = st.sampled_from(["", "", "Z", "+08:00", "-0330"])
FIELDS = {
    "integer": (INTEGER, [{}, {"bareNumber": False}]),
    "number": (
        NUMBER,
        [{}, {"bareNumber": False}, {"groupChar": ","}, {"decimalChar": ","}, {"groupChar": ".", "decimalChar": ","}],
    ),
    "boolean": (
        st.sampled_from(["true", "False", "1", "0", "是", "否", "yes"]),
        [{}, {"trueValues": ["是", "1"], "falseValues": ["否", "1"]}],
    ),
    "date": (
        st.one_of(DAY.map(str), DAY.map(lambda d: f"{d.year}-{d.month}-{d.day}"), DAY.map(lambda d: d.strftime("%Y/%m/%d"))),
        [{}, {"format": "%Y/%m/%d"}],
    ),
    "datetime": (
        st.one_of(
            st.tuples(MOMENT, ZONE).map(lambda m: m[0].isoformat() + m[1]),
            MOMENT.map(lambda m: m.isoformat(" ", "seconds")),
            MOMENT.map(lambda m: m.strftime("%Y%m%d %H:%M")),
        ),
        [{}, {"format": "%Y%m%d %H:%M"}],
    ),
    "time": (
        st.one_of(st.tuples(st.times(), ZONE).map(lambda t: t[0].isoformat() + t[1]), st.just("24:00:00")),
        [{}, {"format": "%H:%M"}],
    ),
    "year": (st.one_of(st.integers(0, 9999).map(str), DIGITS), [{}]),
    "string": (st.text(max_size=6), [{}]),
    "yearmonth": (st.just("2026-11"), [{}]),
}  # fmt: skip


@st.composite
def described_columns(draw, rows):
    """A field of any kind and variant, and so many cells for it."""
    kind = draw(st.sampled_from(sorted(FIELDS)))
    cells, variants = FIELDS[kind]
    padded = st.tuples(SPACE, cells, SPACE).map("".join)
    return {"type": kind, **draw(st.sampled_from(variants))}, draw(
        st.lists(st.one_of(padded, st.sampled_from(["", "-"])), min_size=rows, max_size=rows)
    )


@given(columns=st.integers(1, 8).flatmap(lambda rows: st.lists(described_columns(rows), min_size=2, max_size=6)))
@settings(max_examples=120, deadline=None)
def test_typed_values_are_those_of_frictionless(columns):
    names = [f"x{at}" for at in range(len(columns))]
    fields = [{"name": name, **field} for name, (field, _) in zip(names, columns, strict=True)]
    contract = contract_with(fields, missing_values=["", "-"])
    text = pa.table({name: pa.array(cells, pa.string()) for name, (_, cells) in zip(names, columns, strict=True)})
    found = conform_typed(text, pa.array(range(2, text.num_rows + 2)), contract)
    expected, overflowing = kept_by_frictionless(text, contract), {name for _, name, _ in found.overflows}
    for name in set(names) - overflowing:
        assert comparable(found.typed[name].to_pylist()) == expected[name]

"""The table of types, and typed(): the same values that frictionless reads, from the same text."""

from datetime import date, datetime, time, timedelta, timezone
from math import isnan

import frictionless
import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from schemas.errors import ContractError, LakeError
from support.contracts import contract_with
from warehouse.types import arrow_schema, comment, duckdb_type, lake_schema, overflows, typed

BEIJING = timezone(timedelta(hours=8))


def read(cells, **field):
    contract = contract_with([{"name": "x", **field}])
    return typed(pa.table({"x": pa.array(cells, pa.string())}), contract).column("x").to_pylist()


def frictionless_reads(cells, **field):
    """Values as frictionless gives them; None for missing. Cells that do not conform come back as `Ellipsis`."""
    schema = frictionless.Schema.from_descriptor({"fields": [{"name": "x", **field}], "missingValues": ["", "-"]})
    reader = schema.get_field("x").create_cell_reader()
    return [... if notes else value for value, notes in map(reader, cells)]


def test_every_type_has_its_column():
    kinds = ["string", "integer", "number", "boolean", "date", "datetime", "time", "year", "yearmonth", "geopoint"]
    contract = contract_with([f"{kind}_:{kind}" for kind in kinds])
    assert [str(f.type) for f in arrow_schema(contract)] == [
        "string", "int64", "double", "bool", "date32[day]", "timestamp[us]", "time64[us]", "int64", "string", "string",
    ]  # fmt: skip
    assert [duckdb_type(f) for f in contract.fields[:4]] == ["VARCHAR", "BIGINT", "DOUBLE", "BOOLEAN"]


def test_a_comment_gives_title_unit_and_description_in_both_languages():
    about = {"title_en": "Area", "description_en": "floor area", "unit": "㎡"}
    contract = contract_with(["id", {"name": "a", "title": "面积", "description": "建筑面积", "sportlake": about}])
    assert comment(contract.fields[1]) == "面积（㎡）：建筑面积 / Area (㎡): floor area"
    assert arrow_schema(contract).field("a").metadata == {b"comment": comment(contract.fields[1]).encode()}


def test_the_lake_adds_department_and_period_that_are_never_null():
    schema = lake_schema(contract_with(["id"]))
    assert schema.names == ["id", "department", "period"]
    assert [f.nullable for f in schema] == [True, False, False]


def test_a_type_without_a_column_is_a_contract_error():
    with pytest.raises(ContractError, match="geojson"):
        read(["{}"], type="geojson")


def test_a_format_that_depends_on_today_is_refused():
    with pytest.raises(ContractError, match="strptime"):
        read(["10 May"], type="date", format="any")


def test_missing_values_become_null_and_a_field_may_have_its_own():
    contract = contract_with(["a", {"name": "b", "missingValues": ["x"]}], missing_values=["", "-"])
    text = pa.table({"a": ["-", "", "x"], "b": ["-", "", "x"]})
    assert typed(text, contract).to_pydict() == {"a": [None, None, "x"], "b": ["-", "", None]}


def test_columns_come_in_the_order_of_the_contract_and_keep_comments():
    contract = contract_with(["a:integer", "b"])
    table = typed(pa.table({"b": ["x"], "a": ["1"]}), contract)
    assert table.schema.equals(arrow_schema(contract), check_metadata=True)


def test_an_empty_table_keeps_its_types():
    contract = contract_with(["a:integer", "b:date", "c:time", "d:boolean"])
    empty = pa.table({n: pa.array([], pa.string()) for n in "abcd"})
    assert typed(empty, contract).schema == arrow_schema(contract)


@pytest.mark.parametrize(
    ("kind", "cell"),
    [("integer", "1.5"), ("number", "x"), ("date", "2026-02-30"), ("boolean", "maybe"), ("time", "25:00:00")],
)
def test_a_cell_that_does_not_conform_is_named_and_never_becomes_null(kind, cell):
    with pytest.raises(LakeError, match=r"\bx\b"):
        read(["", cell], type=kind)


@pytest.mark.parametrize(
    ("kind", "cell"),
    [("integer", "9" * 19), ("number", "1e999"), ("datetime", "9999-12-31T23:59:59Z")],
)
def test_what_conforms_but_does_not_fit_is_listed_before_it_breaks(kind, cell):
    contract = contract_with([f"x:{kind}"])
    text = pa.table({"x": ["", cell, "", cell]})
    assert overflows(text, contract) == [(1, "x", cell), (3, "x", cell)]
    with pytest.raises(LakeError):
        typed(text, contract)


def test_ordinary_and_non_conforming_cells_do_not_overflow():
    contract = contract_with(["a:integer", "b:number", "c:boolean", "d"])
    assert overflows(pa.table({"a": ["1", "x"], "b": ["2.5", "NaN"], "c": ["1", "?"], "d": ["", "y"]}), contract) == []


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
    st.sampled_from(["NaN", "-inf", "Infinity", "1,234.50", "sNaN"]),
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
def columns(draw):
    kind = draw(st.sampled_from(sorted(FIELDS)))
    cells, variants = FIELDS[kind]
    padded = st.tuples(SPACE, cells, SPACE).map("".join)
    return {"type": kind, **draw(st.sampled_from(variants))}, draw(
        st.lists(st.one_of(padded, st.sampled_from(["", "-"])), min_size=1, max_size=8)
    )


def as_kept(value, kind):
    """What the column keeps of a value that frictionless read."""
    if value is None or kind in {"string", "yearmonth"}:
        return value
    if kind == "number":
        return float("nan") if value.is_nan() else float(value)
    if kind == "time" and value.tzinfo:
        return datetime.combine(date(2000, 1, 1), value).astimezone(BEIJING).time()
    if kind == "datetime" and value.tzinfo:
        return value.astimezone(BEIJING).replace(tzinfo=None)
    return value


@given(columns())
@settings(max_examples=250, deadline=None)
def test_typed_reads_what_frictionless_reads(column):
    field, cells = column
    seen = [
        (cell, value) for cell, value in zip(cells, frictionless_reads(cells, **field), strict=True) if value is not ...
    ]
    assume(seen)
    contract = contract_with([{"name": "x", **field}], missing_values=["", "-"])
    text = pa.table({"x": pa.array([cell for cell, _ in seen], pa.string())})
    assume(not overflows(text, contract))
    got = typed(text, contract).column("x").to_pylist()
    wanted = [as_kept(value, field["type"]) for _, value in seen]
    if field["type"] == "yearmonth":
        wanted = [None if cell in {"", "-"} else cell for cell, _ in seen]
    assert [None if isinstance(v, float) and isnan(v) else v for v in got] == [
        None if isinstance(v, float) and isnan(v) else v for v in wanted
    ]

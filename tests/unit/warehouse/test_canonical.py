"""Canonical spelling and digest: the same values, the same text, whatever order they came in."""

import hashlib
import json
import struct
from datetime import date, datetime, time
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.canonical import canonical_digest, sort_rows, to_canonical_text


def spell(values, kind="number", arrow=None):
    table = pa.table({"x": pa.array(values, arrow or pa.float64())})
    return to_canonical_text(table, {"fields": [{"name": "x", "type": kind}]}).column("x").to_pylist()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1"), (-0.0, "0"), (0.1, "0.1"), (1e-7, "0.0000001"), (1e20, "100000000000000000000"), (1234567.25, "1234567.25"),
        (float("nan"), "NaN"), (float("inf"), "INF"), (float("-inf"), "-INF"), (None, None), (123456789012345680.0, "123456789012345680"),
    ],
)  # fmt: skip
def test_a_number_has_no_exponent_and_no_needless_zero(value, text):
    assert spell([value]) == [text]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=20))
@settings(max_examples=100, deadline=None)
def test_a_spelled_number_reads_back_the_same_and_is_no_longer_than_it_must_be(values):
    for value, text in zip(values, spell(values), strict=True):
        assert float(text) == value
        assert "e" not in text.lower()
        assert Decimal(text) == Decimal(repr(value))
        assert not text.endswith(".0")


def test_dates_times_and_truth_are_spelled_as_table_schema_does():
    moment = datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001 - the lake keeps wall clock
    assert spell([moment, moment.replace(microsecond=50)], "datetime", pa.timestamp("us")) == [
        "2026-01-02T03:04:05",
        "2026-01-02T03:04:05.000050",
    ]
    assert spell([time(9), time(9, 0, 0, 5)], "time", pa.time64("us")) == ["09:00:00", "09:00:00.000005"]
    assert spell([date(800, 1, 2), None], "date", pa.date32()) == ["0800-01-02", None]
    assert spell([True, False, None], "boolean", pa.bool_()) == ["true", "false", None]
    assert spell([5, 2026], "year", pa.int64()) == ["0005", "2026"]


def test_rows_are_ordered_by_key_bytes_with_nulls_last():
    table = pa.table({"b": [1, 2, 3, 4], "a": ["中", None, "Z", "a"]})
    assert sort_rows(table, ["a"]).column("b").to_pylist() == [3, 4, 1, 2]


SCHEMA = {
    "fields": [{"name": "id", "type": "string"}, {"name": "n", "type": "number"}, {"name": "s", "type": "string"}],
    "primaryKey": ["id"],
}
ROWS = st.lists(
    st.tuples(st.text(max_size=3), st.one_of(st.none(), st.floats(allow_nan=False)), st.one_of(st.none(), st.text(max_size=3))),
    max_size=6,
)  # fmt: skip


def table_of(rows):
    ids, numbers, texts = zip(*rows, strict=True) if rows else ((), (), ())
    return pa.table(
        {"id": pa.array(ids, pa.string()), "n": pa.array(numbers, pa.float64()), "s": pa.array(texts, pa.string())}
    )


@given(ROWS, st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_digest_does_not_depend_on_order_or_chunks(rows, random):
    shuffled = random.sample(rows, len(rows))
    half = len(rows) // 2
    chunked = pa.concat_tables([table_of(shuffled[:half]), table_of(shuffled[half:])])
    assert canonical_digest(chunked, SCHEMA) == canonical_digest(table_of(rows), SCHEMA)


@given(ROWS, ROWS)
@settings(max_examples=100, deadline=None)
def test_two_sets_of_rows_have_one_digest_only_if_they_are_equal(left, right):
    spelled_alike = sorted(map(repr, normal(left))) == sorted(map(repr, normal(right)))
    assert (canonical_digest(table_of(left), SCHEMA) == canonical_digest(table_of(right), SCHEMA)) == spelled_alike


def normal(rows):
    return [(a, None if n is None else n + 0.0, s) for a, n, s in rows]


@pytest.mark.parametrize(("left", "right"), [(["ab", "c"], ["a", "bc"]), ([None], [""]), (["a", ""], ["a"])])
def test_cells_cannot_lend_each_other_letters(left, right):
    schema = {"fields": [{"name": "s", "type": "string"}]}
    assert canonical_digest(pa.table({"s": pa.array(left, pa.string())}), schema) != canonical_digest(
        pa.table({"s": pa.array(right, pa.string())}), schema
    )


def test_the_schema_is_part_of_the_digest():
    table = table_of([("a", 1.0, "x")])
    retitled = {**SCHEMA, "fields": [{**SCHEMA["fields"][0], "title": "编号"}, *SCHEMA["fields"][1:]]}
    assert canonical_digest(table, SCHEMA) != canonical_digest(table, retitled)


def test_the_digest_can_be_computed_without_any_library_of_ours():
    table = table_of([("b", 0.5, None), ("a", None, "文")])
    told = json.dumps(SCHEMA, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    for column in (["a", "b"], [None, "0.5"], ["文", None]):
        cells = [None if cell is None else cell.encode() for cell in column]
        lengths = struct.pack("<2i", *(-1 if cell is None else len(cell) for cell in cells))
        told += hashlib.sha256(lengths).digest() + hashlib.sha256(b"".join(cell or b"" for cell in cells)).digest()
    assert canonical_digest(table, SCHEMA) == hashlib.sha256(told).hexdigest()

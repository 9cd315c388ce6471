"""Predicates: they may suspect a good cell, never clear a bad one, and what they cast is the value."""

import numpy as np
import pyarrow as pa
import pytest
from frictionless import Field
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.conformance.buffers import to_strings
from quality.conformance.predicates import build_predicate
from support.hostile_files import POOLS

FIELDS = [
    {"type": "integer"}, {"type": "integer", "constraints": {"minimum": -1, "maximum": 12}}, {"type": "number"},
    {"type": "number", "constraints": {"minimum": "0.1", "maximum": 125.8}}, {"type": "number", "constraints": {"maximum": "1e3"}},
    {"type": "date"}, {"type": "date", "constraints": {"minimum": "1949-10-01"}}, {"type": "datetime"},
    {"type": "datetime", "constraints": {"maximum": "2020-01-01T10:00:00"}}, {"type": "string"},
    {"type": "string", "constraints": {"minLength": 2, "maxLength": 3}}, {"type": "string", "constraints": {"pattern": r"[A-Z]-?\d"}}, {"type": "any"},
]  # fmt: skip


def field_of(described):
    return Field.from_descriptor({"name": "x", **described})


def cleared(described, cells):
    """Per cell: whether it is cleared, and its cast value."""
    result = build_predicate(field_of(described)).find_valid_cells(to_strings(cells), None)
    good = [True] * len(cells) if result.good is None else result.good.tolist()
    return good, [None] * len(cells) if result.values is None else result.values.to_pylist()


CELLS = {
    kind: st.lists(st.sampled_from([*pool, "1", "x", "2020-02-29"]), min_size=1, max_size=8)
    for kind, pool in POOLS.items()
}


@pytest.mark.parametrize("described", FIELDS, ids=str)
@settings(deadline=None)
@given(data=st.data())
def test_no_bad_cell_is_cleared_whatever_stands_beside_it(described, data):
    cells = data.draw(CELLS[described["type"]])
    read = field_of(described).create_cell_reader()
    for cell, good, cast in zip(cells, *cleared(described, cells), strict=True):
        try:
            value, faults = read(cell)
        except TypeError:  # a time with a zone against a bound without one
            value, faults = None, True
        if good and cell:
            assert not faults, cell
            assert cast is None or cast == (float(value) if described["type"] == "number" else value)


@pytest.mark.parametrize(("described", "cells"), [
    ({"type": "integer"}, ["0", "-12", "9223372036854775807"]), ({"type": "number"}, ["0.5", "12", "-1.25"]),
    ({"type": "date"}, ["2020-02-29", "9999-12-31"]), ({"type": "datetime"}, ["2020-01-01T10:00:00", "2020-01-01 10:00:00"]),
    ({"type": "string", "constraints": {"minLength": 2}}, ["ab", "中文"]),
])  # fmt: skip
def test_plain_cells_are_cleared(described, cells):
    assert all(cleared(described, cells)[0])


def test_a_double_on_a_bound_may_stand_for_a_decimal_beyond_it():
    bounded = {"type": "number", "constraints": {"maximum": "125.8"}}
    assert cleared(bounded, ["125.8", "125.8000000000000001", "125.9"])[0] == [True, False, False]


@pytest.mark.parametrize("described", [
    {"type": "boolean"}, {"type": "year"}, {"type": "string", "format": "email"}, {"type": "string", "constraints": {"enum": ["a"]}},
    {"type": "integer", "bareNumber": False}, {"type": "number", "groupChar": ","}, {"type": "date", "format": "any"},
    {"type": "string", "constraints": {"pattern": r"\S"}}, {"type": "number", "constraints": {"minimum": "0.1234567890123456789"}},
    {"type": "integer", "constraints": {"maximum": 2**63}}, {"type": "geopoint"},
])  # fmt: skip
def test_what_no_predicate_can_tell_is_left_to_frictionless(described):
    assert build_predicate(field_of(described)) is None


def test_missing_cells_are_no_reason_to_suspect_others():
    result = build_predicate(field_of({"type": "integer"})).find_valid_cells(
        to_strings(["1", "-", "x"]), np.array([False, True, False])
    )
    assert result.good.tolist() == [True, False, False]
    assert result.values.equals(pa.array([1, None, None], pa.int64()))


@pytest.mark.parametrize("wrong", [1, 2, 3, 6])
def test_wrong_texts_are_suspected_wherever_they_stand_and_no_others(wrong):
    bad = ["2021-02-30", "2021-13-01", "1-1", "-", "2021-00-10", "0000-00-00"][:wrong]
    cells = ["2020-02-28", *bad, "1999-01-31", *bad, "2026-11-30"]
    good, cast = cleared({"type": "date"}, cells)
    assert good == [cell not in bad for cell in cells] == [value is not None for value in cast]

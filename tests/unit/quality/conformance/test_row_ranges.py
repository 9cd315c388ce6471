"""Rows checked in ranges: findings, values that no column can hold, and typed batches are those of one pass, wherever they are cut."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.conformance.row_ranges import check_row_range, join_row_ranges, read_row_range, write_row_ranges
from quality.conformance.table import conform
from support.contracts import contract_with

FIELDS = [
    {"name": "id", "constraints": {"required": True}},
    {"name": "area", "type": "number", "constraints": {"minimum": 1}, "sportlake": {"unit": "㎡"}},
    {"name": "mark", "constraints": {"unique": True}},
    {"name": "opened", "type": "date"},
]
CONTRACT = contract_with(FIELDS, primary_key=["id", "opened"])
CELLS = [
    st.sampled_from(["A", "B", "C", "", None]),
    st.sampled_from(["1", "0.5", "x", "NaN", "1e400", "", None]),
    st.sampled_from(["", None, "m", "n", "o"]),
    st.sampled_from(["2026-01-02", "2026-1-2", "2026-02-30", "", None]),
]


def text_table(records):
    names = [field.name for field in CONTRACT.fields]
    columns = list(zip(*records, strict=True))
    return pa.table([pa.array(column, pa.string()) for column in columns], names=names)


def in_ranges(texts, rows, folder):
    batches = []
    parts = list(write_row_ranges(texts, rows, CONTRACT, folder, size=1))
    made = [(part, check_row_range(CONTRACT, part, read_row_range(part))) for part in parts]
    return join_row_ranges(texts, rows, CONTRACT, made, batches.append), batches, len(parts)


@given(st.lists(st.tuples(*CELLS), min_size=1, max_size=40), st.integers(1, 7))
def test_any_rows_have_the_same_findings_and_typed_batches_wherever_they_are_cut(tmp_path_factory, records, most):
    texts = text_table(records)
    rows = pa.array(range(2, 2 + 3 * len(records), 3), pa.int64())
    with pytest.MonkeyPatch.context() as patch:
        for module in ("table", "row_ranges"):
            patch.setattr(f"quality.conformance.{module}.BATCH", most)
        whole = []
        expected = conform(texts, rows, CONTRACT, whole.append)
        made, batches, parts = in_ranges(texts, rows, tmp_path_factory.mktemp("ranges"))
    assert parts == -(-len(records) // most)
    assert made == expected
    assert [repr(one.to_pydict()) for one in batches] == [repr(one.to_pydict()) for one in whole]  # NaN equals nothing
    assert [one.schema for one in batches] == [one.schema for one in whole]

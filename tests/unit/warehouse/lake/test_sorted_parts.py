"""Standing rows in the order of a release, whether their parts overlap or not."""

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from schemas.slices import SliceKey
from support.contracts import contract_with
from warehouse import sql
from warehouse.canonical import sort_rows
from warehouse.lake import sorted_parts
from warehouse.lake.lake import Lake
from warehouse.released_columns import select_released_columns

NOW = datetime(2026, 11, 25, tzinfo=UTC)
FIELDS = ["id", "note", "n:integer", "opens:time"]
CONTRACT = contract_with(FIELDS, policy={"mode": "append"})


@pytest.fixture
def lake(layout, monkeypatch):
    monkeypatch.setattr(sorted_parts, "BATCH", 4)
    monkeypatch.setattr(sql, "_SMALL_ROWS", 0)
    return Lake(layout)


def land(lake, period, ids, contract=CONTRACT):
    rows = {
        "id": ids,
        "note": ["乙", None, "甲"] * len(ids),
        "n": range(len(ids)),
        "opens": ["09:30:00.000000"] * len(ids),
    }
    table = pa.table({name: pa.array(list(values)[: len(ids)]) for name, values in rows.items()})
    times = pa.array([34_200_000_000] * len(ids), pa.time64("us"))
    table = table.set_column(3, "opens", times)
    key = SliceKey(dataset=contract.name, department="210100", period=period)
    lake.replace_slices(contract, {key: table}, {"submission": "x"}, NOW)


def streamed(lake, contract=CONTRACT):
    parts = [part.cast(select_released_columns(part, contract).schema) for part in lake.read_sorted(contract)]
    plain = [pa.table({name: column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column for name, column in zip(part.column_names, part.columns, strict=True)}) for part in parts]  # fmt: skip
    return pa.concat_tables(plain).to_pylist()


def whole(lake, contract=CONTRACT):
    return sort_rows(select_released_columns(lake.read_current(contract), contract), contract.primary_key).to_pylist()


@pytest.mark.parametrize(
    "slices",
    [
        {"2024": ["a1", "a2", "a3", "a4", "a5"], "2025": ["b1", "b2"]},
        {"2024": ["b1", "b2"], "2025": ["a1", "a2", "a3", "a4", "a5"]},
        {"2024": ["a1", "c1"], "2025": ["b1", "d1"], "2026": ["e1"]},
        {"2024": ["a1", "a2"], "2025": ["a2", "a3"]},
        {"2024": ["a1", None, "a1"]},
        {"2024": ["a1"]},
    ],
)
def test_rows_are_those_of_the_whole_table_in_canonical_order(lake, slices):
    for period, ids in slices.items():
        land(lake, period, ids)
    assert streamed(lake) == whole(lake)


def test_parts_that_do_not_overlap_are_not_sorted_again(lake, monkeypatch):
    land(lake, "2025", ["a1", "a2"])
    land(lake, "2024", ["b1", "b2"])
    monkeypatch.setattr(sorted_parts, "_sort_parts", None)
    assert [row["id"] for row in streamed(lake)] == ["a1", "a2", "b1", "b2"]


def test_a_field_that_older_parts_lack_is_null(lake):
    land(lake, "2024", ["a1"])
    wider = contract_with([*FIELDS, "more"], policy={"mode": "append"})
    assert streamed(lake, wider) == whole(lake, wider)
    assert streamed(lake, wider)[0]["more"] is None

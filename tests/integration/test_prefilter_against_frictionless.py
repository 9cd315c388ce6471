"""The sieve is held to frictionless: on generated, on faulty and on our own files both find the same, to the letter."""

import json
import random
from collections import Counter

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quality.conformance.file import conform_file
from schemas.contract import read_contracts
from support.conformed import blocks_of, by_frictionless, cells_by_frictionless, said, sieved
from support.faulty_facilities import KINDS_OF_FAULT, write_package
from support.hostile_files import TEXTS, cases
from support.plain import written
from support.typed import comparable, conform_typed, kept_by_frictionless
from warehouse.types import arrow_schema

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=cases(), size=st.sampled_from([64, 300, 1000, 4096, 1 << 22]))
def test_both_roads_find_the_same_to_the_letter(tmp_path_factory, case, size):
    path = written(tmp_path_factory.mktemp("case") / "t.csv", case.content)
    written(path.parent / "r.csv", case.reference)
    with blocks_of(size):
        fast = sieved(path, case.descriptor)
    whole = by_frictionless(path, case.descriptor)
    if fast is not None:
        assert not isinstance(whole, str)
        assert said(fast.findings) == said(whole.findings)
        assert (fast.rows, fast.encoding, fast.format) == (whole.rows, whole.encoding, whole.format)


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    folder = tmp_path_factory.mktemp("faulty")
    path, descriptor = write_package(folder, 3000)
    return path, json.loads(descriptor.read_text(encoding="utf-8"))


@pytest.mark.parametrize("size", [1 << 12, 1 << 16, 1 << 22])
def test_a_file_with_errors_of_twenty_kinds_gives_the_verdicts_of_frictionless(faulty, size):
    with blocks_of(size):
        fast = sieved(*faulty)
    whole = by_frictionless(*faulty)
    assert said(fast.findings) == said(whole.findings)
    assert len(fast.findings) >= 3 * KINDS_OF_FAULT


def test_findings_come_in_the_order_of_rows(faulty):
    rows = [finding.row for finding in sieved(*faulty).findings]
    assert rows == sorted(rows)


def test_typed_rows_come_out_of_the_same_pass(faulty):
    path, descriptor = faulty
    batches: list[pa.RecordBatch] = []
    with blocks_of(1 << 16):
        found = conform_file(path, descriptor, resource=None, folder=path.parent, typed=batches.append)
    table = pa.Table.from_batches(batches)
    assert found.typed
    assert len(batches) > 1
    wrong = {f.row for f in found.findings}
    assert set(range(2, 3002)) - set(table["_row"].to_pylist()) <= wrong
    assert table.schema.field("built").type == pa.date32()
    assert table.schema.field("capacity").type == pa.int64()


CONTRACTS = read_contracts()


@pytest.mark.parametrize("name", CONTRACTS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_contract_of_the_house_is_judged_as_frictionless_judges_it(name, seed):
    chance = random.Random(f"{name} {seed}")  # noqa: S311 - made-up cells
    contract = CONTRACTS[name]
    good = {field.name: _words(field) for field in contract.fields}
    count = 200
    columns = [
        [
            chance.choice(good[field.name]) if chance.random() < 0.9 else chance.choice([*TEXTS, None])
            for _ in range(count)
        ]
        for field in contract.fields
    ]
    table = pa.table([pa.array(c, pa.string()) for c in columns], names=[f.name for f in contract.fields])
    rows = pa.array(range(5, 5 + count), pa.int64())
    found = conform_typed(table, rows, contract)
    assert sorted((f.row, f.field or "", f.type) for f in found.findings) == cells_by_frictionless(
        table, rows, contract
    )
    wrong = {f.row for f in found.findings} | {o.row for o in found.overflows}
    kept = pa.array([row not in wrong for row in rows.to_pylist()])
    columns = found.typed.filter(kept)
    assert {name: comparable(columns[name].to_pylist()) for name in columns.column_names} == kept_by_frictionless(
        table.filter(kept), contract
    )


@pytest.mark.parametrize("name", CONTRACTS)
def test_the_typed_columns_are_those_of_the_lake(name):
    contract = CONTRACTS[name]
    empty = pa.table({field.name: pa.array([], pa.string()) for field in contract.fields})
    made = conform_typed(empty, pa.array([], pa.int64()), contract).typed.schema
    assert made.equals(arrow_schema(contract), check_metadata=False)


def _words(field):
    """Cells that may be good ones of the field, and some that are nearly so."""
    constraints = field.constraints
    words = [*map(str, constraints.get("enum", ())), *([field.policy.example] if field.policy.example else [])]
    of_type = {"integer": ["1", "12", "2026"], "number": ["1.5", "120", "123.4"], "date": ["2026-01-01", "2024-02-29"], "boolean": ["true"],
               "datetime": ["2026-01-01T09:30:00", "2026-01-01T09:30:00Z"], "time": ["09:30:00"], "year": ["2026"], "yearmonth": ["2026-01"]}  # fmt: skip
    return [*words, *of_type.get(field.type, ["甲", "体育场"]), *([] if constraints.get("required") else [""])]


def test_most_of_even_these_files_take_the_fast_road(tmp_path_factory):
    taken: Counter[bool] = Counter()

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
    @given(case=cases())
    def count(case):
        path = written(tmp_path_factory.mktemp("case") / "t.csv", case.content)
        written(path.parent / "r.csv", case.reference)
        taken[sieved(path, case.descriptor) is not None] += 1

    count()
    assert taken[True] > 2 * taken[False]

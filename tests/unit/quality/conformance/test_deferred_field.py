"""Fields that stand for frictionless's own give the same predicates, and load frictionless only for a cell in doubt."""

import subprocess
import sys
from pathlib import Path

import pytest
from frictionless import Schema

from quality.conformance.column_check import _missing_values
from quality.conformance.deferred_field import _CONSTRAINTS, DeferredField, defer_fields
from quality.conformance.predicates import build_predicate
from schemas.contract import read_contracts

CONTRACTS = read_contracts()
TESTS = Path(__file__).parents[3]
CLEAN = """
import sys
import pyarrow as pa
from quality.conformance.table import conform
from support.contracts import contract_with
contract = contract_with(["code", "area:number"])
cells = pa.table({"code": ["S1", "S2"], "area": ["10", %r]})
print(len(conform(cells, pa.array([2, 3]), contract).findings), "frictionless" in sys.modules)
"""


def refuse_loading():
    raise AssertionError("frictionless was asked for")


@pytest.mark.parametrize("name", CONTRACTS)
def test_every_field_of_the_contracts_has_the_predicate_of_frictionless_own(name):
    described = CONTRACTS[name].table_schema
    described.pop("foreignKeys", None)
    schema = Schema.from_descriptor(described, datapackage_version="v2")
    fields = defer_fields(described, lambda: schema)
    for field, own in zip(fields, schema.fields, strict=True):
        assert (field.name, field.type, field.format) == (own.name, own.type, own.format)
        assert build_predicate(field) == build_predicate(own)
        assert _missing_values(field) == _missing_values(own)
        assert bool(field.constraints.get("required")) == own.required
        assert bool(field.constraints.get("unique")) == bool(own.constraints.get("unique"))


def test_predicates_of_plain_fields_are_made_without_frictionless():
    described = {
        "fields": [
            {"name": "code", "type": "string", "constraints": {"pattern": "[a-z]{2}", "maxLength": 9, "unique": True}},
            {"name": "n", "type": "integer", "constraints": {"minimum": 0, "required": True}},
            {"name": "share", "type": "number", "constraints": {"maximum": 99.5}},
            {"name": "day", "type": "date"},
        ]
    }
    fields = defer_fields(described, refuse_loading)
    assert all(isinstance(field, DeferredField) for field in fields)
    assert None not in [build_predicate(field) for field in fields]


@pytest.mark.parametrize(
    "field",
    [
        {"name": "a", "type": "boolean"},
        {"name": "a"},
        {"name": "a", "type": "string", "format": "email"},
        {"name": "a", "type": "string", "constraints": {"enum": ["x"]}},
        {"name": "a", "type": "number", "decimalChar": ","},
        {"name": "a", "type": "integer", "constraints": {"exclusiveMinimum": 0}},
        {"name": "a", "type": "date", "constraints": {"minimum": "2026-01-01"}},
        {"name": "a", "type": "string", "missingValues": ["x"]},
    ],
    ids=str,
)
def test_any_other_field_is_frictionless_own_from_the_start(field):
    schema = Schema.from_descriptor({"fields": [field]}, datapackage_version="v2")
    assert defer_fields({"fields": [field]}, lambda: schema) == schema.fields


def test_what_a_deferred_field_does_not_know_is_asked_of_frictionless():
    described = {"fields": [{"name": "n", "type": "integer", "constraints": {"minimum": "3"}}]}
    (field,) = defer_fields(described, lambda: Schema.from_descriptor(described))
    assert build_predicate(field) == build_predicate(Schema.from_descriptor(described).fields[0])
    assert field.create_cell_reader()("2")[1] == {"minimum": 'constraint "minimum" is "3"'}


@pytest.mark.parametrize("kind", _CONSTRAINTS)
def test_the_constraints_are_those_that_frictionless_supports(kind):
    own = Schema.from_descriptor({"fields": [{"name": "a", "type": kind}]}).fields[0]
    assert set(_CONSTRAINTS[kind]) <= set(own.supported_constraints)


@pytest.mark.parametrize(("cell", "told"), [("20", "0 False"), ("many", "1 True")])
def test_a_clean_table_is_checked_without_frictionless_and_a_suspect_cell_with_it(cell, told):
    done = subprocess.run(
        [sys.executable, "-c", CLEAN % cell],
        capture_output=True,
        text=True,
        check=False,
        cwd=TESTS,
    )
    assert done.stdout.strip() == told, done.stderr

"""Relations between datasets fit the contracts: what they name is there, public, comparable, and says nothing of a person."""

from itertools import pairwise

import pytest

from schemas.codelists import open_codelists
from schemas.contract import read_contracts
from schemas.derived_relations import list_relations
from schemas.relations import (
    Implication,
    Membership,
    SumComparison,
    ValueComparison,
    find_unknown_fields,
    read_relations,
)

CONTRACTS = read_contracts()
CODELISTS = open_codelists()
RELATIONS = list_relations(read_relations(), CONTRACTS)
KINDS = {"integer": "number", "year": "number", "number": "number"}
every_relation = pytest.mark.parametrize("relation", RELATIONS, ids=lambda one: one.id)


def type_of(dataset, name):
    told = CONTRACTS[dataset].get_field(name).type
    return KINDS.get(told, told)


def test_every_written_relation_is_between_datasets_that_there_are():
    assert {one.id for one in read_relations()} <= {one.id for one in RELATIONS}


def test_every_id_is_there_once():
    assert [first for first, second in pairwise(sorted(one.id for one in RELATIONS)) if first == second] == []


@every_relation
def test_a_relation_names_fields_that_are_there(relation):
    assert find_unknown_fields(relation, CONTRACTS) == []


@every_relation
def test_the_fields_of_a_relation_are_public_and_say_nothing_of_a_person(relation):
    for dataset, names in ((relation.dataset, relation.own_fields), (relation.to, relation.other_fields)):
        contract = CONTRACTS[dataset]
        hidden = {rule.field for rule in (*contract.policy.disclosure.masked, *contract.policy.disclosure.small_cells)}
        public = {field.name for field in contract.public_fields() if not (field.person_role or field.denied_kind)}
        assert set(names) <= public - hidden, dataset


@every_relation
def test_the_fields_that_a_relation_compares_have_one_type(relation):
    pairs = [*zip(relation.fields, relation.to_fields, strict=True)]
    pairs += [(relation.value, relation.to_value)] if isinstance(relation, Membership) else []
    assert [(type_of(relation.dataset, own), type_of(relation.to, other)) for own, other in pairs if type_of(relation.dataset, own) != type_of(relation.to, other)] == []  # fmt: skip


@every_relation
def test_days_are_dates_and_sums_are_numbers(relation):
    own = [name for name in (relation.day, getattr(relation, "as_of", None)) if name]
    other = [name for name in (getattr(relation, "to_from", None), getattr(relation, "to_until", None)) if name]
    if isinstance(relation, Implication) and relation.since and relation.to_newest:
        own.append(relation.since)
        assert CONTRACTS[relation.to].get_field(relation.to_newest).type == "year"
    assert {type_of(relation.dataset, name) for name in own} | {type_of(relation.to, name) for name in other} <= {
        "date"
    }
    assert {type_of(relation.dataset, name) for name in getattr(relation, "offsets", ())} <= {"number"}
    if isinstance(relation, ValueComparison):
        value, to_value = type_of(relation.dataset, relation.value), type_of(relation.to, relation.to_value)
        assert (value, to_value) == (("number", "date") if relation.year_day else (to_value, value))
        assert {value, to_value} <= {"number", "date"}
    if isinstance(relation, SumComparison):
        sums = {type_of(relation.dataset, name) for name in relation.sums}
        assert sums | {type_of(relation.to, name) for name in relation.to_sums} == {"number"}


@every_relation
def test_the_values_of_a_condition_are_codes_of_its_field(relation):
    for dataset, conditions in ((relation.dataset, relation.when), (relation.to, relation.to_when)):
        for condition in conditions:
            field = CONTRACTS[dataset].get_field(condition.field)
            assert field.type == "string", f"{field.name}: numbers are not compared with texts"
            if condition.is_in:
                assert field.policy.codelist, f"{field.name} has no codes"
                codes = {code.code for code in CODELISTS[field.policy.codelist].codes}
                assert set(condition.is_in) <= codes, field.name

from schemas.contract import read_contracts
from schemas.derived_relations import derive_relations, list_relations
from schemas.relations import Reference, read_relations
from support.contracts import contract_with

RULE = {"kind": "in_dataset", "id": "known", "dataset": "two", "source": "a law"}


def contracts_with(*rules, key="k"):
    two = contract_with(["k", "n"], primary_key=key)
    return {"sample": contract_with(["id", "k", "n"], rules), "two": two.model_copy(update={"name": "two"})}


def linked(relations):
    return [(one.id, one.fields, one.to_fields, one.severity) for one in relations]


def test_a_reference_in_a_contract_is_a_relation_by_its_key():
    rule = {**RULE, "fields": ["k", "n"], "reference": ["k", "n"]}
    assert linked(derive_relations(contracts_with(rule))) == [("sample-known", ("k",), ("k",), "error")]


def test_a_reference_without_a_field_of_the_key_counts_as_it_is():
    rule = {**RULE, "fields": ["n"], "reference": ["n"]}
    assert linked(derive_relations(contracts_with(rule))) == [("sample-known", ("n",), ("n",), "error")]


def test_two_rules_about_one_reference_are_one_relation_as_severe_as_the_severest():
    first = {**RULE, "fields": ["k"], "reference": ["k"], "severity": "warning"}
    second = {**RULE, "id": "named", "fields": ["k", "n"], "reference": ["k", "n"]}
    assert linked(derive_relations(contracts_with(first, second))) == [("sample-known", ("k",), ("k",), "error")]


def test_a_reference_to_the_own_dataset_or_to_one_that_is_not_there_gives_none():
    own = {**RULE, "dataset": "sample", "fields": ["k"], "reference": ["id"]}
    other = {**RULE, "id": "other", "dataset": "three", "fields": ["k"], "reference": ["k"]}
    assert derive_relations(contracts_with(own, other)) == ()


def test_a_written_reference_of_all_rows_takes_the_place_of_the_derived_one_if_it_is_as_severe():
    contracts = contracts_with({**RULE, "fields": ["k"], "reference": ["k"]})
    (derived,) = derive_relations(contracts)
    written = derived.model_copy(update={"id": "written"})
    assert list_relations([written], contracts) == (written,)
    milder = written.model_copy(update={"severity": "warning"})
    assert list_relations([milder], contracts) == (milder, derived)
    partly = written.model_copy(update={"day": "n"})
    assert list_relations([partly], contracts) == (partly, derived)


def test_every_reference_between_datasets_of_the_house_is_a_relation():
    contracts = read_contracts()
    wanted = {(name, to) for name, contract in contracts.items() for to in contract.references}
    asked = {(one.dataset, one.to) for one in list_relations(read_relations(), contracts) if isinstance(one, Reference)}
    assert wanted <= asked

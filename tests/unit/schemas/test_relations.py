from datetime import date

import pytest
from pydantic import TypeAdapter, ValidationError

from schemas.errors import ContractError
from schemas.relations import FILE, Relation, find_unknown_fields, read_relations, select_relations
from support.contracts import contract_with

TEXT = {"zh": "字", "en": "words"}
REFERENCE = {
    "kind": "reference", "id": "one-two", "title": TEXT, "message": TEXT, "mend": TEXT, "source": "a law", "severity": "error",
    "valid_from": "2026-01-01", "dataset": "one", "fields": ["a"], "to": "two", "to_fields": ["b"],
}  # fmt: skip
READER: TypeAdapter[Relation] = TypeAdapter(Relation)


def relation_with(**more):
    return READER.validate_python({**REFERENCE, **more})


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"to_fields": ["b", "c"]}, "must be pairs"),
        ({"to": "one"}, "between two datasets"),
        ({"as_of": "day"}, "needs `to_from` or `to_until`"),
        ({"to_until": "day"}, "need `as_of`"),
        ({"offsets": {"z": 1}}, "`offsets` are numbers"),
        ({"offsets": {"a": 0}}, "`offsets` are numbers"),
        ({"kind": "membership", "value": "v", "to_value": "w", "to": "one"}, "between two datasets"),
        ({"kind": "implication"}, "when"),
        ({"kind": "implication", "when": [{"field": "c"}], "since": "d", "year_day": "06-30"}, "`to_newest`"),
        (
            {"kind": "implication", "when": [{"field": "c"}], "to_newest": "y", "since": "d"},
            "`year_day` need each other",
        ),
        ({"kind": "comparison", "value": "v", "to_value": "w", "op": "="}, "op"),
        ({"kind": "comparison", "value": "v", "to_value": "w", "op": "<=", "year_day": "02-30"}, "year_day"),
        ({"kind": "membership"}, "value"),
        ({"kind": "sums", "sums": ["a"], "to_sums": ["b"]}, "op"),
        ({"mend": {"zh": "字", "en": " "}}, "in Chinese and in English"),
        ({"id": "Two Words"}, "pattern"),
        ({"kind": "rumour"}, "kind"),
    ],
)
def test_a_relation_that_makes_no_sense_is_refused(more, why):
    with pytest.raises(ValidationError, match=why):
        relation_with(**more)


@pytest.mark.parametrize(
    ("more", "on", "asked"),
    [
        ({}, date(2025, 12, 31), False),
        ({}, date(2026, 1, 1), True),
        ({"valid_to": "2026-06-30"}, date(2026, 6, 30), True),
        ({"valid_to": "2026-06-30"}, date(2026, 7, 1), False),
        ({"valid_to": "2026-06-30", "day": "a"}, date(2026, 7, 1), True),  # still asked of rows of its time
        ({"valid_to": "2026-06-30"}, None, True),
    ],
)
def test_a_relation_is_asked_while_it_is_in_force(more, on, asked):
    assert relation_with(**more).is_in_force(on) is asked


def test_all_fields_that_a_relation_looks_at_are_named():
    condition = [{"field": "c", "is_in": ["x"]}]
    one = relation_with(when=condition, day="d", as_of="e", to_when=condition, to_from="f", to_until="g")
    assert (one.own_fields, one.other_fields) == (("a", "c", "d", "e"), ("b", "c", "f", "g"))
    among = relation_with(kind="membership", value="v", to_value="w")
    assert (among.own_fields, among.other_fields) == (("a", "v"), ("b", "w"))
    year = relation_with(kind="implication", when=condition, to_newest="y", since="d", year_day="06-30")
    assert (year.own_fields, year.other_fields) == (("a", "c", "d"), ("b", "y"))
    compared = relation_with(kind="comparison", value="v", op="<=", to_value="w")
    assert (compared.own_fields, compared.other_fields) == (("a", "v"), ("b", "w"))
    sums = relation_with(kind="sums", sums=["s"], op="=", to_sums=["t"])
    assert (sums.own_fields, sums.other_fields) == (("a", "s"), ("b", "t"))


def test_a_dataset_is_compared_with_its_own_rows_of_another_year_only():
    assert relation_with(to="one", offsets={"a": -1}).to == "one"


def test_relations_of_datasets_that_are_not_there_are_not_asked():
    contract = contract_with(["a"])
    assert select_relations([relation_with()], {"one": contract}) == ()
    both = {"one": contract, "two": contract}
    assert select_relations([relation_with()], both) == (relation_with(),)
    assert find_unknown_fields(relation_with(), both) == ["two.b"]


def test_a_table_with_an_unknown_key_or_an_id_twice_is_refused_with_its_name(tmp_path):
    file = tmp_path / "relations.yaml"
    file.write_text(FILE.read_text(encoding="utf-8").replace("severity:", "gravity:", 1), encoding="utf-8")
    with pytest.raises(ContractError, match=r"relations\.yaml is wrong"):
        read_relations(file)
    again = tmp_path / "again.yaml"
    first = FILE.read_text(encoding="utf-8").split("- id: ")[1]
    again.write_text(f"- id: {first}- id: {first}", encoding="utf-8")
    with pytest.raises(ContractError, match="is there twice"):
        read_relations(again)

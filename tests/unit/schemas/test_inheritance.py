"""What a contract inherits from the bureau, what it may say otherwise, and that a resolved descriptor inherits nothing more."""

from copy import deepcopy

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from schemas.contract import parse_contract, read_contract
from schemas.errors import ContractError
from schemas.inheritance import is_mergeable, merge_descriptors, read_parent, resolve_inheritance
from support.contracts import SHORT, TEXT

PARENT = read_parent("bureau")
LEAVES = st.none() | st.integers() | st.text(max_size=3) | st.lists(st.integers(), max_size=2)
DESCRIPTORS = st.recursive(
    st.dictionaries(st.sampled_from("abcdef"), LEAVES, max_size=4),
    lambda inner: st.dictionaries(st.sampled_from("abcdef"), LEAVES | inner, max_size=4),
    max_leaves=10,
)


def short(**policy):
    descriptor = deepcopy(SHORT)
    descriptor["sportlake"] |= policy
    return descriptor


def nulls_in(value):
    if isinstance(value, dict):
        return any(part is None or nulls_in(part) for part in value.values())
    return False


def test_a_short_contract_has_all_that_the_bureau_says():
    resolved = resolve_inheritance(SHORT)
    assert resolved["licenses"] == PARENT["licenses"]
    assert resolved["resources"][0]["path"] == "sample.csv"
    assert resolved["resources"][0]["encoding"] == "utf-8"
    assert resolved["sportlake"]["time_limit"] == {**PARENT["sportlake"]["time_limit"], "trigger": TEXT}
    assert resolved["sportlake"]["catalogue"]["provider"]["phone"] == "12345"
    contract = parse_contract(SHORT)
    assert contract.policy.quarantine.mend_within == 10
    assert contract.missing_values == ("",)


def test_keys_come_in_the_order_of_the_bureau():
    resolved = resolve_inheritance(dict(reversed(SHORT.items())))
    assert list(resolved) == [key for key in PARENT if key in resolved]
    assert list(resolved["resources"][0]) == list(PARENT["resources"][0])


def test_a_field_takes_what_it_does_not_say_from_the_field_of_its_name():
    uscc, place = resolve_inheritance(SHORT)["resources"][0]["schema"]["fields"]
    assert uscc["type"] == "string"
    assert uscc["constraints"]["required"] is True
    assert place["constraints"] == {"required": False, "pattern": r"21\d{4}"}
    assert place["sportlake"] == {
        "title_en": "Division code",
        "description_en": "Where it is",
        "codelist": "admin_division",
        "example": "210100",
    }


def test_a_list_a_text_and_a_not_applicable_replace_as_a_whole():
    basis = {"zh": "已合法公开", "en": "lawfully public"}
    catalogue = {**SHORT["sportlake"]["catalogue"], "legal_basis_publish": basis}
    resolved = resolve_inheritance({**short(catalogue=catalogue), "contributors": [{"title": "另一单位"}]})
    assert resolved["sportlake"]["catalogue"]["legal_basis_publish"] == basis
    assert resolved["contributors"] == [{"title": "另一单位"}]


def test_a_null_takes_the_inherited_away():
    resolved = resolve_inheritance({**short(quarantine=None), "homepage": None})
    assert "homepage" not in resolved
    assert "quarantine" not in resolved["sportlake"]


def test_what_is_still_missing_is_named(tmp_path):
    path = tmp_path / "sample.yaml"
    path.write_text(yaml.safe_dump(short(owner=None), allow_unicode=True), encoding="utf-8")
    with pytest.raises(ContractError, match="owner"):
        read_contract(path)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (short(extends="ministry"), "bureau"),
        (short(extends=["bureau"]), "bureau"),
        ({**SHORT, "resources": [{"schema": {"fields": [{"name": "x", "sportlake": {"extends": "bureau"}}]}}]}, "admin_code"),
        ({**SHORT, "resources": ["sample.csv"]}, "sample.yaml"),
        ({**SHORT, "name": 7}, "sample.yaml"),
    ],
)  # fmt: skip
def test_extending_what_is_not_there_is_an_error_that_names_what_is(wrong, message, tmp_path):
    path = tmp_path / "sample.yaml"
    path.write_text(yaml.safe_dump(wrong, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ContractError, match=message):
        read_contract(path)


def test_a_contract_inherits_the_same_wherever_its_file_lies(tmp_path):
    path = tmp_path / "elsewhere" / "sample.yaml"
    path.parent.mkdir()
    path.write_text(yaml.safe_dump(SHORT, allow_unicode=True), encoding="utf-8")
    assert read_contract(path).descriptor == parse_contract(SHORT).descriptor


@pytest.mark.parametrize(
    "foreign", [{"name": "x", "resources": []}, {"sportlake": None}, {"sportlake": {"family": "event"}}]
)
def test_a_descriptor_that_extends_nothing_stays_as_it_is(foreign):
    assert resolve_inheritance(foreign) == foreign


def test_the_resolved_descriptor_inherits_nothing_more_and_shares_nothing_with_the_bureau():
    resolved = resolve_inheritance(SHORT)
    assert "extends" not in yaml.safe_dump(resolved)
    assert not nulls_in(resolved)
    assert resolve_inheritance(resolved) == resolved
    resolved["licenses"].clear()
    resolved["sportlake"]["catalogue"]["pia"].clear()
    assert read_parent("bureau") == PARENT


@given(DESCRIPTORS, DESCRIPTORS)
def test_merging_keeps_what_is_said_and_adds_what_is_not(parent, own):
    merged = merge_descriptors(parent, own)
    assert not nulls_in(
        {key: value for key, value in merged.items() if key in parent and is_mergeable(parent[key])}
    ) or nulls_in(own)
    for key in parent.keys() | own.keys():
        if key not in own and not is_mergeable(parent[key]):
            assert merged.get(key) == parent[key]
        elif key in own and not is_mergeable(own[key]):
            assert merged.get(key) == own[key]


@given(DESCRIPTORS, DESCRIPTORS)
def test_merging_twice_is_merging_once(parent, own):
    once = merge_descriptors(parent, own)
    taken_away = {key for key in parent if own.get(key, "") is None}
    if not nulls_in(own) and not taken_away:
        assert merge_descriptors(parent, once) == once

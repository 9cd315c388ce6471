"""Which label columns a dataset has, what they are called, and which code has which label in them."""

import pytest

from schemas.codelists import Code, CodeGroup, CodeList, open_codelists
from schemas.contract import read_contracts
from schemas.errors import ContractError
from schemas.label_columns import is_derived, list_label_columns
from schemas.text import Text
from support.contracts import contract_with

PLACES = CodeList(
    name="place",
    title=Text(zh="地点", en="Place"),
    source="GB/T 2260",
    codes=(
        Code(code="21", zh="省", en="Province"),
        Code(code="2101", zh="市", en="City", parent="21"),
        Code(code="210102", zh="区", en="District", parent="2101"),
        Code(code="99", zh="孤", en="Orphan", parent="98"),
    ),
    group=CodeGroup(name="city", level=2, title=Text(zh="所属市名称", en="City")),
)
CODED = [{"name": "id", "constraints": {"required": True}}, {"name": "place_code", "sportlake": {"codelist": "place"}}]


def columns_of(fields=CODED, policy=None):
    return list_label_columns(contract_with(fields, policy=policy or {}), {"place": PLACES})


def test_a_code_has_its_name_and_its_city_in_both_languages():
    columns = columns_of()
    assert [column.name for column in columns] == ["place_name", "place_name_en", "city_name", "city_name_en"]
    assert {column.field for column in columns} == {"place_code"}
    district = [column.label_codes()["210102"] for column in columns]
    assert district == ["区", "District", "市", "City"]


def test_a_city_is_its_own_city_and_a_province_has_none():
    *_, city, _ = columns_of()
    assert city.label_codes() == {"2101": "市", "210102": "市"}


def test_a_field_that_says_so_has_no_labels_and_neither_has_one_that_is_never_published():
    silent = [CODED[0], {"name": "place_code", "sportlake": {"codelist": "place", "labels": False}}]
    assert columns_of(silent) == ()
    assert columns_of(policy={"disclosure": {"protected": ["place_code"], "basis": "个人信息"}}) == ()


def test_a_label_that_has_the_name_of_a_field_is_refused_and_the_message_says_how_to_mend_it():
    with pytest.raises(ContractError, match="labels: false"):
        columns_of([*CODED, "place_name"])


def test_the_schema_of_a_label_says_from_which_field_it_is_derived():
    first, *_ = columns_of()
    described = first.describe_field()
    assert is_derived(described)
    assert described["sportlake"]["derived_from"] == "place_code"
    assert not is_derived({"name": "id", "type": "string"})


def test_the_columns_of_every_contract_have_names_of_their_own():
    codelists = open_codelists()
    labelled = {name: list_label_columns(contract, codelists) for name, contract in read_contracts().items()}
    assert {"type_name", "admin_name", "city_name", "city_name_en"} <= {one.name for one in labelled["facility"]}
    assert {"lighting_name", "crs_name"}.isdisjoint(one.name for one in labelled["facility"])

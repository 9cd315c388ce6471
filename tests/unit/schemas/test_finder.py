import pytest
from pydantic import ValidationError

from schemas.contract import read_contracts
from schemas.finder import Finder, list_opening_fields
from support.contracts import contract_with

FIELDS = ["id", {"name": "lon", "type": "number"}, {"name": "lat", "type": "number"}, "kind", "name"]
AT = {"lon": "lon", "lat": "lat"}


@pytest.fixture(scope="module")
def contracts():
    return read_contracts()


def test_every_dataset_with_coordinates_has_a_finder(contracts):
    with_places = {name for name, contract in contracts.items() if contract.policy.coordinates}
    assert with_places == {name for name, contract in contracts.items() if contract.policy.finder}
    assert {"facility", "fitness_equipment", "service_item"} <= with_places


def test_the_opening_hours_are_in_a_dataset_that_has_the_named_fields(contracts):
    for contract in contracts.values():
        if contract.policy.finder and (opening := contract.policy.finder.opening):
            assert set(list_opening_fields(opening)) <= {
                field.name for field in contracts[opening.dataset].public_fields()
            }


def test_types_and_divisions_are_codes_so_that_they_can_be_chosen(contracts):
    for contract in contracts.values():
        if finder := contract.policy.finder:
            coded = {name for name in (finder.type, finder.division) if name}
            assert all(contract.get_field(name).policy.codelist for name in coded)


def test_a_finder_may_not_name_a_field_that_is_not_there():
    with pytest.raises(ValueError, match=r"finder name fields that are not there: \['missing'\]"):
        contract_with(FIELDS, policy={"coordinates": AT, "finder": {"name": "missing"}})


def test_a_finder_needs_coordinates():
    with pytest.raises(ValidationError, match="needs `coordinates`"):
        contract_with(FIELDS, policy={"finder": {"name": "name"}})


def test_fields_are_shown_once_and_conditions_need_not_be_shown():
    finder = Finder.model_validate(
        {"name": "name", "type": "kind", "facts": ["kind", "name"], "shown_when": [{"field": "state", "is_in": ["1"]}]}
    )
    assert finder.shown_fields == ("name", "kind")
    assert finder.named_fields == {"name", "kind", "state"}

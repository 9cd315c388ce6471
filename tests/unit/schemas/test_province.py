import pytest
from pydantic import ValidationError

from schemas.contract import read_contracts
from schemas.province import Province, read_bureau_province
from support.contracts import JILIN


def test_every_contract_of_the_bureau_is_of_its_province():
    assert {contract.policy.province for contract in read_contracts().values()} == {read_bureau_province()}
    assert read_bureau_province().admin_code == "210000"


@pytest.mark.parametrize(
    "parts",
    [
        {"longitudes": (125.0, 118.0)},
        {"latitudes": (43.0, 43.0)},
        {"latitudes": (40.0, 140.0)},
        {"code": "210000"},
        {"source": ""},
    ],
)
def test_a_box_that_holds_nothing_is_refused(parts):
    with pytest.raises(ValidationError):
        Province.model_validate(JILIN.model_dump() | parts)

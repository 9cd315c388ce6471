"""Credit codes are judged whole: the rule, and the same in Python."""

import pytest

from quality.rules.identities import is_credit_code
from schemas.errors import ContractError
from support.judged import findings_of, places

CODE = "91110000600037341L"


def test_a_wrong_credit_code_is_a_finding_and_an_empty_one_is_not():
    rule = {"kind": "credit_code", "field": "code"}
    found = findings_of(["id", "code"], rule, [{"code": CODE}, {"code": CODE[:-1] + "M"}, {}, {"code": ""}])
    assert places(found) == [(3, "code")]
    assert found[0].value == "91110000600037341M"


def test_a_credit_code_is_text():
    with pytest.raises(ContractError, match="takes string"):
        findings_of(["id", "code:integer"], {"kind": "credit_code", "field": "code"}, [{"code": 1}])


@pytest.mark.parametrize("text", [CODE, "51210100MJX000018F", "11110108000057752U"])
def test_a_credit_code_is_known_in_python_too(text):
    assert is_credit_code(text)


@pytest.mark.parametrize("text", ["", CODE.lower(), CODE[:-1], f"{CODE} ", CODE[:-1] + "M", "9111000060003734OL"])
def test_what_is_no_credit_code_is_none_in_python_either(text):
    assert not is_credit_code(text)

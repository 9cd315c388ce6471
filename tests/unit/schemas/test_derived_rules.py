from schemas.rules import InCodelist, PointInProvince, PointSwapped, PointZero
from support.contracts import contract_with


def kinds(contract):
    return [type(rule) for rule in contract.rules]


def test_a_plain_contract_has_no_rules_of_its_own_accord():
    assert kinds(contract_with(["id"])) == []


def test_a_code_list_is_a_rule_with_the_date_that_decides():
    field = {"name": "admin_code", "sportlake": {"codelist": "admin_division", "as_of": "start"}}
    [rule] = contract_with([field, "start:date"]).rules
    assert isinstance(rule, InCodelist)
    assert (rule.id, rule.field, rule.codelist, rule.as_of) == (
        "admin-code-in-admin-division",
        "admin_code",
        "admin_division",
        "start",
    )
    assert "admin_division" not in rule.message.zh + rule.mend.zh
    assert "{value}" in rule.message.en


def test_a_place_is_looked_at_in_three_ways():
    contract = contract_with(["lon:number", "lat:number"], policy={"coordinates": {"lon": "lon", "lat": "lat"}})
    assert kinds(contract)[:3] == [PointZero, PointSwapped, PointInProvince]
    assert {(rule.lon, rule.lat) for rule in contract.rules[:3]} == {("lon", "lat")}


def test_two_fields_of_one_list_have_two_rules_with_two_ids():
    about = {"sportlake": {"codelist": "sport"}}
    contract = contract_with([{"name": "first", **about}, {"name": "second", **about}])
    assert [rule.id for rule in contract.rules[:2]] == ["first-in-sport", "second-in-sport"]

from schemas.rules.rules import InCodelist, PointInProvince, PointSwapped, PointZero
from support.contracts import JILIN, contract_with


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
    assert "admin_division" not in f"{rule.message}{rule.mend}"
    assert "{value}" in rule.message.en


def test_a_place_is_looked_at_in_three_ways():
    contract = contract_with(["lon:number", "lat:number"], policy={"coordinates": {"lon": "lon", "lat": "lat"}})
    assert kinds(contract)[:3] == [PointZero, PointSwapped, PointInProvince]
    assert {(rule.lon, rule.lat) for rule in contract.rules[:3]} == {("lon", "lat")}


def test_the_rules_of_places_name_the_province_of_the_contract():
    place = {"coordinates": {"lon": "lon", "lat": "lat"}}
    ours, theirs = (
        contract_with(["lon:number", "lat:number"], policy=place | more).rules[2]
        for more in ({}, {"province": JILIN.model_dump()})
    )
    assert (ours.message.zh, ours.mend.en) == (
        "坐标 {value} 不在辽宁省范围内",
        "give decimal longitude (118.88 to 125.78) and latitude (38.71 to 43.44)",
    )
    assert (theirs.message.zh, theirs.mend.en) == (
        "坐标 {value} 不在吉林省范围内",
        "give decimal longitude (121.64 to 131.31) and latitude (40.86 to 46.30)",
    )


def test_two_fields_of_one_list_have_two_rules_with_two_ids():
    about = {"sportlake": {"codelist": "sport"}}
    contract = contract_with([{"name": "first", **about}, {"name": "second", **about}])
    assert [rule.id for rule in contract.rules[:2]] == ["first-in-sport", "second-in-sport"]

import pytest
import yaml
from pydantic import ValidationError

from schemas.contract import find_contract, open_contracts, parse_contract, read_contract, read_contracts, rule_fields
from schemas.errors import ContractError, UsageError
from schemas.rules.rules import DateOrder, InCodelist, InDataset, PointInProvince, PointZero
from support.contracts import contract_with, descriptor_with

FIELDS = ["id", "start:date", "end:date", "code", "lon:number", "lat:number"]


def write(folder, name, fields=("id",), rules=(), **parts):
    descriptor = descriptor_with(fields, rules, name=name, **parts)
    (folder / f"{name}.yaml").write_text(yaml.safe_dump(descriptor, allow_unicode=True), encoding="utf-8")
    return folder / f"{name}.yaml"


def refers_to(dataset):
    return {"kind": "in_dataset", "fields": ["id"], "dataset": dataset, "reference": ["id"]}


def test_a_contract_says_what_its_file_says(tmp_path):
    read = read_contract(write(tmp_path, "sample", FIELDS, primary_key=["id", "start"], version="2.1.0"))
    assert (read.name, read.version, read.primary_key) == ("sample", "2.1.0", ("id", "start"))
    assert [field.name for field in read.fields] == ["id", "start", "end", "code", "lon", "lat"]
    assert read.get_field("start").type == "date"
    assert read.get_field("id").label.en == "id"
    assert read.missing_values == ("",)


def test_a_single_name_is_a_primary_key_too():
    descriptor = descriptor_with(["id"])
    descriptor["resources"][0]["schema"]["primaryKey"] = "id"
    assert parse_contract(descriptor).primary_key == ("id",)


def test_a_field_is_required_only_if_it_says_so():
    read = contract_with([{"name": "id", "constraints": {"required": True}}, "note"])
    assert [field.required for field in read.fields] == [True, False]


@pytest.mark.parametrize("missing", ["name", "title", "version", "keywords", "licenses", "resources", "sportlake"])
def test_a_missing_part_is_named_with_its_file(tmp_path, missing):
    path = write(tmp_path, "sample")
    descriptor = yaml.safe_load(path.read_text(encoding="utf-8"))
    del descriptor[missing]
    path.write_text(yaml.safe_dump(descriptor, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ContractError) as caught:
        read_contract(path)
    for sentence in (caught.value.text.zh, caught.value.text.en):
        assert "sample.yaml" in sentence
        assert missing in sentence


def test_a_wrong_word_in_the_policy_is_named_with_its_place(tmp_path):
    path = write(tmp_path, "sample", policy={"cadence": "fortnightly"})
    with pytest.raises(ContractError, match=r"(?s)sample\.yaml.*cadence.*yearly"):
        read_contract(path)


def test_a_wrong_rule_is_named_with_its_place(tmp_path):
    path = write(tmp_path, "sample", ["a", "b"], [{"kind": "date_order", "fields": ["a"]}])
    with pytest.raises(ContractError, match=r"rules\.0\.date_order\.fields"):
        read_contract(path)


@pytest.mark.parametrize("text", ["", "- a list", "just words", "title: [unclosed", "\t- tab"])
def test_a_file_that_is_no_descriptor_is_refused_by_name(tmp_path, text):
    path = tmp_path / "sample.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContractError, match=r"sample\.yaml"):
        read_contract(path)


def test_a_file_in_another_encoding_is_refused_by_name(tmp_path):
    path = tmp_path / "sample.yaml"
    path.write_bytes("title: 体育场地".encode("gb18030"))
    with pytest.raises(ContractError, match=r"sample\.yaml"):
        read_contract(path)


def test_yaml_builds_no_python_objects(tmp_path):
    path = tmp_path / "sample.yaml"
    path.write_text("name: !!python/object/apply:os.getcwd []\n", encoding="utf-8")
    with pytest.raises(ContractError, match=r"sample\.yaml"):
        read_contract(path)


@pytest.mark.parametrize(
    "parts",
    [
        {"rules": [{"kind": "credit_code", "field": "ghost"}]},
        {"rules": [{"kind": "required_when", "fields": ["id"], "when": {"field": "ghost"}}]},
        {"rules": [{"kind": "no_overlap", "key": ["id"], "start": "id", "end": "ghost"}]},
        {"primary_key": ["ghost"]},
        {"policy": {"disclosure": {"protected": ["ghost"]}}},
        {"policy": {"coordinates": {"lon": "ghost", "lat": "id"}}},
        {"policy": {"expectations": [{"kind": "nulls", "id": "n", "field": "ghost", "max_share": 0.1,
                                      "message": {"zh": "空", "en": "empty"}, "source": "test"}]}},
    ],
)  # fmt: skip
def test_an_unknown_field_is_refused_by_name_and_file(tmp_path, parts):
    path = write(tmp_path, "sample", **parts)
    with pytest.raises(ContractError, match=r"(?s)sample.*ghost"):
        read_contract(path)


def test_an_as_of_field_that_is_not_there_is_refused():
    field = {"name": "code", "sportlake": {"codelist": "admin_division", "as_of": "ghost"}}
    with pytest.raises(ValueError, match="ghost"):
        contract_with(["id", field])


@pytest.mark.parametrize("taken", ["department", "period"])
def test_the_lakes_own_columns_are_no_field_names(tmp_path, taken):
    with pytest.raises(ContractError, match=taken):
        read_contract(write(tmp_path, "sample", ["id", taken]))


def test_a_misspelt_key_under_sportlake_is_refused(tmp_path):
    with pytest.raises(ContractError, match="cadense"):
        read_contract(write(tmp_path, "sample", policy={"cadense": "yearly"}))


@pytest.mark.parametrize(
    "field", [{"type": "string", "sportlake": {"unit": "元"}}, {"type": "number", "sportlake": {}}]
)
def test_plausible_bounds_are_for_numbers_with_a_unit(field):
    bounds = {"median": [1, 5], "source": "test"}
    with pytest.raises(ValueError, match="plausible bounds"):
        contract_with([{"name": "n", **field, "sportlake": {**field["sportlake"], "plausible": bounds}}])


def test_contracts_are_frozen():
    with pytest.raises(ValidationError):
        contract_with(["id"]).name = "other"


def test_rules_follow_from_code_lists_and_places_and_come_last():
    with_list = {"name": "code", "sportlake": {"codelist": "admin_division"}}
    read = contract_with(
        ["start:date", "end:date", with_list, "lon:number", "lat:number"],
        [{"kind": "date_order", "fields": ["start", "end"]}],
        policy={"coordinates": {"lon": "lon", "lat": "lat"}},
    )
    kinds = [type(rule) for rule in read.rules]
    assert kinds[0] is DateOrder
    assert kinds.index(InCodelist) < kinds.index(PointZero)
    assert kinds[-1] is PointInProvince


def test_protected_fields_are_not_public():
    read = contract_with(["id", "phone"], policy={"disclosure": {"protected": ["phone"], "basis": "PIPL"}})
    assert [field.name for field in read.public_fields()] == ["id"]


def test_fields_of_a_rule_are_named_once_and_in_its_order():
    read = contract_with(
        ["a", "b", "c"], [{"kind": "required_when", "fields": ["b", "a"], "when": {"field": "b", "is_in": ["x"]}}]
    )
    assert rule_fields(read.policy.rules[0]) == ("b", "a")


def test_contracts_come_after_those_that_they_refer_to(tmp_path):
    write(tmp_path, "a", rules=[refers_to("c")])
    write(tmp_path, "b")
    write(tmp_path, "c", rules=[refers_to("b")])
    read = read_contracts(tmp_path)
    assert list(read) == ["b", "c", "a"]
    assert read["a"].references == {"c"}


def test_a_dataset_may_refer_to_itself(tmp_path):
    write(tmp_path, "a", rules=[refers_to("a")])
    assert read_contracts(tmp_path)["a"].references == frozenset()


def test_a_circle_of_references_is_refused_with_its_members(tmp_path):
    write(tmp_path, "a", rules=[refers_to("b")])
    write(tmp_path, "b", rules=[refers_to("a")])
    write(tmp_path, "free")
    with pytest.raises(ContractError, match=r"circle: \['a', 'b'\]"):
        read_contracts(tmp_path)


def test_a_reference_to_no_dataset_is_refused(tmp_path):
    write(tmp_path, "a", rules=[refers_to("ghost")])
    with pytest.raises(ContractError, match="ghost"):
        read_contracts(tmp_path)


def test_a_file_is_named_as_its_dataset(tmp_path):
    write(tmp_path, "a").rename(tmp_path / "other.yaml")
    with pytest.raises(ContractError, match=r"other\.yaml"):
        read_contracts(tmp_path)


def test_contracts_read_on_demand_are_those_read_at_once_in_the_same_order(tmp_path):
    write(tmp_path, "a", rules=[refers_to("b")])
    write(tmp_path, "b")
    at_once, on_demand = read_contracts(tmp_path), open_contracts(tmp_path)
    assert on_demand["b"].digest == at_once["b"].digest
    assert list(on_demand) == list(at_once) == ["b", "a"]
    assert [one.digest for one in on_demand.values()] == [one.digest for one in at_once.values()]


def test_a_wrong_contract_is_no_error_for_who_needs_another(tmp_path):
    write(tmp_path, "a")
    (tmp_path / "b.yaml").write_text("name: b", encoding="utf-8")
    contracts = open_contracts(tmp_path)
    assert contracts["a"].name == "a"
    with pytest.raises(ContractError, match=r"b\.yaml"):
        contracts["b"]
    with pytest.raises(ContractError, match=r"b\.yaml"):
        list(contracts)


@pytest.mark.parametrize("name", ["facilty", "Facility", "样例"])
def test_an_unknown_dataset_is_answered_with_the_nearest_names(tmp_path, name):
    write(tmp_path, "facility")
    with pytest.raises(UsageError) as caught:
        find_contract(read_contracts(tmp_path), name)
    assert f"没有名为 {name} 的数据集；相近的有：facility 样例；" in caught.value.text.zh
    assert "near it: facility; sportlake contracts lists all 1" in caught.value.text.en


def test_an_unknown_dataset_with_none_near_leads_to_the_list_of_names(tmp_path):
    write(tmp_path, "a")
    with pytest.raises(UsageError) as caught:
        find_contract(read_contracts(tmp_path), "stadium")
    assert caught.value.text.zh == "没有名为 stadium 的数据集；全部 1 个的名称见 sportlake contracts"


def test_dropping_a_kind_of_rule_leaves_the_others():
    read = contract_with(
        ["id", "start:date", "end:date"], [refers_to("x"), {"kind": "date_order", "fields": ["start", "end"]}]
    )
    kinds = {type(rule) for rule in read.exclude_rules(InDataset).rules}
    assert InDataset not in kinds
    assert DateOrder in kinds


@pytest.mark.parametrize("title", ["身份证号", "联系人手机号（选填）", "家庭住址"])
def test_a_column_of_personal_data_is_protected_or_no_field(title):
    fields = ["id", {"name": "x", "title": title}]
    with pytest.raises(ValueError, match="never be published"):
        contract_with(fields)
    hidden = contract_with(fields, policy={"disclosure": {"protected": ["x"]}})
    assert [field.name for field in hidden.public_fields()] == ["id"]


def test_a_field_says_what_it_tells_of_a_person_by_its_title_or_its_policy():
    fields = ["id", {"name": "a", "title": "姓名"}, {"name": "b", "sportlake": {"person": "school"}}]
    assert [field.person_role for field in contract_with(fields).fields] == [None, "name", "school"]

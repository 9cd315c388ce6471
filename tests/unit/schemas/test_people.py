"""The list of people: what it says, what is wrong in it, and how somebody unknown is told the way in."""

import pytest

from schemas.errors import ContractError, UsageError
from schemas.people import SYSTEM_NAME, People, Person, describe_roles, format_people, read_people

GOOD = """\
people:
  - {name: 平台, roles: [system]}
  - {name: 王一, roles: [steward, clerk], departments: [ln-qunti]}
  - {name: 李二, roles: [confidentiality], synthetic: true}
"""


def people_of(tmp_path, text):
    file = tmp_path / "people.yaml"
    file.write_text(text, encoding="utf-8")
    return read_people(file, ["ln-qunti"])


def test_names_roles_and_departments_are_read_in_their_order(tmp_path):
    people = people_of(tmp_path, GOOD)
    assert [person.name for person in people.people] == ["平台", "王一", "李二"]
    assert people.system.name == "平台"
    assert people.find_person("王一") == Person(name="王一", roles=("steward", "clerk"), departments=("ln-qunti",))
    assert [person.name for person in people.list_holders(("confidentiality", "head"))] == ["李二"]
    assert people.find_person("李二").synthetic


def test_without_a_file_there_is_only_the_system_account_and_the_way_to_a_list(tmp_path):
    people = read_people(tmp_path / "people.yaml")
    assert (people.system.name, len(people.people)) == (SYSTEM_NAME, 1)
    with pytest.raises(UsageError, match=r"(?s)people init.*people add root.*people init"):
        people.find_person("root")


def test_somebody_unknown_is_told_the_file_the_option_and_who_is_in_it(tmp_path):
    people = people_of(tmp_path, GOOD)
    with pytest.raises(UsageError, match=r"(?s)people\.yaml.*--as.*王一.*--as NAME"):
        people.find_person("root")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("people: [{name: 王一, roles: [steward]}]", "exactly one"),
        ("people: [{name: 平台, roles: [system, steward]}]", "exactly one"),
        (GOOD + "  - {name: 王一, roles: [head]}\n", "twice"),
        ("people: [{name: 平台, roles: [boss]}]", "roles"),
        ("people: [{name: 平台, roles: [system], password: x}]", "password"),
        ("people: [{name: ' 平台', roles: [system]}]", "plain text"),
        (GOOD.replace("ln-qunti", "nowhere"), "nowhere"),
        ("- 王一", "people"),
        ("people: [", "people"),
    ],
)
def test_a_wrong_list_is_refused_with_its_file_and_what_is_wrong(tmp_path, wrong, told):
    with pytest.raises(ContractError, match=r"people\.yaml") as refused:
        people_of(tmp_path, wrong)
    assert told in str(refused.value)


def test_what_is_written_is_read_back(tmp_path):
    people = people_of(tmp_path, GOOD)
    text = format_people(people.people, "# 示例\n")
    assert "# 示例" in text
    assert people_of(tmp_path, text) == people


def test_roles_have_names_in_both_languages():
    said = describe_roles(("steward", "confidentiality"))
    assert (said.zh, said.en) == ("数据管理员、保密审查员", "data steward and confidentiality reviewer")


def test_a_list_of_people_is_a_value(tmp_path):
    assert People(people=read_people(tmp_path / "x").people, file=tmp_path / "x") == read_people(tmp_path / "x")

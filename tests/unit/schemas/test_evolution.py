"""Two versions of a contract compared: what breaks, what does not, and the version that is due."""

import pytest

from schemas.errors import UsageError
from schemas.evolution import compare_contracts, is_version_sufficient, required_version
from support.contracts import contract_with

NUMBER = {"name": "n", "title": "数", "type": "integer", "constraints": {"minimum": 0, "maximum": 10}}
CHOICE = {"name": "c", "title": "选项", "constraints": {"enum": ["a", "b"]}}
OLD = ["id", NUMBER, CHOICE]
RULE = {"kind": "compare", "left": "n", "op": ">", "value": 1}


def limits(field, **constraints):
    return {**field, "constraints": {**field["constraints"], **constraints}}


def kinds(old, new, rules=((), ()), **more):
    found = compare_contracts(contract_with(old, rules[0]), contract_with(new, rules[1], **more))
    return [(change.kind, change.field) for change in found]


BREAKING = {
    "a field is gone": ["id", NUMBER],
    "a field is renamed": ["id", NUMBER, {**CHOICE, "name": "choice"}],
    "another type": [
        "id",
        {"name": "n", "title": "数", "type": "number", "constraints": NUMBER["constraints"]},
        CHOICE,
    ],
    "a higher minimum": ["id", limits(NUMBER, minimum=1), CHOICE],
    "a lower maximum": ["id", limits(NUMBER, maximum=9), CHOICE],
    "a new pattern": ["id", NUMBER, limits(CHOICE, pattern="[ab]")],
    "required": ["id", limits(NUMBER, required=True), CHOICE],
    "a code less": ["id", NUMBER, limits(CHOICE, enum=["a"])],
    "a code list": ["id", NUMBER, {**CHOICE, "sportlake": {"codelist": "surface"}}],
    "another unit": ["id", {**NUMBER, "sportlake": {"unit": "元"}}, CHOICE],
    "a new field that is required": [*OLD, {"name": "x", "constraints": {"required": True}}],
}


@pytest.mark.parametrize("case", BREAKING)
def test_what_turns_good_files_or_readers_away_is_breaking(case):
    assert [kind for kind, _ in kinds(OLD, BREAKING[case])] == ["breaking"]


COMPATIBLE = {
    "a new field that may be empty": ("addition", [*OLD, "x"]),
    "a wider range": ("addition", ["id", limits(NUMBER, maximum=11), CHOICE]),
    "one code more": ("addition", ["id", NUMBER, limits(CHOICE, enum=["a", "b", "c"])]),
    "a limit less": ("addition", ["id", {**NUMBER, "constraints": {"minimum": 0}}, CHOICE]),
    "a word for nothing more": ("addition", ["id", {**NUMBER, "sportlake": {"empty_words": ["略"]}}, CHOICE]),
    "another title": ("wording", ["id", {**NUMBER, "title": "数目"}, CHOICE]),
    "another description": ("wording", ["id", {**NUMBER, "description": "别的"}, CHOICE]),
}


@pytest.mark.parametrize("case", COMPATIBLE)
def test_what_leaves_files_and_readers_alone_is_not(case):
    kind, new = COMPATIBLE[case]
    assert [found for found, _ in kinds(OLD, new)] == [kind]


def test_a_code_list_that_is_taken_away_is_breaking():
    listed = {**CHOICE, "sportlake": {"codelist": "surface"}}
    assert kinds(["id", listed], ["id", CHOICE]) == [("breaking", "c")]


def test_a_renamed_field_is_one_change_and_names_both():
    found = compare_contracts(contract_with(OLD), contract_with(BREAKING["a field is renamed"]))
    assert found[0].text.en == "renamed to choice"


def test_rules_break_only_where_they_say_error():
    warning = {**RULE, "severity": "warning"}
    assert kinds(OLD, OLD, ([], [RULE])) == [("breaking", None)]
    assert kinds(OLD, OLD, ([], [warning])) == [("addition", None)]
    assert kinds(OLD, OLD, ([RULE], [])) == [("addition", None)]
    assert kinds(OLD, OLD, ([RULE], [{**RULE, "source": "another"}])) == [("wording", None)]


def test_what_the_whole_dataset_promises_is_compared_too():
    assert kinds(OLD, OLD, primary_key=["id", "n"]) == [("breaking", None)]
    assert kinds(OLD, OLD, policy={"submitters": ["city_bureau"]}) == [("breaking", None)]
    assert kinds(OLD, OLD, policy={"disclosure": {"protected": ["n"]}}) == [("breaking", None)]
    assert kinds(OLD, OLD, title="别的") == [("wording", None)]
    assert kinds(OLD, OLD, policy={"new_columns": "refuse"}) == [("breaking", None)]
    assert kinds(OLD, OLD, policy={"quarantine": {"share": 0.01}}) == [("breaking", None)]
    assert kinds(OLD, OLD, policy={"quarantine": {"share": 0.5}}) == [("addition", None)]


@pytest.mark.parametrize(
    ("new", "least"), [(BREAKING["required"], "2.0.0"), ([*OLD, "x"], "1.5.0"), (["id", {**NUMBER, "title": "数目"}, CHOICE], "1.4.8"), (OLD, "1.4.7")]
)  # fmt: skip
def test_the_version_rises_by_the_worst_change(new, least):
    old = contract_with(OLD, version="1.4.7")
    found = compare_contracts(old, contract_with(new))
    assert required_version("1.4.7", found) == least
    assert is_version_sufficient(old, contract_with(new, version=least), found)
    assert is_version_sufficient(old, contract_with(new, version="1.4.7"), found) == (not found)
    assert not is_version_sufficient(old, contract_with(new, version="1.4.6"), found)


def test_a_field_that_no_longer_is_an_offices_contact_refuses_mailboxes_that_it_took():
    plain, office = ["id", "mail"], ["id", {"name": "mail", "sportlake": {"office_contact": True}}]
    assert kinds(plain, office) == [("addition", "mail")]
    assert kinds(office, plain) == [("breaking", "mail")]


def test_two_datasets_are_not_compared():
    with pytest.raises(UsageError):
        compare_contracts(contract_with(OLD), contract_with(OLD, name="other"))


def test_a_version_that_is_none_is_said():
    with pytest.raises(UsageError, match="three numbers"):
        required_version("1.0", ())

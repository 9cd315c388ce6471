"""Reading sample plans: what they may say, in which order they come, and what an error names."""

import re

import pytest

from pipelines.sample.plans import read_plans
from schemas.contract import read_contracts
from schemas.departments import read_departments
from schemas.errors import ContractError

HEAD = "submitters: [ln-caiwu]\nperiods: ['2026']\n"


def write(folder, **plans):
    for name, text in plans.items():
        (folder / f"{name}.yaml").write_text(HEAD + text, encoding="utf-8")
    return folder


def test_a_plan_comes_after_those_that_it_draws_from(tmp_path):
    write(
        tmp_path,
        a_child="rows: 2\nfields: {id: {when: {field: x}, then: {from: parent, field: id}}}\n",
        parent="rows: [1, 3]\nfields: {site: {from: facility, field: site_id}}\n",
    )
    plans = read_plans(tmp_path)
    assert list(plans) == ["parent", "a_child"]
    assert (plans["a_child"].rows, plans["parent"].rows) == ((2, 2), (1, 3))
    assert plans["parent"].list_sources() == ["facility"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("fields: {}\n", "one of `rows`, `each` and `cases`"),
        ("rows: 1\ncases: []\n", "one of `rows`, `each` and `cases`"),
        ("rows: 1\nfields: {x: {guess: 1}}\n", "begins with no kind of value"),
        ("rows: 1\ncolumns: {}\n", "columns"),
        ("rows: [1\n", "plan.yaml"),
    ],
)
def test_an_error_names_the_file_and_what_is_wrong(tmp_path, text, says):
    with pytest.raises(ContractError, match=says) as error:
        read_plans(write(tmp_path, plan=text))
    assert "plan.yaml" in str(error.value)


def test_plans_in_a_circle_are_refused(tmp_path):
    one, two = (f"rows: 1\nfields: {{x: {{from: {name}, field: x}}}}\n" for name in ("two", "one"))
    with pytest.raises(ContractError, match="circle"):
        read_plans(write(tmp_path, one=one, two=two))


def test_every_plan_is_of_a_dataset_and_what_is_no_field_of_it_is_used_by_one():
    contracts, departments = read_contracts(), read_departments()
    for name, plan in read_plans().items():
        fields = {field.name for field in contracts[name].fields}
        named = {*plan.fields, *(plan.each or {}), *(key for case in plan.cases or () for key in case)}
        assert {field.name for field in contracts[name].fields if field.required} <= named, name
        stated = repr([plan.fields, plan.cases])
        idle = [aid for aid in named - fields if len(re.findall(rf"\b{aid}\b", stated)) < 2]
        assert idle == [], name
        assert set(plan.submitters) <= set(departments), name

"""Rows of a file from a plan: how many, of which counties, and independent of every other file."""

import pytest

from pipelines.sample.plan_rows import make_plan_rows
from pipelines.sample.plans import SamplePlan
from schemas.departments import Department
from schemas.errors import ContractError

CITY = Department(code="210100", zh="沈阳市体育局", en="Shenyang", kind="city_bureau", admin_code="210100")
UNIT = Department(code="ln-caiwu", zh="财务处", en="Finance", kind="province_unit", admin_code="210000")
COUNTIES = ["210102", "210103", "210202"]
FIELDS = {"id": "{county}-{n}", "site": {"from": "facility", "field": "site"}}
MADE = {("facility", "210100"): [{"site": "S1"}], ("facility", "210200"): [{"site": "S2"}]}


def rows_of(department=CITY, made=MADE, **plan):
    stated = {"dataset": "x", "submitters": [department.code], "periods": ["2026"], "fields": FIELDS, **plan}
    return make_plan_rows(SamplePlan(**stated), department, "2026", COUNTIES, made, 1)


def test_a_city_has_rows_of_its_own_counties_and_of_its_own_files():
    rows = rows_of(rows=[20, 20])
    assert len(rows) == 20
    assert {row["id"].split("-")[0] for row in rows} == {"210102", "210103"}
    assert {row["site"] for row in rows} == {"S1"}


def test_a_unit_of_the_province_draws_from_everywhere():
    rows = rows_of(UNIT, rows=[40, 40])
    assert {row["id"].split("-")[0] for row in rows} == set(COUNTIES)
    assert {row["site"] for row in rows} == {"S1", "S2"}


def test_every_combination_is_a_row_and_so_is_every_case():
    combined = rows_of(each={"city": ["A", "B"], "grade": [1, 2]})
    assert [(row["city"], row["grade"]) for row in combined] == [("A", 1), ("A", 2), ("B", 1), ("B", 2)]
    assert [row["name"] for row in rows_of(cases=[{"name": "甲"}, {"name": "乙 {n}"}])] == ["甲", "乙 2"]


def test_rows_do_not_depend_on_other_files_that_were_made():
    more = {**MADE, ("event", "210100"): [{"id": 1}]}
    assert rows_of(rows=[3, 9]) == rows_of(rows=[3, 9], made=more)


@pytest.mark.parametrize(
    "stated",
    ["{missing}", {"copy": "missing"}, {"day": ["soon", "later"]}, {"number": 3}, {"from": "nobody", "field": "x"}],
)
def test_a_value_that_cannot_be_made_names_plan_and_field(stated):
    with pytest.raises(ContractError, match=r"field wrong of the sample plan x\.yaml"):
        rows_of(rows=[1, 1], fields={"wrong": stated})


def test_a_row_is_drawn_of_those_with_certain_values_and_a_distinct_value_only_once():
    made = {("facility", "210100"): [{"site": f"S{at}", "open": at % 2} for at in range(6)]}
    open_site = {"from": "facility", "field": "site", "where": {"open": [1]}}
    assert {row["site"] for row in rows_of(rows=20, made=made, fields={"site": open_site})} == {"S1", "S3", "S5"}
    once = {"site": {**open_site, "distinct": True}}
    assert sorted(row["site"] for row in rows_of(rows=3, made=made, fields=once)) == ["S1", "S3", "S5"]
    with pytest.raises(ContractError, match="field site"):
        rows_of(rows=4, made=made, fields=once)

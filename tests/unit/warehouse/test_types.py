"""The table of types: a column for every type that the platform knows, and none for what has none."""

import pytest

from schemas.errors import ContractError
from support.contracts import contract_with
from warehouse.types import arrow_schema, column_comment, lake_schema


def test_every_type_has_its_column():
    kinds = ["string", "integer", "number", "boolean", "date", "datetime", "time", "year", "yearmonth", "geopoint"]
    contract = contract_with([f"{kind}_:{kind}" for kind in kinds])
    assert [str(f.type) for f in arrow_schema(contract)] == [
        "string", "int64", "double", "bool", "date32[day]", "timestamp[us]", "time64[us]", "int64", "string", "string",
    ]  # fmt: skip


def test_a_comment_gives_title_unit_and_description_in_both_languages():
    about = {"title_en": "Area", "description_en": "floor area", "unit": "㎡"}
    contract = contract_with(["id", {"name": "a", "title": "面积", "description": "建筑面积", "sportlake": about}])
    assert column_comment(contract.fields[1]) == "面积（㎡）：建筑面积 / Area (㎡): floor area"
    assert arrow_schema(contract).field("a").metadata == {b"comment": column_comment(contract.fields[1]).encode()}


def test_the_lake_adds_department_and_period_that_are_never_null():
    schema = lake_schema(contract_with(["id"]))
    assert schema.names == ["id", "department", "period"]
    assert [f.nullable for f in schema] == [True, False, False]


def test_a_type_without_a_column_is_a_contract_error():
    with pytest.raises(ContractError, match="geojson"):
        arrow_schema(contract_with(["x:geojson"]))


def test_a_format_that_depends_on_today_is_refused():
    with pytest.raises(ContractError, match="strptime"):
        arrow_schema(contract_with([{"name": "x", "type": "date", "format": "any"}]))

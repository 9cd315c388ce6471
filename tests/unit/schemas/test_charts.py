import pytest
from pydantic import ValidationError

from schemas.charts import Chart, ChartField, ChartFilter, derive_charts, refuse_unfit_charts
from support.contracts import contract_with

TITLE = {"zh": "图", "en": "A chart"}
FIELDS = {
    field.name: field
    for field in (
        ChartField("kind", "string", None, "sport"),
        ChartField("admin_code", "string", None, "admin_division"),
        ChartField("name", "string", None, None),
        ChartField("cost", "number", "元", None),
        ChartField("seats", "integer", "个", None),
        ChartField("rate", "number", "%", None),
        ChartField("opened", "date", None, None),
        ChartField("fiscal_year", "year", None, None),
    )
}


def chart(kind="bars", **parts):
    return Chart(id="c", kind=kind, title=TITLE, **parts)


@pytest.mark.parametrize(
    "parts",
    [
        {"by": "kind"},
        {"by": "admin_code", "group": True, "measures": ["cost"]},
        {"measures": ["cost", "cost"]},
        {"kind": "columns", "by": "opened", "period": "month"},
        {"kind": "columns", "by": "fiscal_year", "measures": ["seats"]},
        {"kind": "lines", "by": "opened", "period": "year", "split": "kind"},
        {"by": "kind", "newest": "opened", "where": [{"field": "name", "is_not": ["x"]}]},
    ],
)
def test_a_chart_that_fits_its_fields_is_accepted(parts):
    refuse_unfit_charts([chart(**parts)], FIELDS)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"by": "nowhere"}, "nowhere"),
        ({"by": "name"}, "no code list"),
        ({"by": "kind", "measures": ["name"]}, "summed"),
        ({"by": "kind", "measures": ["rate"]}, "summed"),
        ({"measures": ["cost", "seats"]}, "different units"),
        ({"kind": "columns", "by": "opened"}, "period"),
        ({"kind": "columns", "by": "fiscal_year", "period": "year"}, "takes no"),
        ({"kind": "lines", "by": "kind"}, "no date and no year"),
        ({"kind": "lines", "by": "opened", "period": "year", "split": "name"}, "no code list"),
        ({"by": "kind", "newest": "name"}, "no date and no year"),
        ({"by": "kind", "where": [{"field": "gone", "is_in": ["x"]}]}, "gone"),
    ],
)
def test_a_chart_that_does_not_fit_its_fields_is_refused(parts, said):
    with pytest.raises(ValueError, match=said):
        refuse_unfit_charts([chart(**parts)], FIELDS)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({}, "without `by`"),
        ({"kind": "columns"}, "without `by`"),
        ({"by": "kind", "measures": ["cost", "seats"]}, "one measure"),
        ({"measures": ["cost", "seats"], "group": True}, "need `by`"),
        ({"kind": "columns", "by": "opened", "top": 5}, "for bars"),
        ({"by": "kind", "period": "year"}, "columns and lines"),
        ({"kind": "columns", "by": "opened", "split": "kind"}, "for lines"),
        ({"by": "kind", "title": {"zh": "图", "en": " "}}, "English"),
        ({"by": "kind", "colour": "red"}, "colour"),
    ],
)
def test_parts_that_do_not_go_together_are_refused(parts, said):
    with pytest.raises(ValidationError, match=said):
        Chart(**{"id": "c", "kind": "bars", "title": TITLE, **parts})


def test_a_filter_has_one_list_of_values():
    for lists in ({}, {"is_in": [1], "is_not": [2]}):
        with pytest.raises(ValidationError, match="is_in or is_not"):
            ChartFilter(field="kind", **lists)


def test_an_id_stands_once():
    with pytest.raises(ValueError, match="twice"):
        refuse_unfit_charts([chart(by="kind"), chart(by="kind")], FIELDS)


def test_a_contract_without_charts_has_its_rows_by_city_if_it_has_divisions():
    (derived,) = derive_charts(FIELDS)
    assert (derived.kind, derived.by, derived.group) == ("bars", "admin_code", True)
    assert derive_charts({"name": FIELDS["name"]}) == ()


def test_a_contract_may_ask_for_no_chart():
    field = {"name": "admin_code", "sportlake": {"codelist": "admin_division"}}
    assert [one.id for one in contract_with(["id", field]).charts] == ["by-city"]
    assert contract_with(["id", field], policy={"charts": []}).charts == ()


def test_a_chart_of_a_protected_field_is_refused():
    field = {"name": "kind", "sportlake": {"codelist": "sport"}}
    policy = {
        "charts": [{"id": "c", "kind": "bars", "by": "kind", "title": TITLE}],
        "disclosure": {"protected": ["kind"]},
    }
    with pytest.raises(ValueError, match="no fields that a release has"):
        contract_with(["id", field], policy=policy)


def test_contracts_that_differ_in_charts_alone_have_one_digest():
    field = {"name": "kind", "sportlake": {"codelist": "sport"}}
    charts = [{"id": "c", "kind": "bars", "by": "kind", "title": TITLE}]
    drawn, undrawn = (contract_with(["id", field], policy={"charts": one}) for one in (charts, []))
    assert drawn.digest == undrawn.digest
    assert drawn.digest != contract_with(["id", "more"], policy={"charts": charts[:0]}).digest

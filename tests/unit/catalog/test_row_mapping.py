import pytest

from catalog.row_mapping import RowMapping

LOTS = [
    {"lot": "L1", "project": "P1", "price": "120.5", "outcome": "winner"},
    {"lot": "L1", "project": "P1", "price": "130", "outcome": "candidate"},
    {"lot": "L2", "project": "P1", "price": "", "outcome": "failed"},
    {"lot": "L3", "project": "P2", "price": "7", "outcome": "winner"},
]
ROW = {"project": "P1", "name": "体育馆", "day": "2026-03-20", "gone": "", "count": "5"}
ROWS = {"rows": "lots", "match": {"project": "project"}}


def made(stated, row=ROW):
    return RowMapping({"lots": LOTS}).make_value(stated, row)


@pytest.mark.parametrize(
    ("stated", "value"),
    [
        ("{project}: {name}", "P1: 体育馆"),
        ("{project}: {gone}", None),
        ("{name} {column_of_a_newer_contract}", None),
        ({"number": "count"}, 5),
        ({"number": "gone"}, None),
        ({"date": "day"}, "2026-03-20T00:00:00+08:00"),
        ({"date": "gone"}, None),
        ({"money": "count"}, {"amount": 5, "currency": "CNY"}),
        ({"money": "gone"}, None),
        ({"code": "project", "is": {"P1": ["a", "b"]}}, ["a", "b"]),
        ({"code": "gone", "is": {}}, None),
        (["{name}", "{gone}"], ["体育馆"]),
        ({"id": "{project}", "more": {"end": {"date": "gone"}}}, {"id": "P1"}),
        ({"id": "{project}", "date": {"date": "day"}}, {"id": "P1", "date": "2026-03-20T00:00:00+08:00"}),
        ({**ROWS, "item": "{lot}"}, ["L1", "L1", "L2"]),
        ({**ROWS, "distinct": "lot", "item": "{lot} of {name}"}, ["L1 of 体育馆", "L2 of 体育馆"]),
        ({**ROWS, "where": {"outcome": ["winner"]}, "item": {"number": "price"}}, [120.5]),
        ({**ROWS, "where": {"price": [""]}, "item": "{lot}"}, ["L2"]),
        ({"rows": "lots", "match": {"lot": "gone"}, "item": "{lot}"}, None),
        ({"rows": "no_such_table", "match": {"lot": "project"}, "item": "{lot}"}, None),
        ({"first": {**ROWS, "item": {"money": "price"}}}, {"amount": 120.5, "currency": "CNY"}),
        ({"first": {**ROWS, "where": {"outcome": ["tendering"]}, "item": "{lot}"}}, None),
        ({"first": {"merged": ["{gone}", "{name}", "{project}"]}}, "体育馆"),
    ],
)
def test_a_value_is_made_of_a_row(stated, value):
    assert made(stated) == value


def test_items_with_one_id_become_one_with_the_roles_of_all():
    same = {"id": "{project}", "name": "first", "roles": ["buyer"]}
    other = {"id": "{project}", "name": "second", "roles": ["buyer", "funder"], "url": "{name}"}
    assert made({"merged": [same, other, {**ROWS, "distinct": "lot", "item": {"id": "{lot}"}}]}) == [
        {"id": "P1", "name": "first", "roles": ["buyer", "funder"], "url": "体育馆"},
        {"id": "L1"},
        {"id": "L2"},
    ]


def test_items_without_what_is_required_are_left_out():
    items = [{"id": "a", "url": "{name}"}, {"id": "b", "url": "{gone}"}]
    assert made({"merged": items, "required": "url"}) == [{"id": "a", "url": "体育馆"}]
    assert made({"merged": items[1:], "required": "url"}) is None


def test_a_code_that_is_not_mapped_is_an_error():
    with pytest.raises(KeyError, match="P1"):
        made({"code": "project", "is": {"P2": "x"}})

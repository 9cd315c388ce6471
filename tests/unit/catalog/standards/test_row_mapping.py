import pytest

from catalog.entry import stable_id
from catalog.standards.row_mapping import RowMapping, select_rows

LOTS = [
    {"lot": "L1", "project": "P1", "price": "120.5", "outcome": "winner"},
    {"lot": "L1", "project": "P1", "price": "130", "outcome": "candidate"},
    {"lot": "L2", "project": "P1", "price": "", "outcome": "failed"},
    {"lot": "L3", "project": "P2", "price": "7", "outcome": "winner"},
]
ROW = {"project": "P1", "name": "体育馆", "day": "2026-03-20", "gone": "", "count": "5", "opens": "08:30:00",
       "midnight": "24:00:00", "page": "https://example.org/a?b=1&c=体育", "trick": "javascript:alert(1)"}  # fmt: skip
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
        ({"time": "opens"}, "08:30"),
        ({"time": "midnight"}, "23:59"),
        ({"time": "gone"}, None),
        ({"url": "page"}, "https://example.org/a?b=1&c=体育"),
        ({"url": "trick"}, None),
        ({"url": "gone"}, None),
        ({"urn": ["project", "project"]}, f"urn:uuid:{stable_id('project', 'P1')}"),
        ({"urn": ["project", "gone"]}, None),
        ({"joined": ["{project}", "{gone}", {"code": "count", "is": {"5": "five"}}], "with": "; "}, "P1; five"),
        ({"joined": ["{gone}"], "with": "; "}, None),
        ({"when": {"count": ["5", "6"]}, "then": "{name}"}, "体育馆"),
        ({"when": {"count": ["6"]}, "then": "{name}"}, None),
        ({"when": {"count": ["5"]}, "filled": ["gone"], "then": "{name}"}, None),
        ({"filled": ["name", "day"], "then": {"number": "count"}}, 5),
        ({"code": "project", "is": {"P1": False}}, False),
        ({"code": "project", "is": {"P1": None}}, None),
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


def test_items_without_an_id_are_kept_once_if_they_have_what_is_required():
    items = [{"name": "{name}"}, {"name": "体育馆"}, {"name": "{project}"}, {"day": "{day}"}]
    assert made({"merged": items, "required": "name"}) == [{"name": "体育馆"}, {"name": "P1"}]


def test_rows_are_chosen_by_value_and_the_first_of_each_group_is_taken():
    assert [row["price"] for row in select_rows(LOTS, {"where": {"outcome": ["winner", "failed"]}})] == [
        "120.5",
        "",
        "7",
    ]
    assert [row["price"] for row in select_rows(LOTS, {"distinct": "project"})] == ["120.5", "7"]
    assert list(select_rows(LOTS, {})) == LOTS


def test_rows_are_matched_by_several_columns_and_never_by_an_empty_one():
    mapping = RowMapping({"lots": LOTS})
    assert [
        row["price"] for row in mapping.find_rows("lots", {"lot": "a", "project": "b"}, {"a": "L1", "b": "P1"})
    ] == ["120.5", "130"]
    assert mapping.find_rows("lots", {"price": "a"}, {"a": ""}) == ()


def test_a_code_that_is_not_mapped_is_an_error():
    with pytest.raises(KeyError, match="P1"):
        made({"code": "project", "is": {"P2": "x"}})

import pytest
from pydantic import TypeAdapter

from quality.relations.queries import MOST_EXAMPLES
from quality.relations.relation_judge import judge_relation, key_fields
from schemas.days import parse_day
from schemas.errors import ContractError
from schemas.relations import Relation
from support.contracts import contract_with
from support.related import rows_of

TEXT = {"zh": "字", "en": "words"}
BASE = {
    "id": "one-two", "title": TEXT, "message": TEXT, "mend": TEXT, "source": "a law", "severity": "error",
    "valid_from": "2026-01-01", "dataset": "one", "fields": ["k"], "to": "two", "to_fields": ["k"],
}  # fmt: skip
CONTRACT = contract_with(["id", "k", "n:number", "day:date", "until:date", "kind", "year:year"])
READER: TypeAdapter[Relation] = TypeAdapter(Relation)


def judged(own, other, contract=CONTRACT, **more):
    relation = READER.validate_python({**BASE, "kind": "reference", **more})
    return judge_relation(relation, contract, rows_of(contract, own), rows_of(contract, other))


def keys(result):
    return [one.key for part in result.broken for one in part.examples]


def test_broken_rows_are_counted_by_department_and_named_by_key_and_period():
    own = [
        {"id": "a", "k": "x"},
        {"id": "b", "k": "y", "department": "210200", "period": "2025"},
        {"id": "c", "k": "z"},
        {"id": "d"},
    ]
    found = judged(own, [{"id": "q", "k": "x"}])
    assert (found.asked, found.rows) == (3, 2), "a row with an empty field is not asked"
    assert [(one.department, one.rows, one.slices) for one in found.broken] == [
        ("210100", 1, ("210100/2026",)),
        ("210200", 1, ("210200/2025",)),
    ]
    assert keys(found) == ["c", "b"]


def test_only_a_few_rows_are_named_but_all_are_counted():
    found = judged([{"id": f"{at:03d}", "k": "x"} for at in range(100, 0, -1)], [])
    assert found.rows == 100
    assert keys(found) == ["001", "002", "003", "004", "005"]
    assert len(found.broken[0].examples) == MOST_EXAMPLES


def test_the_mark_tells_sets_of_broken_rows_apart_and_does_not_depend_on_their_order():
    three = [{"id": name, "k": "x"} for name in "abc"]
    assert judged(three, []).mark == judged(three[::-1], []).mark
    assert judged(three, []).mark != judged([{"id": name, "k": "x"} for name in "abd"], []).mark
    assert judged([], []).mark != judged(three, []).mark


def test_without_rows_nothing_is_asked():
    assert (judged([], []).asked, judged([], []).broken) == (0, ())
    assert judged([], [], kind="sums", sums=["n"], op="=", to_sums=["n"]).rows == 0


@pytest.mark.parametrize(
    ("day", "since", "until", "broken"),
    [
        ("2026-05-01", "2026-05-01", "2026-05-02", 0),
        ("2026-05-02", "2026-05-01", "2026-05-02", 0),
        ("2026-05-03", "2026-05-01", "2026-05-02", 1),
        ("2026-05-03", "2026-05-01", None, 0),
        ("2026-05-03", None, None, 0),
    ],
)
def test_a_reference_as_of_a_day_counts_rows_that_were_valid_then(day, since, until, broken):
    own = [{"k": "x", "day": parse(day)}]
    other = [{"k": "x", "day": parse(since), "until": parse(until)}]
    assert judged(own, other, as_of="day", to_from="day", to_until="until").rows == broken
    excluded = judged(own, other, kind="exclusion", as_of="day", to_from="day", to_until="until")
    assert excluded.rows == 1 - broken


def test_a_row_without_the_day_is_not_asked():
    assert judged([{"k": "x"}], [], as_of="day", to_from="day").asked == 0


def test_a_relation_with_a_day_is_asked_of_rows_of_its_time_only():
    own = [{"id": at, "k": "x", "day": parse(at)} for at in ("2025-12-31", "2026-01-01", "2026-06-30", "2026-07-01")]
    assert keys(judged(own, [], day="day", valid_to="2026-06-30")) == ["2026-01-01", "2026-06-30"]


def test_an_implication_counts_an_empty_field_as_broken():
    own = [{"id": "a", "kind": "swim"}, {"id": "b", "kind": "swim", "k": "x"}, {"id": "c", "kind": "run"}, {"id": "d"}]
    when = [{"field": "kind", "is_in": ["swim"]}]
    found = judged(own, [{"k": "x"}], kind="implication", when=when)
    assert (found.asked, keys(found)) == (2, ["a"])


def test_a_value_must_be_among_those_of_its_group_where_there_is_a_group():
    own = [
        {"id": "a", "k": "lot", "kind": "A"},
        {"id": "b", "k": "lot", "kind": "C"},
        {"id": "c", "k": "none", "kind": "A"},
    ]
    other = [{"k": "lot", "kind": "A"}, {"k": "lot", "kind": "B"}, {"k": "none"}]
    found = judged(own, other, kind="membership", value="kind", to_value="kind")
    assert (found.asked, keys(found)) == (2, ["b"])


@pytest.mark.parametrize(("op", "value", "broken"), [("<=", 10, 0), ("<=", 11, 1), (">=", 20, 0), (">=", 19, 1)])
def test_a_value_is_compared_with_that_of_every_row_that_has_one(op, value, broken):
    own = [{"id": "a", "k": "x", "n": value}, {"id": "b", "k": "x"}, {"id": "c", "k": "y", "n": 5}, {"id": "d", "n": 5}]
    other = [{"k": "x", "n": 10}, {"k": "x", "n": 20}, {"k": "x"}, {"k": "y"}]
    found = judged(own, other, kind="comparison", value="n", op=op, to_value="n")
    assert (found.asked, found.rows) == (1, broken)


@pytest.mark.parametrize(
    ("day", "broken"), [("2025-06-30", 0), ("2025-07-01", 1), ("2024-12-31", 0), ("2026-01-01", 1)]
)
def test_a_year_is_compared_as_a_day_of_it(day, broken):
    more = {"kind": "comparison", "value": "year", "year_day": "06-30", "op": ">=", "to_value": "day"}
    assert judged([{"k": "x", "year": 2025}], [{"k": "x", "day": parse(day)}], **more).rows == broken


def test_a_row_is_compared_with_rows_of_the_year_before():
    rows = [
        {"id": "a", "k": "x", "year": 2024},
        {"id": "b", "k": "x", "year": 2025},
        {"id": "c", "k": "y", "year": 2025},
    ]
    more = {"to": "one", "fields": ["k", "year"], "to_fields": ["k", "year"], "offsets": {"year": -1}}
    assert keys(judged(rows, rows, kind="exclusion", **more)) == ["b"]
    assert keys(judged(rows, rows, **more)) == ["a", "c"]


def test_of_the_newest_year_only_departments_that_handed_it_in_are_asked_of_what_was_there_then():
    there = {"kind": "swim"}
    own = [
        {"id": "a", "k": "x", **there, "day": parse("2025-06-30")},
        {"id": "b", "k": "y", **there, "day": parse("2025-07-01")},
        {"id": "c", "k": "z", **there},
        {"id": "d", "k": "x", **there, "department": "210200"},
        {"id": "e", "k": "q", **there, "department": "210300"},
    ]
    other = [
        {"k": "x", "year": 2024},
        {"k": "z", "year": 2025},
        {"k": "x", "year": 2024, "department": "210200"},
    ]
    more = {"kind": "implication", "when": [{"field": "kind", "is_in": ["swim"]}], "to_newest": "year"}
    dated = judged(own, other, **more, since="day", year_day="06-30")
    assert (dated.asked, keys(dated)) == (3, ["a"]), "b came too late, the department of e handed in nothing"
    assert (judged(own, other, **more).asked, keys(judged(own, other, **more))) == (4, ["a", "b"])


@pytest.mark.parametrize(
    ("op", "left", "broken"),
    [("=", 101, 0), ("=", 102, 1), ("<=", 102, 1), ("<=", 10, 0), (">=", 98, 1), (">=", 99, 0)],
)
def test_sums_of_groups_are_compared_within_the_tolerance(op, left, broken):
    own = [{"id": "a", "k": "x", "n": left - 1}, {"id": "b", "k": "x", "n": 1}, {"id": "c", "k": "y", "n": 5}]
    other = [{"k": "x", "n": 60}, {"k": "x", "n": 40}, {"k": "x"}]
    found = judged(own, other, kind="sums", sums=["n"], op=op, to_sums=["n"], tolerance=1)
    assert (found.asked, found.rows) == (1, broken), "a group that only one side has is not asked"
    assert keys(found) == ([f"x ({left}; 100)"] if broken else [])


def test_hostile_values_are_values():
    own = [{"id": "'; DROP TABLE own; --", "k": "a' OR 1=1"}]
    assert judged(own, [{"k": "a' OR 1=1"}]).rows == 0
    assert keys(judged(own, [])) == ["'; DROP TABLE own; --"]
    when = [{"field": "k", "is_in": ["a' OR 1=1"]}]
    assert judged(own, [], when=when).rows == 1


def test_a_key_that_says_something_of_a_person_is_not_named():
    person = {"name": "id", "sportlake": {"person": "name"}}
    contract = contract_with([person, "k"])
    assert key_fields(contract) == ()
    assert keys(judged([{"id": "张三", "k": "x"}], [], contract)) == [""]


def test_a_number_of_a_person_in_a_key_is_masked():
    (key,) = keys(judged([{"id": "住 210102199003074217 号", "k": "x"}], []))
    assert "19900307" not in key


def test_a_relation_that_cannot_be_asked_is_a_fault_of_the_table():
    with pytest.raises(ContractError, match="one-two cannot be asked"):
        judged([{"k": "x"}], [], fields=["nothing"])


def parse(day):
    return parse_day(day) if day else None

from pydantic import TypeAdapter

from quality.relations.result import BrokenRow, BrokenRows, RelationResult, make_relation_finding
from schemas.relations import Relation

TEXT = {"zh": "没有许可", "en": "there is no licence"}
RELATION = TypeAdapter(Relation).validate_python(
    {
        "kind": "reference",
        "id": "one-two",
        "title": TEXT,
        "message": TEXT,
        "mend": TEXT,
        "source": "a law",
        "severity": "warning",
        "valid_from": "2026-01-01",
        "dataset": "one",
        "fields": ["k"],
        "to": "two",
        "to_fields": ["k"],
    }
)


def result_of(**departments):
    broken = tuple(
        BrokenRows(department=code[1:], rows=rows, mark="f", examples=tuple(BrokenRow(key=key, period="2026") for key in keys))
        for code, (rows, keys) in departments.items()
    )  # fmt: skip
    return RelationResult(relation="one-two", asked=100, broken=broken)


def test_a_relation_that_nothing_breaks_gives_no_finding():
    assert make_relation_finding(RELATION, result_of()) is None


def test_a_finding_says_how_many_rows_and_names_some_of_every_department():
    found = make_relation_finding(RELATION, result_of(d210100=(9, ["a", "b", "c", "d", "e"]), d210200=(1, ["z"])))
    assert (found.type, found.severity, found.judge) == ("relation-one-two", "warning", "table")
    assert found.message.en == "there is no licence (10 rows, such as a; z; b; c; d)"
    assert found.message.zh == "没有许可（共 10 条，例如 a；z；b；c；d）"


def test_rows_that_may_not_be_named_are_counted():
    assert make_relation_finding(RELATION, result_of(d210100=(1, [""]))).message.en == "there is no licence (1 row)"

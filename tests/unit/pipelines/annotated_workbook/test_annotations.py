"""Findings become marks: one comment a cell, bounded, in the right place."""

from pipelines.annotated_workbook.annotations import LONGEST, CellPositions, build_marks
from quality.findings import Finding
from schemas.text import Text
from support.files import venues

PLACES = CellPositions(
    columns={"id": 1, "area_m2": 3}, labels=(("编号", 1), ("备注", 2), ("面积", 3), ("备注", 4)), header=2
)


def finding(row, field, said="不对", severity="error", **more):
    message = Text(zh=said, en=f"wrong: {said}")
    return Finding(judge="cell", type="type-error", severity=severity, row=row, field=field, message=message, **more)


def marked(*findings, places=PLACES):
    return build_marks(findings, places, venues(), {})


def test_many_findings_on_a_cell_share_one_comment_and_the_worst_names_it():
    (mark,) = marked(finding(5, "area_m2", "甲", "warning"), *(finding(5, "area_m2", said) for said in "乙丙丁"))
    assert (mark.row, mark.column, mark.kind) == (5, 3, "mend")
    assert (mark.note.count("✖ 应修改"), mark.note.count("应填：数字")) == (1, 1)
    assert "另有 1 项" in mark.note
    assert "甲" not in mark.note


def test_a_comment_names_the_proposed_value_in_both_languages():
    (mark,) = marked(finding(5, "area_m2", fix="500"))
    assert ("建议值：500" in mark.note, "Proposed value: 500" in mark.note) == (True, True)


def test_a_comment_is_never_longer_than_a_screen():
    (mark,) = marked(finding(5, "area_m2", "长" * 5000))
    assert len(mark.note) <= LONGEST + 2
    assert "✖ To mend" in mark.note


def test_a_finding_about_a_row_stands_in_its_first_cell_and_one_about_a_column_in_its_header():
    marks = marked(finding(7, None), finding(None, None, value="备注"), finding(None, "built"))
    assert [(mark.row, mark.column) for mark in marks] == [(2, 1), (2, 4), (7, 1)]


def test_rows_that_are_not_in_an_excerpt_are_not_marked():
    places = CellPositions(columns={"id": 2}, labels=(("编号", 2),), header=1, rows={40: 2})
    assert [(mark.row, mark.column) for mark in marked(finding(40, "id"), finding(41, "id"), places=places)] == [(2, 2)]

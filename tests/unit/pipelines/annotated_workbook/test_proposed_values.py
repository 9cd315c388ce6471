"""The columns of proposals: where they stand, and what is proposed for a cell when findings disagree or units differ."""

import pyarrow as pa
import pytest

from pipelines.annotated_workbook.annotations import CellPositions, locate_cells
from pipelines.annotated_workbook.proposed_values import place_proposals
from pipelines.columns.column_matching import match_columns
from pipelines.read import Reading
from quality.findings import Finding
from schemas.text import Text
from support.contracts import contract_with

SWAPPED = {"kind": "point_swapped", "id": "swapped", "lon": "lon", "lat": "lat"}
COST = {"name": "cost", "title": "投资额", "type": "number", "sportlake": {"unit": "元"}}
CONTRACT = contract_with(["id", COST, "lon:number", "lat:number"], [SWAPPED])
LABELS = ("id", "投资额（万元）", "lon", "lat")
ROWS = (["1", "约500", "41.8", "123.4"], ["2", "7", "42", "123"])


def finding(field, fix, row=2, severity="error", judge="cell", kind="type-error"):
    said = Text(zh="不对", en="wrong")
    return Finding(judge=judge, type=kind, severity=severity, row=row, field=field, message=said, fix=fix)


def placed(*findings, labels=LABELS, rows=None, first=5):
    table = pa.table(list(zip(*ROWS, strict=True)), names=list(labels))
    columns = tuple(range(1, len(labels) + 1))
    reading = Reading(table, pa.array([2, 3], pa.int64()), labels, "xlsx", columns)
    matching = match_columns(labels, CONTRACT, columns)
    order = {field.name: at for field, at in zip(CONTRACT.fields, matching.order, strict=True) if at is not None}
    places: CellPositions = locate_cells(reading, order, columns, rows)
    found = place_proposals(findings, reading, matching, places, first)
    return {(text.row, text.column): text.text for text in found.texts}, found.beside


def test_each_field_with_a_proposal_has_two_columns_after_the_table():
    texts, beside = placed(finding("cost", "500"), finding("lat", "123.5"), finding("lon", None))
    assert texts == {
        (1, 5): "原填值：投资额", (1, 6): "建议值：投资额", (2, 5): "约500", (2, 6): "500",
        (1, 7): "原填值：lat（标题）", (1, 8): "建议值：lat（标题）", (2, 7): "123.4", (2, 8): "123.5",
    }  # fmt: skip
    assert beside == {(2, 2): (2, 6), (2, 4): (2, 8)}


def test_exchanged_coordinates_are_one_proposal_for_each_cell():
    texts, _ = placed(finding("lon", "123.4 / 41.8", judge="row", kind="swapped"))
    assert [texts[2, at] for at in (5, 6, 7, 8)] == ["41.8", "123.4", "123.4", "41.8"]


@pytest.mark.parametrize(("judge", "written"), [("row", "5000元"), ("cell", "5000")])
def test_what_a_rule_computed_is_written_with_its_unit_where_the_column_has_another(judge, written):
    texts, _ = placed(finding("cost", "5000", judge=judge))
    assert texts[2, 6] == written


def test_the_most_severe_findings_propose_and_where_they_disagree_nobody_does():
    texts, _ = placed(finding("cost", "500"), finding("cost", "600", severity="warning"))
    assert texts[2, 6] == "500"
    assert placed(finding("cost", "500"), finding("cost", "600")) == ({}, {})


def test_a_proposal_that_the_cell_already_holds_is_none():
    assert placed(finding("lon", "41.8")) == ({}, {})


def test_in_an_excerpt_they_stand_in_the_rows_of_the_excerpt():
    texts, _ = placed(finding("cost", "500", row=3), rows=[3])
    assert (texts[2, 5], texts[2, 6]) == ("7", "500")


def test_columns_that_would_make_the_file_too_wide_are_left_out():
    assert placed(finding("cost", "500"), first=1000) == ({}, {})

"""The page of openness by clause: every clause in order, each dataset once in the counts, what is wrong marked."""

from dataclasses import replace
from datetime import date

import html5lib
import pyarrow as pa
import pytest

from pipelines.desk.desk_pages import refresh_pages
from pipelines.desk.openness_page import DATASET, build_openness
from pipelines.workspace import open_workspace
from schemas.slices import SliceKey
from support.workspaces import NOW, workspace_with
from warehouse.types import arrow_schema

ROWS = [
    {"clause": "（十）", "dataset": "budget_line", "state": "late", "late_hand_ins": 2},
    {"clause": "（五）", "dataset": "budget_line", "state": "late", "late_hand_ins": 2},
    {"clause": "（五）", "dataset": "facility", "state": "published", "released_on": date(2026, 11, 20)},
    {"clause": "（十六）", "dataset": None, "state": "outside"},
]


@pytest.fixture
def workspace(tmp_path):
    whole = open_workspace(tmp_path, "tester")
    own = replace(workspace_with(tmp_path, whole.contracts[DATASET]), codelists=whole.codelists)
    contract = own.contracts[DATASET]
    rows = [
        {
            "line_id": f"{row['clause']}/{row['dataset'] or '-'}",
            "dataset_title": row["dataset"] and f"示例 {row['dataset']}",
            "owner_name": "处室",
            **row,
        }
        for row in ROWS
    ]
    table = pa.Table.from_pylist(rows, schema=arrow_schema(contract))
    key = SliceKey(dataset=DATASET, department="ln-bangongshi", period="2026")
    own.lake.replace_slices(contract, {key: table}, {}, NOW)
    return own


def test_clauses_come_in_the_order_of_the_policy_with_their_datasets(workspace):
    openness = build_openness(workspace)
    assert [(clause.code, len(clause.lines)) for clause in openness.clauses] == [("（五）", 2), ("（十）", 1), ("（十六）", 1)]
    late, published = openness.clauses[0].lines
    assert (late.signal, late.late, late.state.en) == ("mend", 2, "Overdue")
    assert (published.signal, published.released) == ("fine", date(2026, 11, 20))
    assert openness.clauses[2].lines[0].title is None


def test_a_dataset_under_two_clauses_counts_once(workspace):
    counts = {state.en: count for state, count in build_openness(workspace).counts}
    assert counts == {"Overdue": 1, "Published": 1}


def test_the_page_is_well_formed_and_linked_from_the_desk(workspace):
    refresh_pages(workspace, NOW)
    for name in ("openness.html", "index.html"):
        html5lib.HTMLParser(strict=True).parse((workspace.layout.desk / name).read_text(encoding="utf-8"))
    assert 'href="openness.html"' in (workspace.layout.desk / "index.html").read_text(encoding="utf-8")


def test_there_is_no_page_before_the_report_was_built(tmp_path):
    whole = open_workspace(tmp_path, "tester")
    assert build_openness(replace(workspace_with(tmp_path, whole.contracts[DATASET]), codelists=whole.codelists)) is None
    assert build_openness(workspace_with(tmp_path)) is None

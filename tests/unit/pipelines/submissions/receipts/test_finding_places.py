"""A file in which every row is wrong: few findings are made, all are counted, and the place of each is on record."""

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pipelines.intake import take_arrival
from pipelines.submissions.inbox.inbox import list_arrivals
from pipelines.submissions.receipts import receipt as receipts
from pipelines.submissions.receipts.receipt_files import find_words
from pipelines.submissions.receipts.receipt_page import group_findings
from quality.brief_findings import MOST_MADE
from support.contracts import contract_with
from support.workspaces import NOW, put, workspace_with

ORDER = {"kind": "compare", "id": "order", "left": "low", "op": "<=", "right": "high", "severity": "error"}
CONTRACT = contract_with(["id", "low:integer", "high:integer", "day:date", "other:date"], [ORDER])
ROWS = 60_000


@pytest.fixture(scope="module")
def sent(tmp_path_factory):
    workspace = workspace_with(tmp_path_factory.mktemp("home"), CONTRACT)
    lines = [f"{at},9,1,2026年13月{at}日,{'x' if at > ROWS - 20 else '2026-01-01'}" for at in range(ROWS)]
    put(workspace, "210100", "sample_2026.csv", "\n".join(["id,low,high,day,other", *lines, ""]))
    (arrival,) = list_arrivals(workspace)
    return workspace, take_arrival(workspace, arrival, NOW)


def test_the_receipt_has_the_true_number_for_each_column(sent):
    workspace, receipt = sent
    assert (receipt.outcome, receipt.truncated) == ("quarantine", True)
    assert receipt.counts == {"type-error": ROWS + 19, "order": ROWS}
    groups = {
        (one.type, one.shown[0].field): one.count for one in group_findings(receipt, find_words(workspace, "sample"))
    }
    assert groups == {("type-error", "day"): ROWS, ("type-error", "other"): 19, ("order", "low"): ROWS}


def test_a_column_that_is_wrong_far_below_is_listed_too(sent):
    listed = [one.field for one in sent[1].findings if one.type == "type-error"]
    assert listed.count("other") == receipts.LISTED_IN_COLUMN
    assert listed.count("day") == receipts.LISTED


def test_a_file_with_an_error_in_every_row_makes_few_findings(sent):
    workspace, receipt = sent
    box = workspace.layout.quarantine_folder(receipt.number)
    assert len((box / "findings.jsonl").read_text(encoding="utf-8").splitlines()) == 2 * MOST_MADE + 19


def test_the_place_of_every_finding_is_on_record(sent):
    workspace, receipt = sent
    places = pq.read_table(workspace.layout.submission_folder(receipt.number) / "findings.parquet")
    assert places.num_rows == 2 * ROWS + 19
    days = places.filter(pc.equal(places["field"], "day"))
    assert days["row"].to_pylist() == list(range(2, ROWS + 2))
    assert set(places["severity"].to_pylist()) == {"error"}


def test_where_the_rest_can_be_read_is_said_on_the_page(sent):
    workspace, receipt = sent
    page = workspace.layout.receipt_file(receipt.number, "html").read_text(encoding="utf-8")
    assert f"submissions/{receipt.number}/findings.parquet" in page


def test_the_page_does_not_say_that_the_workbook_marks_all(sent):
    workspace, receipt = sent
    page = workspace.layout.receipt_file(receipt.number, "html").read_text(encoding="utf-8")
    assert receipt.workbook is not None
    assert "Of each kind at most the first 1000 are marked; the counts below are the true ones." in page


def test_of_many_kinds_a_receipt_lists_fewer_of_each(sent, monkeypatch):
    findings = sent[1].findings
    monkeypatch.setattr(receipts, "LISTED_IN_ALL", 500)
    assert len(receipts.choose_listed(findings)) == 500 + receipts.LISTED_IN_COLUMN

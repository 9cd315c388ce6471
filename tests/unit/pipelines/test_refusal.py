"""The gate's refusal on record: rows, departments and receipts; once for one candidate."""

import pytest

from pipelines.intake import take_arrival
from pipelines.refusal import find_refusal, record_refusal
from pipelines.release import assemble_candidate
from pipelines.submissions.inbox.inbox import list_arrivals
from support.contracts import contract_with
from support.workspaces import NOW, put, workspace_with

CONTRACT = contract_with(["code", "name"])


@pytest.fixture
def workspace(tmp_path):
    return workspace_with(tmp_path, CONTRACT)


def hand_in(workspace, department, *codes):
    put(workspace, department, "sample_2026.csv", "code,name\n" + "".join(f"{code},{department}\n" for code in codes))
    return take_arrival(workspace, list_arrivals(workspace)[0], NOW).number


def test_a_key_of_two_cities_names_both_their_rows_and_their_receipts(workspace):
    numbers = {hand_in(workspace, "210100", "S1", "S2"), hand_in(workspace, "210200", "S2", "S3")}
    entry = record_refusal(workspace, assemble_candidate(workspace, "sample"), NOW)
    (objection,) = entry.facts["objections"]
    assert (objection["type"], objection["value"]) == ("duplicate-key", "S2")
    assert set(objection["slices"]) == {"210100/2026", "210200/2026"}
    assert set(objection["receipts"]) == numbers
    rows = assemble_candidate(workspace, "sample").rows.read_columns(["code"]).column("code").to_pylist()
    assert [rows[row - 2] for row in objection["rows"]] == ["S2", "S2"]


def test_one_candidate_is_refused_on_record_once_and_a_mended_one_no_more(workspace):
    hand_in(workspace, "210100", "S1", "S2")
    hand_in(workspace, "210200", "S2", "S3")
    for _ in range(2):
        record_refusal(workspace, assemble_candidate(workspace, "sample"), NOW)
    assert len(workspace.ledger.read_entries("refusal")) == 1
    assert find_refusal(workspace, "sample") is not None
    hand_in(workspace, "210200", "S3", "S4")
    assert find_refusal(workspace, "sample") is None
    assert record_refusal(workspace, assemble_candidate(workspace, "sample"), NOW) is None

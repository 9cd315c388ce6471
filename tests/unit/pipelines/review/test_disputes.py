"""The same key from two departments: its rows wait, on record, and the rest goes out; or all of it, where the contract says so."""

import pytest

from pipelines.release import assemble_candidate, freeze_candidate
from pipelines.review.approvals import list_disputes, list_waiting
from pipelines.submissions.decisions.retraction import retract_submission
from support.contracts import contract_with
from support.walked import released_rows, take_all
from support.workspaces import NOW, put, workspace_with

FIELDS = ["code", "area:number"]
HELD_OUT = contract_with(FIELDS, policy={"disputed": "hold_out", "quarantine": {"share": 0.5}})


@pytest.fixture
def workspace(tmp_path):
    workspace = workspace_with(tmp_path, HELD_OUT)
    put(workspace, "210100", "sample_2026.csv", "code,area\nS1,10\nS2,20\nS3,30\n")
    put(workspace, "210200", "sample_2026.csv", "code,area\nS1,99\nS4,40\n")
    take_all(workspace)
    return workspace


def test_the_disputed_rows_of_both_wait_and_the_rest_is_released(workspace):
    candidate = assemble_candidate(workspace, "sample")
    assert not candidate.blocked
    (warning,) = candidate.objections
    assert (warning.type, warning.severity) == ("disputed-keys", "warning")
    assert "S1" in warning.message.zh
    assert "210200/2026" in warning.message.en
    assert warning.message.en.startswith(
        "1 key stands in rows of several departments or periods, and 2 rows are held out"
    )
    made = freeze_candidate(workspace, candidate, NOW)
    assert {row["code"] for row in released_rows(workspace, "sample", made.number)} == {"S2", "S3", "S4"}
    (entry,) = workspace.ledger.read_entries("candidate")
    assert entry.facts["disputes"] == [{"key": "S1", "slices": ["210100/2026", "210200/2026"]}]
    assert list_disputes(workspace, "sample") == entry.facts["disputes"]
    assert list_waiting(workspace, NOW) == []
    assert (candidate.quality["rows_submitted"], candidate.quality["rows_held_back"]) == (5, 2)


def test_once_one_of_them_is_taken_back_the_other_is_released(workspace):
    freeze_candidate(workspace, assemble_candidate(workspace, "sample"), NOW)
    (second,) = [one for one in workspace.ledger.read_entries("landing") if "210200" in one.facts["slice"]]
    retract_submission(workspace, second.facts["number"], "重复报送", NOW)
    made = freeze_candidate(workspace, assemble_candidate(workspace, "sample"), NOW)
    assert {row["code"] for row in released_rows(workspace, "sample", made.number)} == {"S1", "S2", "S3"}
    assert list_disputes(workspace, "sample") == []


def test_above_the_limit_of_rows_held_back_the_gate_stops_all_of_it(tmp_path):
    strict = contract_with(FIELDS, policy={"disputed": "hold_out", "quarantine": {"share": 0.1}})
    workspace = workspace_with(tmp_path, strict)
    put(workspace, "210100", "sample_2026.csv", "code,area\nS1,10\nS2,20\n")
    put(workspace, "210200", "sample_2026.csv", "code,area\nS1,99\n")
    take_all(workspace)
    candidate = assemble_candidate(workspace, "sample")
    assert candidate.blocked
    assert {one.type for one in candidate.objections} == {"too-many-held-back", "disputed-keys"}


def test_the_whole_waits_where_the_contract_says_so(tmp_path):
    workspace = workspace_with(tmp_path, contract_with(FIELDS, policy={"disputed": "whole"}))
    put(workspace, "210100", "sample_2026.csv", "code,area\nS1,10\nS2,20\n")
    put(workspace, "210200", "sample_2026.csv", "code,area\nS1,99\n")
    take_all(workspace)
    candidate = assemble_candidate(workspace, "sample")
    assert candidate.blocked
    assert candidate.rows.counted.rows == 3
    assert [one.type for one in candidate.objections] == ["duplicate-key"]

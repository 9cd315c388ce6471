"""A key that two slices have: each of the departments concerned is told, with the other one named."""

import pytest

from pipelines.refusal import record_refusal
from pipelines.release import assemble_candidate, freeze_candidate
from pipelines.submissions.decisions.retraction import retract_submission
from pipelines.work_items.dispute_items import find_dispute_items, list_open_disputes
from support.contracts import contract_with
from support.walked import take_all
from support.workspaces import NOW, put, workspace_with

FIELDS = ["code", "area:number"]


def make_workspace(home, **policy):
    workspace = workspace_with(home, contract_with(FIELDS, policy={"quarantine": {"share": 0.5}, **policy}))
    put(workspace, "210100", "sample_2026.csv", "code,area\nS1,10\nS2,20\nS3,30\n")
    put(workspace, "210200", "sample_2026.csv", "code,area\nS1,99\nS4,40\n")
    take_all(workspace)
    return workspace


def review(workspace):
    candidate = assemble_candidate(workspace, "sample")
    record_refusal(workspace, candidate, NOW)
    freeze_candidate(workspace, candidate, NOW)


@pytest.fixture
def workspace(tmp_path):
    workspace = make_workspace(tmp_path, disputed="hold_out")
    review(workspace)
    return workspace


def test_each_department_has_an_item_that_names_the_other(workspace):
    items = {item.department: item for item in find_dispute_items(workspace, NOW)}
    assert set(items) == {"210100", "210200"}
    assert {item.subject for item in items.values()} == {"S1"}
    assert "大连市体育局2026" in items["210100"].text.zh
    assert "Shenyang Sports Bureau 2026" in items["210200"].text.en
    assert items["210100"].since == NOW.date() < items["210100"].due
    assert items["210100"].page.startswith("receipts/RCPT-")
    assert items["210100"].page != items["210200"].page


def test_the_command_of_a_department_hands_its_own_file_in_again(workspace):
    commands = {item.department: item.command for item in find_dispute_items(workspace, NOW)}
    assert commands == {
        department: f"sportlake submit sample_2026.csv --dataset sample --department {department} --period 2026"
        for department in ("210100", "210200")
    }


def test_it_is_over_once_one_of_them_is_taken_back(workspace):
    (second,) = [one for one in workspace.ledger.read_entries("landing") if "210200" in one.facts["slice"]]
    retract_submission(workspace, second.facts["number"], "重复报送", NOW)
    assert list(find_dispute_items(workspace, NOW)) == []


def test_where_a_disputed_key_stops_the_whole_dataset_the_departments_are_told_as_well(tmp_path):
    workspace = make_workspace(tmp_path, disputed="whole")
    review(workspace)
    assert [item.department for item in find_dispute_items(workspace, NOW)] == ["210100", "210200"]
    assert list_open_disputes(workspace, "sample") == [{"key": "S1", "slices": ["210100/2026", "210200/2026"]}]


def test_disputed_keys_are_told_too_if_there_are_so_many_that_the_gate_stops_the_rest(tmp_path):
    workspace = make_workspace(tmp_path, disputed="hold_out", quarantine={"share": 0.1})
    review(workspace)
    assert {(item.department, item.subject) for item in find_dispute_items(workspace, NOW)} == {
        ("210100", "S1"),
        ("210200", "S1"),
    }


def test_two_periods_of_one_department_are_one_item_of_it(tmp_path):
    policy = {"mode": "append", "disputed": "hold_out", "quarantine": {"share": 0.5}}
    workspace = workspace_with(tmp_path, contract_with(FIELDS, policy=policy))
    put(workspace, "210100", "sample_2025.csv", "code,area\nS1,10\nS2,20\n")
    put(workspace, "210100", "sample_2026.csv", "code,area\nS1,99\nS4,40\n")
    take_all(workspace)
    review(workspace)
    (item,) = find_dispute_items(workspace, NOW)
    assert item.department == "210100"
    assert "2025、2026" in item.text.zh

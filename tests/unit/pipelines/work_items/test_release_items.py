"""What keeps a dataset from being released or shown: people who must decide, refusals, the gate, incidents."""

from dataclasses import replace

import pytest

from pipelines.publication.rescan import rescan_datasets
from pipelines.publication.withdrawal import restore_dataset
from pipelines.refusal import record_refusal
from pipelines.release import assemble_candidate, freeze_candidate
from pipelines.review.decisions import approve_candidate, refuse_candidate
from pipelines.work_items.release_items import (
    find_gate_items,
    find_incident_items,
    find_refused_items,
    find_review_items,
)
from schemas.negative_list import NegativeEntry
from schemas.text import Text
from support.contracts import contract_with
from support.frozen import freeze_release
from support.people import write_people
from support.walked import take_all
from support.workspaces import NOW, copied_workspace, put, workspace_with

BOTH = {"approvals": {"roles": ["steward", "confidentiality"]}}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    home = tmp_path_factory.mktemp("built")
    workspace = workspace_with(home, contract_with(["code", "area:number"], policy=BOTH))
    write_people(home)
    hand_in(workspace, "code,area\nS1,10\n")
    return workspace


@pytest.fixture
def workspace(built, tmp_path):
    return copied_workspace(built, tmp_path)


def hand_in(workspace, content, department="210100"):
    put(workspace, department, "sample_2026.csv", content)
    take_all(workspace)
    candidate = assemble_candidate(workspace, "sample")
    record_refusal(workspace, candidate, NOW)
    freeze_candidate(workspace, candidate, NOW)


def test_each_role_that_must_decide_has_an_item_with_page_and_command(workspace):
    items = {item.role: item for item in find_review_items(workspace, NOW)}
    assert set(items) == {"steward", "confidentiality"}
    assert items["confidentiality"].command == "sportlake approve sample --as reviewer"
    assert items["steward"].page == "candidates/sample.html"
    approve_candidate(replace(workspace, actor="reviewer"), "sample", NOW)
    assert [item.role for item in find_review_items(workspace, NOW)] == ["steward"]


def test_who_refused_is_not_asked_again_and_the_department_is_told_why(workspace):
    refuse_candidate(replace(workspace, actor="reviewer"), "sample", "面积需核对", NOW)
    assert [item.role for item in find_review_items(workspace, NOW)] == ["steward"]
    (item,) = find_refused_items(workspace, NOW)
    assert (item.department, item.since) == ("210100", NOW.date())
    assert item.due > NOW.date()
    assert "面积需核对" in item.text.zh
    assert "reviewer" in item.text.en


def test_a_corrected_file_ends_the_refusal(workspace):
    refuse_candidate(replace(workspace, actor="reviewer"), "sample", "面积需核对", NOW)
    hand_in(workspace, "code,area\nS1,11\n")
    assert list(find_refused_items(workspace, NOW)) == []


def test_only_departments_with_new_hand_ins_are_told_of_a_refusal(workspace):
    for person in ("tester", "reviewer"):
        approve_candidate(replace(workspace, actor=person), "sample", NOW)
    freeze_candidate(workspace, assemble_candidate(workspace, "sample"), NOW)
    hand_in(workspace, "code,area\nS2,10\n", "210200")
    refuse_candidate(replace(workspace, actor="reviewer"), "sample", "面积需核对", NOW)
    assert [item.department for item in find_refused_items(workspace, NOW)] == ["210200"]


def test_what_the_gate_stops_is_for_the_steward_and_once_for_the_department_whose_rows_it_names(tmp_path):
    about = Text(zh="在建项目", en="Projects")
    entry = NegativeEntry(
        id="x", name=about, circumstance=about, basis="条例", match="contains", words=["在建"], valid_from="2020-01-01"
    )
    workspace = replace(workspace_with(tmp_path, contract_with(["code", "note"])), negative_list=(entry,))
    hand_in(workspace, "code,note\nS1,在建场馆\nS2,在建球场\nS3,已建成\n")
    hand_in(workspace, "code,note\nS4,已建成\n", "210200")
    steward, department = find_gate_items(workspace, NOW)
    assert (steward.role, steward.dataset, steward.command) == ("steward", "sample", "sportlake candidate sample")
    assert (department.department, department.role) == ("210100", None)
    assert "在建项目" in department.text.zh
    assert department.page.startswith("receipts/RCPT-")


def test_a_leak_is_due_at_once_and_over_when_the_dataset_is_restored(tmp_path):
    workspace = workspace_with(tmp_path, contract_with(["id", "note"], name="a"))
    freeze_release(workspace, "a", "1", "手机13800138000")
    assert list(find_incident_items(workspace, NOW)) == []
    rescan_datasets(workspace, NOW)
    (item,) = find_incident_items(workspace, NOW)
    assert (item.role, item.dataset, item.due) == ("steward", "a", NOW.date())
    assert "13800138000" not in item.text.zh
    restore_dataset(workspace, "a", Text(zh="已更正", en="corrected"), NOW)
    assert list(find_incident_items(workspace, NOW)) == []

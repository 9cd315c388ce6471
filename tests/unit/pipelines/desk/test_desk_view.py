"""The desk at one time: today's hand-ins and no others, owners by urgency, candidates with the commands to decide."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pipelines.desk import desk_view
from pipelines.desk.desk_pages import refresh_pages
from pipelines.desk.desk_view import build_desk, list_today
from pipelines.release import assemble_candidate, freeze_candidate
from pipelines.review.decisions import refuse_candidate
from pipelines.work_items.work_list import list_work_items
from support.contracts import POLICY, contract_with
from support.people import write_people
from support.walked import take_all
from support.workspaces import NOW, copied_workspace, put, workspace_with


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    home = tmp_path_factory.mktemp("built")
    policy = {"submitters": ["city_bureau"], "approvals": {"roles": ["steward", "confidentiality"]}}
    workspace = workspace_with(home, contract_with(["code", "area:number"], policy=policy))
    write_people(home)
    put(workspace, "210100", "sample_2025.csv", "code,area\nS1,10\n")
    take_all(workspace, NOW - timedelta(days=1))
    put(workspace, "210200", "sample_2025.csv", "code,area\nS2,x\n")
    take_all(workspace)
    freeze_candidate(workspace, assemble_candidate(workspace, "sample"), NOW)
    return workspace


@pytest.fixture
def workspace(built, tmp_path):
    return copied_workspace(built, tmp_path)


def desk_of(workspace, now=NOW):
    return build_desk(workspace, list_work_items(workspace, now), now)


def test_today_has_what_came_today_with_its_state(workspace):
    (line,) = list_today(workspace, NOW)
    assert (line.department, line.dataset, line.period, line.state) == ("210200", "sample", "2025", "quarantine")
    assert list_today(workspace, NOW + timedelta(days=1)) == []
    (before,) = list_today(workspace, NOW - timedelta(days=1))
    assert (before.department, before.state) == ("210100", "stands")


def test_the_owners_come_by_urgency_with_their_numbers(workspace):
    city, reviewer, steward = desk_of(workspace).owners
    assert (city.code, city.open, city.late, city.is_department) == ("210200", 1, 0, True)
    assert (steward.code, steward.holders, steward.due) == ("steward", ("tester",), None)
    assert reviewer.name.zh == "保密审查员"
    later = desk_of(workspace, NOW + timedelta(days=20))
    assert later.owners[0].late == 1
    assert [item.department for item in later.late] == ["210200"]


def test_the_first_page_lists_the_most_urgent_and_whatever_is_for_a_role(workspace, monkeypatch):
    monkeypatch.setattr(desk_view, "MOST_ITEMS", 1)
    late = desk_of(workspace, NOW + timedelta(days=150))
    assert len([item for item in late.items if item.department]) > 1
    assert [item.owner for item in late.urgent][1:] == ["confidentiality", "steward"]


def test_a_candidate_shows_who_must_decide_and_how(workspace):
    (line,) = desk_of(workspace).candidates
    assert (line.dataset, line.missing.en, line.refused) == (
        "sample",
        "data steward and confidentiality reviewer",
        False,
    )
    assert "sportlake approve sample --as tester" in [command for _, command in line.commands]
    refuse_candidate(replace(workspace, actor="reviewer"), "sample", "面积需核对", NOW)
    (line,) = desk_of(workspace).candidates
    assert (line.refused, line.missing.zh) == (True, "数据管理员")
    assert "面积需核对" in line.decided[0].zh


def test_a_candidate_that_waits_for_an_assessment_alone_says_so(tmp_path):
    policy = {
        "assessments": {"needed": ["head_approval"]},
        "catalogue": {**POLICY["catalogue"], "head_approval": "not_done"},
    }
    workspace = workspace_with(tmp_path, contract_with(["code"], policy=policy))
    write_people(tmp_path)
    put(workspace, "210100", "sample_2026.csv", "code\nS1\n")
    take_all(workspace)
    freeze_candidate(workspace, assemble_candidate(workspace, "sample"), NOW)
    (line,) = desk_of(workspace).candidates
    assert (line.missing.en, line.lacking.en) == ("", "approval by the head")
    page = refresh_pages(workspace, NOW).read_text(encoding="utf-8")
    assert "还须登记部门负责人审核。" in page
    assert "Still to be put on record: approval by the head." in page


def test_an_empty_home_has_an_empty_desk(tmp_path):
    view = desk_of(workspace_with(tmp_path))
    assert (view.entry, view.came_count, view.items, view.owners, view.candidates, view.decisions) == (
        0, 0, (), (), (), (),
    )  # fmt: skip

"""Lowering the open type below that of the last release takes an approval of its own; raising it does not."""

from dataclasses import replace
from datetime import date

import pytest

from pipelines.release import assemble_candidate, freeze_candidate
from pipelines.review.assessment_decisions import Assessed, record_assessment
from support.contracts import POLICY, contract_with
from support.people import write_people
from support.walked import take_all
from support.workspaces import NOW, put, workspace_with

SAID = Assessed("辽体批〔2026〕1号", "含经营信息，改为有条件开放", date(2026, 11, 25))


def opened_as(workspace, open_type, version):
    catalogue = {**POLICY["catalogue"], "open_type": open_type}
    contract = contract_with(["code", "area:number"], policy={"catalogue": catalogue})
    return replace(workspace, contracts={"sample": contract.model_copy(update={"version": version})})


def candidate_of(workspace):
    return assemble_candidate(workspace, "sample", NOW.date())


@pytest.fixture
def workspace(tmp_path):
    workspace = workspace_with(tmp_path, contract_with(["code", "area:number"]))
    write_people(tmp_path)
    put(workspace, "210100", "sample_2026.csv", "code,area\nS1,10\n")
    take_all(workspace)
    return workspace


def test_the_gate_refuses_a_lower_open_type_until_the_head_approves_it(workspace):
    first = freeze_candidate(workspace, candidate_of(workspace), NOW)
    assert first.open_type == "open"
    lower = opened_as(workspace, "conditional", "1.1.0")
    (objection,) = candidate_of(lower).errors
    assert objection.type == "open-type-lowered"
    assert "无条件开放" in objection.message.zh
    assert "sportlake assess sample open_type_lowering" in objection.message.en
    assert freeze_candidate(lower, candidate_of(lower), NOW) is None
    record_assessment(lower, "sample", "open_type_lowering", SAID, NOW)
    second = freeze_candidate(lower, candidate_of(lower), NOW)
    assert (second.open_type, [one["kind"] for one in second.assessments]) == ("conditional", ["open_type_lowering"])
    assert not candidate_of(opened_as(workspace, "conditional", "1.2.0")).blocked, (
        "it is no lower than the last release"
    )


def test_the_approval_is_of_one_version_of_the_contract(workspace):
    freeze_candidate(workspace, candidate_of(workspace), NOW)
    record_assessment(opened_as(workspace, "conditional", "1.1.0"), "sample", "open_type_lowering", SAID, NOW)
    assert candidate_of(opened_as(workspace, "conditional", "1.2.0")).blocked


def test_a_first_release_and_a_higher_open_type_ask_for_nothing_more(workspace):
    low = opened_as(workspace, "conditional", "1.0.0")
    assert freeze_candidate(low, candidate_of(low), NOW) is not None
    assert not candidate_of(opened_as(workspace, "open", "1.1.0")).blocked

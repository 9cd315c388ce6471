"""What those who decide see: rows, coverage, changes, objections, waivers, who must decide, the next command; and its page."""

from dataclasses import replace
from datetime import date

import html5lib
import pytest
from markupsafe import escape

from pipelines.release import assemble_candidate, freeze_candidate
from pipelines.review.approvals import list_waiting
from pipelines.review.assessment_decisions import Assessed, record_assessment
from pipelines.review.candidate_pages import candidate_page_file, write_candidate_page, write_waiting_pages
from pipelines.review.candidate_view import build_view
from pipelines.review.decisions import approve_candidate, refuse_candidate
from pipelines.review.waiver_decisions import waive_finding
from pipelines.submissions.decisions.acceptance import accept_submission
from pipelines.submissions.decisions.rejudging import apply_rejudgement
from pipelines.submissions.receipts.receipt_files import name_findings
from schemas.policy import Approvals
from support.absent_engine import without_engine
from support.contracts import POLICY, contract_with
from support.people import write_people
from support.related_workspace import hand_in, related_workspace
from support.walked import take_all, workspace_with_file
from support.workspaces import NOW, copied_workspace, put, workspace_with

CONTRACT = contract_with(["code", "area:number"], policy={"approvals": {"roles": ["steward", "confidentiality"]}})


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return workspace_with_file(tmp_path_factory.mktemp("built"), CONTRACT, "code,area\n<b>S1</b>,10\nS2,20\n")


@pytest.fixture
def workspace(built, tmp_path):
    return copied_workspace(built, tmp_path)


def view_of(workspace):
    return build_view(workspace, assemble_candidate(workspace, "sample"), NOW)


def freeze(workspace):
    return freeze_candidate(workspace, assemble_candidate(workspace, "sample"), NOW)


def approve(workspace, *names):
    for name in names:
        approve_candidate(replace(workspace, actor=name), "sample", NOW)


def test_a_first_candidate_says_who_must_decide_and_how(workspace):
    view = view_of(workspace)
    assert (view.state, view.signal, view.changes, view.last) == ("waits", "look", None, None)
    assert [(line.role, line.holders, line.decision) for line in view.roles] == [
        ("steward", ("tester",), None),
        ("confidentiality", ("reviewer",), None),
    ]
    commands = [command for _, command in view.commands]
    assert "sportlake approve sample --as tester" in commands
    assert "sportlake refuse sample --reason … --as reviewer" in commands
    assert (view.coverage.present, view.coverage.expected) == (1, 3)
    assert len(view.sample) == 2


def test_after_the_approvals_the_next_command_makes_the_release(workspace):
    approve(workspace, "tester", "reviewer")
    view = view_of(workspace)
    assert (view.state, view.signal) == ("approved", "fine")
    given = view.roles[0].decision
    assert (given.person, given.at, given.until) == ("tester", NOW, date(2026, 12, 25))
    assert [command for _, command in view.commands][-1] == "sportlake run"


def test_a_later_candidate_counts_what_changed(workspace):
    approve(workspace, "tester", "reviewer")
    freeze(workspace)
    assert (view_of(workspace).state, view_of(workspace).commands) == ("released", ())
    put(workspace, "210100", "sample_2026.csv", "code,area\nS2,21\nS3,30\n")
    take_all(workspace)
    change = view_of(workspace).changes
    assert (change.added, change.removed, change.changed) == (1, 1, 1)


def test_what_the_gate_stops_shows_its_objections_and_no_rows(workspace):
    put(workspace, "210200", "sample_2026.csv", "code,area\nS2,99\n")
    take_all(workspace)
    view = view_of(workspace)
    assert (view.state, view.signal, view.sample) == ("blocked", "mend", ())
    assert "S2" in view.objections[0][0].zh
    assert [command for _, command in view.commands] == ["sportlake status"]


def test_a_refusal_is_shown_with_its_reason(workspace):
    refuse_candidate(replace(workspace, actor="reviewer"), "sample", "需核对", NOW)
    view = view_of(workspace)
    assert (view.state, view.signal, view.review.refusals[0].reason) == ("refused", "mend", "需核对")
    assert [line.decision and line.decision.approves for line in view.roles] == [None, False]
    page = write_candidate_page(workspace, view).read_text(encoding="utf-8")
    assert "reviewer 于 2026年11月25日 不同意" in page
    assert "reviewer refused on 25 November 2026" in page


def test_what_is_lacking_is_named_with_the_command_and_what_is_on_record_with_its_last_day(workspace):
    policy = {
        "assessments": {"needed": ["head_approval"]},
        "catalogue": {**POLICY["catalogue"], "head_approval": "not_done"},
    }
    workspace = replace(workspace, contracts={"sample": contract_with(["code", "area:number"], policy=policy)})
    view = view_of(workspace)
    assert (view.state, [(line.kind, line.record, line.holds) for line in view.evidence]) == (
        "lacks",
        [("head_approval", None, False)],
    )
    (command,) = [command for _, command in view.commands]
    assert command == "sportlake assess sample head_approval --document … --result … --as tester"
    before = write_candidate_page(workspace, view).read_text(encoding="utf-8")
    freeze(workspace)
    said = Assessed("辽体〔2026〕1号", "同意", NOW.date(), NOW.date())
    record_assessment(workspace, "sample", "head_approval", said, NOW)
    (line,) = view_of(workspace).evidence
    assert (line.record.document, line.holds, view_of(workspace).state) == ("辽体〔2026〕1号", True, "approved")
    late = NOW.replace(day=26)
    (line,) = build_view(workspace, assemble_candidate(workspace, "sample"), late).evidence
    assert (line.record.until, line.holds) == (NOW.date(), False)
    write_waiting_pages(workspace, list_waiting(workspace, late), late)
    after = candidate_page_file(workspace, "sample").read_text(encoding="utf-8")
    assert ("辽体〔2026〕1号" in before, "辽体〔2026〕1号" in after, "已过期" in after) == (False, True, True)


def test_a_waived_objection_is_shown_with_name_day_and_reason_and_one_that_may_be_with_the_command(workspace):
    strict = contract_with(["code", "area:number"], policy={"coverage": 1})
    workspace = replace(workspace, contracts={"sample": strict})
    assert view_of(workspace).commands[0][1] == "sportlake waive sample low-coverage --reason … --until … --as tester"
    waive_finding(workspace, "sample", "low-coverage", "其余单位补报中", date(2026, 12, 20), NOW)
    view = build_view(workspace, assemble_candidate(workspace, "sample", NOW.date()), NOW)
    assert (view.state, view.objections) == ("approved", ())
    text = write_candidate_page(workspace, view).read_text(encoding="utf-8")
    for said in (
        "tester（部门负责人）",
        "2026年12月20日",
        "其余单位补报中",
        "tester (head of the department)",
        "20 December 2026",
    ):
        assert said in text


def test_the_page_is_valid_complete_and_carries_no_live_markup_of_the_data(workspace):
    refuse_candidate(replace(workspace, actor="reviewer"), "sample", "<script>x</script>", NOW)
    text = write_candidate_page(workspace, view_of(workspace)).read_text(encoding="utf-8")
    words = "".join(html5lib.HTMLParser(strict=True).parse(text).itertext())
    assert "sportlake approve sample --as tester" in words
    assert "<script>" not in text
    assert "<b>S1" not in text
    assert "&lt;b&gt;S1" in text
    for said in (
        "谁可以",
        "Who may",
        "大连市体育局",
        "Dalian",
        "../receipts/RCPT-",
    ):
        assert said in text
    assert "://" not in text


SMALL = {"kind": "compare", "id": "size-small", "left": "size", "op": "<", "value": 1000}


def test_a_hand_in_that_was_accepted_is_shown_with_finding_name_and_reason_also_when_it_was_judged_again(tmp_path):
    workspace = workspace_with(tmp_path, contract_with(["code:integer", "size:integer"], [SMALL]))
    write_people(tmp_path)
    put(workspace, "210100", "sample_2026.csv", "code,size\n" + "".join(f"{at},5000\n" for at in range(20)))
    put(workspace, "210200", "sample_2026.csv", "code,size\n99,5\n")
    taken = take_all(workspace)
    (waits,) = [one for one in taken.values() if one.outcome == "quarantine"]
    accept_submission(workspace, waits.number, "<b>确为大型场地</b>", NOW)
    again = apply_rejudgement(workspace, waits.number, NOW)
    (told,) = view_of(workspace).accepted
    assert (told.number, told.who, told.at, told.reason) == (again.number, "tester", NOW, "<b>确为大型场地</b>")
    assert (told.department.en, told.period) == ("Shenyang Sports Bureau", "2026")
    (finding,) = told.findings
    assert finding == name_findings(workspace, again)["size-small"]
    text = write_candidate_page(workspace, view_of(workspace)).read_text(encoding="utf-8")
    for said in (
        "tester 于 2026年11月25日 决定接收",
        "accepted by tester on 25 November 2026",
        finding.zh,
        again.number,
    ):
        assert str(escape(said)) in text
    assert "<b>确为" not in text


def test_a_page_says_that_relations_are_not_asked_while_the_engine_is_away(tmp_path, monkeypatch):
    workspace = related_workspace(tmp_path)
    strict = workspace.contracts["event"].policy.model_copy(update={"approvals": Approvals(roles=("steward",))})
    event = workspace.contracts["event"].model_copy(update={"policy": strict})
    workspace = replace(workspace, contracts={**workspace.contracts, "event": event})
    freeze_candidate(workspace, assemble_candidate(workspace, "event", NOW.date()), NOW)
    waits, file = list_waiting(workspace, NOW), candidate_page_file(workspace, "event")
    write_waiting_pages(workspace, waits, NOW)
    before = file.read_bytes()
    hand_in(workspace, "place", "id,name\nP1,one\nP2,zwei\n")
    write_waiting_pages(without_engine(workspace, monkeypatch), waits, NOW)
    text = file.read_text(encoding="utf-8")
    words = "".join(html5lib.HTMLParser(strict=True).parse(text).itertext())
    assert "within 0.2 seconds" in words
    assert "SPORTLAKE_ENGINE=local sportlake status" in words
    assert "sportlake approve" not in words
    write_waiting_pages(workspace, waits, NOW)
    assert file.read_bytes() == before


def test_pages_follow_what_waits(workspace):
    freeze(workspace)
    write_waiting_pages(workspace, list_waiting(workspace, NOW), NOW)
    file = candidate_page_file(workspace, "sample")
    before = file.stat().st_mtime_ns
    write_waiting_pages(workspace, list_waiting(workspace, NOW), NOW)
    assert file.stat().st_mtime_ns == before
    approve(workspace, "tester")
    write_waiting_pages(workspace, list_waiting(workspace, NOW), NOW)
    assert "tester 于 2026年11月25日 同意，有效期至 2026年12月25日" in file.read_text(encoding="utf-8")
    approve(workspace, "reviewer")
    freeze(workspace)
    write_waiting_pages(workspace, list_waiting(workspace, NOW), NOW)
    assert not file.exists()

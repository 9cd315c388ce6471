"""What `sportlake status` says of relations between datasets and of venues."""

from datetime import date

import html5lib
import pytest

from dagster_project.cli.standing_report import print_relations, print_sent_back, print_venues
from pipelines.relations.judged_relations import find_standing_relations
from pipelines.release import assemble_candidate, freeze_candidate
from pipelines.review.candidate_pages import render_candidate
from pipelines.review.candidate_view import build_view
from pipelines.review.waiver_decisions import waive_finding
from pipelines.submissions.decisions.retraction import reinstate_submission, retract_submission
from pipelines.venues.identities import register_records
from pipelines.venues.venue_proposals import propose_venues
from support.absent_engine import without_engine
from support.contracts import contract_with
from support.related_workspace import RELATION, WITHOUT_P2, hand_in, related_workspace
from support.venue_scene import land_venues, open_venues
from support.walked import take_all
from support.workspaces import NOW, put, workspace_with
from warehouse.lake.standing import find_standing

TODAY = NOW.date()
WAIVE = f"sportlake waive event relation-{RELATION} --reason"


@pytest.fixture
def told(capsys):
    """What the table says, as one text without line breaks and frames."""

    def print_and_read(workspace, today=TODAY):
        print_relations(workspace, today)
        return " ".join(capsys.readouterr().out.replace("│", " ").split())

    return print_and_read


def test_datasets_that_fit_each_other_are_said_to(tmp_path, told):
    assert told(related_workspace(tmp_path)).startswith("各数据集之间没有不符")


def test_a_broken_relation_is_a_line_with_rows_departments_and_the_command_that_waives_it(tmp_path, told):
    workspace = related_workspace(tmp_path)
    hand_in(workspace, "event", "id,place\nE3,P2\n", "210200")
    hand_in(workspace, "place", WITHOUT_P2)
    text = told(workspace)
    for expected in (
        "event place",
        f"(relation-{RELATION}) 2 沈阳市体育局、大连市体育局 不能发布 stops",
        f"{WAIVE} … --until … --as ",
    ):
        assert expected in text
    assert "--as …" not in text, "somebody who may waive it is named"


def test_a_warning_is_told_without_a_command(tmp_path, told):
    workspace = related_workspace(tmp_path, "warning")
    hand_in(workspace, "place", WITHOUT_P2)
    text = told(workspace)
    assert "提醒，不影响发布 tells" in text
    assert WAIVE not in text


def test_what_the_engine_did_not_ask_is_said_to_be_open_and_not_to_fit(tmp_path, told, monkeypatch):
    workspace = related_workspace(tmp_path)
    told(workspace)
    hand_in(workspace, "place", WITHOUT_P2)
    text = told(without_engine(workspace, monkeypatch))
    for part in ("尚未核对", "2026-11-25", "within 0.2 seconds", "SPORTLAKE_ENGINE=local sportlake status"):
        assert part in text
    assert "没有不符" not in text
    assert "stops" in told(workspace)


def test_an_info_is_told_too(tmp_path, told):
    penalty = contract_with(["decision_no", "party_uscc"], name="admin_penalty")
    known = contract_with(["operator_uscc", "known_operator"], name="operator_credit")
    workspace = workspace_with(tmp_path, penalty, known)
    hand_in(workspace, "operator_credit", "operator_uscc,known_operator\nU,0\n")
    hand_in(workspace, "admin_penalty", "decision_no,party_uscc\nP1,U\n")
    assert "仅供参考 informs" in told(workspace)


def test_a_retraction_that_breaks_a_derived_relation_is_waived_as_page_and_status_say(tmp_path, told):
    workspace = related_workspace(tmp_path)
    standing = find_standing(workspace.ledger, "place/210100/2026")
    retract_submission(workspace, standing.number, "场地登记有误", NOW)
    candidate = assemble_candidate(workspace, "event", TODAY)
    assert freeze_candidate(workspace, candidate, NOW) is None
    page = render_candidate(build_view(workspace, candidate, NOW), set(), "", synthetic=False)
    words = "".join(html5lib.HTMLParser(strict=True).parse(page).itertext())
    assert f"{WAIVE} … --until …" in " ".join(words.split())
    assert WAIVE in told(workspace)
    waive_finding(workspace, "event", f"relation-{RELATION}", "场地资料补报中", date(2026, 12, 31), NOW)
    text = told(workspace)
    assert "已豁免 waived" in text
    assert WAIVE not in text
    assert WAIVE in told(workspace, date(2027, 1, 1)), "the waiver has ended"
    assert freeze_candidate(workspace, assemble_candidate(workspace, "event", TODAY), NOW) is not None
    reinstate_submission(workspace, standing.number, "登记无误", NOW)
    assert find_standing_relations(workspace) == ([], [])


def test_status_tells_of_venues_that_were_never_compared_wait_or_have_changed_since(tmp_path, capsys):
    def said():
        print_venues(workspace, NOW)
        return " ".join(capsys.readouterr().out.split())

    workspace = open_venues(tmp_path)
    assert "没有待认定的场馆" in said(), "before anything has a number"
    register_records(workspace, NOW)
    assert "4 条场馆记录还没有比对，请运行 sportlake venues propose venues:" in said(), (
        "the command once in each language"
    )
    propose_venues(workspace, NOW)
    assert "2 对记录可能是同一场馆，请逐对认定（sportlake venues show）" in said()
    land_venues(workspace, "event", [])
    assert "比对后数据有变动" in said()


def test_status_lists_what_was_sent_back_and_refused_files_without_a_slice(tmp_path, capsys):
    workspace = workspace_with(tmp_path, contract_with(["id", "size:number"]))
    put(workspace, "210100", "sample_2026.csv", "id,size\n1,much\n")
    put(workspace, "210200", "stadium_2026.csv", "id,size\n1,2\n")
    receipts = take_all(workspace).values()
    print_sent_back(workspace, NOW)
    shown = capsys.readouterr().out
    assert len(receipts) == 2
    assert all(receipt.number in shown for receipt in receipts)
    assert "None" not in shown

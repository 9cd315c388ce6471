"""Accepting a quarantined file on a steward's word: for named findings, on record, and never some."""

import pytest

from pipelines.intake import take_arrival
from pipelines.release import assemble_candidate
from pipelines.submissions.decisions import acceptance
from pipelines.submissions.decisions.acceptance import accept_submission, finish_acceptances
from pipelines.submissions.decisions.retraction import retract_submission
from pipelines.submissions.inbox.inbox import list_arrivals
from pipelines.submissions.receipts.receipt_files import read_receipt
from schemas.errors import UsageError
from schemas.slices import SliceKey
from support.contracts import contract_with
from support.workspaces import NOW, put, workspace_with
from warehouse.lake.standing import find_standing

SMALL = {"kind": "compare", "id": "size-small", "left": "size", "op": "<", "value": 1000}
CONTRACT = contract_with(["id:integer", "size:integer", "name"], [SMALL])
SLICE = SliceKey(dataset="sample", department="210100", period="2026")


@pytest.fixture
def workspace(tmp_path):
    return workspace_with(tmp_path, CONTRACT)


def lines(count, size=5, name="甲"):
    return "id,size,name\n" + "".join(f"{at},{size},{name}\n" for at in range(count))


def hand_in(workspace, content):
    put(workspace, "210100", "sample_2026.csv", content)
    return take_arrival(workspace, list_arrivals(workspace)[0], NOW)


def test_the_right_file_gets_in_past_a_wrong_predecessor(workspace):
    hand_in(workspace, lines(100))
    waits = hand_in(workspace, lines(10, name="乙"))
    assert waits.outcome == "quarantine"
    receipt = accept_submission(workspace, waits.number, "上次重复报送", NOW)
    assert (receipt.number, receipt.outcome, receipt.accepted) == (waits.number, "accept", 10)
    assert workspace.lake.count_slice_rows(CONTRACT)[SLICE] == 10
    assert find_standing(workspace.ledger, str(SLICE)).number == waits.number


def test_the_receipt_and_the_ledger_say_who_decided_why_and_about_what(workspace):
    hand_in(workspace, lines(100))
    waits = hand_in(workspace, lines(10))
    receipt = accept_submission(workspace, waits.number, "上次重复报送", NOW)
    page = workspace.layout.receipt_file(waits.number, "html").read_text(encoding="utf-8")
    (note,) = receipt.notes
    for said in ("tester", "上次重复报送", "比现有的 100 行少", "2026-11-25"):
        assert said in note.zh
    assert note.en in page
    (entry,) = workspace.ledger.read_entries("acceptance")
    assert (entry.facts["who"], entry.facts["findings"]) == ("tester", ["shrunk"])
    assert [(f.type, f.severity) for f in receipt.findings] == [("shrunk", "warning")]
    (slice_,) = assemble_candidate(workspace, "sample").slices
    assert (slice_["submission"], slice_["rows_submitted"]) == (waits.number, 10)


def test_rows_that_break_a_named_rule_land_and_those_of_wrong_type_stay_held_back(workspace):
    content = lines(20, size=5000) + "20,many,甲\n"
    waits = hand_in(workspace, content)
    assert waits.outcome == "quarantine"
    receipt = accept_submission(workspace, waits.number, "确为大型场地", NOW, ["size-small"])
    assert (receipt.outcome, receipt.accepted, receipt.held_back) == ("hold_back", 20, 1)


CARD = "11010519491231002X"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("id,size,name\n" + "x,y,甲\n" * 5, "wrong types"),
        (f"id,size,name\n1,5,{CARD}\n", "personal data"),
        ("size,name\n1,甲\n2,乙\n3,丙\n4,丁\n", "wrong types"),
    ],
)
def test_wrong_types_personal_data_and_missing_columns_are_never_accepted(workspace, content, said):
    waits = hand_in(workspace, content)
    assert waits.outcome == "quarantine"
    with pytest.raises(UsageError, match=said):
        accept_submission(workspace, waits.number, "没关系", NOW)
    assert workspace.ledger.read_entries("acceptance") == []


def test_personal_data_beside_something_else_cannot_be_named(workspace):
    waits = hand_in(workspace, lines(10, size=5000) + f"11,5,{CARD}\n")
    with pytest.raises(UsageError, match="no-identity-card cannot be accepted"):
        accept_submission(workspace, waits.number, "没关系", NOW, ["no-identity-card"])
    receipt = accept_submission(workspace, waits.number, "确为大型场地", NOW)
    assert (receipt.accepted, receipt.held_back) == (10, 1)


def test_what_is_taken_or_unreadable_is_not_for_accepting(workspace):
    for content in (lines(5), ""):
        number = hand_in(workspace, content).number
        with pytest.raises(UsageError, match="not quarantined"):
            accept_submission(workspace, number, "没关系", NOW)


def test_what_was_taken_back_after_it_was_accepted_is_put_in_force_again_and_not_accepted_twice(workspace):
    hand_in(workspace, lines(100))
    waits = hand_in(workspace, lines(10))
    accept_submission(workspace, waits.number, "上次重复报送", NOW)
    retract_submission(workspace, waits.number, "不对", NOW)
    with pytest.raises(UsageError, match=rf"sportlake retract {waits.number} --undo"):
        accept_submission(workspace, waits.number, "还是对的", NOW)


def test_it_takes_a_reason(workspace):
    hand_in(workspace, lines(100))
    waits = hand_in(workspace, lines(10))
    with pytest.raises(UsageError, match="reason is empty"):
        accept_submission(workspace, waits.number, "", NOW)


def test_a_later_file_that_stands_is_not_replaced_by_an_older_one(workspace):
    hand_in(workspace, lines(100))
    waits = hand_in(workspace, lines(10))
    hand_in(workspace, lines(101))
    with pytest.raises(UsageError, match="handed in later"):
        accept_submission(workspace, waits.number, "没关系", NOW)


@pytest.mark.parametrize("broken", ["keep_rows", "write_receipt", "mark_receipt", "land_rows"])
def test_killed_after_the_decision_the_next_walk_finishes_it(workspace, monkeypatch, broken):
    hand_in(workspace, lines(100))
    waits = hand_in(workspace, lines(10))
    with monkeypatch.context() as patch:
        patch.setattr(acceptance, broken, lambda *_, **__: pytest.fail("killed"))
        with pytest.raises(pytest.fail.Exception):
            accept_submission(workspace, waits.number, "上次重复报送", NOW)
    assert finish_acceptances(workspace, NOW) == [waits.number]
    assert finish_acceptances(workspace, NOW) == []
    assert workspace.lake.count_slice_rows(CONTRACT)[SLICE] == 10
    assert len(read_receipt(workspace, waits.number).notes) == 1
    assert len(workspace.ledger.find_entries("verdict", "number", waits.number)) == 2

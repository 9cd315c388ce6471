"""Taking a hand-in back: what stood before it stands again, in lake, ledger, receipt and the next release."""

import json

import pytest

from pipelines.intake import take_arrival
from pipelines.release import assemble_candidate
from pipelines.submissions.decisions import retraction
from pipelines.submissions.decisions.retraction import finish_restatements, reinstate_submission, retract_submission
from pipelines.submissions.inbox.inbox import list_arrivals
from pipelines.submissions.receipts.receipt_files import read_receipt
from schemas.errors import UsageError
from schemas.slices import SliceKey
from support.contracts import contract_with
from support.walked import publish_all, release_all, released_rows
from support.workspaces import NOW, put, workspace_with
from warehouse.lake.standing import find_standing

CONTRACT = contract_with(["id:integer", "name"])
SLICE = SliceKey(dataset="sample", department="210100", period="2026")


@pytest.fixture
def workspace(tmp_path):
    return workspace_with(tmp_path, CONTRACT)


def hand_in(workspace, name, rows=5, department="210100"):
    lines = "".join(f"{department}{at},{name}\n" for at in range(rows))
    put(workspace, department, "sample_2026.csv", f"id,name\n{lines}")
    return take_arrival(workspace, list_arrivals(workspace)[0], NOW).number


def names(workspace):
    rows = workspace.lake.read_slice(CONTRACT, SLICE)
    return None if rows is None else set(rows.column("name").to_pylist())


def test_what_stood_before_stands_again(workspace):
    first, second = hand_in(workspace, "甲"), hand_in(workspace, "乙")
    done = retract_submission(workspace, second, "填错了年度", NOW)
    assert (done.before.number, done.after.number) == (second, first)
    assert names(workspace) == {"甲"}
    assert find_standing(workspace.ledger, str(SLICE)).number == first


def test_a_slice_of_which_nothing_else_landed_is_empty_and_the_dataset_has_a_new_version(workspace):
    only = hand_in(workspace, "甲")
    before = workspace.lake.current_version(CONTRACT)
    assert retract_submission(workspace, only, "不应公开", NOW).after is None
    assert names(workspace) is None
    assert workspace.lake.current_version(CONTRACT) > before


def test_undone_it_stands_again_unless_another_was_handed_in_since(workspace):
    first, second = hand_in(workspace, "甲"), hand_in(workspace, "乙")
    retract_submission(workspace, second, "填错", NOW)
    assert reinstate_submission(workspace, second, "没有填错", NOW).after.number == second
    assert names(workspace) == {"乙"}
    retract_submission(workspace, second, "还是错", NOW)
    third = hand_in(workspace, "丙")
    assert reinstate_submission(workspace, second, "留档", NOW).after.number == third
    assert names(workspace) == {"丙"}
    assert first != third


def test_one_that_no_longer_stands_is_never_gone_back_to(workspace):
    first, second, third = (hand_in(workspace, name) for name in "甲乙丙")
    retract_submission(workspace, second, "错的", NOW)
    assert names(workspace) == {"丙"}
    assert retract_submission(workspace, third, "也是错的", NOW).after.number == first
    assert names(workspace) == {"甲"}


def test_the_same_file_handed_in_after_it_was_taken_back_is_a_new_hand_in(workspace):
    first = hand_in(workspace, "甲")
    retract_submission(workspace, first, "错的", NOW)
    again = hand_in(workspace, "甲")
    assert again != first
    assert names(workspace) == {"甲"}


def test_the_receipt_says_who_took_it_back_when_and_why_and_that_it_was_undone(workspace):
    number = hand_in(workspace, "甲")
    retract_submission(workspace, number, "年度填错", NOW)
    (note,) = read_receipt(workspace, number).notes
    page = workspace.layout.receipt_file(number, "html").read_text(encoding="utf-8")
    for said in (note.zh, note.en, "tester", "年度填错", "2026-11-25"):
        assert said in page
    reinstate_submission(workspace, number, "核实无误", NOW)
    assert len(read_receipt(workspace, number).notes) == 2


def test_the_receipt_of_what_was_taken_back_does_not_say_that_there_is_nothing_to_do(workspace):
    number = hand_in(workspace, "甲")
    before = workspace.layout.receipt_file(number, "json").read_bytes()
    retract_submission(workspace, number, "年度填错", NOW)
    page = workspace.layout.receipt_file(number, "html").read_text(encoding="utf-8")
    assert "已撤回，不再有效" in page
    assert f"撤回前的判定：{read_receipt(workspace, number).reason.zh}" in page
    assert "尚未报送正确的文件的，请报送" in page
    assert "已接收，无需修改" not in page
    assert "通过发布审核后，数据将对外公开" not in page
    reinstate_submission(workspace, number, "核实无误", NOW)
    assert "已接收，无需修改" in workspace.layout.receipt_file(number, "html").read_text(encoding="utf-8")
    assert b"retracted" not in before + workspace.layout.receipt_file(number, "json").read_bytes()


def test_the_ledger_holds_the_decision_and_its_effect(workspace):
    number = hand_in(workspace, "甲")
    retract_submission(workspace, number, "年度填错", NOW)
    (decision,) = workspace.ledger.read_entries("retraction")
    assert (decision.who, decision.facts["number"], decision.facts["reason"]) == ("tester", number, "年度填错")
    (effect,) = workspace.ledger.read_entries("restatement")
    assert effect.facts == {
        "slice": str(SLICE),
        "number": None,
        "decision": decision.seq,
        "version": workspace.lake.current_version(CONTRACT),
    }
    assert workspace.ledger.verify_chain() == []


@pytest.mark.parametrize("broken", ["replace_slices", "mark_receipt", "append_once"])
def test_killed_after_the_decision_the_next_walk_finishes_it(workspace, monkeypatch, broken):
    hand_in(workspace, "甲")
    second = hand_in(workspace, "乙")
    owner = {"replace_slices": workspace.lake, "mark_receipt": retraction, "append_once": workspace.ledger}[broken]
    with monkeypatch.context() as patch:
        patch.setattr(owner, broken, lambda *_, **__: pytest.fail("killed"))
        with pytest.raises(pytest.fail.Exception):
            retract_submission(workspace, second, "错的", NOW)
    assert finish_restatements(workspace, NOW) == [SLICE]
    assert finish_restatements(workspace, NOW) == []
    assert names(workspace) == {"甲"}
    assert len(read_receipt(workspace, second).notes) == 1
    assert len(workspace.ledger.read_entries("restatement")) == 1


def test_a_released_slice_is_gone_from_the_next_release_and_the_page_says_why(workspace):
    hand_in(workspace, "甲", department="210200")
    number = hand_in(workspace, "乙")
    release_all(workspace)
    publish_all(workspace)
    retract_submission(workspace, number, "期间填错，误报明年数据", NOW)
    (made,) = release_all(workspace).values()
    assert {row["name"] for row in released_rows(workspace, "sample", made.number)} == {"甲"}
    told = json.loads((workspace.layout.release_folder("sample", made.number) / "datapackage.json").read_bytes())
    assert told["sportlake"]["release"]["retracted"][0]["department"] == "210100"
    publish_all(workspace)
    page = (workspace.layout.catalogue / "dataset" / "sample" / "index.html").read_text(encoding="utf-8")
    assert "期间填错，误报明年数据" in page
    assert "沈阳市体育局 2026" in page
    assert assemble_candidate(workspace, "sample").retracted == ()


def unknown(_workspace):
    return "RCPT-2222-2222-2222-2222"


def bad(workspace):
    put(workspace, "210100", "sample_2026.csv", "id,name\nx,甲\n")
    return take_arrival(workspace, list_arrivals(workspace)[0], NOW).number


def retracted(workspace):
    number = hand_in(workspace, "甲")
    retract_submission(workspace, number, "错的", NOW)
    return number


@pytest.mark.parametrize(
    ("prepare", "match"), [(unknown, "no submission has the number"), (bad, "no rows of"), (retracted, "--undo")]
)
def test_what_cannot_be_taken_back_is_said_with_the_next_move(workspace, prepare, match):
    number = prepare(workspace)
    with pytest.raises(UsageError, match=match):
        retract_submission(workspace, number, "错的", NOW)


def test_only_what_was_taken_back_can_be_put_in_force_again(workspace):
    number = hand_in(workspace, "甲")
    with pytest.raises(UsageError, match="was not taken back"):
        reinstate_submission(workspace, number, "错的", NOW)
    with pytest.raises(UsageError, match="reason is empty"):
        retract_submission(workspace, number, "  ", NOW)
    assert workspace.ledger.read_entries("retraction") == []

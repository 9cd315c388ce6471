"""A file with far fewer rows than the data it replaces waits for a word."""

import io

import pytest
from openpyxl import Workbook, load_workbook

from pipelines.intake import take_arrival
from pipelines.submissions.inbox.inbox import list_arrivals
from pipelines.submissions.inbox.shrinking import is_said_complete
from pipelines.template.template_workbook import build_template
from pipelines.workbook_stamp import COMPLETE_LABEL, GUIDE_SHEET
from schemas.slices import SliceKey
from support.contracts import contract_with
from support.workspaces import NOW, put, workspace_with

SLICE = SliceKey(dataset="sample", department="210100", period="2026")


def lines(count, first=0):
    return "id,name\n" + "".join(f"{first + at},甲\n" for at in range(count))


def workspace_for(tmp_path, **policy):
    return workspace_with(tmp_path, contract_with(["id:integer", "name"], policy=policy))


def hand_in(workspace, content, name="sample_2026.csv"):
    put(workspace, "210100", name, content)
    return take_arrival(workspace, list_arrivals(workspace)[0], NOW)


def standing(workspace):
    return workspace.lake.count_slice_rows(workspace.contracts["sample"])


@pytest.mark.parametrize(
    ("rows", "outcome"), [(30, "quarantine"), (118, "quarantine"), (119, "accept"), (170, "accept")]
)
def test_thirty_in_a_hundred_rows_may_go_and_no_more(tmp_path, rows, outcome):
    workspace = workspace_for(tmp_path)
    hand_in(workspace, lines(170))
    receipt = hand_in(workspace, lines(rows))
    assert receipt.outcome == outcome
    assert standing(workspace)[SLICE] == (rows if outcome == "accept" else 170)


def test_the_finding_says_how_many_rows_are_gone_and_how_to_say_that_it_is_all(tmp_path):
    workspace = workspace_for(tmp_path)
    hand_in(workspace, lines(170))
    (finding,) = hand_in(workspace, lines(30)).findings
    assert (finding.type, finding.severity) == ("shrunk", "error")
    assert "170" in finding.message.zh
    assert "140" in finding.message.en
    assert "sample_2026_完整" in finding.mend.zh
    assert "--complete" in finding.mend.en


@pytest.mark.parametrize("name", ["sample_2026_完整.csv", "sample_2026_complete.csv"])
def test_the_same_file_said_to_be_complete_is_taken_and_the_receipt_says_so(tmp_path, name):
    workspace = workspace_for(tmp_path)
    hand_in(workspace, lines(170))
    waits = hand_in(workspace, lines(30))
    receipt = hand_in(workspace, lines(30), name)
    assert receipt.number != waits.number
    assert (receipt.outcome, standing(workspace)[SLICE]) == ("accept", 30)
    assert any("170" in decision.zh and "30" in decision.zh for decision in receipt.decisions)
    assert hand_in(workspace, lines(30)).number == receipt.number


def test_a_contract_says_how_much_may_be_lost(tmp_path):
    workspace = workspace_for(tmp_path, quarantine={"most_lost": 0.9})
    hand_in(workspace, lines(170))
    assert hand_in(workspace, lines(30)).outcome == "accept"


def test_a_new_year_of_the_current_state_is_held_against_the_last_one_and_a_new_year_beside_others_is_not(tmp_path):
    for mode, outcome in (("snapshot", "quarantine"), ("append", "accept")):
        workspace = workspace_for(tmp_path / mode, mode=mode)
        hand_in(workspace, lines(170), "sample_2025.csv")
        assert hand_in(workspace, lines(30, first=1000)).outcome == outcome, mode


def test_three_rows_are_too_few_to_be_compared_and_more_rows_never_wait(tmp_path):
    workspace = workspace_for(tmp_path)
    assert hand_in(workspace, lines(3)).outcome == "accept"
    assert hand_in(workspace, lines(1)).outcome == "accept"
    assert hand_in(workspace, lines(50)).outcome == "accept"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("facility_2026_完整.xlsx", True),
        ("facility_2026_Complete.csv", True),
        ("facility_2026_不完整.csv", False),
        ("facility_2026_incomplete.csv", False),
        ("facility_2026_completed.csv", False),
        ("facility_2026.csv", False),
    ],
)
def test_the_word_in_the_name(name, said):
    assert is_said_complete(name) is said


def workbook(rows, answer=None):
    """A workbook as our template makes it: the question on the sheet of instructions, the rows on another."""
    book = Workbook()
    guide = book.active
    guide.title = GUIDE_SHEET
    guide["A1"], guide["A3"], guide["B3"] = "样例 · 采集模板填报说明", COMPLETE_LABEL.zh, answer
    sheet = book.create_sheet("数据")
    for row in [("id", "name"), *((at, "甲") for at in range(rows))]:
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize(("answer", "outcome"), [(None, "quarantine"), ("否", "quarantine"), ("是", "accept")])
def test_the_template_asks_and_its_answer_counts(tmp_path, answer, outcome):
    workspace = workspace_for(tmp_path)
    hand_in(workspace, workbook(40), "sample_2026.xlsx")
    assert hand_in(workspace, workbook(10, answer), "sample_2026.xlsx").outcome == outcome


def test_the_template_of_a_dataset_holds_the_question_with_its_answers(tmp_path):
    workspace = workspace_for(tmp_path)
    content = build_template(workspace, workspace.contracts["sample"])
    guide = load_workbook(io.BytesIO(content))[GUIDE_SHEET]
    assert guide["A3"].value == COMPLETE_LABEL.zh
    assert [(str(one.sqref), one.formula1) for one in guide.data_validations.dataValidation] == [("B3", '"是,否"')]

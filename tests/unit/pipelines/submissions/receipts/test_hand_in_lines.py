"""Hand-ins as lines: dataset, period and state of each, and what a newer one settles, department by department."""

import pytest

from pipelines.submissions.receipts.hand_in_lines import list_hand_in_lines
from support.contracts import contract_with
from support.walked import take_all
from support.workspaces import put, workspace_with

GOOD = "id,name\n1,馆\n2,场\n3,池\n"


@pytest.fixture
def workspace(tmp_path):
    return workspace_with(tmp_path, contract_with(["id:integer", "name"], policy={"quarantine": {"share": 0.5}}))


def hand_in(workspace, content, department="210100", name="sample_2026.csv"):
    put(workspace, department, name, content)
    (receipt,) = take_all(workspace).values()
    return receipt


def lines_of(workspace):
    return list_hand_in_lines(workspace, workspace.ledger.read_entries("submission")[::-1])


def test_a_line_names_dataset_period_and_state_and_asks_only_where_something_is_to_be_mended(workspace):
    partly = hand_in(workspace, GOOD.replace("1,", "x,"))
    fine = hand_in(workspace, GOOD, "210200")
    one, other = lines_of(workspace)
    assert (one.number, one.department, one.dataset, one.period) == (fine.number, "210200", "sample", "2026")
    assert (one.state, one.signal, one.deadline) == ("stands", "fine", None)
    assert (other.state, other.signal, other.deadline) == ("partly", "look", partly.deadline.day)


def test_a_misnamed_file_has_no_dataset_and_is_settled_by_the_same_bytes_of_its_own_department_only(workspace):
    hand_in(workspace, GOOD, name="stadium_2026.csv")
    hand_in(workspace, GOOD.replace("1,馆", "9,馆"), "210200")
    assert [(line.dataset, line.state) for line in lines_of(workspace)] == [("sample", "stands"), ("", "refused")]
    hand_in(workspace, GOOD)
    assert [line.state for line in lines_of(workspace)][-1] == "settled"


@pytest.mark.parametrize("name", ["样例.csv", "样例26年.csv", "sample.csv", "RCPT-2222-3333-4444-AAAA_样例.csv"])
def test_a_file_without_a_valid_period_is_settled_by_other_bytes_under_the_right_name(workspace, name):
    hand_in(workspace, GOOD, name=name)
    assert [line.state for line in lines_of(workspace)] == ["refused"]
    hand_in(workspace, GOOD.replace("馆", "体育馆"), name="样例2026.csv")
    assert [line.state for line in lines_of(workspace)] == ["stands", "settled"]

"""A key that another department's standing rows have is told on the receipt, with row, cell and whose it is; the file is taken."""

import pytest

from pipelines.submissions.comparisons import shared_keys
from pipelines.submissions.decisions.retraction import retract_submission
from support.contracts import contract_with
from support.walked import take_all
from support.workspaces import NOW, put, workspace_with

FIELDS = ["code", "area:number"]


@pytest.fixture
def workspace(tmp_path):
    return workspace_with(tmp_path, contract_with(FIELDS, policy={"quarantine": {"share": 0.5}}))


def hand_in(workspace, content, department="210100", period="2026"):
    put(workspace, department, f"sample_{period}.csv", content)
    (receipt,) = take_all(workspace).values()
    return receipt


def told(receipt):
    return [one for one in receipt.findings if one.type == "shared-key"]


def test_the_second_department_is_told_row_key_and_whose_it_is(workspace):
    first = hand_in(workspace, "code,area\nS1,10\nS2,20\n")
    second = hand_in(workspace, "code,area\nS3,1\nS2,99\n", "210200")
    assert told(first) == []
    assert second.outcome == "accept"
    (finding,) = told(second)
    assert (finding.row, finding.field, finding.value, finding.severity) == (3, "code", "S2", "warning")
    assert "编码 S2 也在沈阳市体育局报送的" in finding.message.zh
    assert first.number in finding.message.en


def test_the_own_earlier_inventory_and_what_was_taken_back_are_not_told(workspace):
    first = hand_in(workspace, "code,area\nS1,10\nS2,20\n", period="2025")
    assert told(hand_in(workspace, "code,area\nS1,11\nS2,20\n")) == []
    hand_in(workspace, "code,area\nS9,11\n")
    retract_submission(workspace, first.number, "报错", NOW)
    assert told(hand_in(workspace, "code,area\nS1,10\nS2,20\n", "210200")) == []


def test_of_another_inventory_only_the_newest_period_counts(workspace):
    hand_in(workspace, "code,area\nS1,10\nS2,20\n", period="2025")
    hand_in(workspace, "code,area\nS2,20\nS3,20\n", period="2026")
    assert [one.value for one in told(hand_in(workspace, "code,area\nS1,1\nS3,9\n", "210200"))] == ["S3"]


def test_where_periods_are_added_up_the_own_earlier_period_is_told(tmp_path):
    workspace = workspace_with(tmp_path, contract_with(FIELDS, policy={"mode": "append"}))
    hand_in(workspace, "code,area\nS1,10\n", period="2025")
    (finding,) = told(hand_in(workspace, "code,area\nS1,11\n"))
    assert "沈阳市体育局报送的“样例”2025" in finding.message.zh


def test_a_row_without_a_key_is_not_taken_for_key_zero(tmp_path):
    workspace = workspace_with(tmp_path, contract_with(["id:integer", "name"], policy={"quarantine": {"share": 0.5}}))
    hand_in(workspace, "id,name\n0,馆\n1,场\n")
    assert [one.value for one in told(hand_in(workspace, "id,name\n,池\n1,场地\n2,厅\n", "210200"))] == ["1"]


def test_beyond_the_rows_that_are_named_their_number_is(workspace, monkeypatch):
    monkeypatch.setattr(shared_keys, "MOST_KEYS", 2)
    rows = "".join(f"S{n},{n}\n" for n in range(5))
    hand_in(workspace, "code,area\n" + rows)
    *named, rest = told(hand_in(workspace, "code,area\n" + rows.replace(",", ",9"), "210200"))
    assert [one.value for one in named] == ["S0", "S1"]
    assert "另有 3 行" in rest.message.zh


def test_a_copy_of_another_table_is_told_once_as_a_copy(workspace):
    rows = "code,area\n" + "".join(f"S{n},{n}\n" for n in range(40))
    hand_in(workspace, rows)
    receipt = hand_in(workspace, rows, "210200")
    assert receipt.outcome == "quarantine"
    assert told(receipt) == []

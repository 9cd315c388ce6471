"""A file is judged again as at its receipt: same, another file, another contract, other code, accepted by a steward, or of another house."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from pipelines.audit.second_verdict import verify_receipt
from pipelines.submissions.decisions.acceptance import accept_submission
from pipelines.submissions.decisions.rejudging import apply_rejudgement
from pipelines.submissions.inbox.submission import original_file, read_submission
from schemas.errors import UsageError
from support.contracts import contract_with
from support.walked import take_all
from support.workspaces import NOW, put, workspace_with

CONTRACT = contract_with(["code", "area:number"])
FEW, MANY = ("code,area\n" + "".join(f"S{at},{at + 1}\n" for at in range(count)) for count in (10, 100))


@pytest.fixture
def workspace(tmp_path):
    return workspace_with(tmp_path / "home", CONTRACT)


def hand_in(workspace, content):
    put(workspace, "210100", "sample_2026.csv", content)
    (receipt,) = take_all(workspace).values()
    return receipt


def own(workspace, receipt):
    return original_file(workspace, read_submission(workspace, receipt.number))


def said(found):
    return [one.en for one in found.differences], [one.en for one in found.notes]


def test_the_same_file_gets_the_same_verdict_by_number_and_by_json(workspace, tmp_path):
    first = hand_in(workspace, MANY)
    hand_in(workspace, MANY.replace("S99,100", "S99,101"))
    copy = tmp_path / "mine.csv"
    copy.write_text(MANY, encoding="utf-8")
    json_file = workspace.layout.receipt_file(first.number, "json")
    for asked in (first.number, str(json_file)):
        assert said(verify_receipt(workspace, asked, copy)) == ([], [])
    assert json.loads(json_file.read_text(encoding="utf-8"))["contract_hash"] == CONTRACT.digest


def test_a_file_held_against_what_stood_then_is_held_against_it_again(workspace):
    hand_in(workspace, MANY)
    waits = hand_in(workspace, FEW)
    assert (waits.outcome, list(waits.counts)) == ("quarantine", ["shrunk"])
    assert verify_receipt(workspace, waits.number, own(workspace, waits)).same
    accepted = accept_submission(workspace, waits.number, "上次重复报送", NOW)
    hand_in(workspace, MANY)
    assert verify_receipt(workspace, accepted.number, own(workspace, accepted)).same, (
        "in spite of the findings waived then"
    )


def test_another_judgement_is_verified_as_of_its_own_day(workspace):
    first = hand_in(workspace, MANY)
    again = apply_rejudgement(workspace, first.number, NOW + timedelta(days=3))
    assert verify_receipt(workspace, again.number, own(workspace, again)).same


def test_one_flipped_byte_is_another_file_and_another_verdict(workspace, tmp_path):
    receipt = hand_in(workspace, MANY)
    copy = tmp_path / "mine.csv"
    copy.write_text(MANY.replace("S7,8\n", "S7,x\n"), encoding="utf-8")
    differences, notes = said(verify_receipt(workspace, receipt.number, copy))
    assert receipt.sha256 in differences[0]
    assert "verdict: accept on the receipt, hold_back now" in differences
    assert notes == []


def test_another_contract_and_other_code_are_named_and_compared_all_the_same(workspace, tmp_path):
    receipt = hand_in(workspace, MANY)
    small = [{"kind": "compare", "id": "small", "left": "area", "op": "<", "value": 100}]
    newer = replace(workspace, contracts={"sample": contract_with(["code", "area:number"], small, version="1.1.0")})
    differences, notes = said(verify_receipt(newer, receipt.number, own(workspace, receipt)))
    assert "findings small: 0 on the receipt, 1 now" in differences
    assert ["1.0.0" in note and "1.1.0 " in note for note in notes] == [True]
    file = tmp_path / "old.json"
    told = receipt.model_dump(mode="json")
    file.write_text(json.dumps({**told, "code_version": "0.1.0+ff"}), encoding="utf-8")
    assert [
        note.startswith("other code: 0.1.0+ff on")
        for note in said(verify_receipt(workspace, str(file), own(workspace, receipt)))[1]
    ] == [True]
    file.write_text(json.dumps({**told, "contract_hash": None, "code_version": None}), encoding="utf-8")
    assert "older" in said(verify_receipt(workspace, str(file), own(workspace, receipt)))[1][0]


def test_a_receipt_that_the_ledger_does_not_know_is_a_difference(workspace, tmp_path):
    receipt = hand_in(workspace, MANY)
    file = tmp_path / "forged.json"
    file.write_text(json.dumps({**receipt.model_dump(mode="json"), "accepted": 99}), encoding="utf-8")
    differences, _ = said(verify_receipt(workspace, str(file), own(workspace, receipt)))
    assert differences == [
        "the receipt says another verdict than the ledger does",
        "rows taken: 99 on the receipt, 100 now",
    ]


def test_a_receipt_of_another_house_is_judged_without_comparisons(workspace, tmp_path):
    receipt = hand_in(workspace, MANY)
    file = workspace.layout.receipt_file(receipt.number, "json")
    stranger = workspace_with(tmp_path / "other", CONTRACT)
    found = verify_receipt(stranger, str(file), own(workspace, receipt))
    assert (found.same, ["not of this installation" in note.en for note in found.notes]) == (True, [True])
    assert not (tmp_path / "other").exists()


def test_a_receipt_about_the_name_compares_only_the_file(workspace, tmp_path):
    put(workspace, "210100", "something.csv", FEW)
    (receipt,) = take_all(workspace).values()
    assert verify_receipt(workspace, receipt.number, own(workspace, receipt)).same
    (tmp_path / "x.csv").write_text("x", encoding="utf-8")
    assert not verify_receipt(workspace, receipt.number, tmp_path / "x.csv").same


def test_what_is_no_receipt_and_no_file_is_refused(workspace, tmp_path):
    receipt = hand_in(workspace, MANY)
    with pytest.raises(UsageError, match="no receipt RCPT-XXXX"):
        verify_receipt(workspace, "RCPT-XXXX", own(workspace, receipt))
    with pytest.raises(UsageError, match="not the JSON file of a receipt"):
        verify_receipt(workspace, str(own(workspace, receipt)), own(workspace, receipt))
    with pytest.raises(UsageError, match="there is no file"):
        verify_receipt(workspace, receipt.number, tmp_path / "missing.csv")

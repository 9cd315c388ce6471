"""The number of a submission and the keeping of its bytes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.submissions.inbox.submission import original_file, read_submission, receive_file, submission_number
from schemas.errors import UnreadableFile, UsageError
from schemas.slices import SliceKey
from support.contracts import contract_with
from support.workspaces import NOW, put, workspace_with

SLICE = SliceKey(dataset="sample", department="210100", period="2026")


@given(st.text(max_size=30), st.text(max_size=64))
def test_a_number_can_be_read_over_the_telephone(place, sha256):
    assert re.fullmatch(r"RCPT(-[2-9A-HJ-NP-Z]{4}){4}", submission_number(place, sha256))


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=64))
def test_another_place_or_other_bytes_give_another_number(place, other, sha256):
    assert (submission_number(place, sha256) == submission_number(other, sha256)) == (place == other)


def test_the_original_is_kept_untouched_and_known_by_its_bytes(tmp_path):
    workspace = workspace_with(tmp_path, contract_with(["a"]))
    file = put(workspace, "210100", "sample_2026.csv", b"a\r\n\xff\x00odd")
    submission = receive_file(workspace, file, SLICE, NOW)
    assert original_file(workspace, submission).read_bytes() == b"a\r\n\xff\x00odd"
    assert read_submission(workspace, submission.number) == submission


def test_the_same_bytes_are_received_and_told_once(tmp_path):
    workspace = workspace_with(tmp_path, contract_with(["a"]))
    file = put(workspace, "210100", "sample_2026.csv", "a\n1\n")
    first = receive_file(workspace, file, SLICE, NOW)
    again = receive_file(workspace, file, SLICE, NOW.replace(hour=23))
    assert again == first
    assert [entry.facts["number"] for entry in workspace.ledger.read_entries("submission")] == [first.number]


def test_a_hostile_file_name_never_becomes_a_path(tmp_path):
    workspace = workspace_with(tmp_path, contract_with(["a"]))
    file = put(workspace, "210100", "..&<script>sample_2026.sh", "a\n1\n")
    submission = receive_file(workspace, file, SLICE, NOW)
    assert original_file(workspace, submission).name == "original.bin"
    assert submission.filename == "..&<script>sample_2026.sh"


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    workspace = workspace_with(tmp_path, contract_with(["a"]))
    with pytest.raises(UnreadableFile) as refusal:
        receive_file(workspace, tmp_path / "nowhere.csv", SLICE, NOW)
    assert refusal.value.kind == "missing"
    assert "nowhere.csv" in refusal.value.text.zh


def test_a_link_is_not_followed(tmp_path):
    workspace = workspace_with(tmp_path, contract_with(["a"]))
    secret = tmp_path / "secret"
    secret.write_text("a\n1\n")
    link = tmp_path / "sample_2026.csv"
    link.symlink_to(secret)
    with pytest.raises(UnreadableFile):
        receive_file(workspace, link, SLICE, NOW)


def test_an_unknown_number_is_a_usage_error(tmp_path):
    workspace = workspace_with(tmp_path, contract_with(["a"]))
    with pytest.raises(UsageError, match="RCPT-NONE"):
        read_submission(workspace, "RCPT-NONE")

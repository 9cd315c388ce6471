"""Time stamps of the ledger's head: made by a true authority, checked with its root certificate, and wrong ones are found."""

import subprocess

import pytest

from pipelines.audit.timestamps import check_timestamps, note_stamped, stamp_head
from schemas.errors import LedgerError, UsageError
from support.authority import make_certificates, stamping_authority
from support.contracts import contract_with
from support.workspaces import NOW, workspace_with

NOWHERE = "http://127.0.0.1:9/"
"""The discard port: nothing answers there."""


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    with stamping_authority(tmp_path_factory.mktemp("authority")) as running:
        yield running


@pytest.fixture
def workspace(tmp_path):
    workspace = workspace_with(tmp_path / "home", contract_with(["code"]))
    append(workspace, "a")
    return workspace


def append(workspace, number):
    workspace.ledger.append_entry("submission", now=NOW, actor="tester", reason="received", facts={"number": number})


def test_a_head_is_stamped_once_and_each_new_head_again(workspace, authority):
    head = workspace.ledger.read_head()
    assert stamp_head(workspace, authority.url, authority.root) == head
    assert stamp_head(workspace, authority.url, authority.root) is None
    append(workspace, "b")
    assert stamp_head(workspace, authority.url, authority.root).seq == 2
    stamps = check_timestamps(workspace, authority.root)
    assert [(one.head.seq, one.trusted, one.problem) for one in stamps] == [(1, True, None), (2, True, None)]
    assert stamps[0].head == head
    assert [noted.head for noted in note_stamped(stamps)] == [one.head for one in stamps]


def test_openssl_itself_finds_the_stamp_right(workspace, authority, tmp_path):
    head = stamp_head(workspace, authority.url, authority.root)
    (stamp,) = workspace.layout.timestamps.iterdir()
    (tmp_path / "head.txt").write_text(str(head), encoding="ascii")
    command = ["openssl", "ts", "-verify", "-data", tmp_path / "head.txt", "-in", stamp, "-CAfile", authority.root]
    assert b"Verification: OK" in subprocess.run(command, capture_output=True, check=True).stdout


def test_a_stamp_of_another_root_another_entry_or_a_flipped_byte_is_wrong(workspace, authority, tmp_path):
    head = stamp_head(workspace, authority.url, authority.root)
    (stamp,) = workspace.layout.timestamps.iterdir()
    (other,) = check_timestamps(workspace, make_certificates(tmp_path / "other", "another root"))
    assert (other.trusted, other.problem is None) == (False, False)
    answer = bytearray(stamp.read_bytes())
    answer[-20] ^= 1
    stamp.write_bytes(answer)
    (flipped,) = check_timestamps(workspace, authority.root)
    assert (flipped.trusted, flipped.problem is None) == (False, False)
    answer[-20] ^= 1
    stamp.write_bytes(answer)
    stamp.rename(stamp.with_name(f"{head.seq:012}-{'0' * 64}.tsr"))
    for root in (None, authority.root):
        (moved,) = check_timestamps(workspace, root)
        assert moved.problem is not None
        assert note_stamped([moved]) == []


def test_without_a_root_certificate_a_stamp_is_not_trusted(workspace, authority):
    stamp_head(workspace, authority.url, None)
    (found,) = check_timestamps(workspace, None)
    assert (found.trusted, found.problem) == (False, None)


def test_an_authority_that_is_down_or_answers_nonsense_leaves_nothing_behind(workspace, authority):
    with pytest.raises(LedgerError, match="did not answer"):
        stamp_head(workspace, NOWHERE, authority.root)
    with pytest.raises(LedgerError, match="did not answer"):
        stamp_head(workspace, "http://127.0.0.1:0/", None)
    assert not workspace.layout.timestamps.exists()
    assert stamp_head(workspace, authority.url, authority.root).seq == 1


def test_a_root_certificate_that_is_none_is_refused(workspace, authority, tmp_path):
    (tmp_path / "root.pem").write_text("nothing", encoding="ascii")
    with pytest.raises(UsageError, match="must be PEM"):
        stamp_head(workspace, authority.url, tmp_path / "root.pem")
    with pytest.raises(UsageError, match="must be PEM"):
        check_timestamps(workspace, tmp_path / "missing.pem")


def test_a_stamp_is_never_made_of_an_empty_ledger(tmp_path, authority):
    workspace = workspace_with(tmp_path, contract_with(["code"]))
    assert stamp_head(workspace, authority.url, authority.root) is None
    assert check_timestamps(workspace, authority.root) == []

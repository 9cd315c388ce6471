"""A large file that is copied and read early: the same bytes are stored as without it, whatever happens to the file meanwhile."""

import os
from concurrent.futures import Future
from contextlib import nullcontext
from errno import EINVAL, EIO
from itertools import count
from stat import S_ISREG
from threading import Event
from time import monotonic, sleep

import pytest

from pipelines.read import read_file
from pipelines.submissions.inbox import early_hand_in
from pipelines.submissions.inbox.deposit import begin_early_reading, deposit_file, find_target
from pipelines.submissions.inbox.early_hand_in import NOTHING_EARLY, begin_hand_in, take_reading
from pipelines.submissions.inbox.hand_ins import receive_arrival
from pipelines.submissions.inbox.inbox import list_arrivals
from pipelines.submissions.inbox.submission import original_file
from pipelines.submissions.inbox.taken_files import taken_path
from schemas.errors import UnreadableFile, UsageError
from schemas.execution.ahead import map_ahead
from support.contracts import contract_with
from support.workspaces import NOW, put, workspace_with
from warehouse.atomic_files import file_sha256

TEXT = "id,name\n1,甲\n2,乙\n"
OTHER = "id,name\n1,甲\n2,丙\n"


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setattr(early_hand_in, "SMALLEST_FILE", 10)
    made = workspace_with(tmp_path / "home", contract_with(["id:integer", "name"]))
    made.layout.inbox.mkdir(parents=True)
    return made


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "theirs.csv"
    file.write_text(TEXT, encoding="utf-8")
    return file


def deposit(workspace, file, early):
    return deposit_file(workspace, file, find_target(workspace, "sample", "210100", "2026", NOW.date()), early=early)


def test_the_copy_becomes_the_original_and_is_no_file_that_others_see(workspace, file):
    with begin_hand_in(file, workspace.layout) as early:
        copy = early.wait_for_copy()
        assert copy.sha256 == file_sha256(file)
        arrival = deposit(workspace, file, early)
        about = copy.file.stat()
        submission = receive_arrival(workspace, arrival, NOW)
        original = original_file(workspace, submission)
        assert os.path.samestat(original.stat(), about)
    assert original.read_text(encoding="utf-8") == TEXT
    assert submission.sha256 == arrival.sha256 == file_sha256(original)
    theirs = taken_path(arrival.path, submission.number)
    assert theirs.read_text(encoding="utf-8") == TEXT
    assert not theirs.samefile(original)


@pytest.mark.parametrize("error", [EINVAL, EIO])
def test_a_file_system_that_does_not_copy_by_itself_gets_the_bytes_and_a_broken_one_is_told(
    file, tmp_path, monkeypatch, error
):
    def refuse(*_):
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr("pipelines.submissions.inbox.early_hand_in.os.sendfile", refuse)
    copy, target = early_hand_in.PrivateCopy(file, file_sha256(file), Future()), tmp_path / "copied"
    with target.open("wb") as to, nullcontext() if error == EINVAL else pytest.raises(OSError, match="Input/output"):
        assert copy.write_to(to) == file_sha256(file)
    assert target.read_bytes() == (file.read_bytes() if error == EINVAL else b"")


def test_nobody_waits_for_the_disk(workspace, file, monkeypatch):
    asked, may_end = Event(), Event()

    def wait(handle):
        if S_ISREG(os.fstat(handle).st_mode):  # the copy; the folder that it lies in is made durable before it is there
            asked.set()
            may_end.wait(60)

    monkeypatch.setattr("os.fsync", wait)
    with begin_hand_in(file, workspace.layout) as early:
        copy = early.wait_for_copy()
        assert copy.sha256 == file_sha256(file)
        assert asked.wait(60)
        assert not copy.durable.done()
        may_end.set()


def test_a_copy_that_the_disk_has_not_taken_does_not_become_the_original(workspace, file, monkeypatch):
    refused, fsync = [], os.fsync

    def refuse_first(handle):
        about = os.fstat(handle)
        if not refused and about.st_size == len(TEXT.encode()):
            refused.append(about)
            raise OSError(EIO, "Input/output error")
        fsync(handle)

    monkeypatch.setattr("os.fsync", refuse_first)
    with begin_hand_in(file, workspace.layout) as early:
        copy = early.wait_for_copy()
        assert not copy.durable.result(60)
        original = original_file(workspace, receive_arrival(workspace, deposit(workspace, file, early), NOW))
        assert not os.path.samestat(original.stat(), refused[0])
    assert file_sha256(original) == file_sha256(file)


def test_the_number_is_that_of_a_file_that_was_not_copied_early(workspace, file, tmp_path):
    with begin_hand_in(file, workspace.layout) as early:
        copied = deposit(workspace, file, early)
    plain = workspace_with(tmp_path / "plain", contract_with(["id:integer", "name"]))
    given = deposit(plain, file, NOTHING_EARLY)
    assert (given.number, given.sha256, given.place) == (copied.number, copied.sha256, copied.place)


def test_a_file_of_the_inbox_that_is_changed_in_place_is_received_as_it_is_then(workspace, file):
    with begin_hand_in(file, workspace.layout) as early:
        arrival = deposit(workspace, file, early)
        with arrival.path.open("r+", encoding="utf-8") as theirs:
            theirs.write(OTHER)
        (changed,) = list_arrivals(workspace, NOW.date())
        submission = receive_arrival(workspace, changed, NOW)
    assert changed.sha256 != arrival.sha256
    assert submission.sha256 == changed.sha256
    assert original_file(workspace, submission).read_text(encoding="utf-8") == OTHER


def test_what_is_handed_in_is_what_was_copied_whatever_becomes_of_the_file_then(workspace, file):
    with begin_hand_in(file, workspace.layout) as early:
        early.wait_for_copy()
        file.write_text(OTHER, encoding="utf-8")
        arrival = deposit(workspace, file, early)
    assert arrival.path.read_text(encoding="utf-8") == TEXT
    assert arrival.sha256 == file_sha256(arrival.path)


@pytest.mark.parametrize("what", ["small", "too large", "missing", "in the inbox", "no inbox"])
def test_other_files_are_not_copied_early(what, workspace, file, monkeypatch):
    if what == "small":
        monkeypatch.setattr(early_hand_in, "SMALLEST_FILE", 1000)
    if what == "too large":
        monkeypatch.setattr(early_hand_in, "LARGEST_FILE", 12)
    if what == "missing":
        file.unlink()
    if what == "in the inbox":
        file = put(workspace, "210100", "sample_2026.csv", TEXT)
    if what == "no inbox":
        workspace.layout.inbox.rmdir()
    before = list(workspace.layout.home.rglob("*"))
    with begin_hand_in(file, workspace.layout) as early:
        assert early.wait_for_copy() is None
    assert list(workspace.layout.home.rglob("*")) == before


def test_a_file_that_cannot_be_read_is_left_to_the_step_that_says_so(workspace, file, monkeypatch):
    def fail(*_):
        raise PermissionError(13, "no")

    monkeypatch.setattr(early_hand_in, "copy_and_hash", fail)
    with begin_hand_in(file, workspace.layout) as early:
        assert early.wait_for_copy() is None
        assert deposit(workspace, file, early).sha256 == file_sha256(file)


def test_a_file_that_is_not_handed_in_after_all_is_copied_no_further(workspace, file, monkeypatch):
    given_up = []

    def copy_until_given_up(_source, _copy, is_given_up):
        end = monotonic() + 60
        while not is_given_up() and monotonic() < end:
            sleep(0.001)
        given_up.append(is_given_up())
        raise InterruptedError

    monkeypatch.setattr(early_hand_in, "copy_and_hash", copy_until_given_up)
    with pytest.raises(UsageError), begin_hand_in(file, workspace.layout):
        find_target(workspace, "nothing", "210100", "2026", NOW.date())
    assert given_up == [True]
    assert [path.name for path in workspace.layout.working.iterdir()] == [".lock"]


def test_a_reading_that_nobody_waits_for_any_more_is_given_up(workspace, file, monkeypatch):
    begun, ended = Event(), []

    def read_for_ever(*_):
        begun.set()
        try:
            for _part in map_ahead(lambda part: part, count()):
                sleep(0.001)
        finally:
            ended.append(True)

    monkeypatch.setattr("pipelines.read.read_file", read_for_ever)
    with begin_hand_in(file, workspace.layout) as early:
        early.begin_reading(workspace.contracts["sample"], "original.csv")
        assert begun.wait(60)
    assert ended == [True]


def test_the_reading_is_that_of_the_stored_original_and_is_given_once(workspace, file):
    contract = workspace.contracts["sample"]
    with begin_hand_in(file, workspace.layout) as early:
        arrival = deposit(workspace, file, early)
        early.begin_reading(contract, "original.csv")
        original = original_file(workspace, receive_arrival(workspace, arrival, NOW))
        reading = take_reading(original, contract)
        assert take_reading(original, contract) is None
    expected = read_file(original, contract)
    assert reading.table.equals(expected.table)
    assert (reading.rows, reading.decisions) == (expected.rows, expected.decisions)


def test_a_file_is_read_early_if_it_will_be_judged(workspace, file):
    def is_read(period):
        target = find_target(workspace, "sample", "210100", period, NOW.date())
        with begin_hand_in(file, workspace.layout) as early:
            begin_early_reading(workspace, file, target, NOW.date(), early)
            return bool(early_hand_in._READINGS)

    assert is_read("2026")
    assert not is_read("2027"), "its period has not begun"
    receive_arrival(workspace, deposit(workspace, file, NOTHING_EARLY), NOW)
    assert not is_read("2026"), "its bytes are known"


def test_a_reading_for_another_contract_is_not_given(workspace, file):
    with begin_hand_in(file, workspace.layout) as early:
        arrival = deposit(workspace, file, early)
        early.begin_reading(workspace.contracts["sample"], "original.csv")
        original = original_file(workspace, receive_arrival(workspace, arrival, NOW))
        assert take_reading(original, contract_with(["id:integer", "name"])) is None


def test_a_file_that_is_no_table_is_refused_with_the_same_sentence(workspace, file):
    file.write_text('id,name\n1,"甲\n2,乙\n' * 3, encoding="utf-8")
    contract = workspace.contracts["sample"]
    with begin_hand_in(file, workspace.layout) as early:
        arrival = deposit(workspace, file, early)
        early.begin_reading(contract, "original.csv")
        original = original_file(workspace, receive_arrival(workspace, arrival, NOW))
        with pytest.raises(UnreadableFile) as early_refusal:
            take_reading(original, contract)
    with pytest.raises(UnreadableFile) as refusal:
        read_file(original, contract)
    assert early_refusal.value.text == refusal.value.text


def test_nothing_of_it_is_left(workspace, file):
    with begin_hand_in(file, workspace.layout) as early:
        arrival = deposit(workspace, file, early)
        early.begin_reading(workspace.contracts["sample"], "original.csv")
    assert [path.name for path in workspace.layout.working.iterdir()] == [".lock"]
    assert not early_hand_in._COPIES
    assert not early_hand_in._READINGS
    original = original_file(workspace, receive_arrival(workspace, arrival, NOW))
    assert original.read_text(encoding="utf-8") == TEXT

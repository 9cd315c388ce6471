"""The bytes of a ledger file: whole lines are appended or nothing is, and only what a killed writer left is cut off."""

import os

import pytest

from schemas.errors import LedgerError
from warehouse.ledger.ledger_file import append_bytes, cut_torn_line, open_locked, overwrite_lines


@pytest.fixture
def file(tmp_path):
    return tmp_path / "ledger" / "ledger.jsonl"


def test_lines_are_appended_at_the_end(file):
    for line in (b"first\n", b"second\n"):
        with open_locked(file) as handle:
            append_bytes(handle, line, os.fstat(handle).st_size, file.parent)
    assert file.read_bytes() == b"first\nsecond\n"


@pytest.mark.parametrize("rest", [b"", b'{"at":', b"\x00" * 5000])
def test_what_a_killed_writer_left_is_cut_off(file, rest):
    with open_locked(file) as handle:
        os.write(handle, b"first\n" + rest)
        assert cut_torn_line(handle, 6)
    assert file.read_bytes() == b"first\n"


def test_whole_lines_that_are_new_are_left_alone(file):
    with open_locked(file) as handle:
        os.write(handle, b"first\nsecond\n")
        assert not cut_torn_line(handle, 6)
    assert file.read_bytes() == b"first\nsecond\n"


def test_a_file_that_became_shorter_is_left_alone(file):
    with open_locked(file) as handle:
        os.write(handle, b"first\n")
        assert not cut_torn_line(handle, 60)
    assert file.read_bytes() == b"first\n"


def test_lines_get_other_texts_of_the_same_length_and_nothing_moves(file):
    with open_locked(file) as handle:
        os.write(handle, b"first\nsecond\nthird\ntorn")
        overwrite_lines(file, {1: b"*****\n", 2: b"too long for it\n", 3: b"*hird\n", 4: b"***\n", 9: b"none\n"})
    assert file.read_bytes() == b"*****\nsecond\n*hird\ntorn"


def test_a_disk_that_takes_a_part_leaves_the_file_as_it_was(file, monkeypatch):
    with open_locked(file) as handle:
        append_bytes(handle, b"first\n", 0, file.parent)
        write = os.write
        monkeypatch.setattr(os, "write", lambda handle, lines: write(handle, lines[:3]))
        with pytest.raises(LedgerError, match="7 bytes"):
            append_bytes(handle, b"second\n", 6, file.parent)
    assert file.read_bytes() == b"first\n"

"""Records of a bucket's journal: what is written can be read, and the newest word about a path holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import StorageError
from warehouse.storage.journal import KeptFile, Record, find_newest_files, parse_record, record_key

FILES = st.builds(KeptFile, st.text(min_size=1), st.integers(0, 1 << 40), st.text("0123456789abcdef", min_size=64, max_size=64))  # fmt: skip
RECORDS = st.builds(Record, st.lists(st.text()), st.lists(FILES), st.lists(st.text()))


@given(RECORDS)
def test_a_record_is_read_as_it_was_written(record):
    assert parse_record(record.serialise_record(), 1) == record


def test_a_line_that_is_no_utf8_is_kept_as_it_is():
    line = b'{"a": "\xff"}'.decode("utf-8", "surrogateescape")
    assert parse_record(Record([line]).serialise_record(), 1).lines == [line]


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"lines": [], "files": [["a"]], "gone": []}'])
def test_what_is_no_record_is_refused_with_its_name(content):
    with pytest.raises(StorageError, match=r"journal/000000000007\.json"):
        parse_record(content, 7)


def test_numbers_of_records_sort_as_text():
    assert sorted([record_key(10), record_key(9), record_key(123456789)]) == [record_key(9), record_key(10), record_key(123456789)]  # fmt: skip


def test_the_newest_record_of_a_path_holds():
    old, new, other = KeptFile("a", 1, "0" * 64), KeptFile("a", 2, "1" * 64), KeptFile("b", 1, "2" * 64)
    found = find_newest_files([Record(files=[old, other]), Record(files=[new], gone=["b"])])
    assert found == {"a": new, "b": None}


def test_other_bytes_have_another_key():
    assert KeptFile("a", 1, "0" * 64).key != KeptFile("a", 1, "1" * 64).key

"""Ctrl-Z and NUL bytes after the end of a text file are nothing; within it they are not text."""

import pytest

from pipelines.read import read_file
from pipelines.read.delimited.padding import content_size, open_content
from schemas.errors import UnreadableFile
from support.files import HEADER, ROW, venues

LINES = f"{HEADER}\r\n{ROW}\r\n"


def written(folder, content):
    path = folder / "venues.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize(
    "padding", [b"\x1a", b"\x1a\r\n", b"\0" * 5, b"\x1a" * 100, b"\x1a\0\0\r\n\0", b"\0" * 200_000]
)
def test_padding_at_the_end_is_no_row_and_said(tmp_path, encoding, padding):
    reading = read_file(written(tmp_path, LINES.encode(encoding) + padding), venues())
    assert (reading.table.num_rows, reading.findings) == (1, ())
    assert f"文件末尾有 {len(padding)} 个字节的填充" in " ".join(decision.zh for decision in reading.decisions)


def test_padding_right_behind_the_last_cell_is_not_part_of_it(tmp_path):
    reading = read_file(written(tmp_path, LINES.rstrip().encode() + b"\x1a"), venues())
    assert reading.table.column("建成日期").to_pylist() == ["2024-05-01"]


def test_empty_rows_at_the_end_are_nothing(tmp_path):
    reading = read_file(written(tmp_path, (LINES + ",,,\r\n" * 200 + "\r\n" * 30).encode() + b"\x1a"), venues())
    assert (reading.table.num_rows, reading.findings) == (1, ())


def test_nothing_but_padding_is_an_empty_file(tmp_path):
    with pytest.raises(UnreadableFile) as refused:
        read_file(written(tmp_path, b"\x1a\0\0"), venues())
    assert refused.value.kind == "empty"


def test_a_zero_byte_within_the_text_is_still_refused(tmp_path):
    with pytest.raises(UnreadableFile) as refused:
        read_file(written(tmp_path, LINES.encode() + b"LN-2,\0,1,\r\n"), venues())
    assert refused.value.kind == "not-a-table"


@pytest.mark.parametrize("content", [b"", b"a", b"a\r\n", b"a\x1ab", b"\n\n"])
def test_a_file_without_padding_is_read_whole(tmp_path, content):
    path = written(tmp_path, content)
    with open_content(path) as file:
        assert file.read() == content
    assert content_size(path) == len(content)


def test_the_content_before_the_padding_is_read_byte_by_byte_the_same(tmp_path):
    content = bytes(range(32, 127)) * 5_000
    path = written(tmp_path, content + b"\r\n" + b"\0" * 70_000)
    with open_content(path) as file:
        assert file.read() == content + b"\r\n"

"""Encodings: a file is UTF-8 exactly if Python decodes it, wherever its characters are cut between two blocks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.read.delimited import encoding
from pipelines.read.delimited.encoding import detect_encoding
from schemas.errors import UnreadableFile

_PIECES = st.one_of(
    st.text(st.sampled_from("a,\n场é😀")).map(str.encode), st.binary(max_size=3), st.just("场馆".encode("gb18030"))
)


@given(st.lists(_PIECES).map(b"".join), st.integers(1, 9))
def test_a_file_is_utf8_exactly_if_python_decodes_it(tmp_path_factory, content, block):
    content = b"name\n" + content.replace(b"\0", b"").replace(b"\x1a", b"").strip(b"\xff\xfe\xef\xbb\xbf")
    path = _write(tmp_path_factory.mktemp("encoding"), content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoding, "_BLOCK", block)
        assert _is_found_utf8(path) == _decodes(content)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_file_that_ends_within_a_character_is_said_to_lack_its_end(tmp_path, encoding):
    path = _write(tmp_path, "名称\n场馆".encode(encoding)[:-1])
    with pytest.raises(UnreadableFile, match="do not save this one"):
        detect_encoding(path)


def test_a_wrong_byte_at_the_end_of_ascii_is_no_sign_of_utf8(tmp_path):
    with pytest.raises(UnreadableFile, match="neither UTF-8 nor GB18030"):
        detect_encoding(_write(tmp_path, b"name\nvenue\xe5"))
    with pytest.raises(UnreadableFile, match="neither UTF-8 nor GB18030"):
        detect_encoding(_write(tmp_path, "name\nMünchen\ncafé".encode("latin-1")))


def _write(folder, content):
    path = folder / "rows.csv"
    path.write_bytes(content)
    return path


def _is_found_utf8(path):
    try:
        return detect_encoding(path).name == "utf-8"
    except UnreadableFile:
        return False


def _decodes(content):
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True

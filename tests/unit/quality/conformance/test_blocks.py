"""Blocks of whole records, and what Arrow reads of them: always what Python's csv reads."""

import csv
import io
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.conformance import blocks
from quality.conformance.blocks import ByteSource, cut_records, read_blocks
from quality.conformance.buffers import PAIRED_ENCODINGS, transcode_pairs
from quality.conformance.lines import RecordLines
from quality.conformance.reader import read_batch
from support.conformed import blocks_of

PIECES = ["a", "é中", ",", ",", "\n", "\n", "\r\n", '"', '""', '"x\ny"', '"a""b"', "\r", " ", "\0", "\ufeff", "1"]


def records_of(content, *, size, encoding="utf-8", skip=0, width=2):
    """All records of the bytes, through blocks and batches."""
    return [record for record, _ in numbered_records_of(content, size=size, encoding=encoding, skip=skip, width=width)]


def numbered_records_of(content, *, size, encoding="utf-8", skip=0, width=2):
    """The same with the line on which each record begins."""
    found, lines = [], RecordLines()
    with blocks_of(size):
        source = ByteSource(io.BytesIO(content), encoding)
        for block in read_blocks(source, csv.excel(), skip=skip, blanks_are_missing=False, lines=lines):
            batch = read_batch(block, width, ",")
            rows = dict(batch.ragged)
            cells = zip(*(column.to_pylist() for column in batch.columns), strict=True)
            rows |= {place: list(row) for place, row in zip(batch.places.tolist(), cells, strict=True)}
            lines.add_records(batch.longer, skip + len(found))
            found += [rows[place] for place in range(batch.records)]
    return [(record, lines.line_number(number)) for number, record in enumerate(found, start=skip + 1)]


def records_of_csv(text):
    """What `csv` reads, and where each record begins."""
    reader, begins, found = csv.reader(io.StringIO(text, newline="")), 1, []
    for record in reader:
        found.append((record, begins))
        begins = reader.line_num + 1
    return found


@settings(deadline=None)
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=40), size=st.integers(1, 30), skip=st.integers(0, 2))
def test_records_are_those_of_csv_wherever_the_blocks_are_cut(pieces, size, skip):
    text = "".join(pieces)
    assert numbered_records_of(text.encode(), size=size, skip=skip) == records_of_csv(text)[skip:]


@settings(deadline=None)
@given(
    records=st.lists(
        st.sampled_from(['"a\nb",c', '"a\r\n\r\nb",c', '"a""\n""","\n"', "a,c", '"a",c', '"\n",a,"\n"', '"\n"']),
        max_size=12,
    )
)
def test_records_of_several_lines_are_counted_on(records):
    text = "\n".join(records)
    assert numbered_records_of(text.encode(), size=1000) == records_of_csv(text)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8-sig", "big5"])
def test_other_encodings_are_transcoded_on_the_way(encoding):
    content = "沈,陽\n大,連\n".encode(encoding)
    assert records_of(content, size=7, encoding=encoding) == [["沈", "陽"], ["大", "連"]]


CHARACTERS = ["a", "1", ",", "\n", "沈阳市", "·", "€", "°", "é", "𠮷", "瀋陽", "丂", "\ufffd", "号1"]


def bytes_of(pieces, encoding):
    """The pieces, of which bytes are taken as they are."""
    return b"".join(piece if isinstance(piece, bytes) else piece.encode(encoding, "ignore") for piece in pieces)


@settings(deadline=None)
@given(
    pieces=st.lists(st.sampled_from([*CHARACTERS, b"\x81", b"\xff", b"\x80", b"\xa2\x01"]), min_size=1, max_size=12),
    encoding=st.sampled_from(sorted(PAIRED_ENCODINGS)),
)
def test_pairs_of_bytes_are_what_python_decodes_or_are_left_to_it(pieces, encoding):
    content = bytes_of(pieces, encoding)
    text = transcode_pairs(content, encoding) if content else None
    assert text is None or text == content.decode(encoding).encode()


@pytest.mark.parametrize("text", ["沈阳市", "a沈阳1α°,号\n2", "1,2\n", "α"])
@pytest.mark.parametrize("encoding", sorted(PAIRED_ENCODINGS))
def test_chinese_and_ascii_in_any_order_are_transcoded_by_pairs(text, encoding):
    assert transcode_pairs(text.encode(encoding), encoding) == text.encode()


@pytest.mark.parametrize("encoding", sorted(PAIRED_ENCODINGS))
def test_every_pair_of_bytes_is_what_python_decodes_and_no_other_is_taken(encoding):
    codes = [bytes(pair) for pair in product(range(0x80, 0x100), repeat=2)]
    read = {
        code: text
        for code in codes
        if len(text := code.decode(encoding, "ignore")) == 1 and text.encode(encoding) == code
    }
    assert transcode_pairs(b",".join(read), encoding) == ",".join(read.values()).encode()
    refused = [code for code in codes if code not in read][::50]
    assert [transcode_pairs(code, encoding) for code in refused] == [None] * len(refused)


@settings(deadline=None)
@given(
    pieces=st.lists(st.sampled_from(CHARACTERS), max_size=30),
    step=st.integers(1, 9),
    encoding=st.sampled_from(sorted(PAIRED_ENCODINGS)),
)
def test_a_text_is_the_same_wherever_the_steps_of_its_decoder_end(pieces, step, encoding):
    content = bytes_of(pieces, encoding)
    before, blocks.STEP = blocks.STEP, step
    try:
        source, text = ByteSource(io.BytesIO(content), encoding), b""
        while part := source.peek_bytes(5):
            text += part
            source.move_on(len(part))
    finally:
        blocks.STEP = before
    assert text == content.decode(encoding).encode()


@pytest.mark.parametrize("content", [b"a,\xff\n", b"a,b,\xff\n", b'"\xff"\n', b"a,\xed\xa0\x80\n", b"a,\xe4\xb8\n"])
@pytest.mark.parametrize("size", [2, 100])
def test_bytes_that_are_not_utf8_are_an_error_wherever_they_stand(content, size):
    with pytest.raises(UnicodeError):
        records_of(b"good,row\n" + content + b"good,row\n", size=size)


@pytest.mark.parametrize(("lines", "end"), [
    (b"a,b\nc,d\n", 8), (b'"a",b\n', 6), (b'a,"b\n', 0), (b'a,b\nc,"d\n', 4), (b'a,b"c\n', 0), (b'a,"b"c\n', 0), (b'"a""b",c\n', 9),
    (b"a\rb\n", 0), (b"a\r\nb\r\n", 6), (b"a,\0\n", 0), (b"\xef\xbb\xbfa\n", 0), (b'"a\nb",c\n', 8), (b'""\n', 3), (b"", 0),
])  # fmt: skip
def test_a_block_ends_where_quotes_are_even_and_in_their_places(lines, end):
    block = cut_records(lines, b",", len(lines))
    assert (block.end if block else 0) == end

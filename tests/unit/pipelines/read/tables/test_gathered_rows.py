"""Rows of a delimited file are the same whether Arrow reads them in blocks or the strict reader one by one."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.read import read_file
from pipelines.read.delimited import delimited_text
from quality.conformance import blocks
from schemas.errors import UnreadableFile
from schemas.execution import spilled_table
from support.files import HEADER, text, venues

CELLS = st.sampled_from(
    [
        "",
        " ",
        "LN-1",
        "和平区体育公园",
        "a,b",
        'say "so"',
        "two\nlines",
        "\x1a",
        "\u3000",
        "2026-01-01",
        "120.5",
        "\x1c",
        "lost \ufffd",
        "#REF!",
        "Err:502",
    ]
)
RECORDS = st.lists(st.lists(CELLS, max_size=6), min_size=1, max_size=12)
ENDS = st.sampled_from(["\n", "\r\n"])


def write(records, ends):
    lines = io.StringIO()
    csv.writer(lines, lineterminator=ends).writerows(records)
    return f"{HEADER}{ends}{lines.getvalue()}"


def outcome(path):
    """What is read of a file, or why it is refused."""
    try:
        reading = read_file(path, venues())
    except UnreadableFile as refusal:
        return refusal.kind, refusal.text
    findings = [finding.model_dump() for finding in reading.findings]
    return reading.table.to_pylist(), reading.rows.to_pylist(), reading.labels, findings, reading.decisions


@settings(max_examples=75)
@given(RECORDS, ENDS, st.booleans(), st.sampled_from([0, 10**9]))
def test_blocks_and_single_records_give_the_same_reading(tmp_path_factory, records, ends, stray, spill_from):
    content = write(records, ends) + ('LN-9,"torn' if stray else "")
    path = text(tmp_path_factory.mktemp("read"), content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK", 64)
        patch.setattr(spilled_table, "SPILL_FROM", spill_from)
        in_blocks = outcome(path)
        patch.setattr(delimited_text, "_gather_blocks", delimited_text._gather_records)
        assert outcome(path) == in_blocks


def test_rows_in_doubt_keep_their_place_among_the_others(tmp_path):
    lines = [f"LN-{at},馆{at}," for at in range(1, 6)]
    lines[1] = "LN-2,馆2"
    lines[3] = "LN-4,馆4,,,,"
    path = text(tmp_path, "\n".join(["编号,名称,地址", *lines, "", ""]))
    reading = read_file(path, None)
    assert reading.table.column(0).to_pylist() == [f"LN-{at}" for at in range(1, 6)]
    assert reading.rows.to_pylist() == [2, 3, 4, 5, 6]

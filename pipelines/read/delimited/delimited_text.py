"""Streaming reader of delimited text (CSV). The result is that of Python's strict csv reader; Arrow reads the parts on which both agree.

The comma is the default delimiter; semicolon and tab are recognised and recorded for the receipt. Rows that a stray
quote put into one cell are found (`swallowed_rows`). Not here: the encoding (`encoding`), the treatment of rows of the
wrong width (`tabulate`).
"""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.read.delimited.decimal_commas import find_decimal_commas
from pipelines.read.delimited.encoding import confirm_encoding, detect_encoding
from pipelines.read.delimited.padding import content_size, describe_padding, open_content
from pipelines.read.delimited.swallowed_rows import SwallowedRowsDetector, drop_ragged
from pipelines.read.reading import COLUMNS, FILE_BYTES, HEADER_WITHIN, Reading, refuse_file
from pipelines.read.tables.gathered_rows import SIGNS, GatheredRows, Record
from pipelines.read.tables.header import Header, count_filled_cells, find_header, require_header
from pipelines.read.tables.tabulate import tabulate_rows
from quality.conformance.blocks import Block, ByteSource, TextBlock, read_blocks
from quality.conformance.buffers import as_single_text
from quality.conformance.lines import RecordLines, build_multi_line_record
from quality.conformance.reader import Batch, read_batch
from quality.conformance.run import AHEAD
from schemas.contract import Contract
from schemas.errors import UnreadableFile
from schemas.execution.ahead import map_ahead
from schemas.text import Text

DELIMITERS = {",": Text(zh="逗号", en="comma"), "\t": Text(zh="制表符", en="tab"), ";": Text(zh="分号", en="semicolon")}

_SEARCHED = 10 * COLUMNS
"""Number of cells of a record below the first that are searched for labels."""


def read_delimited(path: Path, contract: Contract | None) -> Reading:
    """Reads the records of a delimited file.

    Raises UnreadableFile: encoding, long-line, not-a-table, empty, no-header, no-rows, long-cell, too-large.
    """
    if (size := path.stat().st_size) > FILE_BYTES:
        raise refuse_file(
            "too-large",
            f"“{path.name}”有 {size >> 20} MB，超过上限 {FILE_BYTES >> 20} MB；请按年或按市拆成几个文件",
            f"“{path.name}” has {size >> 20} MB, above the limit of {FILE_BYTES >> 20} MB; split it by year or by city",
        )
    encoding = detect_encoding(path)
    delimiter, header = _detect_delimiter(path, encoding.name, contract)
    decisions = (
        *confirm_encoding(path, encoding, header),
        *_describe_delimiter(delimiter),
        *describe_padding(path),
    )
    require_header(header, path.name, contract)
    try:
        reading, swallowed = _tabulate_file(path, encoding.name, delimiter, header, contract, _gather_blocks)
    except csv.Error:
        reading, swallowed = _tabulate_file(path, encoding.name, delimiter, header, contract, _gather_records)
    return _add_column_findings(_add_swallowed(reading.with_decisions(decisions), swallowed), delimiter, contract)


class _OpenRows(NamedTuple):
    """Collected while a file is read: its rows, the line on which each record begins, and the cells that have swallowed rows."""

    gathered: GatheredRows
    lines: RecordLines
    swallowed: SwallowedRowsDetector


def _tabulate_file(
    path: Path,
    encoding: str,
    delimiter: str,
    header: Header,
    contract: Contract | None,
    gather: Callable[[Path, str, str, Header, _OpenRows], None],
) -> tuple[Reading, SwallowedRowsDetector]:
    rows = _OpenRows(
        GatheredRows(path.name, header, delimiter), RecordLines(), SwallowedRowsDetector(header, delimiter, contract)
    )
    gather(path, encoding, delimiter, header, rows)
    try:
        reading = tabulate_rows(
            rows.gathered, header, kind="csv", encoding=encoding.removesuffix("-sig"), ended=_ends_with_line_end(path)
        )
    except UnreadableFile as refusal:
        if refusal.kind == "no-rows" and rows.swallowed.taken:
            raise _torn_record_error(path, rows.swallowed.findings[0].line or 1, 0) from refusal
        raise
    return replace(reading, lines=rows.lines), rows.swallowed


def _gather_blocks(path: Path, encoding: str, delimiter: str, header: Header, rows: _OpenRows) -> None:
    """Gathers the rows in blocks, of which Arrow reads two at a time. Raises csv.Error where the strict reader would."""
    width, dialect = len(header.labels), type("StrictDialect", (csv.excel,), {"delimiter": delimiter, "strict": True})()
    number = header.at + 2
    for _ in islice(_read_records(path, encoding, delimiter, RecordLines(), rows.swallowed), header.at + 1):
        pass  # a quote in the header may swallow rows as well
    with open_content(path) as file:
        source = ByteSource(file, encoding)
        blocks = read_blocks(source, dialect, skip=header.at + 1, blanks_are_missing=True, lines=rows.lines)
        read = map_ahead(lambda block: (read_batch(block, width, delimiter), _find_signs(block)), blocks, AHEAD)
        for batch, signs in read:
            rows.lines.add_records(batch.longer, number - 1)
            rows.gathered.add_batch(batch, number, _inspect_longer_records(batch, number, rows), signs)
            number += batch.records


def _find_signs(block: Block) -> frozenset[str]:
    """Returns those of `SIGNS` that may occur in a cell of the block."""
    if not isinstance(block, TextBlock):
        return SIGNS
    # For a plain text Arrow's search is many times faster than `bytes.find`, and releases the interpreter lock.
    text = as_single_text(pa.py_buffer(block.data))
    return frozenset(sign for sign in SIGNS if pc.match_substring_regex(text, re.escape(sign))[0].as_py())


def _inspect_longer_records(batch: Batch, first: int, rows: _OpenRows) -> dict[int, list[str]]:
    """Returns the multi-line records of the batch that have swallowed rows, by position in the batch, with the swallowing cell cut."""
    replaced = {}
    for place in batch.longer.records.tolist():
        record = list(batch.ragged[place]) if place in batch.ragged else batch.list_cells(place)
        known = len(rows.swallowed.findings)
        rows.swallowed.inspect_record(first + place, rows.lines.line_number(first + place), record)
        if len(rows.swallowed.findings) > known:
            replaced[place] = record
    return replaced


def _gather_records(path: Path, encoding: str, delimiter: str, header: Header, rows: _OpenRows) -> None:
    """Gathers the rows one by one. Raises UnreadableFile (not-a-table) with the lines where the strict reader stops."""
    records = _read_records(path, encoding, delimiter, rows.lines, rows.swallowed)
    rows.gathered.add_records(islice(records, header.at + 1, None))


def _add_swallowed(reading: Reading, swallowed: SwallowedRowsDetector) -> Reading:
    read = reading.table.num_rows
    kept = replace(reading, findings=drop_ragged(reading.findings, swallowed.taken))
    found = kept.with_findings([*swallowed.find_fewer_rows(read), *swallowed.findings])
    return replace(found, decisions=(*found.decisions, *swallowed.describe_lines(read)))


def _add_column_findings(reading: Reading, delimiter: str, contract: Contract | None) -> Reading:
    if contract is None or delimiter != ";":
        return reading
    commas = find_decimal_commas(reading, contract)
    decided = replace(reading, decimal_commas=commas.fields, decisions=(*reading.decisions, *commas.decisions))
    return decided.with_marked(commas.doubtful)


def _ends_with_line_end(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(max(0, content_size(path) - 1))
        return file.read(1) in {b"\n", b"\r"}


def _detect_delimiter(path: Path, encoding: str, contract: Contract | None) -> tuple[str, Header]:
    """Returns the delimiter whose header names most fields; ties go to the widest header, then to the comma."""
    found: dict[str, Header] = {}
    most = 0
    for delimiter in DELIMITERS:
        # Unpaired quotes do not matter here: the strict reader refuses them later and names the line.
        records = islice(_read_records(path, encoding, delimiter, strict=False), HEADER_WITHIN)
        head = [record[:_SEARCHED] if number > 1 else record for number, record in records]
        if max(map(len, head), default=0) <= COLUMNS and max(map(count_filled_cells, head), default=0) < most:
            continue
        found[delimiter] = require_header(find_header(head, contract), path.name, None)
        most = max(most, found[delimiter].known)
    best = max(found, key=lambda delimiter: (found[delimiter].known, len(found[delimiter].labels)))
    return best, found[best]


def _read_records(
    path: Path,
    encoding: str,
    delimiter: str,
    lines: RecordLines | None = None,
    swallowed: SwallowedRowsDetector | None = None,
    *,
    strict: bool = True,
) -> Iterator[tuple[int, Record]]:
    """Yields record numbers (from 1) and records; those that span several lines go to `lines` and `swallowed` as well."""
    began = 1
    with TextIOWrapper(open_content(path), encoding=encoding, errors="strict", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=strict)
        try:
            for number, record in enumerate(reader, start=1):
                if lines is not None and reader.line_num > began:
                    lines.add_records(build_multi_line_record(reader.line_num - began), number - 1)
                    if swallowed is not None:
                        swallowed.inspect_record(number, began, record)
                began = reader.line_num + 1
                yield number, record
        except csv.Error as wrong:
            raise _torn_record_error(path, began, reader.line_num) from wrong


def _torn_record_error(path: Path, began: int, line: int) -> UnreadableFile:
    where = (f"第 {began} 行", f"line {began}") if line <= began else (f"第 {began}–{line} 行", f"lines {began}–{line}")
    return refuse_file(
        "not-a-table",
        f'“{path.name}”{where[0]}的双引号不成对，或单元格过长；内容里的双引号要写两遍（""），或改用 XLSX 报送',
        f'double quotes do not come in pairs, or a cell is too long, in {where[1]} of “{path.name}”; a quote inside a text is written twice (""), or send XLSX',
    )


def _describe_delimiter(delimiter: str) -> tuple[Text, ...]:
    if delimiter == ",":
        return ()
    called = DELIMITERS[delimiter]
    return (Text(zh=f"以{called.zh}分隔各列", en=f"columns are delimited by {called.en}"),)

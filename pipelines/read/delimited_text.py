"""Reader of delimited text (CSV): Python's strict csv reader, in a stream.

The comma is the default delimiter; semicolon and tab are recognised and recorded for the receipt. Not here: the
encoding (`encoding`), the treatment of rows of the wrong width (`tabulate`).
"""

import csv
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from pipelines.read.encoding import confirm_encoding, detect_encoding
from pipelines.read.header import Header, find_header, require_header
from pipelines.read.reading import FILE_BYTES, HEADER_WITHIN, Reading, refuse_file
from pipelines.read.tabulate import Record, tabulate_records
from quality.conformance.lines import RecordLines, build_multi_line_record
from schemas.contract import Contract
from schemas.errors import UnreadableFile
from schemas.text import Text

DELIMITERS = {",": Text(zh="逗号", en="comma"), "\t": Text(zh="制表符", en="tab"), ";": Text(zh="分号", en="semicolon")}


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
    decisions = confirm_encoding(path, encoding, header)
    require_header(header, path.name, contract)
    lines = RecordLines()
    records = islice(_read_records(path, encoding.name, delimiter, lines), header.at + 1, None)
    reading = tabulate_records(path.name, header, records, kind="csv", encoding=encoding.name.removesuffix("-sig"))
    return replace(reading, lines=lines).with_decisions((*decisions, *_describe_delimiter(delimiter)))


def _detect_delimiter(path: Path, encoding: str, contract: Contract | None) -> tuple[str, Header]:
    """Returns the delimiter whose header names most fields; ties go to the widest header, then to the comma."""
    found = {}
    for delimiter in DELIMITERS:
        # Unpaired quotes do not matter here: the strict reader refuses them later and names the line.
        head = [record for _, record in islice(_read_records(path, encoding, delimiter, strict=False), HEADER_WITHIN)]
        found[delimiter] = require_header(find_header(head, contract), path.name, None)
    best = max(found, key=lambda delimiter: (found[delimiter].known, len(found[delimiter].labels)))
    return best, found[best]


def _read_records(
    path: Path, encoding: str, delimiter: str, lines: RecordLines | None = None, *, strict: bool = True
) -> Iterator[tuple[int, Record]]:
    """Yields record numbers (from 1) and records; records that span several lines are added to `lines`."""
    began = 1
    with path.open(encoding=encoding, errors="strict", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=strict)
        try:
            for number, record in enumerate(reader, start=1):
                if lines is not None and reader.line_num > began:
                    lines.add_records(build_multi_line_record(reader.line_num - began), number - 1)
                began = reader.line_num + 1
                yield number, record
        except csv.Error as wrong:
            raise _torn_record_error(path, began, reader.line_num) from wrong


def _torn_record_error(path: Path, began: int, line: int) -> UnreadableFile:
    where = (f"第 {began} 行", f"line {began}") if line <= began else (f"第 {began}–{line} 行", f"lines {began}–{line}")
    return refuse_file(
        "not-a-table",
        f'“{path.name}”{where[0]}的双引号不成对，或单元格过长；内容里的双引号要写两遍（""），或改交 XLSX',
        f'double quotes do not come in pairs, or a cell is too long, in {where[1]} of “{path.name}”; a quote inside a text is written twice (""), or send XLSX',
    )


def _describe_delimiter(delimiter: str) -> tuple[Text, ...]:
    if delimiter == ",":
        return ()
    called = DELIMITERS[delimiter]
    return (Text(zh=f"以{called.zh}分隔各列", en=f"columns are delimited by {called.en}"),)

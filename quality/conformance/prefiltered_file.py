"""Check of a plain CSV file in blocks: frictionless opens it, the prefilter checks most cells.

Not here: which files come this way (`file.py`).
"""

import csv
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np
from frictionless import Resource

from quality.conformance.blocks import Block, ByteSource, read_blocks
from quality.conformance.cell_error import cell_error_from
from quality.conformance.file_result import FileConformance, UnsuitedForPrefilter
from quality.conformance.lines import RecordLines
from quality.conformance.messages import Messages, labels_from_schema
from quality.conformance.opening import OpenedFile, open_resource
from quality.conformance.prefilter import Prefilter
from quality.conformance.reader import read_batch
from quality.conformance.run import TypedSink, run_batches


def conform_by_prefilter(judged: Resource, typed: TypedSink | None) -> FileConformance:
    """Return the result for an unopened resource of a CSV file; `typed` as in `conform_file`.

    Raises UnsuitedForPrefilter if only frictionless can check the file or the schema; `typed` may have received batches by then.
    """
    plain = open_resource(judged)
    messages = Messages(labels_from_schema(judged.schema.fields, judged.schema.primary_key))
    header = [messages.make_finding(cell_error_from(error, ())) for error in plain.errors]
    first, lines = plain.skip + 1, RecordLines()
    with (
        Prefilter(plain.fields, plain.key, plain.references, typed=typed is not None) as prefilter,
        plain.path.open("rb") as file,
    ):
        try:
            found = run_batches(
                _read_file_blocks(file, plain, prefilter, lines),
                lambda block: read_batch(block, len(plain.fields), plain.dialect.delimiter),
                prefilter,
                numbers=lambda start, count: np.arange(first + start, first + start + count, dtype=np.int64),
                messages=messages,
                typed=typed,
                lines=lines,
            )
        except (UnicodeError, LookupError, csv.Error) as wrong:
            raise UnsuitedForPrefilter(str(wrong)) from wrong
    return FileConformance(
        findings=header + found.findings,
        encoding=plain.encoding,
        format=judged.format,
        rows=found.records,
        typed=typed is not None,
        overflows=found.overflows,
    )


def _read_file_blocks(file: BinaryIO, plain: OpenedFile, prefilter: Prefilter, lines: RecordLines) -> Iterator[Block]:
    source = ByteSource(file, plain.encoding)
    return read_blocks(
        source, plain.dialect, skip=plain.skip, blanks_are_missing=prefilter.blanks_are_missing, lines=lines
    )

"""Check of a plain CSV file in blocks: frictionless opens it, the prefilter checks most cells.

Schema, labels and their errors, the sniffed dialect, the row of the header and the tables of foreign keys are frictionless's; none of
them is recomputed. `UnsuitedForPrefilter` means that a file or schema has a feature that only frictionless itself checks: slower, never
wrong. Not here: which files come this way (`file.py`), and reading records (`blocks.py`).
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from frictionless import Error, Field, FrictionlessException, Resource
from frictionless.formats.csv import CsvControl

from quality.conformance.blocks import Block, ByteSource, read_blocks
from quality.conformance.cell_error import FRICTIONLESS_CRASHES, UnsuitedForPrefilter, cell_error_from
from quality.conformance.keys import ReferenceTable
from quality.conformance.lines import RecordLines
from quality.conformance.messages import Messages, labels_from_schema
from quality.conformance.prefilter import Prefilter
from quality.conformance.reader import read_batch
from quality.conformance.run import TableResult, TypedSink, run_batches


@dataclass(frozen=True)
class OpenedFile:
    """A CSV file as frictionless opened it. `skip` records precede the first row."""

    path: Path
    encoding: str
    dialect: csv.Dialect
    skip: int
    fields: tuple[Field, ...]
    """The fields in the order of the cells, as in the labels."""
    key: tuple[str, ...]
    """The primary key; empty if one of its labels is missing, because it is then not checked."""
    references: tuple[ReferenceTable, ...]
    errors: tuple[Error, ...]
    """Errors of the header."""


def conform_by_prefilter(judged: Resource, typed: TypedSink | None) -> TableResult:
    """Returns the result for an unopened resource of a CSV file; `typed` as in `conform_file`.

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
    return found._replace(findings=header + found.findings)


def _read_file_blocks(file: BinaryIO, plain: OpenedFile, prefilter: Prefilter, lines: RecordLines) -> Iterator[Block]:
    source = ByteSource(file, plain.encoding)
    return read_blocks(
        source, plain.dialect, skip=plain.skip, blanks_are_missing=prefilter.blanks_are_missing, lines=lines
    )


def open_resource(resource: Resource) -> OpenedFile:
    """Opens the resource and closes it again; UnsuitedForPrefilter if the prefilter cannot handle it."""
    try:
        _refuse_other_than_plain_csv(resource)
        resource.to_descriptor(validate=True)
        with resource:
            return _open_table(resource)
    except (FrictionlessException, *FRICTIONLESS_CRASHES) as wrong:
        raise UnsuitedForPrefilter(str(wrong)) from wrong


def _refuse_other_than_plain_csv(resource: Resource) -> None:
    if resource.format != "csv" or resource.scheme != "file" or resource.multipart or resource.compression:
        raise UnsuitedForPrefilter("no plain CSV file")
    if resource.hash or resource.bytes or resource.rows or resource.fields:
        raise UnsuitedForPrefilter("promised counts")


def _open_table(resource: Resource) -> OpenedFile:
    dialect, schema, header = resource.dialect, resource.schema, resource.header
    if dialect.comment_char or dialect.comment_rows or dialect.skip_blank_rows:
        raise UnsuitedForPrefilter("rows that are passed over")
    if not (resource.labels or resource.fragment):
        raise UnsuitedForPrefilter("an empty file")
    fields = tuple(header.get_expected_fields())
    names = [field.name for field in fields]
    if not names or len(set(names)) != len(names):
        raise UnsuitedForPrefilter("fields of no name or of the same name")
    key = tuple(schema.primary_key) if set(schema.primary_key) <= set(names) else ()
    if key and not dialect.header_case:
        raise UnsuitedForPrefilter("a key whose labels may be written in any case")
    return OpenedFile(
        path=Path(resource.normpath),
        encoding=resource.encoding,
        dialect=CsvControl.from_dialect(dialect).to_python(),
        skip=dialect.create_first_content_row() - 1,
        fields=fields,
        key=key,
        references=tuple(
            _read_reference(resource, one) for one in schema.foreign_keys if set(one["fields"]) <= set(names)
        ),
        errors=tuple(header.errors),
    )


def _read_reference(resource: Resource, described: dict[str, Any]) -> ReferenceTable:
    table, key = described["reference"]["resource"], tuple(described["reference"]["fields"])
    return ReferenceTable(tuple(described["fields"]), table, frozenset(resource.lookup.get(table, {}).get(key, ())))

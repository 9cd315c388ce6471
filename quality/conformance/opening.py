"""A resource opened by frictionless, and the results of opening that the prefilter needs. None of them is recomputed here.

Schema, labels and their errors, the sniffed dialect, the row of the header and the tables of foreign keys are frictionless's.
`UnsuitedForPrefilter` means that a file or schema has a feature that only frictionless itself checks: slower, never wrong. Not
here: reading records (`blocks.py`).
"""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from frictionless import Error, Field, FrictionlessException, Resource
from frictionless.formats.csv import CsvControl

from quality.conformance.cell_error import FRICTIONLESS_CRASHES
from quality.conformance.file_result import UnsuitedForPrefilter


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
    references: tuple["ReferenceTable", ...]
    errors: tuple[Error, ...]
    """Errors of the header."""


@dataclass(frozen=True)
class ReferenceTable:
    """A foreign key: its fields and the keys of the referenced table."""

    fields: tuple[str, ...]
    table: str
    known: frozenset[tuple[Any, ...]]


def open_resource(resource: Resource) -> OpenedFile:
    """Open the resource and close it again; UnsuitedForPrefilter if the prefilter cannot handle it."""
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

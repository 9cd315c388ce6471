"""Frictionless opens the resource; what it found out is all that the fast road needs. Nothing of it is decided here again.

Schema, labels and their errors, the sniffed dialect, the row of the header and the tables of foreign keys are frictionless's.
`Unsuited` says that a file or schema has a feature which only frictionless itself judges: slower, never wrong. Not here:
reading records (`blocks.py`).
"""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from frictionless import Error, Field, FrictionlessException, Resource
from frictionless.formats.csv import CsvControl

from quality.conformance.cell_error import BREAKS


class Unsuited(Exception):
    """Only frictionless itself can judge this; the message says why."""


@dataclass(frozen=True)
class Opened:
    """A CSV file as frictionless opened it. `skip` records stand above the first row."""

    path: Path
    encoding: str
    dialect: csv.Dialect
    skip: int
    fields: tuple[Field, ...]
    """The fields in the order of the cells, as the labels have it."""
    key: tuple[str, ...]
    """The primary key; empty if a label of it is missing, as it is then not judged."""
    references: tuple["Reference", ...]
    errors: tuple[Error, ...]
    """Of the header."""


@dataclass(frozen=True)
class Reference:
    """A foreign key: its fields and the keys that the table referred to has."""

    fields: tuple[str, ...]
    table: str
    known: frozenset[tuple[Any, ...]]


def opened(resource: Resource) -> Opened:
    """The resource opened and closed again; `Unsuited` if it is not for the fast road."""
    try:
        _refuse_other_than_plain_csv(resource)
        resource.to_descriptor(validate=True)
        with resource:
            return _opened(resource)
    except (FrictionlessException, *BREAKS) as wrong:
        raise Unsuited(str(wrong)) from wrong


def _refuse_other_than_plain_csv(resource: Resource) -> None:
    if resource.format != "csv" or resource.scheme != "file" or resource.multipart or resource.compression:
        raise Unsuited("no plain CSV file")
    if resource.hash or resource.bytes or resource.rows or resource.fields:
        raise Unsuited("promised counts")


def _opened(resource: Resource) -> Opened:
    dialect, schema, header = resource.dialect, resource.schema, resource.header
    if dialect.comment_char or dialect.comment_rows or dialect.skip_blank_rows:
        raise Unsuited("rows that are passed over")
    if not (resource.labels or resource.fragment):
        raise Unsuited("an empty file")
    fields = tuple(header.get_expected_fields())
    names = [field.name for field in fields]
    if not names or len(set(names)) != len(names):
        raise Unsuited("fields of no name or of the same name")
    key = tuple(schema.primary_key) if set(schema.primary_key) <= set(names) else ()
    if key and not dialect.header_case:
        raise Unsuited("a key whose labels may be written in any case")
    return Opened(
        path=Path(resource.normpath),
        encoding=resource.encoding,
        dialect=CsvControl.from_dialect(dialect).to_python(),
        skip=dialect.create_first_content_row() - 1,
        fields=fields,
        key=key,
        references=tuple(_reference(resource, one) for one in schema.foreign_keys if set(one["fields"]) <= set(names)),
        errors=tuple(header.errors),
    )


def _reference(resource: Resource, described: dict[str, Any]) -> Reference:
    table, key = described["reference"]["resource"], tuple(described["reference"]["fields"])
    return Reference(tuple(described["fields"]), table, frozenset(resource.lookup.get(table, {}).get(key, ())))

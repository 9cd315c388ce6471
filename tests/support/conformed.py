"""Both roads of the judge of files on the same file, and frictionless alone on a table of cells: what the sieve is held to."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
from frictionless import Resource, Schema

from quality.conformance import blocks, file
from quality.conformance.cell_error import UnsuitedForPrefilter
from quality.conformance.file import FileConformance, conform_file
from quality.findings import Finding
from schemas.contract import Contract
from schemas.errors import UnreadableFile


@contextmanager
def prefilter_for_every_size() -> Iterator[None]:
    """Sends small files to the prefilter too; otherwise files of a test would never reach it."""
    before = file.PREFILTER_FROM_BYTES
    file.PREFILTER_FROM_BYTES = 0
    try:
        yield
    finally:
        file.PREFILTER_FROM_BYTES = before


@contextmanager
def blocks_of(size: int) -> Iterator[None]:
    """Blocks of so many bytes: where records, quotes and characters are cut, mistakes would be."""
    before = blocks.BLOCK
    blocks.BLOCK = size
    try:
        yield
    finally:
        blocks.BLOCK = before


def sieved(path: Path, descriptor: Mapping[str, Any]) -> FileConformance | None:
    """The file by the fast road alone; None if it is not for it."""
    taken: list[FileConformance] = []
    fast = file._conform_by_prefilter

    def watched(*arguments: Any) -> FileConformance:
        taken.append(fast(*arguments))
        return taken[0]

    file._conform_by_prefilter = watched
    try:
        with prefilter_for_every_size():
            conform_file(path, descriptor, resource=None, folder=path.parent)
    except UnreadableFile:
        return None
    finally:
        file._conform_by_prefilter = fast
    return taken[0] if taken else None


def by_frictionless(path: Path, descriptor: Mapping[str, Any]) -> FileConformance | str:
    """The file by frictionless alone; the kind of refusal if it cannot be judged."""
    fast = file._conform_by_prefilter

    def refused(*_: Any) -> FileConformance:
        raise UnsuitedForPrefilter("this is the reference")

    file._conform_by_prefilter = refused
    try:
        return conform_file(path, descriptor, resource=None, folder=path.parent)
    except UnreadableFile as wrong:
        return wrong.kind
    finally:
        file._conform_by_prefilter = fast


def said(findings: list[Finding]) -> list[tuple[Any, ...]]:
    """Findings to the letter, in an order of their own: within a row frictionless tells keys and cells by another."""
    told = [
        (f.row or 0, f.line or 0, f.field or "", f.type, f.value or "", f.message.zh, f.message.en, str(f.mend))
        for f in findings
    ]
    return sorted(told)


def cells_by_frictionless(table: pa.Table, rows: pa.Array, contract: Contract) -> list[tuple[int, str, str]]:
    """(row, field, type) of everything that frictionless has against the cells of a table, sorted."""
    described = {name: value for name, value in contract.table_schema.items() if name != "foreignKeys"}
    schema = Schema.from_descriptor(described, datapackage_version="v2")
    numbers = rows.to_pylist()
    with Resource(data=lambda: _lines(table), datatype="table", schema=schema) as resource:
        errors = [error for row in resource.row_stream for error in row.errors]
    return sorted((numbers[e.row_number - 2], getattr(e, "field_name", None) or "", e.type) for e in errors)


def _lines(table: pa.Table) -> Iterator[list[str | None]]:
    yield table.column_names
    for record in zip(*(column.to_pylist() for column in table.columns), strict=True):
        yield list(record)

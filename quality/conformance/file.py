"""The judge of a whole file against a plain Frictionless descriptor: label errors, dialect and foreign keys included.

Verdicts are frictionless's own, `frictionless.validate` with its limit of errors lifted. Not here: files of datasets with a
contract (their labels, encodings and rewrites are house rules), and any writing.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from frictionless import Error, FrictionlessException, Resource, system
from pydantic import BaseModel, ConfigDict

from quality.conformance.descriptor import resource_of
from quality.conformance.messages import finding_of
from quality.conformance.reach import TEXT_FORMATS
from quality.conformance.spoken import SpokenTable, of_schema
from quality.findings import Finding
from schemas.errors import UnreadableFile
from schemas.text import Text

NO_LIMIT = 0
"""What frictionless takes for "all errors"."""


class FileConformance(BaseModel):
    """What frictionless has against one file, and how the file was read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    findings: list[Finding]
    encoding: str | None
    format: str
    rows: int


def conform_file(path: Path, descriptor: Mapping[str, Any], *, resource: str | None, folder: Path) -> FileConformance:
    """Everything that frictionless has against the file; no findings if the file is as the descriptor says.

    Args:
        path: the file; it stands in for the data of the judged resource, whatever path the descriptor gives.
        descriptor: a Data Package, a bare Table Schema or a bare Resource.
        resource: name of the package's resource to judge; None takes the first.
        folder: where the descriptor lies; reference tables are looked for there and nowhere else.

    Rows are frictionless's row numbers: records of the file, the first being 1, blank ones counted. A header error, a file
    that is no table (`scheme-error`, `format-error`, `source-error`, `encoding-error`) and a descriptor that frictionless
    refuses come as findings without a row. An encoding that is not declared is UTF-8 (with or without a mark) or the file is
    refused, where frictionless would guess. `rows` counts what was read; `encoding` is None for workbooks.

    UnreadableFile (`encoding`, `format`, `compressed`, `too-large`, `unjudgeable`), ContractError or UsageError as `resource_of` says.
    """
    with _trusting():
        try:
            judged = resource_of(path, descriptor, resource=resource, folder=folder)
        except FrictionlessException as refused:
            return FileConformance(
                findings=[finding_of(error, of_schema([], [], [])) for error in refused.to_errors()],
                encoding=None,
                format=path.suffix.lower().removeprefix("."),
                rows=0,
            )
        errors = _errors(judged, path)
    table = _spoken(judged)
    return FileConformance(
        findings=[finding_of(error, table, getattr(error, "cells", ())) for error in errors],
        encoding=judged.encoding if judged.format in TEXT_FORMATS else None,
        format=judged.format,
        rows=judged.stats.rows or 0,
    )


def _errors(judged: Resource, path: Path) -> list[Error]:
    try:
        report = judged.validate(limit_errors=NO_LIMIT)
    except (TypeError, ArithmeticError) as broken:
        raise UnreadableFile(
            "unjudgeable",
            Text(
                zh=f"{path.name} 中有 frictionless 无法判断的值（{broken}），请删除 sNaN 一类的值，或修改主键、唯一性和上下限的设置",
                en=f"{path.name} holds a value that frictionless cannot judge ({broken}): remove values like sNaN, or change keys, uniqueness and bounds",
            ),
        ) from broken
    return [*report.errors, *(error for task in report.tasks for error in task.errors)]


def _spoken(judged: Resource) -> SpokenTable:
    try:
        order = [field.name for field in judged.header.get_expected_fields()]
    except FrictionlessException:  # never opened, or labels that no order can be made of: then no row has errors
        order = []
    return of_schema(judged.schema.fields, order, judged.schema.primary_key)


@contextmanager
def _trusting() -> Iterator[None]:
    """Lets frictionless open an absolute path; ours is, and `reach.py` has looked at all others.

    `system.use_context` would leave the mark behind when its body raises.
    """
    before = system.trusted
    system.trusted = True
    try:
        yield
    finally:
        system.trusted = before

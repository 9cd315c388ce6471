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
from quality.conformance.quirks import BREAKS
from quality.conformance.reach import TEXT_FORMATS
from quality.conformance.spoken import SpokenTable, of_schema
from quality.findings import Finding
from schemas.errors import ContractError, UnreadableFile
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
            judged = _judged(path, descriptor, resource, folder)
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


def _judged(path: Path, descriptor: Mapping[str, Any], resource: str | None, folder: Path) -> Resource:
    try:
        return resource_of(path, descriptor, resource=resource, folder=folder)
    except BREAKS as broken:
        raise ContractError(
            Text(
                zh=f"说明文件的结构不对，无法使用（{broken}）；请按 Data Package 规范检查各属性的类型",
                en=f"the descriptor is of a wrong shape and cannot be used ({broken}): check it against the Data Package standard",
            )
        ) from broken


def _errors(judged: Resource, path: Path) -> list[Error]:
    try:
        report = judged.validate(limit_errors=NO_LIMIT)
    except BREAKS as broken:
        raise UnreadableFile(
            "unjudgeable",
            Text(
                zh=f"frictionless 无法按说明判断 {path.name}（{broken}）：请删除 sNaN 一类的值，或改正主键、唯一性、正则和上下限的设置",
                en=f"frictionless cannot judge {path.name} by the descriptor ({broken}): remove values like sNaN, or correct keys, uniqueness, patterns and bounds",
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

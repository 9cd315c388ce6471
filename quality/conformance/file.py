"""Check of a whole file against a plain Frictionless descriptor, including label errors, dialect and foreign keys.

Results are frictionless's own. A small file goes through `frictionless.validate` without a limit of errors, which is faster than
importing Arrow; a larger plain CSV file goes through the prefilter (`prefiltered_file.py`), anything that it cannot handle
through frictionless again. Not here: files of datasets with a contract (their labels, encodings and rewrites follow the
platform's own rules), and any writing.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from frictionless import Error, FrictionlessException, Resource
from frictionless.formats.csv import CsvControl
from pydantic import Field

from quality.conformance.access_limits import (
    TEXT_FORMATS,
    detect_bom_encoding,
    require_utf8_encoding,
    trust_absolute_paths,
)
from quality.conformance.cell_error import (
    FRICTIONLESS_CRASHES,
    CellOverflow,
    UnsuitedForPrefilter,
    cell_error_from,
    error_row,
)
from quality.conformance.descriptor import EncodingDetector, load_resource
from quality.conformance.messages import Messages, labels_from_schema
from quality.findings import Finding
from schemas.errors import ContractError, UnreadableFile
from schemas.frozen_model import FrozenModel
from schemas.text import Text

if TYPE_CHECKING:
    from quality.conformance.byte_ranges import RangedFile
    from quality.conformance.lines import RecordLines
    from quality.conformance.run import TypedSink
    from schemas.execution.engine import Engine

NO_LIMIT = 0
"""Frictionless's value for "all errors"."""
PREFILTER_FROM_BYTES = 1 << 17
"""Size of a file from which the prefilter is used. Below it, importing Arrow and numpy (0.3 s) costs more than it saves."""


class FileConformance(FrozenModel):
    """What frictionless reports about one file, and how the file was read."""

    findings: list[Finding]
    encoding: str | None
    format: str
    rows: int
    typed: bool = False
    """Whether all the typed rows that were requested have been delivered."""
    overflows: list[CellOverflow] = Field(default_factory=list)


def conform_file(
    path: Path,
    descriptor: Mapping[str, Any],
    *,
    resource: str | None,
    folder: Path,
    typed: "TypedSink | None" = None,
    engine: "Engine | None" = None,
) -> FileConformance:
    """Returns everything that frictionless reports about the file; no findings if the file conforms.

    Args:
        path: the file; it replaces the data of the checked resource, whatever path the descriptor gives.
        descriptor: a Data Package, a bare Table Schema or a bare Resource.
        resource: name of the package's resource to check; None takes the first.
        folder: folder of the descriptor; reference tables are read from there only.
        typed: receives the rows with typed columns, batch by batch, during the check. A file that the prefilter cannot handle
            delivers none, or none from some batch on: `FileConformance.typed` says whether they are complete.
        engine: checks the file by ranges of its bytes, if it can be cut and no typed rows are asked for; the result is the same.

    Rows are frictionless's row numbers: records of the file, the first being 1, blank ones counted. A header error, a file
    that is no table (`scheme-error`, `format-error`, `source-error`, `encoding-error`) and a descriptor that frictionless
    refuses become findings without a row. A file without a declared encoding must be UTF-8 (with or without a byte order mark),
    or it is refused, where frictionless would guess. `rows` counts the rows read; `encoding` is None for workbooks.

    Raises UnreadableFile (`encoding`, `format`, `compressed`, `too-large`, `unjudgeable`), ContractError or UsageError as
    `load_resource` does, or EngineError as the engine does.
    """
    with trust_absolute_paths():
        if typed is None and engine is None and _is_small(path):
            return _conform_by_frictionless(path, descriptor, resource, folder)
        try:
            judged = _load_checked_resource(path, descriptor, resource, folder, detect_bom_encoding)
            if engine is not None and typed is None:
                from quality.conformance.byte_ranges import make_ranged_file

                return _conform_by_ranges(judged, make_ranged_file(path, descriptor, resource, folder), engine)
            return _conform_by_prefilter(judged, typed)
        except (UnsuitedForPrefilter, FrictionlessException):
            return _conform_by_frictionless(path, descriptor, resource, folder)


def _is_small(path: Path) -> bool:
    return path.is_file() and path.stat().st_size < PREFILTER_FROM_BYTES


def _conform_by_ranges(judged: Resource, file: "RangedFile", engine: "Engine") -> FileConformance:
    """As `_conform_by_prefilter`, in ranges of bytes on the engine; a file that cannot be cut is checked in this process."""
    from quality.conformance.byte_ranges import conform_by_ranges

    found = conform_by_ranges(file, engine)
    if found is None:
        return _conform_by_prefilter(judged, None)
    return FileConformance(findings=found.findings, encoding=judged.encoding, format=judged.format, rows=found.records)


def _conform_by_prefilter(judged: Resource, typed: "TypedSink | None") -> FileConformance:
    """Raises UnsuitedForPrefilter if only frictionless can check the file or the schema."""
    from quality.conformance.prefiltered_file import conform_by_prefilter

    found = conform_by_prefilter(judged, typed)
    return FileConformance(
        findings=found.findings,
        encoding=judged.encoding,
        format=judged.format,
        rows=found.records,
        typed=typed is not None,
        overflows=found.overflows,
    )


def _load_checked_resource(
    path: Path, descriptor: Mapping[str, Any], resource: str | None, folder: Path, decide: EncodingDetector
) -> Resource:
    try:
        return load_resource(path, descriptor, resource=resource, folder=folder, decide=decide)
    except FRICTIONLESS_CRASHES as broken:
        raise ContractError(
            Text(
                zh=f"说明文件的结构不对，无法使用（{broken}）；请按 Data Package 规范检查各属性的类型",
                en=f"the descriptor is of a wrong shape and cannot be used ({broken}): check it against the Data Package standard",
            )
        ) from broken


def _conform_by_frictionless(
    path: Path, descriptor: Mapping[str, Any], resource: str | None, folder: Path
) -> FileConformance:
    """Checks the whole file by frictionless alone, with a new resource: opening one changes its state."""
    try:
        judged = _load_checked_resource(path, descriptor, resource, folder, require_utf8_encoding)
    except FrictionlessException as refused:
        return FileConformance(
            findings=[
                Messages(labels_from_schema([], [])).make_finding(cell_error_from(error, ()))
                for error in refused.to_errors()
            ],
            encoding=None,
            format=path.suffix.lower().removeprefix("."),
            rows=0,
        )
    errors = _collect_errors(judged, path)
    messages = Messages(labels_from_schema(judged.schema.fields, judged.schema.primary_key))
    key = _find_key_positions(judged)
    rows = [error_row(error) for error in errors]
    lines = _read_record_lines(judged, path) if any(rows) else None
    return FileConformance(
        findings=[
            messages.make_finding(cell_error_from(error, key), row, lines.line_number(row) if lines and row else None)
            for error, row in zip(errors, rows, strict=True)
        ],
        encoding=judged.encoding if judged.format in TEXT_FORMATS else None,
        format=judged.format,
        rows=judged.stats.rows or 0,
    )


def _read_record_lines(judged: Resource, path: Path) -> "RecordLines | None":
    """Returns the lines of the records that frictionless has read; None for a workbook."""
    if judged.format not in TEXT_FORMATS:
        return None
    from quality.conformance.lines import read_record_lines

    return read_record_lines(path, judged.encoding, CsvControl.from_dialect(judged.dialect).to_python())


def _collect_errors(judged: Resource, path: Path) -> list[Error]:
    try:
        report = judged.validate(limit_errors=NO_LIMIT)
    except FRICTIONLESS_CRASHES as broken:
        raise UnreadableFile(
            "unjudgeable",
            Text(
                zh=f"frictionless 无法按说明判断 {path.name}（{broken}）：请删除 sNaN 一类的值，或改正主键、唯一性、正则和上下限的设置",
                en=f"frictionless cannot judge {path.name} by the descriptor ({broken}): remove values like sNaN, or correct keys, uniqueness, patterns and bounds",
            ),
        ) from broken
    return [*report.errors, *(error for task in report.tasks for error in task.errors)]


def _find_key_positions(judged: Resource) -> list[int]:
    try:
        order = [field.name for field in judged.header.get_expected_fields()]
    except FrictionlessException:  # the file was not opened, or its labels could not be matched: no row has errors then
        return []
    return [order.index(name) for name in judged.schema.primary_key if name in order]

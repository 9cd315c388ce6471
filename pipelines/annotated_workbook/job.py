"""The annotation job: all marks, comments and summary cells of one workbook, passed to the worker process as JSON.

Not here: how findings become marks (`annotations`) and summary lines (`summary`), or how the workbook is written.
"""

import dataclasses
import json
from typing import Any

from pipelines.annotated_workbook.styles import Kind


@dataclasses.dataclass(frozen=True)
class CellMark:
    """One marked cell, row and column from 1; `note` is its comment, None beyond the maximum number of comments."""

    row: int
    column: int
    kind: Kind
    note: str | None


@dataclasses.dataclass(frozen=True)
class SummaryCell:
    """One cell of the summary sheet; `look` names its style, `link` is the address of a cell in the workbook."""

    text: str
    look: str = "wrap"
    kind: Kind | None = None
    link: str | None = None


@dataclasses.dataclass(frozen=True)
class PlacedText:
    """A text of ours in a cell beside the table, row and column from 1; `look` names its style."""

    row: int
    column: int
    text: str
    look: str


@dataclasses.dataclass(frozen=True)
class AnnotationJob:
    """The marks on the sheet named `sheet`, and the summary sheet named `title` with its lines and column widths.

    `texts` stand beside the table; the columns `cleared` are those of an earlier marked workbook and are emptied from row
    `header` on.
    """

    sheet: str
    title: str
    marks: tuple[CellMark, ...]
    lines: tuple[tuple[SummaryCell, ...], ...]
    widths: tuple[int, ...]
    texts: tuple[PlacedText, ...] = ()
    cleared: tuple[int, ...] = ()
    header: int = 1

    def to_json(self) -> str:
        """Returns the job as JSON; `read_job` is the inverse."""
        return json.dumps(self, ensure_ascii=False, default=vars)


def read_job(text: str) -> AnnotationJob:
    """Parses a job that `AnnotationJob.to_json` wrote."""
    parsed: dict[str, Any] = json.loads(text)
    return AnnotationJob(
        sheet=parsed["sheet"],
        title=parsed["title"],
        marks=tuple(CellMark(**mark) for mark in parsed["marks"]),
        lines=tuple(tuple(SummaryCell(**cell) for cell in line) for line in parsed["lines"]),
        widths=tuple(parsed["widths"]),
        texts=tuple(PlacedText(**text) for text in parsed["texts"]),
        cleared=tuple(parsed["cleared"]),
        header=parsed["header"],
    )

"""What is to be marked and said in one workbook, as a value that goes to the process apart and back as JSON.

Not here: what findings become of it (`marks`, `summary`), or how it is written.
"""

import dataclasses
import json
from typing import Any

from pipelines.annotated_workbook.styles import Kind


@dataclasses.dataclass(frozen=True)
class CellMark:
    """One cell (row and column from 1) that is coloured; `note` is its comment, None where there are too many."""

    row: int
    column: int
    kind: Kind
    note: str | None


@dataclasses.dataclass(frozen=True)
class SummaryCell:
    """One cell of the first sheet; `link` is a cell of the workbook."""

    text: str
    look: str = "wrap"
    kind: Kind | None = None
    link: str | None = None


@dataclasses.dataclass(frozen=True)
class AnnotationJob:
    """The marks on the sheet `sheet`, and the first sheet, called `title`, line by line."""

    sheet: str
    title: str
    marks: tuple[CellMark, ...]
    lines: tuple[tuple[SummaryCell, ...], ...]
    widths: tuple[int, ...]

    def to_json(self) -> str:
        """As JSON."""
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False)


def read_job(said: str) -> AnnotationJob:
    """The job that `written` wrote."""
    told: dict[str, Any] = json.loads(said)
    return AnnotationJob(
        sheet=told["sheet"],
        title=told["title"],
        marks=tuple(CellMark(**mark) for mark in told["marks"]),
        lines=tuple(tuple(SummaryCell(**cell) for cell in line) for line in told["lines"]),
        widths=tuple(told["widths"]),
    )

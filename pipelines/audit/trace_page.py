"""The page of a trace: one file in both languages, written where it is asked for.

Not here: what it says (`trace_view.py`), its layout (`pages/trace.html.j2`).
"""

import os
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment

from catalog.pages import make_environment, render_bilingual_page
from pipelines.audit.trace_view import FOLDER, TraceSection, read_sentences
from pipelines.workspace import Workspace
from warehouse.atomic_files import write_atomically


def write_trace_page(
    workspace: Workspace, sections: Sequence[TraceSection], asked: str, out: Path, now: datetime, *, whole: bool
) -> None:
    """Writes the page of a trace made at `now` to `out`, with links to the receipts; `whole`: whether all hashes and records agree."""
    folder = out.resolve().parent
    receipts = Path(os.path.relpath(workspace.layout.receipts.resolve(), folder)).as_posix()
    page = render_bilingual_page(
        _load_templates(),
        "trace.html.j2",
        title=read_sentences()["trace.title"].fill_placeholders(asked=asked),
        synthetic=workspace.synthetic,
        sections=sections,
        receipts=receipts,
        whole=whole,
        at=now,
    )
    write_atomically(out, page)


@cache
def _load_templates() -> Environment:
    return make_environment(FOLDER, texts=read_sentences())

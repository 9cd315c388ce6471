"""`sportlake trace`, `verify`, `reproduce`: where a public row comes from, and whether verdicts and releases come out the same again.

Not here: how it is found out (`pipelines/audit`); the ledger's own check (`ledger.py`).
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dagster_project.cli.console import handle_errors, print_message

if TYPE_CHECKING:
    from pipelines.audit.trace_view import TraceSection

EXIT_DIFFERENT = 1


@handle_errors
def trace_command(
    target: Annotated[
        str,
        typer.Argument(
            metavar="FILE|RELEASE|ROW-KEY|RCPT",
            help="公开的文件、发布版、数据行的编码或回执编号 a public file, a release (facility/2026.11.1), the key of a row (several columns: a,b) or a receipt",
        ),
    ],
    dataset: Annotated[str | None, typer.Option("--dataset", help="数据集 dataset of the row or release")] = None,
    release: Annotated[
        str | None, typer.Option("--release", help="在哪个发布版中查 look for the row in this release")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE.html", help="另存为网页 write a page too")] = None,
) -> None:
    """查一行数据、一个文件或发布版从哪里来：报送、回执、判定、审批、公开。退出码 0 全部一致，1 有不一致。 Where a public row, file or release comes from; exit 1 if hashes or records disagree."""
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings
    from pipelines.audit.trace_target import find_target
    from pipelines.audit.trace_view import build_sections
    from pipelines.audit.tracing import trace_origin

    workspace = load_workspace(read_settings())
    found = trace_origin(workspace, find_target(workspace, target, dataset, release))
    sections = build_sections(workspace, found)
    _print_sections(sections)
    if out is not None:
        from pipelines.audit.trace_page import write_trace_page

        write_trace_page(workspace, sections, target, out, whole=not found.faults)
        print_message(f"网页：{out}", "its page")
    if found.faults:
        raise typer.Exit(EXIT_DIFFERENT)


def _print_sections(sections: "list[TraceSection]") -> None:
    for section in sections:
        print_message(f"\n{section.heading.zh}", section.heading.en)
        for line in section.lines:
            label, value = line.label, line.value
            if value.zh == value.en:
                print_message(f"  {label.zh} {label.en}：{value.zh}", "")
            else:
                print_message(f"  {label.zh}：{value.zh}", f"{label.en}: {value.en}")

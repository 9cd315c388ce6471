"""`sportlake trace`, `verify`, `reproduce`: where a public row comes from, and whether verdicts and releases come out the same again.

Not here: how it is found out (`pipelines/audit`); the ledger's own check (`ledger.py`).
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dagster_project.cli.console import handle_errors, print_message, print_table

if TYPE_CHECKING:
    from pipelines.audit.trace_view import TraceSection

EXIT_DIFFERENT = 1


@handle_errors
def trace_command(
    target: Annotated[
        str,
        typer.Argument(
            metavar="FILE|RELEASE|ROW-KEY|RCPT",
            help="公开的文件、版本、数据行的编码或回执编号 a public file, a release (facility/2026.11.1), the key of a row (several columns: a,b) or a receipt",
        ),
    ],
    dataset: Annotated[str | None, typer.Option("--dataset", help="数据集 dataset of the row or release")] = None,
    release: Annotated[
        str | None, typer.Option("--release", help="在哪个版本中查 look for the row in this release")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE.html", help="另存为网页 write a page too")] = None,
) -> None:
    """查一行数据、一个文件或版本从哪里来：报送、回执、判定、审批、公开。退出码 0 全部一致，1 有不一致。 Where a public row, file or release comes from; exit 1 if hashes or records disagree."""
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings
    from pipelines.audit.trace_target import find_target
    from pipelines.audit.trace_view import build_sections
    from pipelines.audit.tracing import trace_origin

    settings = read_settings()
    workspace = load_workspace(settings)
    found = trace_origin(workspace, find_target(workspace, target, dataset, release))
    sections = build_sections(workspace, found)
    _print_sections(sections)
    if out is not None:
        from pipelines.audit.trace_page import write_trace_page

        write_trace_page(workspace, sections, target, out, settings.current_time(), whole=not found.faults)
        print_message(f"网页：{out}", "its page")
    if found.faults:
        raise typer.Exit(EXIT_DIFFERENT)


@handle_errors
def verify_command(
    receipt: Annotated[
        str,
        typer.Argument(metavar="RECEIPT", help="回执的 JSON 文件或回执编号 the JSON file of a receipt, or its number"),
    ],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="报送的文件 the file that was handed in")],
) -> None:
    """重新判定一份文件，核对与回执是否一致。退出码 0 一致，1 不一致。 Judge a file again and say whether its receipt says the same; exit 0 same, 1 not."""
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings
    from pipelines.audit.second_verdict import verify_receipt

    found = verify_receipt(load_workspace(read_settings()), receipt, file)
    for note in found.notes:
        print_message(f"请注意：{note.zh}", note.en)
    for one in found.differences:
        print_message(f"不同：{one.zh}", one.en)
    judged = found.receipt
    if not found.same:
        print_message(f"与回执 {judged.number} 不一致", f"not what the receipt {judged.number} says")
        raise typer.Exit(EXIT_DIFFERENT)
    print_message(
        f"与回执 {judged.number} 一致：{judged.reason.zh}",
        f"the same as the receipt {judged.number} says: {judged.reason.en}",
    )


@handle_errors
def reproduce_command(
    release: Annotated[str, typer.Argument(metavar="RELEASE", help="版本 a release, such as facility/2026.11.1")],
    dataset: Annotated[str | None, typer.Option("--dataset", help="数据集 dataset of the release")] = None,
) -> None:
    """由保存的原件重新生成一个版本，逐个核对校验值。退出码 0 全部相同，1 有不同。 Make a release again from the kept originals and compare every checksum; exit 0 same, 1 not."""
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings
    from pipelines.audit.reproduction import reproduce_release
    from pipelines.audit.trace_target import find_release

    workspace = load_workspace(read_settings())
    found = reproduce_release(workspace, find_release(workspace, release, dataset))
    rows = [
        (one.name, "相同 same" if one.same else "不同 differs", (one.released or "—")[:16], (one.rebuilt or "—")[:16])
        for one in found.files
    ]
    print_table(("文件 file", "结果 result", "发布时 released", "重新生成 made again"), rows)
    for one in found.differences:
        print_message(f"不同：{one.zh}", one.en)
    for cause in found.causes:
        print_message(f"原因：{cause.zh}", cause.en)
    same = sum(one.same for one in found.files)
    print_message(
        f"重新判定 {found.slices} 份原件；{len(found.files)} 个文件中 {same} 个相同",
        f"{found.slices} originals judged again; {same} of {len(found.files)} files are the same",
    )
    if found.same_data and not found.same:
        print_message(
            "数据、说明和判定全部相同；不同的只是注明程序版本的 provenance.json 和校验值表",
            "data, descriptions and verdicts are all the same; what differs is the note of the code's version and the list of checksums",
        )
    if not found.same:
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

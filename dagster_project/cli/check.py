"""`sportlake check`: validates a file and writes nothing. Output for people (`text`) and for scripts (`json`).

`json` prints one object on stdout and nothing else. Here: the arguments, and both forms of the answer. Not here: the
validation (`check_result.py` calls the pipeline).
"""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dagster_project.cli import console

if TYPE_CHECKING:
    from dagster_project.cli.check_result import CheckReport
    from quality.findings import Finding

FOUND, REFUSED = 1, 2
DEFAULT_MAX_FINDINGS = 1000


class OutputFormat(StrEnum):
    """Output for people or for programs."""

    text = "text"
    json = "json"


def check_command(
    file: Annotated[Path, typer.Argument(help="要检查的文件 the file to check")],
    dataset: Annotated[str | None, typer.Option(help="按哪个数据集的契约 the dataset whose contract holds")] = None,
    contract: Annotated[Path | None, typer.Option(help="或一份 Data Package 描述文件 or a descriptor file")] = None,
    resource: Annotated[str | None, typer.Option(help="描述文件中的资源名 which resource of the descriptor")] = None,
    format_: Annotated[
        OutputFormat, typer.Option("--format", help="给人看或给程序读 for eyes or programs")
    ] = OutputFormat.text,
    max_findings: Annotated[
        int, typer.Option(min=0, help="最多列出几条，0 为全部 list at most; 0 = all")
    ] = DEFAULT_MAX_FINDINGS,
) -> None:
    """只检查、不写入；退出码 0 无错误，1 有错误，2 读不了或用法不对。 Check only, write nothing; exit 0 no errors, 1 errors, 2 refused."""
    from dagster_project.cli.check_result import check_file

    answer = check_file(file, dataset, contract, resource)
    if format_ is OutputFormat.json:
        typer.echo(_to_json(answer, max_findings))
    else:
        _print_text(file, answer, max_findings)
    if answer.verdict == "refused":
        raise typer.Exit(REFUSED)
    if any(finding.severity == "error" for finding in answer.findings):
        raise typer.Exit(FOUND)


def _to_json(answer: "CheckReport", most: int) -> str:
    import json

    from quality.findings import count_by_type

    kept = ("judge", "type", "severity", "row", "line", "field", "value")
    listed = answer.findings[: most or None]
    value: dict[str, Any] = {
        "verdict": answer.verdict,
        "file": {"sha256": answer.sha256, "format": answer.format, "encoding": answer.encoding, "rows": answer.rows},
        "counts": count_by_type(answer.findings),
        "findings": [
            {name: getattr(f, name) for name in kept}
            | {"message": {"zh": f.message.zh, "en": f.message.en}}
            | {name: found for name in ("cell", "fix") if (found := getattr(f, name)) is not None}
            for f in listed
        ],
        "truncated": len(listed) < len(answer.findings),
    }
    return json.dumps(value, ensure_ascii=False)


def _row_label(finding: "Finding") -> str:
    """Returns the row number, and the line of the text if it differs."""
    if finding.row is None:
        return "—"
    return f"{finding.row}" if finding.line in {None, finding.row} else f"{finding.row} (line {finding.line})"


def _print_text(file: Path, answer: "CheckReport", most: int) -> None:
    from quality.findings import count_by_type

    verdicts = {
        "accept": ("可以接收", "would be accepted"),
        "hold_back": ("可以接收，有误的行暂缓", "would be accepted, holding back the rows with errors"),
        "quarantine": ("整份文件暂不接收", "the whole file would wait for mending"),
        "refused": ("无法读取，拒收", "refused"),
    }
    zh, en = verdicts[answer.verdict]
    console.print_message(f"{file.name}：{zh}，共 {answer.rows} 行", f"{file.name}: {en}, {answer.rows} rows")
    if not answer.findings:
        return
    console.print_table(("类型 type", "条数 count"), count_by_type(answer.findings).items())
    listed = answer.findings[: most or None]
    rows = [
        (
            f.severity,
            _row_label(f),
            f.cell or "—",
            f.field or "—",
            "—" if f.value is None else f.value,
            f.fix or "—",
            f.message.zh,
            f.message.en,
        )
        for f in listed
    ]
    console.print_table(
        ("级别 severity", "行 row", "单元格 cell", "字段 field", "值 value", "建议值 fix", "问题", "problem"), rows
    )
    if len(listed) < len(answer.findings):
        rest = len(answer.findings) - len(listed)
        console.print_message(
            f"另有 {rest} 条未列出（--max-findings 0 列出全部）",
            f"{rest} more are not listed (--max-findings 0 lists all)",
        )

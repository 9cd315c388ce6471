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
    from collections.abc import Iterable

    from dagster_project.cli.check_result import CheckReport
    from pipelines.submissions.finding_words import FindingWords
    from quality.findings import Finding

FOUND, REFUSED = 1, 2
DEFAULT_MAX_FINDINGS = 1000


_VERDICTS = {
    "accept": ("可以接收", "would be accepted"),
    "hold_back": ("可以接收，有误的行暂缓", "would be accepted, holding back the rows with errors"),
    "quarantine": ("需退回修改", "the whole file would be sent back to be mended"),
    "refused": ("拒收", "refused"),
}
_SEVERITIES = {"error": "应修改 error", "warning": "请核对 warning", "info": "说明 info"}


class OutputFormat(StrEnum):
    """Output for people or for programs."""

    text = "text"
    json = "json"


@console.handle_errors
def check_command(
    file: Annotated[Path, typer.Argument(help="要检查的文件 the file to check")],
    dataset: Annotated[str | None, typer.Option(help="按哪个数据集的数据规范 the dataset whose contract holds")] = None,
    contract: Annotated[Path | None, typer.Option(help="或一份 Data Package 描述文件 or a descriptor file")] = None,
    resource: Annotated[str | None, typer.Option(help="描述文件中的资源名 which resource of the descriptor")] = None,
    department: Annotated[
        str | None,
        typer.Option(help="为哪个单位检查，填单位代码 for which department: whose rows, its own districts first"),
    ] = None,
    period: Annotated[
        str | None, typer.Option(help="期间，与 --department 同用，默认当前期间 period; the current one by default")
    ] = None,
    format_: Annotated[
        OutputFormat, typer.Option("--format", help="供人阅读或供程序读取 for eyes or programs")
    ] = OutputFormat.text,
    max_findings: Annotated[
        int, typer.Option(min=0, help="最多列出几条，0 为全部 list at most; 0 = all")
    ] = DEFAULT_MAX_FINDINGS,
) -> None:
    """只检查、不写入；退出码 0 无错误，1 有错误，2 拒收或用法有误。 Check only, write nothing; exit 0 no errors, 1 errors, 2 refused."""
    from dagster_project.cli.check_result import Sender, check_file

    if period is not None and department is None:
        raise typer.BadParameter("--period 与 --department 同用 goes with --department", param_hint="--period")
    sender = Sender(department, period) if department else None
    in_full = not 0 < max_findings <= DEFAULT_MAX_FINDINGS
    answer = check_file(file, dataset, contract, resource, sender, in_full=in_full)
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

    kept = ("judge", "type", "severity", "row", "line", "field", "value")
    listed = answer.findings[: most or None]
    value: dict[str, Any] = {
        "verdict": answer.verdict,
        "file": {"sha256": answer.sha256, "format": answer.format, "encoding": answer.encoding, "rows": answer.rows},
        "counts": answer.counts,
        "findings": [
            {name: getattr(f, name) for name in kept}
            | {"message": {"zh": f.message.zh, "en": f.message.en}}
            | ({"mend": {"zh": f.mend.zh, "en": f.mend.en}} if f.mend is not None else {})
            | {name: found for name in ("cell", "fix") if (found := getattr(f, name)) is not None}
            for f in listed
        ],
        "truncated": len(listed) < sum(answer.counts.values()),
        "decisions": [{"zh": decision.zh, "en": decision.en} for decision in answer.decisions],
        "rewrites": dict(answer.rewrites),
    }
    if answer.proposals:
        value["accepted_proposals"] = [one.model_dump() for one in answer.proposals]
    return json.dumps(value, ensure_ascii=False)


def _row_label(finding: "Finding") -> str:
    """Returns the row number, and the line of the text if it differs."""
    if finding.row is None:
        return "—"
    return f"{finding.row}" if finding.line in {None, finding.row} else f"{finding.row} (line {finding.line})"


def _print_text(file: Path, answer: "CheckReport", most: int) -> None:
    zh, en = _VERDICTS[answer.verdict]
    console.print_message(f"{file.name}：{zh}，共 {answer.rows} 行", f"{file.name}: {en}, {answer.rows} rows")
    if answer.reason is not None and answer.verdict in {"quarantine", "refused"}:
        console.print_message(answer.reason.zh, answer.reason.en)
    _print_reading(answer)
    if not answer.findings:
        return
    counts = _count_plain(answer) if answer.words is None else _count_in_words(answer, answer.words)
    console.print_table(("问题 problem", "处数 count"), counts)
    listed = answer.findings[: most or None]
    heads = ("级别 severity", "行 row", "单元格 cell", "列 column", "值 value", "建议值 fix", "问题", "problem")
    console.print_table(heads, (_finding_row(answer, finding) for finding in listed))
    if rest := sum(answer.counts.values()) - len(listed):
        console.print_message(
            f"另有 {rest} 条未列出（--max-findings 0 列出全部）",
            f"{rest} more are not listed (--max-findings 0 lists all)",
        )


def _print_reading(answer: "CheckReport") -> None:
    """Prints what was decided while reading, and how many cells were written in another way, as the receipt does."""
    for decision in answer.decisions:
        console.print_message(f"读取：{decision.zh}", f"read: {decision.en}")
    if answer.rewrites:
        from pipelines.normalise import REASONS

        for why, count in answer.rewrites.items():
            console.print_message(f"统一：{REASONS[why].zh}（{count} 格）", f"{REASONS[why].en} ({count} cells)")
    if answer.proposals:
        heads = ("单元格 cell", "列 column", "您填的值 your value", "采纳的建议值 accepted")
        rows = [
            (one.cell, _column_label(answer, one.field), one.old or "—", one.new or "—") for one in answer.proposals
        ]
        console.print_table(heads, rows, title="采纳的建议值 Accepted proposals")


def _count_plain(answer: "CheckReport") -> "Iterable[tuple[object, ...]]":
    """Returns frictionless's types of errors with their counts, for whoever wrote the descriptor."""
    return answer.counts.items()


def _count_in_words(answer: "CheckReport", words: "FindingWords") -> "Iterable[tuple[object, ...]]":
    """Returns the headings of the receipt's groups with their counts."""
    from pipelines.submissions.receipts.receipt_page import group_all_findings
    from quality.brief_findings import count_by_field

    by_field = count_by_field(answer.findings, answer.unlisted)
    groups = group_all_findings(answer.findings, words, answer.counts, by_field)
    return [(f"{group.heading.zh}  {group.heading.en}", group.count) for group in groups]


def _column_label(answer: "CheckReport", field: str) -> str:
    """Returns the Chinese title of a field; the name itself for whoever wrote the descriptor."""
    return answer.words.labels[field].zh if answer.words is not None and field in answer.words.labels else field


def _name(answer: "CheckReport", finding: "Finding", value: str | None) -> str:
    """Returns a value in Chinese: a code by its name; a dash for none."""
    if value is None or answer.words is None:
        return "—" if value is None else value
    shown = answer.words.name_value(finding) if value == finding.value else answer.words.name_cell(finding.field, value)
    return shown.zh if shown else "—"


def _finding_row(answer: "CheckReport", finding: "Finding") -> tuple[object, ...]:
    return (
        finding.severity if answer.words is None else _SEVERITIES[finding.severity],
        _row_label(finding),
        finding.cell or "—",
        _column_label(answer, finding.field or "—"),
        _name(answer, finding, finding.value),
        _name(answer, finding, finding.fix),
        *_describe(finding),
    )


def _describe(finding: "Finding") -> tuple[str, str]:
    """Returns what is wrong and, where the finding says so, how to mend it, in Chinese and English."""
    message, mend = finding.message, finding.mend
    return (message.zh, message.en) if mend is None else (f"{message.zh}。{mend.zh}", f"{message.en}; {mend.en}")

"""`sportlake waive`, `assess`: exceptions from the gate, and assessments on record, by named people; both can be taken back.

Not here: what they mean (`pipelines/review`), approvals (`candidates.py`).
"""

from typing import Annotated

import typer

from dagster_project.cli.candidates import DatasetArgument
from dagster_project.cli.console import ActorOption, handle_errors, print_message

NEXT = ("再看：sportlake candidate {}", "sportlake candidate {} shows it")
KINDS = "secrecy_review 保密审查、pia 个人信息保护影响评估、legal_basis_review 公开个人信息依据的确认、head_approval 部门负责人审核、classification_review 分类分级审核、refusal 不予开放的决定、open_type_lowering 降低开放属性的批准"


@handle_errors
def waive_command(
    dataset: DatasetArgument,
    finding: Annotated[
        str,
        typer.Argument(help="审核意见的类型，如 low-coverage type of the objection, as sportlake candidate names it"),
    ],
    reason: Annotated[str, typer.Option("--reason", help="原因，写入台账 why, for the ledger")] = "",
    until: Annotated[
        str, typer.Option("--until", metavar="DATE", help="有效期至，如 2026-12-31 last day, as 2026-12-31")
    ] = "",
    undo: Annotated[bool, typer.Option("--undo", help="取消豁免 take the waiver back")] = False,
    actor: ActorOption = None,
) -> None:
    """豁免一项审核意见，限期（个人信息、负面清单、类型错误除外）。 Waive one objection of the gate for a time; never personal data, the negative list or wrong types."""
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings
    from pipelines.review.waiver_decisions import undo_waivers, waive_finding
    from schemas.days import parse_day

    settings = read_settings(actor)
    workspace, now = load_workspace(settings), settings.current_time()
    if undo:
        for one in undo_waivers(workspace, dataset, finding, now, reason):
            print_message(
                f"已取消 {one.person} 对 {dataset} {finding} 的豁免", f"the waiver by {one.person} is taken back"
            )
        print_message("已发布的版本不变", "what is released stays")
        return
    done = waive_finding(workspace, dataset, finding, reason, parse_day(until), now)
    print_message(
        f"{done.person} 豁免 {dataset} 的 {done.type}，至 {done.until}：{done.reason}", f"waived until {done.until}"
    )
    print_message(*(sentence.format(dataset) for sentence in NEXT))


@handle_errors
def assess_command(
    dataset: DatasetArgument,
    kind: Annotated[str, typer.Argument(help=f"事项：{KINDS} what was assessed")],
    *,
    document: Annotated[str, typer.Option("--document", help="文号 number of the document")] = "",
    result: Annotated[str, typer.Option("--result", help="结论或依据条款 result, or the clause it rests on")] = "",
    on: Annotated[
        str | None, typer.Option("--date", metavar="DATE", help="评估日期，默认今天 day of it; today by default")
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="DATE", help="有效期至或复审日期 last day, or day of the next review"),
    ] = None,
    file: Annotated[
        str | None, typer.Option("--file", help="evidence/ 文件夹中的文件 file in the folder evidence/")
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="取消有误的记录 take a wrong record back")] = False,
    reason: Annotated[str, typer.Option("--reason", help="取消的原因 why it is taken back")] = "",
    actor: ActorOption = None,
) -> None:
    """登记一项评估或审批材料，随数据规范版本有效。 Put an assessment of a dataset on record, for this version of its contract."""
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings
    from pipelines.review.assessment_decisions import Assessed, record_assessment, undo_assessment
    from schemas.assessments import ASSESSMENT_NAMES, parse_kind
    from schemas.days import parse_day

    settings, what = read_settings(actor), parse_kind(kind)
    workspace, now, name = load_workspace(settings), settings.current_time(), ASSESSMENT_NAMES[what]
    if undo:
        undone = undo_assessment(workspace, dataset, what, reason, now)
        print_message(
            f"{dataset} 的{name.zh}（{undone.document}）不再有效", f"the record of the {name.en} is taken back"
        )
        return
    day = parse_day(on) if on else now.date()
    assessed = Assessed(document, result, day, parse_day(until) if until else None, file)
    done = record_assessment(workspace, dataset, what, assessed, now)
    print_message(
        f"{dataset} 的{name.zh}：{done.person}，{done.document}，有效期至 {done.until}", f"on record until {done.until}"
    )
    print_message(*(sentence.format(dataset) for sentence in NEXT))

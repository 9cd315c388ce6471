"""`sportlake candidate`, `approve`, `refuse`: what would become public, and the decisions of those who must review it.

Not here: what the decisions mean (`pipelines/review`), making releases (`publishing.py`).
"""

from typing import TYPE_CHECKING, Annotated

import typer

from dagster_project.cli.console import ActorOption, handle_errors, print_message, print_table

if TYPE_CHECKING:
    from pipelines.review.approvals import Decision, Review
    from pipelines.review.candidate_view import CandidateView

NEXT = ("运行 sportlake run 后生成版本", "run sportlake run to make the release")
DatasetArgument = Annotated[str, typer.Argument(help="数据集 dataset")]


@handle_errors
def show_candidate(dataset: DatasetArgument) -> None:
    """待发布的内容：行数、完整程度、变化、审核意见、由谁决定；并写成网页。 What would become public, what changed, what objects, who must decide; and its page."""
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings
    from pipelines.release import assemble_candidate
    from pipelines.review.candidate_pages import write_candidate_page
    from pipelines.review.candidate_view import build_view
    from schemas.contract import find_contract

    settings = read_settings()
    workspace, now = load_workspace(settings), settings.current_time()
    candidate = assemble_candidate(workspace, find_contract(workspace.contracts, dataset).name, now.date())
    if candidate is None:
        print_message(f"{dataset} 还没有入库的数据", "nothing of it has been accepted yet")
        return
    view = build_view(workspace, candidate, now)
    _print_view(view)
    print_message(f"网页：{write_candidate_page(workspace, view)}", "its page")


@handle_errors
def approve_command(
    dataset: DatasetArgument,
    actor: ActorOption = None,
    note: Annotated[str, typer.Option("--note", help="说明，写入台账 a note for the ledger")] = "",
    undo: Annotated[
        bool, typer.Option("--undo", help="取消本人的决定（发布前） take your own decision back, before the release")
    ] = False,
) -> None:
    """同意发布一个数据集的当前内容。 Approve what would become public of a dataset, as it is now."""
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings
    from pipelines.desk.desk_pages import refresh_pages
    from pipelines.review.decisions import approve_candidate, undo_decision

    settings = read_settings(actor)
    workspace, now = load_workspace(settings), settings.current_time()
    if undo:
        own = undo_decision(workspace, dataset, now)
        refresh_pages(workspace, now)
        print_message(
            f"{own.person} 已取消{'同意' if own.approves else '不同意'} {dataset} 的决定", "the decision is taken back"
        )
        return
    review = approve_candidate(workspace, dataset, now, note)
    refresh_pages(workspace, now)
    print_message(f"{workspace.actor} 同意发布 {dataset}", f"{workspace.actor} approves {dataset}")
    _print_review(review)


@handle_errors
def refuse_command(
    dataset: DatasetArgument,
    reason: Annotated[str, typer.Option("--reason", help="原因，写入台账 why: for the ledger and the department")],
    actor: ActorOption = None,
) -> None:
    """不同意发布一个数据集的当前内容，并说明原因。 Refuse what would become public of a dataset, and say why."""
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings
    from pipelines.desk.desk_pages import refresh_pages
    from pipelines.review.decisions import refuse_candidate

    settings = read_settings(actor)
    workspace, now = load_workspace(settings), settings.current_time()
    refuse_candidate(workspace, dataset, reason, now)
    refresh_pages(workspace, now)
    print_message(
        f"{workspace.actor} 不同意发布 {dataset}；内容改变后重新审批，本人改变决定用 sportlake approve",
        "refused; it is reviewed anew when its content changes, and sportlake approve by the same person takes it back",
    )


def _print_review(review: "Review") -> None:
    from schemas.assessments import describe_kinds
    from schemas.people import describe_roles

    for one in review.approvals:
        print_message(
            f"  {one.person}（{describe_roles([one.role]).zh}），有效期至 {one.until}", f"approves until {one.until}"
        )
    for one in review.refusals:
        print_message(f"  {one.person} 不同意：{one.reason}", "refuses")
    if review.missing:
        missing = describe_roles(review.missing)
        print_message(f"还须{missing.zh}审批", f"still to approve: {missing.en}")
    if review.lacking:
        lacking = describe_kinds(review.lacking)
        print_message(f"还须登记{lacking.zh}：sportlake assess", f"still to be put on record: {lacking.en}")
    if review.passed:
        print_message(*NEXT)


def _print_view(view: "CandidateView") -> None:
    _print_contents(view)
    _print_coverage(view)
    for hand_in in view.accepted:
        print_message(
            f"决定接收：{hand_in.department.zh} {hand_in.period}（{hand_in.number}），{hand_in.who}，{hand_in.at:%Y-%m-%d}：{hand_in.reason}（{'；'.join(one.zh for one in hand_in.findings)}）",
            f"accepted by {hand_in.who} in spite of {'; '.join(one.en for one in hand_in.findings)}",
        )
    _print_evidence(view)
    roles = [
        (one.name.zh, one.name.en, "、".join(one.holders) or "—", _name_decision(one.decision)) for one in view.roles
    ]
    print_table(("角色", "role", "谁可以 who may", "决定 decision"), roles, title="由谁决定 Who must decide")
    for one in view.review.refusals:
        print_message(f"{one.person} 不同意：{one.reason}", "refuses")
    for what, command in view.commands:
        print_message(f"{what.zh}：{command}", what.en)


def _name_decision(one: "Decision | None") -> str:
    if one is None:
        return "未决定 not decided"
    return f"{one.person} {one.at:%Y-%m-%d} {f'同意 approves → {one.until}' if one.approves else '不同意 refuses'}"


def _print_evidence(view: "CandidateView") -> None:
    """Prints the objections that were waived, and the assessments that the contract asks for, on record or not."""
    for finding, waiver in view.candidate.waived:
        print_message(
            f"豁免：{finding.type} {finding.message.zh}（{waiver.person}，至 {waiver.until}：{waiver.reason}）",
            f"waived by {waiver.person} until {waiver.until}",
        )
    rows = [
        (
            line.kind,
            line.name.zh,
            line.record.person if line.record else "未登记 not on record",
            line.record.document if line.record else "—",
            f"{line.record.until}{'' if line.holds else ' 已过期 expired'}" if line.record else "—",
        )
        for line in view.evidence
    ]
    if rows:
        heads = ("事项 kind", "名称", "登记人 by", "文号 document", "有效期至 until")
        print_table(heads, rows, title="评估和审批材料 Assessments")


def _print_contents(view: "CandidateView") -> None:
    """Prints what would become public: rows, what changed since the last release, and what objects to it."""
    candidate, quality = view.candidate, view.candidate.quality
    print_message(
        f"{candidate.contract.title.zh}（{candidate.contract.name}）：{STATES[view.state][0]}", STATES[view.state][1]
    )
    print_message(
        f"{candidate.rows.counted.rows} 行，{len(candidate.slices)} 份有效报送；暂缓 {quality['rows_held_back']} / {quality['rows_submitted']} 行",
        f"{candidate.rows.counted.rows} rows from {len(candidate.slices)} hand-ins; {quality['rows_held_back']} of {quality['rows_submitted']} held back",
    )
    if view.changes is not None and view.last is not None:
        change = view.changes
        print_message(
            f"与 {view.last.number} 相比：新增 {change.added}，删除 {change.removed}，修改 {change.changed} 行",
            f"{change.added} rows added, {change.removed} removed, {change.changed} changed",
        )
    for message, count in view.objections:
        print_message(f"审核意见（{count}）：{message.zh}", message.en)


def _print_coverage(view: "CandidateView") -> None:
    cover = view.coverage
    print_message(
        f"完整程度：应有 {cover.expected} 份，已有 {cover.present} 份",
        f"{cover.present} of {cover.expected} hand-ins are there",
    )
    lacking = [
        (one.code, one.name.zh, "、".join(one.present) or "—", "、".join(one.missing))
        for one in cover.departments
        if one.missing
    ]
    if lacking:
        print_table(("单位 department", "名称", "已有 in it", "缺少 missing"), lacking, title="缺少的报送 Missing")


STATES = {
    "blocked": ("未通过发布审核", "stopped at the gate"),
    "released": ("已全部发布", "all of it is released"),
    "refused": ("有人不同意，暂不发布", "refused"),
    "approved": ("审批齐备，等待生成版本", "approved; the next run makes the release"),
    "lacks": ("审批齐备，还须登记评估材料", "approved; an assessment must still be put on record"),
    "waits": ("等待审批", "waits for approval"),
}

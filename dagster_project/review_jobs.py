"""Approving, refusing, waiving and assessing as Dagster jobs with a form: dataset, person, reason. The same functions as the command line.

Sensors and schedules never start them. Not here: what a decision means (`pipelines/review`), releases (`assets.py`).
https://docs.dagster.io/guides/operate/configuration/run-configuration
"""

import dagster as dg
from pydantic import Field

from dagster_project.installation import load_workspace
from dagster_project.resources import WorkspaceResource
from pipelines.desk.desk_pages import refresh_pages
from pipelines.review.approvals import Review
from pipelines.review.assessment_decisions import Assessed, record_assessment
from pipelines.review.decisions import approve_candidate, refuse_candidate
from pipelines.review.waiver_decisions import waive_finding
from pipelines.workspace import Workspace
from schemas.assessments import describe_kinds, parse_kind
from schemas.days import parse_day
from schemas.people import describe_roles

APPROVE, REFUSE, WAIVE, ASSESS = "approve_candidate", "refuse_candidate", "waive_finding", "assess_dataset"


class ApprovalForm(dg.Config):
    """Who approves what."""

    dataset: str = Field(description="数据集 dataset")
    person: str = Field(description="由谁审批（人员名单中的姓名） who approves, by name")
    note: str = Field(default="", description="说明 note for the ledger")


class RefusalForm(dg.Config):
    """Who refuses what, and why."""

    dataset: str = Field(description="数据集 dataset")
    person: str = Field(description="由谁决定（人员名单中的姓名） who refuses, by name")
    reason: str = Field(description="原因 why")


class WaiverForm(dg.Config):
    """Who waives which objection of the gate, until when, and why."""

    dataset: str = Field(description="数据集 dataset")
    finding: str = Field(description="审核意见的类型，如 low-coverage type of the objection")
    person: str = Field(description="由谁豁免（人员名单中的姓名） who waives it, by name")
    reason: str = Field(description="原因 why")
    until: str = Field(description="有效期至，如 2026-12-31 last day")


class AssessmentForm(dg.Config):
    """Who puts which assessment on record."""

    dataset: str = Field(description="数据集 dataset")
    kind: str = Field(description="事项，如 pia 或 个人信息保护影响评估 what was assessed")
    person: str = Field(description="由谁登记（人员名单中的姓名） who puts it on record, by name")
    document: str = Field(description="文号 number of the document")
    result: str = Field(description="结论或依据条款 result, or the clause it rests on")
    on: str = Field(default="", description="评估日期，默认今天 day of the assessment; today by default")
    until: str = Field(default="", description="有效期至或复审日期 last day, or day of the next review")
    file: str = Field(default="", description="evidence/ 文件夹中的文件 file in the folder evidence/")


@dg.op(description="同意发布 · Approve what would become public of a dataset, as it is now.")
def record_approval(context: dg.OpExecutionContext, config: ApprovalForm, workspace: WorkspaceResource) -> None:
    """Records the approval; fails with the reason if this person cannot approve it."""
    home = _open_as(workspace, config.person)
    _log_review(context, approve_candidate(home, config.dataset, workspace.current_time(), config.note))
    refresh_pages(home, workspace.current_time())


@dg.op(description="不同意发布 · Refuse what would become public of a dataset, and say why.")
def record_refusal(context: dg.OpExecutionContext, config: RefusalForm, workspace: WorkspaceResource) -> None:
    """Records the refusal; fails with the reason if this person cannot decide."""
    home = _open_as(workspace, config.person)
    _log_review(context, refuse_candidate(home, config.dataset, config.reason, workspace.current_time()))
    refresh_pages(home, workspace.current_time())


@dg.job(name=APPROVE, description="审批：同意 · Approve a candidate.")
def approve_job() -> None:
    """Runs the approval, its only step."""
    record_approval()


@dg.job(name=REFUSE, description="审批：不同意 · Refuse a candidate.")
def refuse_job() -> None:
    """Runs the refusal, its only step."""
    record_refusal()


@dg.op(description="豁免审核意见 · Waive one objection of the gate for a time.")
def record_waiver(context: dg.OpExecutionContext, config: WaiverForm, workspace: WorkspaceResource) -> None:
    """Records the waiver; fails with the reason if it may not be waived, or not by this person."""
    home, until = _open_as(workspace, config.person), parse_day(config.until)
    done = waive_finding(home, config.dataset, config.finding, config.reason, until, workspace.current_time())
    context.log.info("豁免 waived: %s %s → %s", config.dataset, done.type, done.until)


@dg.op(description="登记评估材料 · Put an assessment of a dataset on record.")
def record_evidence(context: dg.OpExecutionContext, config: AssessmentForm, workspace: WorkspaceResource) -> None:
    """Records the assessment; fails with the reason if this person cannot, or something in the form is wrong."""
    now = workspace.current_time()
    day = parse_day(config.on) if config.on else now.date()
    until = parse_day(config.until) if config.until else None
    assessed = Assessed(config.document, config.result, day, until, config.file or None)
    home = _open_as(workspace, config.person)
    done = record_assessment(home, config.dataset, parse_kind(config.kind), assessed, now)
    context.log.info("已登记 on record: %s %s → %s", config.dataset, done.kind, done.until)


@dg.job(name=WAIVE, description="豁免 · Waive an objection of the gate.")
def waive_job() -> None:
    """Runs the waiver, its only step."""
    record_waiver()


@dg.job(name=ASSESS, description="登记评估 · Put an assessment on record.")
def assess_job() -> None:
    """Runs the record, its only step."""
    record_evidence()


def _open_as(workspace: WorkspaceResource, person: str) -> Workspace:
    return load_workspace(workspace.read_settings().model_copy(update={"who": person}))


def _log_review(context: dg.OpExecutionContext, review: Review) -> None:
    for one in (*review.approvals, *review.refusals):
        context.log.info("%s: %s", one.person, "同意 approves" if one.approves else f"不同意 refuses: {one.reason}")
    if review.missing:
        missing = describe_roles(review.missing)
        context.log.info("还须 still to approve: %s %s", missing.zh, missing.en)
    if review.lacking:
        lacking = describe_kinds(review.lacking)
        context.log.info("还须登记 not on record: %s %s", lacking.zh, lacking.en)

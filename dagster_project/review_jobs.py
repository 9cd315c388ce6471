"""Approving and refusing a candidate as Dagster jobs with a form: dataset, person, reason. The same functions as the command line.

Sensors and schedules never start them. Not here: what a decision means (`pipelines/review`), releases (`assets.py`).
https://docs.dagster.io/guides/operate/configuration/run-configuration
"""

import dagster as dg
from pydantic import Field

from dagster_project.installation import load_workspace
from dagster_project.resources import WorkspaceResource
from pipelines.desk.desk_pages import refresh_pages
from pipelines.review.approvals import Review
from pipelines.review.decisions import approve_candidate, refuse_candidate
from pipelines.workspace import Workspace
from schemas.people import describe_roles

APPROVE, REFUSE = "approve_candidate", "refuse_candidate"


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


def _open_as(workspace: WorkspaceResource, person: str) -> Workspace:
    return load_workspace(workspace.read_settings().model_copy(update={"who": person}))


def _log_review(context: dg.OpExecutionContext, review: Review) -> None:
    for one in (*review.approvals, *review.refusals):
        context.log.info("%s: %s", one.person, "同意 approves" if one.approves else f"不同意 refuses: {one.reason}")
    if review.missing:
        missing = describe_roles(review.missing)
        context.log.info("还须 still to approve: %s %s", missing.zh, missing.en)

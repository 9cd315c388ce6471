"""Alerts in Dagster: the digests of the day as a job, the nightly comparison of the catalogues, and a sensor of failed runs.

A run that the gate stopped is no failure: its objections are work items, which are in the digest. Not here: the content of alerts
(`pipelines/alerts`), schedules (`jobs.py`). https://docs.dagster.io/guides/automate/run-status-sensors
"""

from collections.abc import Iterator

import dagster as dg

from dagster_project.catalogues import catalogue_names
from dagster_project.resources import WorkspaceResource
from pipelines.alerts.failure import RunFailure, alert_failure
from pipelines.alerts.sending import list_unreached, send_digests
from pipelines.desk.desk_pages import refresh_pages
from pipelines.publication.comparisons import record_comparison
from pipelines.publication.publish import find_drift
from schemas.errors import CatalogueError, UsageError
from schemas.recipients import Recipients, read_recipients

ALERTS, DRIFT = "alerts", "drift"
GATE_ERROR = "DagsterAssetCheckFailedError"
"""The error of a step that a blocking check stopped."""


@dg.op(description="提醒 · Tell every department and role what is new, soon due or late; once a day, nothing twice.")
def send_digests_of_the_day(context: dg.OpExecutionContext, workspace: WorkspaceResource) -> None:
    """Sends the digests; fails if somebody's addresses cannot be reached, so that an operator looks."""
    home = workspace.open_workspace()
    sent = send_digests(home, _read_recipients(workspace), workspace.current_time())
    for one in sent:
        context.log.info("%s: %d items, %d/%d", one.digest.owner, len(one.digest.lines), one.reached, one.addresses)
    if unreached := list_unreached(sent):
        named = ", ".join(one.digest.owner for one in unreached)
        raise dg.Failure(f"未能送达，下次再发 not reached, tried again the next time: {named}", allow_retries=False)


@dg.op(description="核对 · Compare byte by byte what the catalogues serve with what was released.")
def compare_catalogues(context: dg.OpExecutionContext, workspace: WorkspaceResource) -> None:
    """Compares every catalogue; fails if one serves something else or does not answer, so that the operators are told."""
    home, different = workspace.open_workspace(), []
    for name in catalogue_names(workspace.read_settings()):
        try:
            found = find_drift(home, workspace.open_catalogue(name))
        except (CatalogueError, UsageError):
            context.log.exception("%s", name)
            different.append(f"{name} ?")
            continue
        record_comparison(home, name, found, workspace.current_time())
        for one in found:
            context.log.warning("%s %s %s: %s, %s", name, one.dataset, one.what, one.wanted, one.found)
        if found:
            different.append(f"{name} {len(found)}")
    refresh_pages(home, workspace.current_time())
    if different:
        raise dg.Failure(
            f"与发布内容不一致 not as released: {', '.join(different)}; sportlake drift --mend", allow_retries=False
        )


@dg.job(name=ALERTS, description="提醒 · The digests of the day.")
def alerts_job() -> None:
    """Sends the digests, its only step."""
    send_digests_of_the_day()


@dg.job(name=DRIFT, description="核对目录 · What the catalogues serve against what was released.")
def drift_job() -> None:
    """Compares the catalogues, its only step."""
    compare_catalogues()


@dg.run_failure_sensor(
    name="failed_runs",
    description="运行失败即提醒运维人员 · Tells the operators of every failed run, the same failure once a day.",
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def watch_failed_runs(context: dg.RunFailureSensorContext, workspace: WorkspaceResource) -> None:
    """Tells the operators what failed in the run."""
    messages = tuple(_describe_errors(context))
    if context.get_step_failure_events() and not messages:
        return
    failure = RunFailure(
        context.dagster_run.job_name, context.dagster_run.run_id, messages or (context.failure_event.message or "",)
    )
    alert_failure(workspace.open_workspace(), _read_recipients(workspace), failure, workspace.current_time())


def _describe_errors(context: dg.RunFailureSensorContext) -> Iterator[str]:
    """Yields, for each failed step except those that the gate stopped, the message of the original error, without its class."""
    for event in context.get_step_failure_events():
        error = event.step_failure_data.error
        if error and error.cls_name != GATE_ERROR:
            message = (error.cause or error).message.strip()
            yield f"{event.step_key}: {message.partition(': ')[2] or message}"


def _read_recipients(workspace: WorkspaceResource) -> Recipients:
    home = workspace.open_workspace()
    return read_recipients(home.layout.recipients, home.departments)

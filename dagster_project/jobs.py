"""Jobs of one step (sweep, build, the scan of what is public, stamp), and the schedules of all jobs.

Schedules use the time zone of the workspace; the intake has none, because the inbox sensor starts it. Not here: jobs over assets
(`asset_jobs.py`).
https://docs.dagster.io/guides/automate/schedules
"""

import dagster as dg

from dagster_project.alert_jobs import ALERTS, DRIFT
from dagster_project.asset_jobs import PUBLISH, REFRESH, RELEASE
from dagster_project.catalogues import catalogue_names
from dagster_project.checks import FRESHNESS
from dagster_project.resources import WorkspaceResource
from pipelines.audit.timestamps import stamp_head
from pipelines.built_datasets.hand_in import build_datasets
from pipelines.desk.desk_pages import refresh_pages
from pipelines.publication.publish import publish_entries
from pipelines.publication.rescan import rescan_datasets
from pipelines.submissions.inbox.deposit import remove_unfinished_copies
from schemas.errors import CatalogueError, LedgerError, UsageError
from warehouse.working_folders import remove_abandoned

SWEEP, RESCAN, STAMP, BUILD = "sweep", "rescan", "stamp", "build"


@dg.op(description="清理 · Remove what killed commands left, in the lake after a day; no version loses anything.")
def sweep_lake(context: dg.OpExecutionContext, workspace: WorkspaceResource) -> None:
    """Removes unfinished parts from the lake, folders and copies of killed commands, and from the bucket, if there is one, objects that nothing names."""
    home, now = workspace.open_workspace(), workspace.current_time()
    left = (*remove_abandoned(home.layout.working), *remove_unfinished_copies(home, now))
    for removed in (*home.lake.sweep_unused(now), *left):
        context.log.info("removed %s", removed)
    if home.storage is not None:
        from warehouse.storage.checking import check_storage, sweep_storage  # noqa: PLC0415 -- most installations have no bucket

        for key in sweep_storage(home.storage, check_storage(home.storage), now):
            context.log.info("set aside %s", key)


@dg.job(name=SWEEP, description="清理数据湖 · Sweep the lake.")
def sweep() -> None:
    """Runs the sweep, its only step."""
    sweep_lake()


@dg.op(
    description="生成 · Build the datasets that the platform builds from others; the inbox sensor takes the files in."
)
def build_from_others(context: dg.OpExecutionContext, workspace: WorkspaceResource) -> None:
    """Puts a file into the inbox for each built dataset whose sources changed."""
    for built in build_datasets(workspace.open_workspace(), workspace.current_time()):
        context.log.info(
            "%s: %d rows, %s", built.slice, built.rows, built.arrival.place if built.arrival else "as before"
        )


@dg.job(name=BUILD, description="生成数据集 · Build datasets from others.")
def run_build() -> None:
    """Builds them, its only step."""
    build_from_others()


@dg.op(description="复查 · Read what is public again; a dataset with a leak is withdrawn and taken down at once.")
def rescan_published(context: dg.OpExecutionContext, workspace: WorkspaceResource) -> None:
    """Scans the public releases; with an incident every catalogue is updated, and the run fails so that somebody looks."""
    home, settings = workspace.open_workspace(), workspace.read_settings()
    incidents = rescan_datasets(home, workspace.current_time())
    refresh_pages(home, workspace.current_time())
    if not incidents:
        return
    unreached = []
    for name in catalogue_names(settings):
        try:
            publish_entries(home, workspace.open_catalogue(name), workspace.current_time())
        except (CatalogueError, UsageError):
            context.log.exception("%s", name)
            unreached.append(name)
    found = ", ".join(incident.dataset for incident in incidents)
    left = f"；尚未更新的目录 not updated yet: {', '.join(unreached)}" if unreached else ""
    raise dg.Failure(f"已停止开放，待核实 withdrawn, to be checked: {found}{left}", allow_retries=False)


@dg.job(name=RESCAN, description="复查已公开数据 · Scan what is public again for personal data and the negative list.")
def run_rescan() -> None:
    """Runs the scan, its only step."""
    rescan_published()


@dg.op(description="时间戳 · Have the ledger's newest entry stamped by the authority of the settings, if there is one.")
def stamp_ledger(context: dg.OpExecutionContext, workspace: WorkspaceResource) -> None:
    """Stamps the ledger's head; fails if the authority does not answer, and the next night tries again."""
    settings = workspace.read_settings()
    if settings.timestamp_url is None:
        context.log.info("SPORTLAKE_TIMESTAMP_URL is not set: nothing is stamped")
        return
    try:
        head = stamp_head(workspace.open_workspace(), settings.timestamp_url, settings.timestamp_root)
    except LedgerError as wrong:
        raise dg.Failure(str(wrong), allow_retries=False) from wrong
    context.log.info("stamped: %s", head or "already")


@dg.job(name=STAMP, description="时间戳 · Stamp the ledger's head.")
def run_stamp() -> None:
    """Runs the stamp, its only step."""
    stamp_ledger()


TIMEZONE = "Asia/Shanghai"


def build_schedules() -> list[dg.ScheduleDefinition]:
    """Returns the schedules: what runs every night, freshness and alerts every morning, refresh and sweep on Sundays.

    All run from the start, while Dagster's daemon does; who stops one in the UI finds it stopped the next time.
    """
    return [
        _build_schedule(
            BUILD, "30 1 * * *", "每日 1:30 由平台生成数据集 · datasets that the platform builds, every night"
        ),
        _build_schedule(RELEASE, "0 2 * * *", "每日 2:00 生成版本 · releases every night"),
        _build_schedule(
            PUBLISH, "30 2 * * *", "每日 2:30 更新开放目录 · the catalogue every night, after the releases"
        ),
        _build_schedule(RESCAN, "30 3 * * *", "每日 3:30 复查已公开数据 · what is public is scanned again every night"),
        _build_schedule(DRIFT, "30 4 * * *", "每日 4:30 核对各目录 · what the catalogues serve, every night"),
        _build_schedule(ALERTS, "0 8 * * *", "每日 8:00 发送提醒 · the digests of the day"),
        _build_schedule(STAMP, "50 3 * * *", "每日 3:50 为台账加盖时间戳 · the ledger's head is stamped every night"),
        _build_schedule(FRESHNESS, "0 7 * * *", "每日 7:00 核对报送是否及时 · who is late, every morning"),
        _build_schedule(REFRESH, "0 4 * * 0", "每周日 4:00 重建分析库 · the warehouse every Sunday"),
        _build_schedule(SWEEP, "0 5 * * 0", "每周日 5:00 清理数据湖 · what killed writers left behind, every Sunday"),
    ]


def _build_schedule(job: str, cron: str, about: str) -> dg.ScheduleDefinition:
    return dg.ScheduleDefinition(
        name=f"{job}_schedule",
        job_name=job,
        cron_schedule=cron,
        execution_timezone=TIMEZONE,
        description=about,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )

"""Dagster runs in this process: `sportlake run` uses them instead of the daemon; same instance, visible in the UI.

Here: which runs a set of waiting files needs, and running them. Not here: what a run does (`assets.py`), printing
(`cli`).
"""

import os
import socket
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import dagster as dg
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG

from dagster_project.checks import GATE
from dagster_project.jobs import INBOX, PUBLISH, RELEASE, intake_job_name, published_keys
from dagster_project.partitions import (
    asset_key,
    contiguous_ranges,
    dataset_name,
    partition_key,
    partition_set_name,
    stage_name,
)
from pipelines.submissions.inbox import Arrival

# The tag with the process of a run: `<host>/<pid>`.
PROCESS_TAG = "sportlake/process"
# The command line prints its own messages; the events are in the instance.
_SILENT_RUN_CONFIG = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True)
class RunRequest:
    """One planned run: a job, its number of files, and its slices or assets."""

    job: str
    files: int = 0
    partition_range: tuple[str, str] | None = None
    keys: tuple[dg.AssetKey, ...] | None = None

    @property
    def size(self) -> int:
        """Steps of the progress bar for this run: its files, or one."""
        return max(self.files, 1)


@dataclass(frozen=True)
class RunResult:
    """Result of a run: technical failures with their steps, and the gate's objections by dataset."""

    run_id: str
    steps: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    objections: dict[str, str] = field(default_factory=dict)


def plan_intake_requests(instance: dg.DagsterInstance, waiting: Sequence[Arrival]) -> list[RunRequest]:
    """Returns the runs for all waiting files, in processing order; registers their partitions in the instance."""
    misnamed = sum(arrival.slice is None for arrival in waiting)
    pieces = [RunRequest(INBOX, files=misnamed)] if waiting else []
    slices: dict[str, list[str]] = {}
    for arrival in waiting:
        if arrival.slice is not None:
            slices.setdefault(arrival.slice.dataset, []).append(partition_key(arrival.slice))
    for dataset, wanted in slices.items():
        instance.add_dynamic_partitions(partition_set_name(dataset), list(dict.fromkeys(wanted)))
        known = instance.get_dynamic_partitions(partition_set_name(dataset))
        for first, last in contiguous_ranges(known, set(wanted)):
            inside = set(known[known.index(first) : known.index(last) + 1])
            files = sum(key in inside for key in wanted)
            pieces.append(RunRequest(intake_job_name(dataset), files=files, partition_range=(first, last)))
    return pieces


def build_release_request(datasets: Collection[str]) -> RunRequest:
    """Returns the run that takes those datasets through the gate."""
    return RunRequest(
        RELEASE, keys=tuple(asset_key(name, stage) for name in datasets for stage in ("candidate", "release"))
    )


def build_publish_request(datasets: Collection[str], catalogues: Sequence[str]) -> RunRequest:
    """Returns the run that updates those catalogues, and the warehouse to the newest releases."""
    return RunRequest(PUBLISH, keys=(*published_keys(datasets, catalogues), dg.AssetKey("warehouse")))


def execute_run(defs: dg.Definitions, instance: dg.DagsterInstance, piece: RunRequest) -> RunResult:
    """Runs it in this process. A failure is returned, not raised: earlier results stay, the next run continues."""
    tags = {PROCESS_TAG: _process_label()}
    if piece.partition_range:
        tags |= {
            ASSET_PARTITION_RANGE_START_TAG: piece.partition_range[0],
            ASSET_PARTITION_RANGE_END_TAG: piece.partition_range[1],
        }
    result = defs.resolve_job_def(piece.job).execute_in_process(
        instance=instance,
        tags=tags,
        run_config=_SILENT_RUN_CONFIG,
        asset_selection=piece.keys,
        raise_on_error=False,
    )
    objections = {
        dataset_name(check.asset_key): check.description or ""
        for check in result.get_asset_check_evaluations()
        if check.check_name == GATE and not check.passed and check.severity is dg.AssetCheckSeverity.ERROR
    }
    steps = tuple(event.step_key or "" for event in result.get_step_failure_events())
    return RunResult(
        run_id=result.run_id, steps=steps, failures=_failure_messages(result, objections), objections=objections
    )


def fail_abandoned_runs(instance: dg.DagsterInstance) -> int:
    """Marks runs whose process was killed as failed, since they would fill the queue for ever; returns how many."""
    host = socket.gethostname()
    unfinished = dg.RunsFilter(
        statuses=[dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]
    )
    abandoned = []
    for run in instance.get_runs(filters=unfinished):
        there, _, number = run.tags.get(PROCESS_TAG, "").rpartition("/")
        if there == host and not _is_alive(int(number)):
            instance.report_run_failed(
                run, "进程已中断，再次运行即可继续。 The process was killed; the next run goes on from there."
            )
            abandoned.append(run)
    return len(abandoned)


def _process_label() -> str:
    return f"{socket.gethostname()}/{os.getpid()}"


def _is_alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _failure_messages(result: dg.ExecuteInProcessResult, objections: Collection[str]) -> tuple[str, ...]:
    """Returns the message of each failed step; candidates stopped by the gate are no technical failure."""
    told = []
    for event in result.get_step_failure_events():
        step = dg.AssetKey(event.step_key or "")
        if stage_name(step) == "candidate" and dataset_name(step) in objections:
            continue
        error = event.step_failure_data.error
        root = error.cause or error if error else None
        told.append(f"{event.step_key}: {root.message.strip() if root else event.message}")
    return tuple(told)

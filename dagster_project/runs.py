"""Dagster runs in this process: `sportlake run` uses them instead of the daemon; same instance, visible in the UI.

Here: which runs a set of waiting files needs, and running them. Not here: what a run does (`assets.py`), printing
(`cli`).
"""

import os
import signal
import socket
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg
from dagster._core.errors import DagsterExecutionInterruptedError
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG

from dagster_project.asset_jobs import FILE_TAG, INBOX, PUBLISH, RELEASE, intake_job_name, published_keys
from dagster_project.checks import GATE
from dagster_project.instance import PROCESS_TAG, SAMPLE_REVIEW_TAG
from dagster_project.partitions import (
    asset_key,
    contiguous_ranges,
    dataset_name,
    partition_key,
    partition_set_name,
    stage_name,
)
from pipelines.submissions.inbox.inbox import Arrival

if TYPE_CHECKING:
    from dagster_shared.error import SerializableErrorInfo

# The tag of a run names this many of its files.
_NAMED = 3
# The command line prints its own messages; the events are in the instance.
_SILENT_RUN_CONFIG = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}

_INTERRUPTIONS = frozenset({KeyboardInterrupt.__name__, DagsterExecutionInterruptedError.__name__})


@dataclass(frozen=True)
class RunRequest:
    """One planned run: a job, its datasets and catalogues, its number of files with their names, and its slices or assets."""

    job: str
    datasets: tuple[str, ...] = ()
    catalogues: tuple[str, ...] = ()
    files: int = 0
    names: tuple[str, ...] = ()
    partition_range: tuple[str, str] | None = None
    keys: tuple[dg.AssetKey, ...] | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Steps of the progress bar for this run: its files, or one."""
        return max(self.files, 1)


@dataclass(frozen=True)
class RunResult:
    """Result of a run: technical failures with their steps, the gate's objections by dataset, and how many entries each catalogue changed."""

    run_id: str
    steps: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    objections: dict[str, str] = field(default_factory=dict)
    changed: Mapping[str, int] = field(default_factory=dict)


def plan_intake_requests(instance: dg.DagsterInstance, waiting: Sequence[Arrival]) -> list[RunRequest]:
    """Returns the runs for all waiting files, in processing order; registers their partitions in the instance."""
    misnamed = tuple(Path(arrival.place).name for arrival in waiting if arrival.slice is None)
    pieces = [RunRequest(INBOX, files=len(misnamed), names=misnamed)] if waiting else []
    slices: dict[str, list[tuple[str, str]]] = {}
    for arrival in waiting:
        if arrival.slice is not None:
            named = (partition_key(arrival.slice), Path(arrival.place).name)
            slices.setdefault(arrival.slice.dataset, []).append(named)
    for dataset, found in slices.items():
        wanted = [key for key, _ in found]
        instance.add_dynamic_partitions(partition_set_name(dataset), list(dict.fromkeys(wanted)))
        known = instance.get_dynamic_partitions(partition_set_name(dataset))
        for first, last in contiguous_ranges(known, set(wanted)):
            inside = set(known[known.index(first) : known.index(last) + 1])
            names = tuple(name for key, name in found if key in inside)
            pieces.append(
                RunRequest(
                    intake_job_name(dataset),
                    datasets=(dataset,),
                    files=len(names),
                    names=names,
                    partition_range=(first, last),
                )
            )
    return pieces


def build_release_request(datasets: Collection[str], *, sample_review: bool = False) -> RunRequest:
    """Returns the run that takes those datasets through the gate; with `sample_review` the sample's people decide in it."""
    keys = tuple(asset_key(name, stage) for name in datasets for stage in ("candidate", "release"))
    tags = {SAMPLE_REVIEW_TAG: "yes"} if sample_review else {}
    return RunRequest(RELEASE, datasets=tuple(datasets), keys=keys, tags=tags)


def build_publish_request(
    datasets: Collection[str], catalogues: Sequence[str], *, with_warehouse: bool = True
) -> RunRequest:
    """Returns the run that updates those catalogues, and the warehouse to the newest releases unless it is to be left alone."""
    warehouse = (dg.AssetKey("warehouse"),) if with_warehouse else ()
    return RunRequest(
        PUBLISH,
        datasets=tuple(datasets),
        catalogues=tuple(catalogues),
        keys=(*published_keys(datasets, catalogues), *warehouse),
    )


def execute_run(defs: dg.Definitions, instance: dg.DagsterInstance, piece: RunRequest) -> RunResult:
    """Runs it in this process. A failure is returned, not raised: earlier results stay, the next run continues.

    Raises KeyboardInterrupt if the run was interrupted, which Dagster takes for a failure of its step.
    """
    tags = {PROCESS_TAG: _process_label(), **piece.tags, **name_files(piece.names)}
    if piece.partition_range:
        tags |= {
            ASSET_PARTITION_RANGE_START_TAG: piece.partition_range[0],
            ASSET_PARTITION_RANGE_END_TAG: piece.partition_range[1],
        }
    with _keep_terminable():
        result = defs.resolve_job_def(piece.job).execute_in_process(
            instance=instance,
            tags=tags,
            run_config=_SILENT_RUN_CONFIG,
            asset_selection=piece.keys,
            raise_on_error=False,
        )
    if any(_is_interruption(event.step_failure_data.error) for event in result.get_step_failure_events()):
        raise KeyboardInterrupt
    objections = {
        dataset_name(check.asset_key): check.description or ""
        for check in result.get_asset_check_evaluations()
        if check.check_name == GATE and not check.passed and check.severity is dg.AssetCheckSeverity.ERROR
    }
    steps = tuple(event.step_key or "" for event in result.get_step_failure_events())
    return RunResult(
        run_id=result.run_id,
        steps=steps,
        failures=_failure_messages(result, objections),
        objections=objections,
        changed=_count_changes(result),
    )


@contextmanager
def _keep_terminable() -> Iterator[None]:
    """Keeps SIGTERM from being ignored afterwards: Dagster gives it what Ctrl+C has, and shells have that ignored in the background."""
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGTERM) is signal.SIG_IGN is not before:
            signal.signal(signal.SIGTERM, before)


def _count_changes(result: dg.ExecuteInProcessResult) -> dict[str, int]:
    """Returns how many entries each catalogue of a run changed; another command may meanwhile have made changes that were planned."""
    done = [event.step_materialization_data.materialization for event in result.get_asset_materialization_events()]
    return {
        one.asset_key.to_user_string(): sum(
            count for name in ("created", "updated", "retired") if isinstance(count := one.metadata[name].value, int)
        )
        for one in done
        if "retired" in one.metadata
    }


def _is_interruption(error: "SerializableErrorInfo | None") -> bool:
    """Whether the error, or one of its causes, is an interruption."""
    while error is not None and error.cls_name not in _INTERRUPTIONS:
        error = error.cause or error.context
    return error is not None


def name_files(names: Sequence[str]) -> dict[str, str]:
    """Returns the tag with the names of the files of a run, as they were handed in: all, or the first ones and how many more."""
    if not names:
        return {}
    shown = "、".join(names[:_NAMED])
    return {FILE_TAG: shown if len(names) <= _NAMED else f"{shown} +{len(names) - _NAMED}"}


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
    messages = []
    for event in result.get_step_failure_events():
        step = dg.AssetKey(event.step_key or "")
        if stage_name(step) == "candidate" and dataset_name(step) in objections:
            continue
        error = event.step_failure_data.error
        root = error.cause or error if error else None
        messages.append(f"{event.step_key}: {root.message.strip() if root else event.message}")
    return tuple(messages)

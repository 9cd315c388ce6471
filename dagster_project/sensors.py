"""The inbox sensor: requests a run for every new file, in an order in which the judges have their reference data.

Here: which files may be processed now, and what has been requested already (the cursor). Not here: the processing.
https://docs.dagster.io/guides/automate/sensors
"""

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition as Job

from dagster_project.asset_jobs import FILE_TAG, INBOX, intake_job_name
from dagster_project.batches import find_waiting
from dagster_project.partitions import build_partitions_def, partition_key
from dagster_project.resources import WorkspaceResource
from pipelines.submissions.inbox.inbox import Arrival
from schemas.contract import Contract

SECONDS_BETWEEN_TICKS = 30
# A tick may take 60 s in all; twenty requests are far below that and keep the queue readable.
RUNS_A_TICK = 20


def build_inbox_sensor(intakes: Sequence[Job]) -> dg.SensorDefinition:
    """Returns the sensor over the intake jobs. Runs from the start, while Dagster's daemon does."""

    @dg.sensor(
        name="inbox_sensor",
        jobs=intakes,
        minimum_interval_seconds=SECONDS_BETWEEN_TICKS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="收件夹有新文件即开始接收 · Starts the intake of every new file in the inbox.",
    )
    def watch(context: dg.SensorEvaluationContext, workspace: WorkspaceResource) -> dg.SensorResult:
        home = workspace.open_workspace()
        waiting = find_waiting(home, workspace.current_time().date()).arrivals
        requested = _read_requested_keys(context.cursor, waiting)
        ready = find_ready(home.contracts, waiting)
        fresh = [arrival for arrival in ready if _name_run(arrival) not in requested][:RUNS_A_TICK]
        return dg.SensorResult(
            run_requests=[_build_run_request(arrival) for arrival in fresh],
            dynamic_partitions_requests=_partition_requests(fresh),
            cursor=json.dumps(sorted(requested | {_name_run(arrival) for arrival in fresh})),
        )

    return watch


def find_ready(contracts: Mapping[str, Contract], waiting: Sequence[Arrival]) -> list[Arrival]:
    """Returns the files that can be processed now.

    A file is ready if nothing waits in a dataset that it refers to, and no earlier file waits for the same dataset and
    department. Misnamed files wait for nothing.
    """
    busy = {arrival.slice.dataset for arrival in waiting if arrival.slice}
    seen: set[tuple[str, str]] = set()
    found = []
    for arrival in waiting:
        if arrival.slice is None:
            found.append(arrival)
            continue
        line = (arrival.slice.dataset, arrival.slice.department)
        if line not in seen and not contracts[arrival.slice.dataset].references & busy:
            found.append(arrival)
        seen.add(line)
    return found


def _read_requested_keys(cursor: str | None, waiting: Sequence[Arrival]) -> set[str]:
    requested: Collection[str] = json.loads(cursor) if cursor else ()
    return set(requested) & {_name_run(arrival) for arrival in waiting}


def _name_run(arrival: Arrival) -> str:
    """Returns the key of a file's run: the hand-in and the file's last change, so that one file is never requested twice.

    The same bytes put into the inbox again have the same number while they stand, and Dagster starts no key twice.
    """
    return f"{arrival.number}-{arrival.changed}"


def _build_run_request(arrival: Arrival) -> dg.RunRequest:
    """Returns the run for one file."""
    tags = {FILE_TAG: Path(arrival.place).name[:60], "sha256": arrival.sha256[:12]}
    if arrival.slice is None:
        return dg.RunRequest(run_key=_name_run(arrival), job_name=INBOX, tags=tags)
    return dg.RunRequest(
        run_key=_name_run(arrival),
        job_name=intake_job_name(arrival.slice.dataset),
        partition_key=partition_key(arrival.slice),
        tags=tags,
    )


def _partition_requests(fresh: Sequence[Arrival]) -> list[dg.AddDynamicPartitionsRequest]:
    keys: dict[str, list[str]] = {}
    for arrival in fresh:
        if arrival.slice is not None:
            keys.setdefault(arrival.slice.dataset, []).append(partition_key(arrival.slice))
    return [build_partitions_def(dataset).build_add_request(sorted(set(found))) for dataset, found in keys.items()]

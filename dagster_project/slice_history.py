"""Dagster's record of single slices, kept in line with the outcome of their newest hand-in.

A partition of `<dataset>_accepted` is materialized while the newest hand-in of its slice is accepted and not retracted; if it was sent
back, the earlier materialization is wiped (it stays in the log of its run). Decisions made outside of a run are reported here as runless
events. Not here: the events of a run (`assets.py`), what stands (`warehouse/lake/standing.py`).
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from typing import TypeAlias

import dagster as dg

from dagster_project import checks, metadata
from dagster_project.event_log import OpenEventLog
from dagster_project.partitions import asset_key, partition_key, partition_set_name
from pipelines.submissions.receipts.receipt import Receipt
from pipelines.submissions.receipts.receipt_files import read_receipt
from pipelines.submissions.timeliness import find_sent_back
from pipelines.workspace import Workspace
from quality.verdict import Outcome
from schemas.slices import SliceKey
from warehouse.lake.standing import is_retracted, list_hand_ins

SliceEvent: TypeAlias = dg.AssetMaterialization | dg.AssetObservation | dg.AssetCheckEvaluation
TAKEN: frozenset[Outcome] = frozenset({"accept", "hold_back"})


def forget_partition(instance: dg.DagsterInstance, key: dg.AssetKey, partition: str) -> None:
    """Makes Dagster forget that a partition was materialized; nothing if it never was.

    Storages other than ours (`event_log.py`) may not support this; then only the failed check shows that the file was sent back.
    """
    wanted = dg.AssetRecordsFilter(asset_key=key, asset_partitions=[partition])
    if instance.fetch_materializations(wanted, limit=1).records:
        with suppress(NotImplementedError):
            instance.wipe_asset_partitions(key, [partition])


def build_slice_events(
    instance: dg.DagsterInstance,
    workspace: Workspace,
    key: dg.AssetKey,
    partition: str,
    receipts: Sequence[Receipt],
    port: int,
    checked: str | None,
) -> Iterator[SliceEvent]:
    """Yields the events to report for a slice: a materialization if its newest file was accepted, otherwise an observation, and no materialization any more.

    `receipts`: receipts of the hand-ins to report, earliest first. The judges' results are those of the newest one; they are reported for
    the partition `checked`, or for the whole asset if it is None.
    """
    taken = receipts[-1].outcome in TAKEN
    if not taken:
        forget_partition(instance, key, partition)
    event = dg.AssetMaterialization if taken else dg.AssetObservation
    yield event(asset_key=key, partition=partition, metadata=metadata.receipt_metadata(workspace, receipts, port))
    for result in checks.build_judge_check_results(receipts[-1:], port):
        yield checks.build_evaluation(instance, key, result, checked)


def report_slices(instance: dg.DagsterInstance, workspace: Workspace, slices: Collection[SliceKey], port: int) -> None:
    """Reports what became of slices outside of a run: their partitions, the checks of files, and the tables."""
    for slice_ in slices:
        _report_partition(instance, workspace, slice_, port)
    for dataset in dict.fromkeys(slice_.dataset for slice_ in slices):
        key = asset_key(dataset, "accepted")
        result = checks.build_files_check_result(find_sent_back(workspace, dataset), port)
        instance.report_runless_asset_event(checks.build_evaluation(instance, key, result))
        described = metadata.table_metadata(workspace, workspace.contracts[dataset])
        table = asset_key(dataset, "table")
        instance.report_runless_asset_event(dg.AssetMaterialization(asset_key=table, metadata=described))


def _report_partition(instance: dg.DagsterInstance, workspace: Workspace, slice_: SliceKey, port: int) -> None:
    key, partition = asset_key(slice_.dataset, "accepted"), partition_key(slice_)
    instance.add_dynamic_partitions(partition_set_name(slice_.dataset), [partition])
    newest = _find_newest(workspace, slice_)
    if newest is None:
        forget_partition(instance, key, partition)
        return
    # Another storage takes only one result without a run for each partition.
    checked = partition if isinstance(instance.event_log_storage, OpenEventLog) else None
    for event in build_slice_events(instance, workspace, key, partition, [newest], port, checked):
        instance.report_runless_asset_event(event)


def _find_newest(workspace: Workspace, slice_: SliceKey) -> Receipt | None:
    """Returns the receipt of the newest hand-in that was not taken back; None if there is none."""
    numbers = (entry.facts["number"] for entry in reversed(list_hand_ins(workspace.ledger, str(slice_))))
    newest = next((number for number in numbers if not is_retracted(workspace.ledger, number)), None)
    return read_receipt(workspace, newest) if newest else None

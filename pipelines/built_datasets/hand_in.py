"""Handing in what the platform builds: the rows go to the inbox as a file of the dataset's owner, and then the way of every file.

Each build is an entry `build` in the ledger: slice, hash of the file, hash of its inputs. It is written before the file, so a file of such
a dataset that has no entry was made by somebody else, and is refused. A build whose file was lost to a kill is made again. Not here:
the rows (`query.py`), intake.

A build is undone as any hand-in: `sportlake retract`. It is not made again until one of its inputs changes.
"""

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from functools import cache, partial
from typing import NamedTuple

import pyarrow as pa

from pipelines.built_datasets.platform_tables import read_platform_table
from pipelines.built_datasets.query import build_rows, read_inputs, write_csv
from pipelines.submissions.inbox.deposit import deposit_file, find_target
from pipelines.submissions.inbox.inbox import Arrival
from pipelines.workspace import Workspace
from quality.findings import Finding
from schemas.built import PlatformTable
from schemas.contract import Contract
from schemas.execution.temporary_folders import open_temporary_folder
from schemas.slices import SliceKey, containing_period
from schemas.text import Text
from warehouse.atomic_files import hold_lock
from warehouse.lake.standing import list_hand_ins


class BuildResult(NamedTuple):
    """What a build of one slice gave: its rows, and the file in the inbox; no file if there are no rows, or the same as before."""

    slice: SliceKey
    rows: int
    arrival: Arrival | None


def list_built_contracts(workspace: Workspace) -> list[Contract]:
    """Returns the contracts of the datasets that the platform builds, each after those that it is built from."""
    return [contract for contract in workspace.contracts.values() if contract.policy.built is not None]


def build_datasets(workspace: Workspace, now: datetime) -> list[BuildResult]:
    """Builds every dataset whose inputs changed since its last build and puts the files into the inbox.

    One that is built from another built dataset sees its rows once they are taken in: call it again then. Raises ContractError if a
    query does not run.
    """
    with hold_lock(workspace.layout.dagster / ".built.lock"):
        read_table = cache(partial(read_platform_table, workspace, on=now.date()))
        built = (_build_one(workspace, contract, now, read_table) for contract in list_built_contracts(workspace))
        return [one for one in built if one is not None]


def find_foreign_file(workspace: Workspace, contract: Contract, slice_: SliceKey, sha256: str) -> Finding | None:
    """Returns the finding that somebody handed in a file of a dataset that the platform builds; None for other files."""
    if contract.policy.built is None or workspace.ledger.find_entry("build", {"slice": str(slice_), "sha256": sha256}):
        return None
    return Finding(
        judge="table",
        type="built-by-platform",
        severity="error",
        message=Text(
            zh=f"“{contract.title.zh}”由平台从其他数据集生成，不需报送",
            en=f"{contract.title.en} is built by the platform from other datasets; nobody hands it in",
        ),
        mend=Text(
            zh="如有错误，请更正来源数据集后重新报送来源数据集",
            en="if something is wrong in it, correct the dataset that it comes from and hand that in again",
        ),
    )


def _build_one(
    workspace: Workspace, contract: Contract, now: datetime, read_table: Callable[[PlatformTable], pa.Table]
) -> BuildResult | None:
    """Returns what a build gave; None where the inputs are those of the last build, and its file has arrived."""
    built, today = contract.policy.built, now.date()
    if built is None:
        return None
    period = containing_period(contract.policy.slice.period, today)
    slice_ = SliceKey(dataset=contract.name, department=contract.policy.owner, period=period)
    inputs = read_inputs(workspace, built, period, today, read_table)
    digest, newest = inputs.hash_inputs(contract, built), workspace.ledger.find_newest("build", "slice", str(slice_), 1)
    last = newest[0].facts if newest else {}
    arrived, is_same = _is_received(workspace, slice_, last.get("sha256")), last.get("inputs") == digest
    if arrived and is_same:
        return None
    rows = build_rows(workspace, contract, built, inputs)
    content = write_csv(contract, rows)
    sha256 = hashlib.sha256(content).hexdigest()
    if rows and not is_same:
        facts = {
            "dataset": contract.name,
            "slice": str(slice_),
            "sha256": sha256,
            "inputs": digest,
            "rows": len(rows),
            "sources": dict(inputs.versions),
        }
        workspace.ledger.append_entry("build", now=now, actor=workspace.actor, reason="inputs changed", facts=facts)
    is_new = bool(rows) and not (arrived and last.get("sha256") == sha256)
    return BuildResult(slice_, len(rows), _deposit(workspace, slice_, content, today) if is_new else None)


def _is_received(workspace: Workspace, slice_: SliceKey, sha256: str | None) -> bool:
    return any(entry.facts["sha256"] == sha256 for entry in list_hand_ins(workspace.ledger, str(slice_)))


def _deposit(workspace: Workspace, slice_: SliceKey, content: bytes, on: date) -> Arrival:
    target = find_target(workspace, slice_.dataset, slice_.department, slice_.period, on)
    with open_temporary_folder() as folder:
        file = folder / f"{slice_.dataset}.csv"
        file.write_bytes(content)
        return deposit_file(workspace, file, target, on, complete=True)

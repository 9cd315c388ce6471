"""The rows of a candidate as they would be released: made once from the lake, scanned by the gate on the way, and cached while nothing changes.

The cache holds the Parquet file, the counts and the findings, in `lake/_candidates/<dataset>-<inputs>`. `<inputs>` is a digest of
everything that the rows depend on: the parts of the lake (whose names are hashes of their bytes), the contract, code lists, departments,
entries of the negative list in force, code and libraries. So approving and releasing an unchanged candidate reads no rows again. It is
only a cache: files that are missing or damaged are made again, and a release checks its rows against the digest that was approved. It
holds cells, so an erasure removes it (`pipelines/erasure`). Not here: the gate's objections (`release.py`), the file itself
(`warehouse/releases/release_rows.py`).
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
from pydantic import ValidationError

from pipelines.review.disputes import HeldOutRows, hold_out_disputed
from pipelines.workspace import Workspace
from quality.row_scan import RowScan, RowScanner
from schemas.codelists import CodeList
from schemas.contract import SLICE_COLUMNS, Contract
from schemas.execution.temporary_folders import make_temporary_folder
from schemas.frozen_model import FrozenModel
from schemas.negative_list import NegativeEntry, select_entries
from warehouse.atomic_files import hold_lock, make_folder, write_atomically
from warehouse.layout import require_safe_name
from warehouse.releases.contents import list_versions
from warehouse.releases.hashed_files import MeasuredFolder
from warehouse.releases.package import select_public_codelists
from warehouse.releases.release_rows import CountedRows, ReleaseRows, write_release_rows
from warehouse.releases.withholding import add_records, withhold_values

KEPT = 2
"""Candidates of a dataset that are kept: the newest, and the one before for whoever is still at it."""


class FoundRows(FrozenModel):
    """What is known of a candidate's rows: counts, what the search found, disputed rows held out, cells withheld."""

    inputs: str
    counted: CountedRows
    scan: RowScan
    held_out: HeldOutRows
    withheld: Mapping[str, Any]


@dataclass(frozen=True)
class CandidateRows:
    """The rows, and what is known of them."""

    release: ReleaseRows
    found: FoundRows


def read_candidate_rows(workspace: Workspace, contract: Contract, version: int, on: date | None) -> CandidateRows:
    """Returns the rows of the candidate as of a version of the lake, from the cache if the inputs are the same.

    Where the installation may only be read they are in a temporary folder until the process ends.

    `on`: the day that decides which entries of the negative list are in force; None: all of them.
    """
    entries = select_entries(workspace.negative_list, contract.name, on)
    inputs = _hash_inputs(workspace, contract, version, entries)
    folder, name = workspace.layout.candidates_folder, f"{require_safe_name(contract.name)}-{inputs[:16]}"
    kept = _read_kept(folder, name, inputs)
    if kept is not None:
        return kept
    make = partial(_make_rows, workspace, contract, version, entries, inputs)
    try:
        make_folder(folder)
        with hold_lock(folder / f".{contract.name}.lock"):
            return _read_kept(folder, name, inputs) or _keep_rows(make, folder, name, contract.name)
    except PermissionError:
        return CandidateRows(*make(make_temporary_folder()))


def _keep_rows(
    make: Callable[[Path], tuple[ReleaseRows, FoundRows]], folder: Path, name: str, dataset: str
) -> CandidateRows:
    """Makes the rows and puts them into the cache, after removing leftovers of killed runs; the caller holds the lock of the dataset."""
    for left in folder.glob(f".{dataset}-making-*"):
        shutil.rmtree(left)
    with TemporaryDirectory(dir=folder, prefix=f".{dataset}-making-") as aside:
        made, found = make(Path(aside))
        made.parquet.replace(folder / f"{name}.parquet")
    write_atomically(folder / f"{name}.json", found.model_dump_json())
    _remove_older(folder, dataset)
    return CandidateRows(made._replace(parquet=folder / f"{name}.parquet"), found)


def _make_rows(
    workspace: Workspace,
    contract: Contract,
    version: int,
    entries: tuple[NegativeEntry, ...],
    inputs: str,
    folder: Path,
) -> tuple[ReleaseRows, FoundRows]:
    columns = [field.name for field in contract.public_fields()] + list(SLICE_COLUMNS)
    scanner, held, record = RowScanner(contract, columns, entries), HeldOutRows(), dict[str, Any]()

    def take_rows() -> Iterator[pa.Table]:
        nonlocal held, record
        for part in _keep_keys_together(workspace.lake.read_sorted(contract, version), contract):
            disputed = hold_out_disputed(contract, part)
            shown, withheld = withhold_values(disputed.kept, contract)
            held, record = held.add_rows(disputed), add_records(record, withheld)
            yield shown

    parquet = folder / f"{contract.name}.parquet"
    made = write_release_rows(take_rows(), parquet, contract, workspace.codelists, workspace.departments, scanner)
    found = FoundRows(inputs=inputs, counted=made.counted, scan=scanner.read_scan(), held_out=held, withheld=record)
    return made, found


def _keep_keys_together(parts: Iterator[pa.Table], contract: Contract) -> Iterator[pa.Table]:
    """Yields the sorted rows in batches, cut so that all rows of one key are in the same batch."""
    waiting: pa.Table | None = None
    for part in parts:
        if waiting is not None and part.num_rows and waiting.num_rows:
            if _read_key(waiting, -1, contract) == _read_key(part, 0, contract):
                part = pa.concat_tables([waiting, part]).unify_dictionaries().combine_chunks()  # noqa: PLW2901
            else:
                yield waiting
        waiting = part if waiting is None or part.num_rows else waiting
    if waiting is not None:
        yield waiting


def _read_key(rows: pa.Table, at: int, contract: Contract) -> tuple[Any, ...]:
    return tuple(rows.column(name)[at].as_py() for name in contract.primary_key if name in rows.column_names)


def _hash_inputs(workspace: Workspace, contract: Contract, version: int, entries: tuple[NegativeEntry, ...]) -> str:
    inputs = {
        "parts": [part.path for part in workspace.lake.list_standing_parts(contract, version)],
        "versions": list_versions(contract),
        "codelists": [one.model_dump(mode="json") for one in _list_codelists(workspace, contract)],
        "departments": {code: one.model_dump(mode="json") for code, one in workspace.departments.items()},
        "negative_list": [one.model_dump(mode="json") for one in entries],
    }
    return hashlib.sha256(json.dumps(inputs, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _list_codelists(workspace: Workspace, contract: Contract) -> list[CodeList]:
    """Returns the code lists of public fields, whether a rule or only a label asks for them."""
    named = {field.policy.codelist for field in contract.public_fields()} - {None}
    public = select_public_codelists(contract, workspace.codelists)
    return [workspace.codelists[name] for name in sorted({*public, *(str(name) for name in named)})]


def _read_kept(folder: Path, name: str, inputs: str) -> CandidateRows | None:
    """Returns the cached rows of that name; None if they are of other inputs, or if the file is not the one that was counted."""
    try:
        found = FoundRows.model_validate_json((folder / f"{name}.json").read_bytes())
        measured = MeasuredFolder(folder, {}).measure_file(f"{name}.parquet")
    except (OSError, ValidationError):
        return None
    if found.inputs != inputs or measured != found.counted.file:
        return None
    return CandidateRows(ReleaseRows(folder / f"{name}.parquet", found.counted), found)


def _remove_older(folder: Path, dataset: str) -> None:
    """Deletes the cached rows of the dataset except the newest; the caller holds the lock of the dataset."""
    names = [path for path in folder.glob(f"{dataset}-*.json") if len(path.stem) == len(dataset) + 17]
    for path in sorted(names, key=os.path.getmtime, reverse=True)[KEPT:]:
        path.with_suffix(".parquet").unlink(missing_ok=True)
        path.unlink()

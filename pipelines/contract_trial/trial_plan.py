"""What a contract is tried on: the originals of all hand-ins of its dataset, and what a worker needs to judge them.

A worker may be another process or another machine: it gets absolute paths, the text of the contract, and hashes by which it can tell that
it has the same contracts and the same code. Not here: the judging (`trial_verdict.py`).
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from pipelines.workspace import Workspace
from schemas.contract import Contract, find_contract, read_contract
from schemas.departments import find_department
from schemas.errors import UsageError
from schemas.execution.code_version import read_code_version
from schemas.slices import SliceKey, parse_slice
from schemas.text import Text
from warehouse.lake.standing import list_hand_ins, open_hand_in_index

LEAST_IN_CHUNK, MOST_CHUNKS = 8, 64
"""Each chunk of originals copies the ledger and links the submissions before it, some seconds of ten thousand: few of them, but enough for many workers."""


class TrialPlan(NamedTuple):
    """The same for all units: the installation, its contracts, and the contract that is tried. Paths are absolute.

    `contracts_hash`: of the contracts in force (`hash_contracts`); `code_version`: of the code that plans (`read_code_version`).
    """

    home: str
    actor: str
    contracts: str
    contracts_hash: str
    code_version: str
    file: str
    text: str


class TrialUnit(NamedTuple):
    """The original of one submission, as it was judged last. `numbers`: of all its judgements, the last one first; `seq`: the ledger's entry of that verdict."""

    numbers: tuple[str, ...]
    department: str
    period: str
    seq: int

    @property
    def number(self) -> str:
        """The number of the last judgement."""
        return self.numbers[0]


def plan_trial(workspace: Workspace, contracts: Path, dataset: str, file: Path) -> TrialPlan:
    """Returns the plan to try the contract in `file` on a dataset; `contracts`: the folder of those in force.

    Raises UsageError for an unknown dataset, a file that is not there or the contract in force, ContractError if the contract is wrong.
    """
    current, fresh = find_contract(workspace.contracts, dataset), read_given_contract(dataset, file)
    if fresh.digest == current.digest:
        raise UsageError(
            Text(
                zh=f"{file.name} 与现行数据规范 {current.version} 相同；按现行规范重新判定请去掉 --contract，或加 --apply",
                en=f"{file.name} is the contract in force ({current.version}); leave --contract out to judge by it again, or add --apply",
            )
        )
    return make_plan(workspace, contracts, file)


def read_given_contract(dataset: str, file: Path) -> Contract:
    """Returns the contract in a file. UsageError if it is not there or of another dataset, ContractError if it is wrong."""
    if not file.is_file():
        raise UsageError(Text(zh=f"找不到文件 {file}，请检查路径", en=f"there is no file {file}; check the path"))
    fresh = read_contract(file)
    if fresh.name != dataset:
        raise UsageError(
            Text(
                zh=f"{file.name} 是数据集 {fresh.name} 的数据规范，不是 {dataset} 的",
                en=f"{file.name} is the contract of {fresh.name}, not of {dataset}",
            )
        )
    return fresh


def make_plan(workspace: Workspace, contracts: Path, file: Path) -> TrialPlan:
    """Returns the plan for the contract in `file`, whatever it says; `contracts` as in `plan_trial`."""
    return TrialPlan(
        home=str(workspace.layout.home.resolve()),
        actor=workspace.actor,
        contracts=str(contracts.resolve()),
        contracts_hash=hash_contracts(workspace.contracts),
        code_version=read_code_version(),
        file=file.name,
        text=file.read_text(encoding="utf-8"),
    )


def list_trial_units(workspace: Workspace, dataset: str, department: str | None = None) -> list[TrialUnit]:
    """Returns every original that was handed in for a dataset and has a verdict, in the order of the verdicts.

    All judgements of one hand-in are one unit. Hand-ins without a slice, or without a verdict yet, are left out. UsageError for an
    unknown department.
    """
    if department is not None:
        find_department(workspace.departments, department)
    units: list[TrialUnit] = []
    for place in open_hand_in_index(workspace.ledger).list_places():
        if place.partition("/")[0] == dataset and place.count("/") == 2:  # noqa: PLR2004 - dataset/department/period
            slice_ = parse_slice(place)
            if department in {None, slice_.department}:
                units += _list_originals(workspace, place, slice_)
    return sorted(units, key=lambda unit: unit.seq)


def cut_chunks(units: Sequence[TrialUnit]) -> list[tuple[TrialUnit, ...]]:
    """Returns the units in chunks of successive verdicts; the past state has to be built once for each chunk."""
    size = max(LEAST_IN_CHUNK, -(-len(units) // MOST_CHUNKS))
    return [tuple(units[start : start + size]) for start in range(0, len(units), size)]


def hash_contracts(contracts: Mapping[str, Contract]) -> str:
    """Returns the SHA-256 (hex) over the names and digests of contracts."""
    lines = "".join(f"{name} {contracts[name].digest}\n" for name in sorted(contracts))
    return hashlib.sha256(lines.encode()).hexdigest()


def _list_originals(workspace: Workspace, place: str, slice_: SliceKey) -> Iterator[TrialUnit]:
    judged: dict[str, TrialUnit] = {}
    for entry in list_hand_ins(workspace.ledger, place):
        number, rejudged = entry.facts["number"], entry.facts.get("rejudges", "")
        if verdicts := workspace.ledger.find_entries("verdict", "number", number):
            before = judged.pop(rejudged, None)
            numbers = (number, *(before.numbers if before else ()))
            judged[number] = TrialUnit(numbers, slice_.department, slice_.period, verdicts[-1].seq)
    yield from judged.values()

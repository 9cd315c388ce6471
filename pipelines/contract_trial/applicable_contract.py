"""Whether a contract may be applied to what stands: it is in force, and the version after those by which that was judged.

A contract is put in force by its file in the folder of contracts, on every machine, and by nothing else. Not here: applying it
(`contract_rejudgement.py`), which version a change asks for (`schemas/evolution.py`).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from pipelines.contract_trial.trial_plan import read_given_contract
from pipelines.submissions.receipts.receipt_files import read_receipt
from pipelines.workspace import Workspace
from schemas.contract import Contract, find_contract
from schemas.errors import UsageError
from schemas.evolution import compare_contracts, is_version_sufficient, parse_version, required_version
from schemas.text import Text


class ContractVersion(NamedTuple):
    """A contract by which something was judged: its number, and its hash (`Contract.digest`), "" on old receipts that do not say it."""

    version: str
    sha256: str


def find_applicable(workspace: Workspace, folder: Path, dataset: str, file: Path, numbers: Sequence[str]) -> Contract:
    """Returns the contract in `file`, which is in force. `folder`: of the contracts; `numbers`: of what it would judge again.

    UsageError, which says what to do, if it is not in force, if its version is not higher than those by which hand-ins were judged, or if
    another contract of the same version was used before. A contract by which the dataset was judged before may come back under its own
    number.
    """
    current, fresh = find_contract(workspace.contracts, dataset), read_given_contract(dataset, file)
    before = list_contracts_before(workspace, fresh, numbers)
    known = fresh.digest in _list_known(workspace, dataset, numbers)
    if fresh.digest != current.digest:
        if not known and (least := find_required_version(workspace, fresh, numbers)) is not None:
            raise _low_number_error(fresh, current, file, least)
        raise _not_in_force_error(fresh, current, file, folder)
    for one in before:
        if one.version == fresh.version and one.sha256:
            raise _number_twice_error(fresh, one)
        if not known and parse_version(one.version) > parse_version(fresh.version):
            raise _older_error(fresh, one)
    return fresh


def find_required_version(workspace: Workspace, fresh: Contract, numbers: Sequence[str]) -> str | None:
    """Returns the lowest number that the changes of a contract ask for, beside the one in force, if its own is lower; None if it will do.

    It can only be told before the contract is in force: its file replaces the old one. `numbers`: as in `find_applicable`.
    """
    current = find_contract(workspace.contracts, fresh.name)
    if fresh.digest in _list_known(workspace, fresh.name, numbers):
        return None
    found = compare_contracts(current, fresh)
    is_later = parse_version(fresh.version) > parse_version(current.version)
    return (
        None if is_later and is_version_sufficient(current, fresh, found) else required_version(current.version, found)
    )


def list_contracts_before(workspace: Workspace, contract: Contract, numbers: Sequence[str]) -> list[ContractVersion]:
    """Returns the other contracts of receipts, the lowest number first, each once."""
    receipts = (read_receipt(workspace, number) for number in numbers)
    found = {ContractVersion(one.contract_version or "0.0.0", one.contract_hash or "") for one in receipts}
    others = (one for one in found if one.sha256 != contract.digest)
    return sorted(others, key=lambda one: (parse_version(one.version), one.sha256))


def _list_known(workspace: Workspace, dataset: str, numbers: Sequence[str]) -> set[str]:
    """Returns the hashes of the contracts by which something was judged, by receipts and by what was applied before."""
    known = {read_receipt(workspace, number).contract_hash or "" for number in numbers}
    for entry in workspace.ledger.find_entries("contract_rejudgement", "dataset", dataset):
        known |= {entry.facts["contract"]["sha256"], *(one["sha256"] for one in entry.facts["before"])}
    return known


def _low_number_error(fresh: Contract, current: Contract, file: Path, least: str) -> UsageError:
    return UsageError(
        Text(
            zh=f"{file.name} 的版本号 {fresh.version} 过低：现行为 {current.version}，这些改动要求高于它，且不低于 {least}；请改版本号后重新试判",
            en=f"{file.name} has the version {fresh.version}, too low: {current.version} is in force, and the changes ask for a higher one, {least} at least; raise it and try again",
        )
    )


def _not_in_force_error(fresh: Contract, current: Contract, file: Path, folder: Path) -> UsageError:
    target = folder / f"{fresh.name}.yaml"
    return UsageError(
        Text(
            zh=f"{file.name}（{fresh.version}）尚未生效，现行为 {current.version}；请先在每台主机上放入 {target}，重启 Dagster，再运行同一命令",
            en=f"{file.name} ({fresh.version}) is not in force, {current.version} is: put it into {target} on every machine, start Dagster anew, then give the same command again",
        )
    )


def _number_twice_error(fresh: Contract, before: ContractVersion) -> UsageError:
    return UsageError(
        Text(
            zh=f"{fresh.name} {fresh.version} 已是另一份规范的版本号（{before.sha256[:16]}，现为 {fresh.digest[:16]}）；请提高版本号",
            en=f"{fresh.name} {fresh.version} is the number of another contract, by which receipts were made ({before.sha256[:16]}, now {fresh.digest[:16]}); raise the version",
        )
    )


def _older_error(fresh: Contract, before: ContractVersion) -> UsageError:
    return UsageError(
        Text(
            zh=f"已按 {fresh.name} {before.version} 判定过，{fresh.version} 不是其后的版本，也不是以前用过的规范；请提高版本号",
            en=f"what stands was judged by {fresh.name} {before.version}; {fresh.version} is neither a version after it nor a contract that was used before; raise the version",
        )
    )

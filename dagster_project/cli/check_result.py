"""The result of `sportlake check`: a file validated against a contract, or conformed to any Frictionless descriptor.

Writes nothing; a file or contract that cannot be used gives a verdict, not an error. Not here: arguments, exit codes, printing
(`check.py`).
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from quality.findings import Finding, count_by_type
from quality.verdict import Outcome
from schemas.errors import ContractError, EngineError, SportlakeError, UnreadableFile, UsageError
from schemas.text import Text

if TYPE_CHECKING:
    from dagster_project.settings import Settings
    from pipelines.submissions.finding_words import FindingWords
    from pipelines.submissions.proposals.accepted_proposals import AcceptedProposal
    from pipelines.workspace import Workspace
    from quality.brief_findings import UnlistedFindings
    from schemas.contract import Contract
    from schemas.execution.engine import Engine
    from schemas.slices import SliceKey

# In bytes. A descriptor has a few kilobytes; YAML of many megabytes is an attack on its parser.
LARGEST_DESCRIPTOR = 4 * 1024 * 1024
LEAST_IN_RANGES = 1 << 20
"""Bytes of a file below which it is never cut, whatever the settings say: the same as the least that they may say."""


class CheckReport(NamedTuple):
    """Result for one file; `findings` in the order of the judges, `unlisted` those that were not made. `format` and `encoding` are None if the file was not read."""

    verdict: Outcome
    findings: tuple[Finding, ...]
    sha256: str | None = None
    format: str | None = None
    encoding: str | None = None
    rows: int = 0
    reason: Text | None = None
    decisions: tuple[Text, ...] = ()
    rewrites: Mapping[str, int] = MappingProxyType({})
    words: "FindingWords | None" = None
    proposals: "tuple[AcceptedProposal, ...]" = ()
    unlisted: "tuple[UnlistedFindings, ...]" = ()

    @property
    def counts(self) -> dict[str, int]:
        """The number of findings of each type, most frequent first."""
        if not self.unlisted:
            return count_by_type(self.findings)
        # Loads Arrow, which a small file does not need.
        from quality.brief_findings import count_unlisted

        return count_by_type(self.findings, count_unlisted(self.unlisted))


class Sender(NamedTuple):
    """The department (by code) for which a file is checked, and the period; None: the current one."""

    department: str
    period: str | None = None


def check_file(
    file: Path,
    dataset: str | None,
    descriptor: Path | None,
    resource: str | None,
    sender: Sender | None = None,
    *,
    in_full: bool = True,
) -> CheckReport:
    """Checks a file against a dataset's contract or a descriptor file; if that is impossible, the verdict is `refused` with one finding.

    EngineError if the engine of the settings cannot check a large one. With a sender it is judged as that department's hand-in would be: whose rows these are, its own districts first, the period.
    `in_full`: all findings against a contract are made, and not only the first thousand of each kind.
    """
    try:
        _refuse_unusable(file, dataset, descriptor, resource)
        if descriptor is None:
            return _check_by_dataset(file, dataset or "", sender, in_full=in_full)
        if sender is not None:
            raise UsageError(
                Text(
                    zh="--department 和 --period 只能与 --dataset 同用",
                    en="--department and --period go with --dataset only",
                )
            )
        parsed = _read_descriptor(descriptor)
        if "sportlake" in parsed and resource is None:
            return _check_by_contract_file(file, descriptor, in_full=in_full)
        return _check_by_descriptor(
            file, _resolve_descriptor(parsed, descriptor.name), resource, descriptor.resolve().parent
        )
    except EngineError:
        raise  # the error is not about the file
    except SportlakeError as wrong:
        return CheckReport("refused", (_refusal_finding(wrong),), sha256=_hash_file(file))


def _check_by_dataset(file: Path, dataset: str, sender: Sender | None, *, in_full: bool) -> CheckReport:
    # Importing the pipeline takes most of a second; a plain descriptor does not need it.
    from dagster_project.installation import load_checking_workspace
    from dagster_project.settings import read_settings
    from schemas.contract import find_contract

    settings = read_settings()
    workspace = load_checking_workspace(settings)
    return _check_by_contract(
        file, settings, workspace, find_contract(workspace.contracts, dataset), sender, in_full=in_full
    )


def _check_by_contract_file(file: Path, contract: Path, *, in_full: bool) -> CheckReport:
    from dagster_project.installation import load_checking_workspace
    from dagster_project.settings import read_settings
    from schemas.contract import read_contract

    settings, wanted = read_settings(), read_contract(contract)
    return _check_by_contract(file, settings, load_checking_workspace(settings), wanted, None, in_full=in_full)


def _check_by_contract(
    file: Path,
    settings: "Settings",
    workspace: "Workspace",
    wanted: "Contract",
    sender: Sender | None,
    *,
    in_full: bool,
) -> CheckReport:
    from dagster_project.pandas_import import avoid_pandas_import

    avoid_pandas_import()
    from pipelines.submissions.finding_words import FindingWords
    from pipelines.submissions.inbox.shrinking import is_said_complete
    from pipelines.submissions.validation import HandInFacts, refuse_submission, validate_submission

    today = settings.current_time().date()
    if unknown := [name for name in wanted.references if name not in workspace.contracts]:
        raise ContractError(
            Text(
                zh=f"数据规范引用了不存在的数据集：{'、'.join(sorted(unknown))}",
                en=f"the contract refers to datasets that are not there: {sorted(unknown)}",
            )
        )
    found, sha256 = _find_slice(workspace, wanted, sender, today), _hash_file(file)
    if isinstance(found, Finding):
        judged = refuse_submission(found)
    else:
        complete = found is not None and is_said_complete(file.name)
        facts = HandInFacts(found, on=today, sha256=sha256, complete=complete)
        judged = validate_submission(workspace, file, wanted, facts, in_full=in_full)
    reading = judged.reading
    return CheckReport(
        verdict=judged.verdict.outcome,
        findings=judged.findings,
        sha256=sha256,
        format=reading.format if reading else None,
        encoding=reading.encoding if reading else None,
        rows=judged.verdict.rows,
        reason=judged.verdict.reason,
        decisions=judged.decisions,
        rewrites=dict(sorted(Counter(rewrite.why for rewrite in judged.rewrites).items())),
        words=FindingWords(wanted, workspace.codelists),
        proposals=judged.proposals,
        unlisted=judged.unlisted,
    )


def _find_slice(
    workspace: "Workspace", wanted: "Contract", sender: Sender | None, today: date
) -> "SliceKey | Finding | None":
    """Returns the slice that the sender's hand-in would have today, or why it may not be handed in; None without a sender."""
    from pipelines.submissions.inbox.deposit import find_target
    from pipelines.submissions.inbox.inbox import slice_or_finding
    from pipelines.submissions.inbox.periods import find_period_problem

    if sender is None:
        return None
    key = find_target(workspace, wanted.name, sender.department, sender.period, today).slice
    if key is None:
        return slice_or_finding(workspace, wanted.name, sender.department, sender.period or "")
    return find_period_problem(wanted, key.period, today) or key


def _check_by_descriptor(file: Path, descriptor: Mapping[str, Any], resource: str | None, folder: Path) -> CheckReport:
    """Checks cells only, exactly as frictionless does. A finding without a row is about the whole file, which is then quarantined."""
    from quality.conformance.file import conform_file

    with _open_engine_for(file) as engine:
        found = conform_file(file, descriptor, resource=resource, folder=folder, engine=engine)
    whole = any(finding.row is None for finding in found.findings)
    verdict: Outcome = "quarantine" if whole else "hold_back" if found.findings else "accept"
    return CheckReport(verdict, tuple(found.findings), _hash_file(file), found.format, found.encoding, found.rows)


@contextmanager
def _open_engine_for(file: Path) -> "Iterator[Engine | None]":
    """The engine that checks a large file by ranges of its bytes; None if it is checked here in one piece."""
    if file.stat().st_size < LEAST_IN_RANGES:  # the settings need not be read
        yield None
        return
    from dagster_project.engine_kind import EngineKind
    from dagster_project.engines import open_engine
    from dagster_project.settings import read_settings

    settings = read_settings()
    if file.stat().st_size < settings.ranges_from or (settings.engine, settings.processes) == (EngineKind.local, 1):
        yield None
        return
    with open_engine(settings) as engine:
        yield engine


def _refuse_unusable(file: Path, dataset: str | None, descriptor: Path | None, resource: str | None) -> None:
    if (dataset is None) == (descriptor is None):
        raise UsageError(
            Text(
                zh="请用 --dataset 或 --contract 之一指明数据规范",
                en="say which contract holds: either --dataset or --contract",
            )
        )
    if resource is not None and descriptor is None:
        raise UsageError(Text(zh="--resource 只能与 --contract 同用", en="--resource goes with --contract only"))
    if not file.is_file():
        raise UnreadableFile(
            "missing", Text(zh=f"找不到文件 {file}，请检查路径", en=f"there is no file {file}; check the path")
        )


def _read_descriptor(path: Path) -> Mapping[str, Any]:
    if not path.is_file():
        raise UsageError(Text(zh=f"找不到描述文件 {path}", en=f"there is no descriptor {path}; check the path"))
    if (size := path.stat().st_size) > LARGEST_DESCRIPTOR:
        raise ContractError(
            Text(
                zh=f"描述文件有 {size >> 20} MB，上限为 {LARGEST_DESCRIPTOR >> 20} MB",
                en=f"the descriptor has {size >> 20} MB, the limit is {LARGEST_DESCRIPTOR >> 20} MB",
            )
        )
    found = _parse_descriptor(path)
    if not isinstance(found, dict):
        raise ContractError(
            Text(zh=f"描述文件 {path.name} 的最外层应为键值对", en=f"{path.name} must be a mapping at the top")
        )
    return found


def _resolve_descriptor(descriptor: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Returns a contract's descriptor with its inherited parts, any other unchanged; ContractError if a part is wrong."""
    if "sportlake" not in descriptor:
        return descriptor
    from schemas.inheritance import resolve_inheritance

    try:
        return resolve_inheritance(descriptor)
    except (ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise ContractError(
            Text(zh=f"数据规范 {name} 有误：{wrong}", en=f"contract {name} is wrong: {wrong}")
        ) from wrong


def _parse_descriptor(path: Path) -> object:
    if path.suffix.lower() == ".json":
        # The YAML parser reads JSON too, but importing it would slow down a small check.
        with suppress(ValueError):
            return json.loads(path.read_bytes())
    import yaml

    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as wrong:
        raise ContractError(
            Text(
                zh=f"描述文件 {path.name} 不是 YAML 或 JSON：{wrong}",
                en=f"{path.name} is neither YAML nor JSON: {wrong}",
            )
        ) from wrong


def _refusal_finding(wrong: SportlakeError) -> Finding:
    kind = (
        wrong.kind
        if isinstance(wrong, UnreadableFile)
        else "wrong-contract"
        if isinstance(wrong, ContractError)
        else "wrong-usage"
    )
    return Finding(judge="table", type=kind, severity="error", message=wrong.text)


def _hash_file(file: Path) -> str | None:
    from warehouse.atomic_files import file_sha256

    return file_sha256(file) if file.is_file() else None

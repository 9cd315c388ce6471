"""Originals judged under the contract that is tried, beside what is said of them now: a unit of work for any engine.

Each original is judged in the state that the installation had right before its verdict, and compared with its receipt. If the verdicts
differ, the original is judged once more under the contract in force, in the same state, so that differences are due to the contract and
not to newer code. Units return only small values; nothing of the installation is written. Not here: which originals (`trial_plan.py`),
the state of then (`pipelines/audit/past_state.py`), what follows for departments and releases (`trial_effects.py`).
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import pyarrow as pa

from pipelines.audit.past_state import PastState
from pipelines.audit.second_verdict import judge_again
from pipelines.contract_trial.trial_plan import TrialPlan, TrialUnit, hash_contracts
from pipelines.intake import judge_original, read_accepted_rows
from pipelines.submissions.decisions.rejudging import plan_rejudgement
from pipelines.submissions.inbox.submission import original_file, read_submission
from pipelines.submissions.receipts.receipt import Receipt
from pipelines.submissions.receipts.receipt_files import read_receipt
from pipelines.submissions.validation import Validation
from pipelines.workspace import Workspace, open_workspace
from quality.findings import Finding
from schemas.contract import Contract, parse_contract_text, read_contracts
from schemas.errors import EngineError
from schemas.execution.temporary_folders import open_temporary_folder
from schemas.execution.worker_plan import require_code_version
from schemas.text import Text
from warehouse.lake.sorted_rows import have_same_rows

MOST_CELLS = 200
"""Findings of one original that come back by place; the number of all of them comes back too."""
_LOST = hashlib.sha256(b"lost").hexdigest()
_ONE_AT_A_TIME = Lock()
"""Held while originals are judged: a server may run its workers as threads of one process, and Great Expectations is not made for threads."""


class TrialFinding(NamedTuple):
    """Where something is found under one contract and not under the other. `cell` as in `Finding`."""

    type: str
    severity: str
    row: int | None
    field: str | None
    cell: str | None


class TrialOutcome(NamedTuple):
    """The verdict on one original: rows taken and held back, and the number of findings that are errors."""

    outcome: str
    accepted: int
    held_back: int
    errors: int


class TrialVerdict(NamedTuple):
    """The verdict of the tried contract on one original, beside the present one.

    `found`: the first `MOST_CELLS` of the findings that only it makes, `new` their number; `gone`: number of those that it does not make any
    more. `other_rows`: the accepted rows differ in their number or in the fields that both contracts have. `lost`: the original is not
    there, nothing was judged. `findings`, `digest`: number of findings under the tried contract, and SHA-256 (hex) over verdict and findings.
    """

    unit: TrialUnit
    rows: int
    before: TrialOutcome
    after: TrialOutcome
    found: tuple[TrialFinding, ...]
    new: int
    gone: int
    other_rows: bool
    lost: bool
    findings: int
    digest: str

    @property
    def changed(self) -> bool:
        """Whether verdict, findings or accepted rows differ."""
        return bool(self.new or self.gone or self.other_rows) or self.before != self.after

    @property
    def falls(self) -> bool:
        """Whether the file is taken now and would be sent back."""
        return self.before.accepted > 0 and self.after.accepted == 0


class OriginalDigest(NamedTuple):
    """What the tried contract finds in one original, without a look at what is said now; as in `TrialVerdict`."""

    unit: TrialUnit
    findings: int
    digest: str
    lost: bool


def judge_chunk(plan: TrialPlan, chunk: Sequence[TrialUnit]) -> list[TrialVerdict]:
    """Returns the verdicts on some originals, given in the order of their verdicts of then.

    EngineError if the worker has other contracts or other code than the plan, or does not see the installation.
    """
    fresh = parse_contract_text(plan.text, plan.file)
    with _open_past(plan) as past:
        return [_judge_original(past, fresh, unit) for unit in chunk]


def hash_chunk(plan: TrialPlan, chunk: Sequence[TrialUnit]) -> list[OriginalDigest]:
    """Returns the numbers of the originals and the digests of their findings, with half the work of `judge_chunk`; raises as that does."""
    fresh = parse_contract_text(plan.text, plan.file)
    with _open_past(plan) as past:
        return [_hash_original(past, fresh, unit) for unit in chunk]


def plan_rejudgements(plan: TrialPlan, now: datetime, numbers: Sequence[str]) -> list[bool]:
    """Returns for each of those submissions whether judging it again now, by the contracts in force, would change anything.

    False for a submission whose original is missing. Raises EngineError as `judge_chunk` does.
    """
    present = _open_present(plan)
    with _ONE_AT_A_TIME:
        return [_is_there(present, number) and plan_rejudgement(present, number, now).changed for number in numbers]


@contextmanager
def _open_past(plan: TrialPlan) -> Iterator[PastState]:
    """Yields the past state before the first entry; one thread of this process at a time holds it."""
    present = _open_present(plan)
    with _ONE_AT_A_TIME, open_temporary_folder() as folder:
        yield PastState(present, folder)


@lru_cache(maxsize=2)
def _open_present(plan: TrialPlan) -> Workspace:
    """Returns the installation as it is, with the contracts in force."""
    if not Path(plan.home).is_dir():
        raise EngineError(
            Text(
                zh=f"工作节点上没有 {plan.home}；各节点须在同一路径看到平台的文件夹",
                en=f"a worker does not see {plan.home}: every machine needs the installation at the same path",
            )
        )
    require_code_version(plan.code_version)
    contracts = read_contracts(Path(plan.contracts))
    if hash_contracts(contracts) != plan.contracts_hash:
        raise EngineError(
            Text(
                zh="工作节点的数据规范与发起方不同；请在各节点安装同一版本",
                en="a worker has other contracts than the command; install the same on all machines",
            )
        )
    return open_workspace(Path(plan.home), plan.actor, contracts)


def _judge_original(past: PastState, fresh: Contract, unit: TrialUnit) -> TrialVerdict:
    judge, receipt = _go_to_original(past, unit), read_receipt(past.present, unit.number)
    if judge is None:
        return _describe_lost(unit, receipt)
    after = judge(_with_contract(past.workspace, fresh))
    key = fresh.primary_key
    before = _find_before(past.present, receipt, after, key, lambda: judge(past.workspace))
    return _compare(unit, after, key, *before)


def _hash_original(past: PastState, fresh: Contract, unit: TrialUnit) -> OriginalDigest:
    judge = _go_to_original(past, unit)
    if judge is None:
        return OriginalDigest(unit, 0, _LOST, lost=True)
    after = judge(_with_contract(past.workspace, fresh))
    return OriginalDigest(unit, len(after.findings), _hash_findings(after), lost=False)


def _go_to_original(past: PastState, unit: TrialUnit) -> Callable[[Workspace], Validation] | None:
    """Returns a function that judges the original in the state right before its verdict; None if the original is missing."""
    if not _is_there(past.present, unit.number):
        return None
    submission = read_submission(past.present, unit.number)
    file = original_file(past.present, submission)
    verdict = past.present.ledger.find_entries("verdict", "number", unit.number)[-1]

    def judge(workspace: Workspace) -> Validation:
        if not submission.kept:
            return judge_original(workspace, submission)
        # In full, or two contracts with more than a thousand warnings of a rule would seem to find the same.
        return judge_again(past, submission, file, verdict, [], workspace, in_full=True)

    past.advance_to(verdict.seq - 1)
    return judge


def _is_there(workspace: Workspace, number: str) -> bool:
    """Whether a submission can be judged again; False if its original should be there and is not."""
    submission = read_submission(workspace, number)
    return not submission.kept or original_file(workspace, submission).is_file()


def _with_contract(workspace: Workspace, fresh: Contract) -> Workspace:
    return replace(workspace, contracts={**workspace.contracts, fresh.name: fresh})


def _find_before(
    present: Workspace, receipt: Receipt, after: Validation, key: Sequence[str], judge: Callable[[], Validation]
) -> tuple[TrialOutcome, Counter[TrialFinding], pa.Table | None]:
    """Returns verdict, findings and accepted rows without the tried contract."""
    kept = read_accepted_rows(present, receipt.number) if receipt.accepted else None
    recorded = TrialOutcome(receipt.outcome, receipt.accepted, receipt.held_back, _count_errors(receipt.findings))
    found = _count_places(receipt.findings)
    same = recorded == _describe_outcome(after) and found == _count_places(after.findings)
    if same and not receipt.truncated and not _differ(kept, after.accepted, key):
        return recorded, found, kept
    again = judge()
    return _describe_outcome(again), _count_places(again.findings), again.accepted


def _compare(
    unit: TrialUnit,
    after: Validation,
    key: Sequence[str],
    before: TrialOutcome,
    found_before: Counter[TrialFinding],
    rows_before: pa.Table | None,
) -> TrialVerdict:
    found_after = _count_places(after.findings)
    new, vanished = found_after - found_before, found_before - found_after
    return TrialVerdict(
        unit=unit,
        rows=after.verdict.rows,
        before=before,
        after=_describe_outcome(after),
        found=tuple(new.elements())[:MOST_CELLS],
        new=new.total(),
        gone=vanished.total(),
        other_rows=_differ(rows_before, after.accepted, key),
        lost=False,
        findings=len(after.findings),
        digest=_hash_findings(after),
    )


def _describe_lost(unit: TrialUnit, receipt: Receipt) -> TrialVerdict:
    recorded = TrialOutcome(receipt.outcome, receipt.accepted, receipt.held_back, 0)
    return TrialVerdict(
        unit, receipt.rows, recorded, recorded, (), 0, 0, other_rows=False, lost=True, findings=0, digest=_LOST
    )


def _describe_outcome(judged: Validation) -> TrialOutcome:
    verdict = judged.verdict
    return TrialOutcome(verdict.outcome, verdict.accepted, len(verdict.held_back), _count_errors(judged.findings))


def _count_errors(findings: Iterable[Finding]) -> int:
    return sum(finding.severity == "error" for finding in findings)


def _count_places(findings: Iterable[Finding]) -> Counter[TrialFinding]:
    """Returns how often something is found, by type, severity and place; another wording is no other finding."""
    return Counter(TrialFinding(one.type, one.severity, one.row, one.field, one.cell) for one in findings)


def _differ(before: pa.Table | None, after: pa.Table | None, key: Sequence[str]) -> bool:
    """Whether accepted rows differ in their number, or in a field that both have; not in their order."""
    if before is None or after is None:
        return before is not after
    shared = [name for name in after.column_names if name in before.column_names]
    return not have_same_rows(before.select(shared), after.select(shared), key)


def _hash_findings(judged: Validation) -> str:
    whole = hashlib.sha256(judged.verdict.model_dump_json().encode())
    for finding in judged.findings:
        whole.update(b"\n" + finding.model_dump_json().encode())
    return whole.hexdigest()

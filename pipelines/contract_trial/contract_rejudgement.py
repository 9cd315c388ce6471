"""Everything that stands of a dataset judged again by a contract that was put in force: one decision, in the ledger before it is carried out.

The entry `contract_rejudgement` names the contracts, old and new, the engine, the digest over all findings in all originals, and the submissions that
are judged again: those of which the verdict, the rows or the findings change. Each of them is then judged as by `sportlake rejudge RCPT-…`: a
receipt of its own, the old one stays. Interrupted, the same command goes on with what the entry names; `contract_rejudgement_end` closes it. It is taken
back by applying the old contract. Not here: which contract may be applied (`applicable_contract.py`).
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

from pipelines.contract_trial.applicable_contract import list_contracts_before
from pipelines.contract_trial.trial_effects import hash_verdicts
from pipelines.contract_trial.trial_plan import TrialPlan, cut_chunks, list_trial_units
from pipelines.contract_trial.trial_verdict import OriginalDigest, hash_chunk, plan_rejudgements
from pipelines.intake import judge_and_land
from pipelines.submissions.decisions.rejudging import apply_rejudgement, list_judgeable
from pipelines.submissions.inbox.submission import read_submission
from pipelines.submissions.receipts.receipt import Receipt
from pipelines.submissions.receipts.receipt_files import read_receipt
from pipelines.workspace import Workspace
from schemas.contract import Contract
from schemas.errors import UsageError
from schemas.execution.engine import Engine
from schemas.text import Text
from warehouse.lake.standing import is_retracted
from warehouse.ledger.ledger import LedgerEntry

IN_CHUNK = 8
"""Submissions of which a worker says at once whether judging them again would change them."""


class RejudgedReceipt(NamedTuple):
    """What a submission's receipt said, and what its new one says."""

    before: Receipt
    after: Receipt

    @property
    def falls(self) -> bool:
        """Whether rows were accepted before and none are now; the old rows stand until somebody replaces or retracts them."""
        return self.before.accepted > 0 and self.after.accepted == 0


class ContractRejudgement(NamedTuple):
    """A contract as it was applied. `decided`: the ledger's entry. `receipts`: empty if nothing changed since it was applied before."""

    contract: Contract
    decided: LedgerEntry
    receipts: tuple[RejudgedReceipt, ...]

    @property
    def fallen(self) -> tuple[RejudgedReceipt, ...]:
        """The receipts of hand-ins of which no row is accepted any more."""
        return tuple(one for one in self.receipts if one.falls)


class ApplicationRequest(NamedTuple):
    """The application to carry out: the contract in force, its plan, the department ("": all), the digest that a trial printed (None: any), and the time."""

    contract: Contract
    plan: TrialPlan
    department: str
    expected: str | None
    now: datetime


def apply_contract(
    workspace: Workspace, request: ApplicationRequest, engine: Engine, tell: Callable[[int], None]
) -> ContractRejudgement:
    """Judges again everything that stands and that the contract would judge otherwise, or continues this after an interruption.

    `tell` is called with how many more originals are judged. UsageError if the digest is not the expected one; nothing is written then.
    Raises as `Engine.map_units` does. The receipts have the time of the decision, also if they are made later.
    """
    with workspace.hold_lock(workspace.layout.rejudging_lock):
        last = _find_last(workspace, request)
        if last is not None and not _is_closed(workspace, last):
            _refuse_other_digest(request, last.facts["digest"])
            return _carry_out(workspace, request, last)
        numbers = list_judgeable(workspace, request.contract.name, request.department or None)
        changing = _find_changing(request, numbers, engine)
        if last is not None and not changing:
            _refuse_other_digest(request, last.facts["digest"])
            return ContractRejudgement(request.contract, last, ())
        return _carry_out(workspace, request, _decide(workspace, request, numbers, changing, engine, tell))


def _find_last(workspace: Workspace, request: ApplicationRequest) -> LedgerEntry | None:
    """Returns the newest application to the dataset if it was of this contract and of this department; None otherwise."""
    newest = workspace.ledger.find_newest("contract_rejudgement", "dataset", request.contract.name, 1)
    wanted = {"sha256": request.contract.digest, "version": request.contract.version}
    return next(
        (one for one in newest if one.facts["contract"] == wanted and one.facts["department"] == request.department),
        None,
    )


def _is_closed(workspace: Workspace, decided: LedgerEntry) -> bool:
    newest = workspace.ledger.find_newest("contract_rejudgement_end", "dataset", decided.facts["dataset"], 1)
    return any(one.facts["rejudgement"] == decided.seq for one in newest)


def _find_changing(request: ApplicationRequest, numbers: Sequence[str], engine: Engine) -> list[str]:
    """Returns those of the submissions that another judgement now would change, in their order."""
    chunks = [tuple(numbers[start : start + IN_CHUNK]) for start in range(0, len(numbers), IN_CHUNK)]
    work = partial(plan_rejudgements, request.plan, request.now)
    changes = (one for some in engine.map_units(work, chunks) for one in some)
    return [number for number, changed in zip(numbers, changes, strict=True) if changed]


def _decide(
    workspace: Workspace,
    request: ApplicationRequest,
    numbers: Sequence[str],
    changing: Sequence[str],
    engine: Engine,
    tell: Callable[[int], None],
) -> LedgerEntry:
    """Judges every original for the digest, and records what will be judged again for good."""
    contract = request.contract
    units = list_trial_units(workspace, contract.name, request.department or None)
    originals: list[OriginalDigest] = []
    for some in engine.map_units(partial(hash_chunk, request.plan), cut_chunks(units)):
        originals += some
        tell(len(some))
    digest = hash_verdicts(originals)
    _refuse_other_digest(request, digest)
    facts = {
        "dataset": contract.name,
        "department": request.department,
        "contract": {"version": contract.version, "sha256": contract.digest},
        "before": [one._asdict() for one in list_contracts_before(workspace, contract, numbers)],
        "engine": engine.label,
        "digest": digest,
        "originals": len(originals),
        "findings": sum(one.findings for one in originals),
        "lost": [one.unit.number for one in originals if one.lost],
        "numbers": list(changing),
    }
    default_reason = f"judged again by {contract.name} {contract.version}"
    return workspace.ledger.append_entry(
        "contract_rejudgement", now=request.now, actor=workspace.actor, reason=default_reason, facts=facts
    )


def _refuse_other_digest(request: ApplicationRequest, digest: str) -> None:
    if request.expected not in {None, digest}:
        raise UsageError(
            Text(
                zh=f"结果校验值为 {digest}，与试判时的 {request.expected} 不同：其间有新的报送或判定，或规范、程序有变；未作改动，请重新核对后去掉 --expect 或写明新值",
                en=f"the digest is {digest} and not {request.expected}, as in the trial: hand-ins or verdicts came since, or contract or code changed; nothing was written; look again, then leave --expect out or give the new one",
            )
        )


def _carry_out(workspace: Workspace, request: ApplicationRequest, decided: LedgerEntry) -> ContractRejudgement:
    """Judges again what the entry names, once each, and closes it. What was taken back since then stays taken back."""
    numbers = (number for number in decided.facts["numbers"] if not is_retracted(workspace.ledger, number))
    pairs = [
        RejudgedReceipt(read_receipt(workspace, number), _rejudge_once(workspace, decided, number))
        for number in numbers
    ]
    done = ContractRejudgement(request.contract, decided, tuple(pairs))
    facts = {
        "dataset": request.contract.name,
        "rejudgement": decided.seq,
        "receipts": len(pairs),
        "fallen": [one.after.number for one in done.fallen],
        "digest": _hash_receipts([one.after for one in pairs]),
    }
    workspace.ledger.append_once(
        "contract_rejudgement_end",
        now=request.now,
        actor=workspace.actor,
        reason=f"judged again by {request.contract.name} {request.contract.version}, done",
        facts=facts,
        key=("rejudgement",),
    )
    return done


def _rejudge_once(workspace: Workspace, decided: LedgerEntry, number: str) -> Receipt:
    """Returns the receipt of another judgement since the decision; it is made, or finished, if there is none."""
    again = workspace.ledger.find_entries("submission", "rejudges", number)
    begun = next((entry for entry in again if entry.seq > decided.seq), None)
    if begun is None:
        return apply_rejudgement(workspace, number, decided.at)
    return judge_and_land(workspace, read_submission(workspace, begun.facts["number"]), decided.at)


def _hash_receipts(receipts: Sequence[Receipt]) -> str:
    """Returns the SHA-256 (hex) over number, outcome and listed findings of receipts, in their order."""
    whole = hashlib.sha256()
    for receipt in receipts:
        whole.update(f"{receipt.number} {receipt.outcome}\n".encode())
        for finding in receipt.findings:
            whole.update(f"{finding.model_dump_json()}\n".encode())
    return whole.hexdigest()

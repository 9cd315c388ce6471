"""Putting an assessment on record, and taking a wrong record back. Each is one entry of the ledger, by whoever acts.

Facts of an `assessment`: `dataset`, `contract_version`, `kind`, `role`, `on`, `until` (its last day, of a refusal the day of the next
review), `keep_until`, `document` (its number), `result`, `synthetic`, and `file` (name below `evidence/`, SHA-256) if the document lies in
the home. Not here: which records stand (`assessments.py`), kinds and roles (`schemas/assessments.py`).
"""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from pipelines.publication.withdrawal import checked_reason
from pipelines.review.assessments import AssessmentRecord, list_assessments
from pipelines.review.decisions import read_person
from pipelines.workspace import Workspace
from quality.findings import proposed_value
from schemas.assessments import ASSESSMENT_NAMES, ASSESSMENT_ROLES, KEPT_YEARS, AssessmentKind
from schemas.contract import Contract, find_contract
from schemas.errors import UsageError
from schemas.text import Text
from warehouse.atomic_files import file_sha256


class Assessed(NamedTuple):
    """What somebody says of an assessment: number of its document, result, the day it was made, its last day, the file's name."""

    document: str
    result: str
    on: date
    until: date | None = None
    file: str | None = None


def record_assessment(
    workspace: Workspace, dataset: str, kind: AssessmentKind, said: Assessed, now: datetime
) -> AssessmentRecord:
    """Records an assessment of the dataset under its contract as it is now; returns the record. A later one of the kind replaces it.

    Without a last day it holds as long as the contract allows. The same again changes nothing. Raises UsageError if the person has no
    role for it, document or result is empty or names a person's number, a day is wrong, or there is no such file below `evidence/`.
    """
    contract = find_contract(workspace.contracts, dataset)
    person = read_person(workspace, contract, [ASSESSMENT_ROLES[kind]])
    until = _choose_last_day(contract, said, now.date())
    facts: dict[str, Any] = {
        "dataset": dataset,
        "contract_version": contract.version,
        "kind": kind,
        "role": ASSESSMENT_ROLES[kind],
        "on": said.on.isoformat(),
        "until": until.isoformat(),
        "keep_until": _add_years(said.on, KEPT_YEARS).isoformat(),
        "document": _check_words(said.document),
        "result": _check_words(said.result),
        "synthetic": person.synthetic,
        **({"file": _describe_file(workspace, said.file)} if said.file else {}),
    }
    with workspace.hold_lock(workspace.layout.review_lock):
        before = list_assessments(workspace, contract).get(kind)
        there = workspace.ledger.find_entries("assessment", "dataset", dataset)
        if before is None or all(entry.facts != facts for entry in there if entry.seq == before.seq):
            workspace.ledger.append_entry(
                "assessment", now=now, actor=person.name, reason=f"{kind} on record", facts=facts
            )
        return list_assessments(workspace, contract)[kind]


def undo_assessment(
    workspace: Workspace, dataset: str, kind: AssessmentKind, reason: str, now: datetime
) -> AssessmentRecord:
    """Records that the standing record of that kind is wrong, and why; returns what it was.

    The record before it, if there is one, stands again. Raises UsageError if there is none, the person has no role for it, or the
    reason is empty. What is released says what it said; `withdraw` or a new release puts it right.
    """
    contract = find_contract(workspace.contracts, dataset)
    person = read_person(workspace, contract, [ASSESSMENT_ROLES[kind]])
    checked = checked_reason(reason)
    record = list_assessments(workspace, contract).get(kind)
    if record is None:
        name = ASSESSMENT_NAMES[kind]
        raise UsageError(
            Text(
                zh=f"{dataset} 的数据规范 {contract.version} 没有{name.zh}的记录，无需取消",
                en=f"there is no record of the {name.en} of {dataset} {contract.version} to take back",
            )
        )
    workspace.ledger.append_once(
        "revocation",
        now=now,
        actor=person.name,
        reason="record of an assessment taken back",
        facts={"dataset": dataset, "decision": record.seq, "reason": checked},
        key=("dataset", "decision"),
    )
    return record


def _choose_last_day(contract: Contract, assessed: Assessed, today: date) -> date:
    latest = assessed.on + timedelta(days=contract.policy.assessments.days)
    until = latest if assessed.until is None else assessed.until
    if assessed.on > today:
        raise UsageError(
            Text(
                zh=f"评估日期 {assessed.on} 还没有到（今天 {today}）",
                en=f"the assessment of {assessed.on} is in the future: it is {today}",
            )
        )
    if not today <= until <= latest:
        raise UsageError(
            Text(
                zh=f"有效期至 {until} 不行：须在 {today} 至 {latest} 之间（自评估日起最多 {contract.policy.assessments.days} 天）",
                en=f"it cannot hold until {until}: a day from {today} to {latest} is right, {contract.policy.assessments.days} days after the assessment at most",
            )
        )
    return until


def _check_words(entered: str) -> str:
    """Returns words that may stand in the ledger and in public: one line, without the number or mailbox of a person."""
    words = checked_reason(entered)
    if proposed_value(words) is None:
        raise UsageError(
            Text(
                zh="文号和结论中不能有个人的证件号码、手机号码或邮箱，也不能超过 200 个字",
                en="document and result may not hold a person's number or mailbox, and have 200 characters at most",
            )
        )
    return words


def _describe_file(workspace: Workspace, name: str) -> dict[str, str]:
    folder = workspace.layout.evidence
    file = (folder / name).resolve()
    if not file.is_relative_to(folder.resolve()) or not file.is_file():
        raise UsageError(
            Text(
                zh=f"{folder} 中没有文件 {name}；请先把文件放入该文件夹",
                en=f"there is no file {name} in {folder}: put it there first",
            )
        )
    return {"name": file.relative_to(folder.resolve()).as_posix(), "sha256": file_sha256(file)}


def _add_years(day: date, years: int) -> date:
    """Returns the same day years later; 28 February for 29 February."""
    return day.replace(year=day.year + years, day=min(day.day, 28) if day.month == 2 else day.day)  # noqa: PLR2004

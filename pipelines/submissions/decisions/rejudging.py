"""Judging again: what a changed contract, correction or referenced dataset would make of a file that was judged before.

Another judgement is a submission of its own, with the same bytes and the same place in the order of hand-ins; its receipt names the one
before. Only accepted rows replace what stands: if the new verdict accepts none, the old rows stand until somebody replaces or retracts
them. Not here: the judges, what a verdict depended on (`pipelines/submissions/receipts/verdict_facts.py`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pipelines.intake import judge_original, judge_submission, land_rows, read_accepted_rows
from pipelines.submissions.corrections import mark_corrections, read_corrections
from pipelines.submissions.inbox.submission import (
    choose_rejudgement_number,
    copy_original,
    read_submission,
    store_submission,
)
from pipelines.submissions.receipts.receipt import Receipt
from pipelines.submissions.receipts.receipt_files import read_receipt
from pipelines.submissions.receipts.verdict_facts import REFERENCES
from pipelines.submissions.validation import Validation
from pipelines.workspace import Workspace
from quality.brief_findings import count_unlisted
from quality.findings import count_by_type
from schemas.contract import find_contract
from schemas.departments import find_department
from schemas.errors import ContractError, UsageError
from schemas.slices import SliceKey
from schemas.text import Text
from warehouse.lake.sorted_rows import have_same_rows
from warehouse.lake.standing import (
    find_last_hand_in,
    find_standing,
    hand_in_order,
    is_retracted,
    list_sent_back,
    open_hand_in_index,
)
from warehouse.ledger.hand_in_index import SENT_BACK
from warehouse.ledger.ledger import LedgerEntry
from warehouse.working_folders import open_working_folder


@dataclass(frozen=True)
class Rejudgement:
    """The result of another judgement of a submission, beside its receipt.

    `before`: the receipt. `after`: the new validation. `other_rows`: whether other rows would be accepted. `stands`: whether the
    submission stands now.
    """

    slice: SliceKey
    before: Receipt
    after: Validation
    other_rows: bool
    stands: bool

    @property
    def changed(self) -> bool:
        """Whether outcome, accepted rows or findings would differ."""
        verdict = self.after.verdict
        return (
            self.other_rows
            or (self.before.outcome, self.before.accepted) != (verdict.outcome, verdict.accepted)
            or self.counts_before != self.counts_after
        )

    @property
    def counts_before(self) -> dict[str, int]:
        """Findings by type on the receipt, without those left out of `counts_after`."""
        whole = {finding.type for finding in self.before.findings if finding.judge == "table"} if self.stands else set()
        return {kind: count for kind, count in self.before.counts.items() if kind not in whole}

    @property
    def counts_after(self) -> dict[str, int]:
        """Findings by type. If the submission stands, findings about the whole table are left out: it would be compared with its own rows."""
        counted = (one for one in self.after.findings if not (self.stands and one.judge == "table"))
        return count_by_type(counted, count_unlisted(self.after.unlisted))


def list_judgeable(workspace: Workspace, dataset: str, department: str | None = None) -> list[str]:
    """Returns what may be judged again: for each slice what stands, and what was handed in last if it was sent back.

    If what stands was judged again and that judgement was sent back, only the last judgement is returned; otherwise each call would add
    one more judgement of the same hand-in. Raises UsageError for an unknown dataset or department.
    """
    find_contract(workspace.contracts, dataset)
    if department is not None:
        find_department(workspace.departments, department)
    found: dict[str, None] = {}
    for place in open_hand_in_index(workspace.ledger).list_places():
        name, _, rest = place.partition("/")
        if name == dataset and (department is None or rest.partition("/")[0] == department):
            found |= dict.fromkeys(_list_open(workspace, place))
    return list(found)


def plan_rejudgement(workspace: Workspace, number: str, now: datetime) -> Rejudgement:
    """Judges the original again without writing anything. Raises UsageError if there is no slice or no verdict."""
    submission, before = read_submission(workspace, number), read_receipt(workspace, number)
    if submission.slice is None:
        raise UsageError(
            Text(
                zh=f"{number} 的文件名或位置有误，请改正后重新报送",
                en=f"the name or place of {number} is wrong; have it handed in again",
            )
        )
    after = judge_original(workspace, submission, on=now.date())
    other = False
    if after.accepted is not None and before.accepted:
        key = workspace.contracts[submission.slice.dataset].primary_key
        other = not have_same_rows(after.accepted, read_accepted_rows(workspace, number), key)
    standing = find_standing(workspace.ledger, str(submission.slice))
    return Rejudgement(
        submission.slice, before, after, other, stands=standing is not None and standing.number == number
    )


def apply_rejudgement(workspace: Workspace, number: str, now: datetime) -> Receipt:
    """Judges a submission again for good: a new receipt that names the old one, and its accepted rows in the lake."""
    old = read_submission(workspace, number)
    with (
        workspace.hold_lock(workspace.layout.receiving_lock),  # or two at once choose the same number
        open_working_folder(workspace.layout.working) as folder,
    ):
        fresh = old.model_copy(
            update={
                "number": choose_rejudgement_number(workspace.ledger, old),
                "rejudges": number,
                "judged_at": now,
            }
        )
        copy_original(workspace, old, folder)
        fresh = store_submission(workspace, fresh, folder / old.original)
    receipt = judge_submission(workspace, fresh)
    land_rows(workspace, receipt.number, now)
    return receipt


def rejudge_due(workspace: Workspace, now: datetime) -> tuple[list[Receipt], list[Text]]:
    """Judges again the hand-ins that waited for a dataset that has arrived, and those about which there is a new correction.

    Returns the new receipts, and what is wrong with corrections that could not be read; other datasets are judged all the same.
    """
    due, problems = dict.fromkeys(_find_awaited(workspace)), []
    for name in workspace.contracts:
        try:
            due |= dict.fromkeys(_find_corrected(workspace, name, now.date()))
        except ContractError as wrong:
            problems.append(wrong.text)
    return [apply_rejudgement(workspace, number, now) for number in due], problems


def _list_open(workspace: Workspace, place: str) -> list[str]:
    """Returns what stands for a slice, and what was handed in last for it if that was sent back."""
    standing, received = find_standing(workspace.ledger, place), find_last_hand_in(workspace.ledger, place)
    last = received.facts["number"] if received else None
    found = [standing.number] if standing else []
    if last and last not in found and not is_retracted(workspace.ledger, last):
        verdicts = workspace.ledger.find_entries("verdict", "number", last)
        if verdicts and verdicts[-1].facts["outcome"] in SENT_BACK:
            found = [one for one in found if not _is_same_hand_in(workspace, one, last)] + [last]
    return found


def _is_same_hand_in(workspace: Workspace, one: str, other: str) -> bool:
    """Whether two submissions are judgements of one hand-in."""
    return hand_in_order(workspace.ledger, one)[0] == hand_in_order(workspace.ledger, other)[0]


def _find_awaited(workspace: Workspace) -> Iterator[str]:
    """Yields the hand-ins that were sent back only for references to other datasets, once one of these has arrived.

    A dataset has arrived if rows of the same department, or its first rows at all, have landed since the verdict.
    """
    for verdict in list_sent_back(workspace.ledger):
        number = verdict.facts["number"]
        if verdict.facts.get("waits") == REFERENCES and not is_retracted(workspace.ledger, number):
            received = workspace.ledger.find_entries("submission", "number", number)[0]
            if _is_arrived(workspace, verdict, received.facts["department"]):
                yield number


def _is_arrived(workspace: Workspace, verdict: LedgerEntry, department: str) -> bool:
    """Whether rows have landed since the verdict in a dataset that it waits for: rows of the same department, or the dataset's first ones."""
    index = open_hand_in_index(workspace.ledger)
    landed = [index.find_arrivals(dataset, department) for dataset in verdict.facts["waits_for"]]
    return any(max(seqs) > verdict.seq for seqs in landed)


def _find_corrected(workspace: Workspace, dataset: str, on: date) -> Iterator[str]:
    """Yields the hand-ins to which a valid correction applies that was not yet on record at their verdict.

    Raises ContractError if the corrections cannot be read.
    """
    path = workspace.layout.corrections_file(dataset)
    corrections = read_corrections(path, workspace.contracts[dataset])
    if not corrections:
        return
    for number in list_judgeable(workspace, dataset):
        slice_ = read_submission(workspace, number).slice
        verdicts = workspace.ledger.find_entries("verdict", "number", number)
        if slice_ is not None and not set(mark_corrections(corrections, slice_, on)) <= _known_marks(verdicts):
            yield number


def _known_marks(verdicts: Sequence[LedgerEntry]) -> set[str]:
    return {mark for verdict in verdicts for mark in verdict.facts.get("corrections", ())}

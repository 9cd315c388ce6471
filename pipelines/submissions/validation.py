"""Validation of one file against its contract, from bytes to verdict, without writing anything.

read → match labels → accepted proposals → normalise → correct → personal data → cells → rows → problem data → table → verdict. Here: that
order, and the input of each check. Not here: storing results (`pipelines/intake.py`), or the checks themselves (`quality`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from pipelines.columns import column_matching
from pipelines.normalise import CellRewrite
from pipelines.read import Reading, read_file
from pipelines.submissions.accepted_findings import soften_findings
from pipelines.submissions.checks import magnitudes, plausibility
from pipelines.submissions.checks.cell_conformance import check_cells
from pipelines.submissions.checks.cell_contents import check_contents
from pipelines.submissions.checks.cell_names import locate_findings
from pipelines.submissions.checks.null_words import explain_null_words
from pipelines.submissions.checks.row_rules import drop_blind_rules, drop_rows, judge_sound_cells
from pipelines.submissions.checks.rule_context import find_rule_context
from pipelines.submissions.checks.typed_rows import find_division_area, normalise_rows
from pipelines.submissions.comparisons.compared_rows import ComparedRows
from pipelines.submissions.comparisons.fragments import check_fragment
from pipelines.submissions.comparisons.overlaps import check_copies
from pipelines.submissions.comparisons.shared_keys import check_shared_keys
from pipelines.submissions.comparisons.wrong_department import check_department
from pipelines.submissions.corrections import CorrectedTable, apply_corrections, read_corrections
from pipelines.submissions.inbox.early_hand_in import take_reading
from pipelines.submissions.inbox.shrinking import check_shrinking, count_replaced_rows, describe_shrinking
from pipelines.submissions.proposals.accepted_proposals import AcceptedProposal, apply_proposals
from pipelines.submissions.proposals.proposals import propose_values
from pipelines.submissions.proposals.tried_proposals import ProposalTrial
from pipelines.workbook_stamp import find_outdated
from pipelines.workspace import Workspace
from quality.brief_findings import MOST_MADE, BriefFindings, UnlistedFindings
from quality.disclosure.personal_data import collect_personal_data
from quality.expectations import judge_table, list_compared_fields
from quality.findings import Finding
from quality.verdict import Verdict, decide_verdict
from schemas.contract import Contract
from schemas.errors import UnreadableFile
from schemas.execution.spilled_table import drop_resident_pages
from schemas.slices import SliceKey
from schemas.text import Text
from warehouse.lake.row_fingerprints import FingerprintSets, Projection

if TYPE_CHECKING:
    from pipelines.submissions.checks.ranged_checks import RangedChecks


@dataclass(frozen=True)
class Validation:
    """What was read, found and decided about one file. `accepted`: typed rows for the lake, None if there are none.

    `unlisted`: the findings after the first of each kind, of which only the rows are known (`quality/brief_findings.py`). `proposals`:
    the proposed values that the department accepted; `reading` is the file without them. `prints`: the fingerprints of the accepted rows,
    already computed for comparisons with other slices; empty unless all rows of the file are accepted.
    """

    verdict: Verdict
    findings: tuple[Finding, ...]
    reading: Reading | None = None
    rewrites: tuple[CellRewrite, ...] = ()
    decisions: tuple[Text, ...] = ()
    accepted: pa.Table | None = None
    proposals: tuple[AcceptedProposal, ...] = ()
    unlisted: tuple[UnlistedFindings, ...] = ()
    prints: tuple[tuple[Projection, FingerprintSets], ...] = ()


class HandInFacts(NamedTuple):
    """What is known of a hand-in besides its bytes; what is None is left out of the checks.

    `slice`: where it belongs; without it corrections, rules about the period and the department's area, and comparisons with other submissions are
    left out. `called`: the name that the department gave the file, if it differs from that of the file that is read. `on`: the day that decides which
    corrections are valid, and the day of receipt unless `received` gives another. `sha256`: of the file, to find the same bytes in another slice.
    `number`: of the submission, to leave out what was handed in after it. `complete`: it may have far fewer rows than it replaces.
    """

    slice: SliceKey | None = None
    called: str | None = None
    on: date | None = None
    received: date | None = None
    sha256: str | None = None
    number: str | None = None
    complete: bool = False


NOTHING_KNOWN = HandInFacts()


def validate_submission(
    workspace: Workspace,
    file: Path,
    contract: Contract,
    facts: HandInFacts = NOTHING_KNOWN,
    *,
    tolerated: Collection[str] = (),
    in_full: bool = False,
) -> Validation:
    """Validates `file`, of whose hand-in `facts` are known.

    `tolerated`: types of findings that become warnings. `in_full`: all findings are made, and not only the first of each kind.
    A file that is no readable table is refused, with one finding that says why.
    """
    try:
        given = take_reading(file, contract) or read_file(file, contract)
    except UnreadableFile as refusal:
        return _refuse_unreadable(refusal, file.name, facts.called or file.name)
    most, slice_ = None if in_full else MOST_MADE, facts.slice
    prepared = _prepare_rows(workspace, given, contract, slice_, facts.on)
    texts, rows = prepared.corrected.normal.table, given.rows
    cells = _judge_cells(workspace, file, prepared, slice_, most)
    context = find_rule_context(workspace, contract, slice_, facts.received or facts.on)
    trial = ProposalTrial(texts, rows, *context, prepared.matching.missing)
    # Before rows are compared: their fingerprints are in memory from then on, 32 bytes a row.
    found = cells.found + _judge_rows(cells, trial, most)
    complete = facts.complete or given.complete
    compared = ComparedRows(workspace, contract, slice_, cells.typed, rows, facts.number) if slice_ else None
    copies, split = _compare_rows(
        compared, cells.sound_rows, facts.sha256, elsewhere=cells.elsewhere, complete=complete
    )
    found = soften_findings(found + BriefFindings(copies), tolerated)
    whole = _check_whole_table(workspace, cells, rows, found, contract, slice_, complete=complete)
    found += soften_findings(BriefFindings(whole.findings), tolerated)
    verdict = decide_verdict(found, len(rows), contract.policy.quarantine.share)
    return Validation(
        verdict=verdict,
        findings=_finish_findings(found, prepared, trial, workspace, slice_),
        reading=given,
        rewrites=prepared.rewrites,
        proposals=prepared.proposals,
        decisions=(*prepared.decisions, *split, *whole.decisions),
        accepted=whole.accepted if verdict.accepted else None,
        unlisted=found.unlisted,
        prints=tuple(compared.list_sets_at_hand()) if compared and _are_all_accepted(whole, cells.typed) else (),
    )


class _PreparedRows(NamedTuple):
    """The rows of a file before they are judged: with the accepted proposals, normalised and corrected, all as text."""

    reading: Reading
    matching: column_matching.ColumnMatching
    corrected: CorrectedTable
    proposals: tuple[AcceptedProposal, ...]
    rewrites: tuple[CellRewrite, ...]

    @property
    def decisions(self) -> tuple[Text, ...]:
        """The decisions of reading, matching and correcting."""
        return (*self.reading.decisions, *self.matching.decisions, *self.corrected.decisions)


def _prepare_rows(
    workspace: Workspace, given: Reading, contract: Contract, slice_: SliceKey | None, on: date | None
) -> _PreparedRows:
    """Matches the columns of the file with the contract's fields, and applies accepted proposals, normalising rules and corrections."""
    matching = column_matching.match_reading(given, contract, workspace.codelists)
    reading, of_proposals, proposals = apply_proposals(given, matching)
    corrected = _correct_rows(workspace, reading, matching, slice_, on)
    return _PreparedRows(reading, matching, corrected, proposals, (*of_proposals, *corrected.normal.rewrites))


class _JudgedCells(NamedTuple):
    """The typed rows, all findings up to those on cells, and the numbers of the rows without an error so far.

    `elsewhere`: whether the rows are those of another department.
    """

    typed: pa.Table
    found: BriefFindings
    sound: pa.Table
    sound_rows: pa.Array
    elsewhere: bool


def _judge_cells(
    workspace: Workspace, file: Path, prepared: _PreparedRows, slice_: SliceKey | None, most: int | None
) -> _JudgedCells:
    """Types the cells. `most`: the number of findings to make of each kind, None for all."""
    matching, texts, rows = prepared.matching, prepared.corrected.normal.table, prepared.reading.rows
    read = prepared.reading.list_found(in_full=most is None)
    elsewhere = _check_department(workspace, texts, matching.contract, slice_)
    ranged = _check_by_ranges(workspace, file, texts, rows, matching.contract, read, most)
    found = BriefFindings(elsewhere) + _check_texts(prepared, read, ranged, most)
    typed, of_cells = check_cells(
        texts, rows, matching.contract, found, read, matching.missing, ranged and ranged.cells, most=most
    )
    found += of_cells
    return _JudgedCells(typed, found, *drop_rows(typed, rows, found.list_error_rows()), elsewhere=bool(elsewhere))


def _judge_rows(cells: _JudgedCells, trial: ProposalTrial, most: int | None) -> BriefFindings:
    """Returns the findings of the rules on rows, those on figures of another magnitude, and those on a table that is unusable as a whole."""
    judged = judge_sound_cells(cells.typed, trial.rows, cells.found, trial.contract, trial.context, most)
    fractions = BriefFindings(magnitudes.check_fractions(cells.sound, trial.contract, judged.findings))
    of_rules = drop_blind_rules(judged + fractions, trial.contract, trial.missing)
    slips = magnitudes.find_unit_slips(cells.sound, cells.sound_rows, trial.contract, most)
    suspect = plausibility.check_table(trial.texts, cells.sound, cells.sound_rows, trial.contract)
    return of_rules + slips + BriefFindings(suspect)


def _check_by_ranges(
    workspace: Workspace,
    file: Path,
    texts: pa.Table,
    rows: pa.Array,
    contract: Contract,
    read: BriefFindings,
    most: int | None,
) -> "RangedChecks | None":
    """Returns the findings on the cells `texts` of a large file, checked in ranges; None if the file is small or this process does all checks."""
    if workspace.large_work is None:
        return None
    from pipelines.submissions.checks.ranged_checks import check_by_ranges  # noqa: PLC0415 -- most installations have one machine

    return check_by_ranges(workspace.large_work, workspace.layout, file, texts, rows, contract, read, most)


def _check_texts(
    prepared: _PreparedRows, read: BriefFindings, ranged: "RangedChecks | None", most: int | None
) -> BriefFindings:
    """Returns the findings made on text, before cells are typed: those of the reader, on the header, on corrections and on texts."""
    reading, matching, corrected = prepared.reading, prepared.matching, prepared.corrected
    texts, rows, contract = corrected.normal.table, reading.rows, matching.contract
    before = BriefFindings([*find_outdated(reading.stamp, contract)]) + read
    before += BriefFindings([*matching.findings, *corrected.findings])
    personal = ranged.personal if ranged else collect_personal_data(texts, rows, contract, most)
    return before + personal + (ranged.contents if ranged else check_contents(texts, rows, contract, most))


def refuse_submission(finding: Finding) -> Validation:
    """Returns the validation of a file that is refused: no valid submission, or no table."""
    verdict = Verdict(outcome="refused", reason=finding.message, rows=0)
    return Validation(verdict=verdict, findings=(finding,))


class _WholeTable(NamedTuple):
    """Findings on the table as a whole, decisions about it, and the rows that would be landed."""

    findings: list[Finding]
    decisions: tuple[Text, ...] = ()
    accepted: pa.Table | None = None


def _check_whole_table(
    workspace: Workspace,
    cells: _JudgedCells,
    rows: pa.Array,
    found: BriefFindings,
    contract: Contract,
    slice_: SliceKey | None,
    *,
    complete: bool,
) -> _WholeTable:
    """Checks magnitudes, and for a file that would be accepted the table's expectations and its number of rows.

    `found`: all findings so far, also those on rows and from comparisons with other files.
    """
    drop_resident_pages()
    magnitudes_found = magnitudes.check_magnitudes(cells.sound, contract)
    verdict = decide_verdict(found, len(rows), contract.policy.quarantine.share)
    if not verdict.accepted:
        return _WholeTable(magnitudes_found)
    accepted, _ = drop_rows(cells.typed, rows, found.list_error_rows())
    if slice_ is None:
        return _WholeTable([*judge_table(accepted, None, contract), *magnitudes_found], (), accepted)
    previous = workspace.lake.read_previous(contract, slice_, list_compared_fields(contract))
    of_table = judge_table(accepted, previous, contract)
    replaced = count_replaced_rows(workspace, contract, slice_, previous)
    shrunk = check_shrinking(contract, slice_, accepted.num_rows, replaced)
    decisions = (describe_shrinking(accepted.num_rows, replaced),) if shrunk and complete else ()
    return _WholeTable([*of_table, *magnitudes_found, *([] if complete else shrunk)], decisions, accepted)


def _are_all_accepted(whole: _WholeTable, typed: pa.Table) -> bool:
    return whole.accepted is not None and whole.accepted.num_rows == typed.num_rows


def _correct_rows(
    workspace: Workspace,
    reading: Reading,
    matching: column_matching.ColumnMatching,
    slice_: SliceKey | None,
    on: date | None,
) -> CorrectedTable:
    """Normalises the rows and applies the corrections on record that are valid on that day."""
    contract = matching.contract
    normal = normalise_rows(workspace, reading, matching, slice_)
    if slice_ is None or on is None:
        return CorrectedTable(normal)
    corrections = read_corrections(workspace.layout.corrections_file(contract.name), contract)
    if not corrections:
        return CorrectedTable(normal)
    return apply_corrections(normal, reading.rows, contract, corrections, slice_, on, workspace.codelists)


def _check_department(
    workspace: Workspace, texts: pa.Table, contract: Contract, slice_: SliceKey | None
) -> list[Finding]:
    if slice_ is None:
        return []
    department = workspace.departments[slice_.department]
    return check_department(texts, contract, department, workspace.departments)


def _compare_rows(
    compared: ComparedRows | None, sound_rows: pa.Array, sha256: str | None, *, elsewhere: bool, complete: bool
) -> tuple[list[Finding], list[Text]]:
    """Compares the rows with what stands; returns the findings, and decisions that follow from the department's word that the file is complete.

    Nothing for a file without a slice. `elsewhere`: whether the rows are those of another city; they are then no fragment of this one's
    table.
    """
    if compared is None:
        return [], []
    found, decided = ([], []) if elsewhere else check_fragment(compared, sound_rows, complete=complete)
    copies = check_copies(compared, sha256)
    is_copy = any(one.severity == "error" for one in copies)
    return [*found, *copies, *([] if is_copy else check_shared_keys(compared))], decided


def _finish_findings(
    found: BriefFindings, prepared: _PreparedRows, trial: ProposalTrial, workspace: Workspace, slice_: SliceKey | None
) -> tuple[Finding, ...]:
    """Returns the listed findings with proposed values that hold, the words that were read as empty, and the names of their cells."""
    area = find_division_area(workspace, slice_)
    matching = prepared.matching
    proposed = propose_values(found, matching.contract, workspace.codelists, area, trial, matching.units)
    explained = explain_null_words(proposed, prepared.rewrites)
    return tuple(locate_findings(explained, prepared.reading, matching))


def _refuse_unreadable(refusal: UnreadableFile, kept: str, called: str) -> Validation:
    zh, en = (text.replace(f"“{kept}”", f"“{called}”") for text in (refusal.text.zh, refusal.text.en))
    return refuse_submission(Finding(judge="table", type=refusal.kind, severity="error", message=Text(zh=zh, en=en)))

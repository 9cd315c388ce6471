"""Fragments: files that are pieces of one table, each of which would replace the others.

The pieces have the same department, dataset and period, no key in common and no common rows under other keys. Compared are: what
stands for the slice; the other files that were received with this one and are not judged yet, so that no piece of an inbox is taken
as the whole; and, while nothing stands, the pieces that were sent back before. A department that says that its file is complete is
believed, on record. Cost: where a slice is replaced, the fingerprints of its keys, and all of them only where no key is
common; a file beside this one is read once more. Not here: overlaps with other slices (`overlaps.py`), fewer rows than before (`pipelines/submissions/inbox/shrinking.py`).

Source: Fudan open data index, 问题数据集 (碎片化).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipelines.submissions.checks.typed_rows import read_typed_rows
from pipelines.submissions.comparisons.compared_rows import TOLD_APART, ComparedRows, project_contract
from pipelines.submissions.inbox.shrinking import COMPLETE_WORD
from pipelines.submissions.inbox.submission import Submission, read_submission
from quality.findings import Finding, make_table_finding
from schemas.text import Text
from warehouse.lake.row_fingerprints import (
    Bools,
    FingerprintSets,
    Hashes,
    collect_sets,
    count_common,
    fingerprint_rows,
    sort_distinct,
)
from warehouse.lake.slice_fingerprints import derive_file, read_file
from warehouse.lake.standing import StandingSubmission, find_standing, hand_in_order, list_hand_ins, list_unjudged

COVERED = 0.95
"""Share of the standing keys from which a file is the table itself, whatever else lies beside it."""
RENUMBERED = 0.5
"""Share of equal rows from which two files without a common key are one table with new keys."""
MOST_BESIDE = 8
LARGEST_BESIDE = 32 * 1024 * 1024
"""Number and bytes of the files beside this one that are read: all pieces are told of by the few before them."""


@dataclass(frozen=True)
class OtherPiece:
    """What may belong to the same table: its receipt, file name, fingerprints, and whether it stands."""

    number: str
    filename: str
    sets: FingerprintSets
    stands: bool


@dataclass(frozen=True)
class _SoundRows:
    """The rows of the hand-in without errors (`chosen`): their keys at once, all their fingerprints when they are asked for."""

    compared: ComparedRows
    chosen: Bools

    @cached_property
    def keys(self) -> Hashes:
        return sort_distinct(self.compared.keys[self.chosen])

    @cached_property
    def sets(self) -> FingerprintSets:
        return collect_sets(self.compared.prints.select_rows(self.chosen))


def check_fragment(compared: ComparedRows, sound_rows: pa.Array, *, complete: bool) -> tuple[list[Finding], list[Text]]:
    """Returns an error if the rows are a piece of a table, or, if the department says that they are complete, that as a decision.

    `sound_rows`: the numbers of the rows without errors; the others are left out.
    """
    if "fragment" in compared.contract.policy.waived_problems or not len(sound_rows):
        return [], []
    numbers = _list_beside(compared)
    standing = _find_replaced(compared)
    if not numbers and standing is None:
        return [], []
    sound = _SoundRows(compared, np.isin(compared.rows.to_numpy(), sound_rows.to_numpy()))
    if not len(sound.keys):
        return [], []
    candidates = _read_candidates(compared, sound.keys, standing, numbers)
    pieces = [piece for piece in candidates if _is_apart(sound, piece.sets)]
    if not pieces:
        return [], []
    finding = _make_fragment_finding(compared, sound.sets.rows, pieces)
    return ([], [_describe_decision(pieces)]) if complete else ([finding], [])


def _find_replaced(compared: ComparedRows) -> StandingSubmission | None:
    """Returns the submission that stands for the slice, unless it is this one."""
    standing = find_standing(compared.workspace.ledger, str(compared.slice))
    return standing if standing is not None and standing.number != compared.number else None


def _list_beside(compared: ComparedRows) -> list[str]:
    """Returns the hand-ins that may be other pieces: those without a verdict, and while nothing stands those sent back."""
    if compared.number is None:
        return []
    standing = find_standing(compared.workspace.ledger, str(compared.slice))
    return [*_list_unjudged(compared), *([] if standing else _list_sent_back(compared))][:MOST_BESIDE]


def _read_candidates(
    compared: ComparedRows, keys: Hashes, standing: StandingSubmission | None, beside: list[str]
) -> Iterator[OtherPiece]:
    """Yields what may be another piece of the table that rows with these keys belong to."""
    workspace = compared.workspace
    if standing is not None and compared.slice in compared.standing.parts:
        there = compared.standing.read_keys(compared.slice)
        common = count_common(keys, there)
        if common >= COVERED * len(there):
            return
        if not common:
            sets = compared.standing.read_sets(compared.slice)
            yield OtherPiece(standing.number, read_submission(workspace, standing.number).filename, sets, stands=True)
    for number in beside:
        submission = read_submission(workspace, number)
        sets_beside = _read_sets(compared, submission) if submission.size <= LARGEST_BESIDE else None
        if sets_beside is not None and len(sets_beside.keys):
            yield OtherPiece(number, submission.filename, sets_beside, stands=False)


def _list_unjudged(compared: ComparedRows) -> list[str]:
    """Returns the other hand-ins for the slice that were received and have no verdict yet."""
    ledger = compared.workspace.ledger
    numbers = [entry.facts["number"] for entry in list_unjudged(ledger, str(compared.slice))]
    mine = hand_in_order(ledger, compared.number or "")
    return [number for number in numbers if number != compared.number and hand_in_order(ledger, number)[0] != mine[0]]


def _list_sent_back(compared: ComparedRows) -> list[str]:
    """Returns the earlier hand-ins for the slice that were quarantined as fragments."""
    ledger = compared.workspace.ledger
    mine, found = hand_in_order(ledger, compared.number or ""), []
    for entry in list_hand_ins(ledger, str(compared.slice)):
        number = entry.facts["number"]
        verdicts = ledger.find_entries("verdict", "number", number)
        if hand_in_order(ledger, number)[0] < mine[0] and verdicts and "fragment" in verdicts[-1].facts["counts"]:
            found += [number] if verdicts[-1].facts["outcome"] == "quarantine" else []
    return found


def _read_sets(compared: ComparedRows, submission: Submission) -> FingerprintSets | None:
    """Returns the fingerprints of a submission, kept beside its original; None if it cannot be read."""
    workspace, projection = compared.workspace, project_contract(compared.contract)
    path: Path = workspace.layout.submission_folder(submission.number) / f"rows-{projection.digest}.u64"
    if (known := read_file(path)) is not None:
        return known
    typed = read_typed_rows(workspace, submission, compared.contract)
    if typed is None:
        return None
    return derive_file(path, lambda: collect_sets(fingerprint_rows(typed, projection)))


def _is_apart(sound: _SoundRows, other: FingerprintSets) -> bool:
    """Whether two tables have no key in common and are not the same rows under other keys."""
    if count_common(sound.keys, other.keys):
        return False
    one = sound.sets
    for mine, theirs, always in (
        (one.whole, other.whole, True),
        (one.exact, other.exact, False),
        (one.loose, other.loose, False),
    ):
        fewer = min(len(mine), len(theirs))
        telling = always or (len(mine) >= TOLD_APART * one.rows and len(theirs) >= TOLD_APART * other.rows)
        if fewer and telling and count_common(mine, theirs) >= RENUMBERED * fewer:
            return False
    return True


def _make_fragment_finding(compared: ComparedRows, rows: int, pieces: list[OtherPiece]) -> Finding:
    name = f"{compared.slice.dataset}_{compared.slice.period}_{COMPLETE_WORD}"
    others, english = _name_pieces(pieces)
    replaced = any(piece.stands for piece in pieces)
    return make_table_finding(
        "fragment",
        "error",
        Text(
            zh=f"疑似把同一张表分成几份报送：本次 {rows} 行，与{others}没有一行相同，"
            + ("接收后将替换已有数据" if replaced else "各份将互相替换"),
            en=f"this looks like one table cut in parts: none of the {rows} rows is in {english}, "
            + ("which they would replace" if replaced else "and each part would replace the others"),
        ),
        Text(
            zh=f"请把各部分合并成一份文件报送；本文件确为完整数据的，请命名为 {name} 后重新报送（命令行可加 --complete）",
            en=f"send all parts as one file; if this one is the whole table, name it {name} and hand it in again (with submit use --complete)",
        ),
    )


def _name_pieces(pieces: list[OtherPiece]) -> tuple[str, str]:
    zh = "、".join(
        f"{'已接收的' if one.stands else '同期报送的'}“{one.filename}”（{one.sets.rows} 行，回执 {one.number}）"
        for one in pieces
    )
    en = " and ".join(
        f'"{one.filename}"{", which was taken" if one.stands else ""} ({one.sets.rows} rows, receipt {one.number})'
        for one in pieces
    )
    return zh, en


def _describe_decision(pieces: list[OtherPiece]) -> Text:
    zh, en = _name_pieces(pieces)
    return Text(
        zh=f"报送单位声明本次为完整数据，与{zh}没有一行相同",
        en=f"the department says that this is complete; it has no row of {en}",
    )

"""Erasure from kept originals, and from one file of any kind, in its content and in its name.

The hash of the file as handed in stays in the submission, the receipt and the ledger; the hash of the copy without the values stands
beside it. Where a format cannot be rewritten faithfully the file is removed. Not here: which other files there are (`carry_out.py`).
"""

import hashlib
import os
from datetime import datetime
from itertools import chain, count
from pathlib import Path

from pipelines.erasure.found_places import count_in_file
from pipelines.erasure.raw_bytes import erase_bytes
from pipelines.erasure.requests import ErasureRequest
from pipelines.erasure.sought_values import SoughtValues
from pipelines.submissions.inbox.submission import ErasedOriginal, Submission, original_file, read_submission
from pipelines.submissions.receipts.receipt_files import mark_receipt
from pipelines.workspace import Workspace
from warehouse.atomic_files import fsync_path, open_aside, write_atomically


def erase_originals(workspace: Workspace, request: ErasureRequest, sought: SoughtValues, now: datetime) -> None:
    """Erases the values from every kept original; each one that held one gets an entry of the ledger.

    The hash of the new copy is noted in the submission first, so that the next call can finish the work if this one is killed before the
    entry.
    """
    for number in _list_numbers(workspace):
        submission = read_submission(workspace, number)
        if submission.kept and count_in_file(original_file(workspace, submission), sought):
            submission = _erase_original(workspace, request, submission, sought)
        if submission.erased is not None and submission.erased.erasure == request.number:
            _record_redaction(workspace, submission, submission.erased, now)


def mark_redacted(workspace: Workspace, request: ErasureRequest) -> None:
    """Writes onto the receipts of this erasure's originals that something was erased from them."""
    for entry in workspace.ledger.read_entries("redaction"):
        number = entry.facts.get("number")
        if (
            entry.facts["erasure"] == request.number
            and number
            and workspace.layout.receipt_file(number, "json").is_file()
        ):
            mark_receipt(workspace, number)


def erase_file(path: Path, sought: SoughtValues) -> None:
    """Erases the values from a file in place, or removes it if its format cannot be rewritten."""
    _place_content(path, _find_content(path, sought))


def rename_file(path: Path, sought: SoughtValues) -> None:
    """Removes the values from the name of a file; a number is appended if another file has that name."""
    if not sought.count_in(path.name):
        return
    clean = path.with_name(_clean_name(path.name, sought))
    numbered = (clean.with_stem(f"{clean.stem}-{number}") for number in count(2))
    path.rename(next(one for one in chain([clean], numbered) if not one.exists()))
    fsync_path(path.parent)


def _find_content(path: Path, sought: SoughtValues) -> bytes | None:
    """Returns the bytes of a file that holds a value without it; None if its format cannot be rewritten faithfully."""
    before = path.read_bytes()
    content = erase_bytes(path.name, before, sought).content
    if content is None or content == before or erase_bytes(path.name, content, sought).hits:
        return None
    return content


def _place_content(path: Path, content: bytes | None) -> None:
    """Replaces the content of a file atomically and keeps its permissions; None removes the file."""
    if content is None:
        path.unlink()
        fsync_path(path.parent)
        return
    mode = path.stat().st_mode & 0o777
    with open_aside(path) as file:
        file.write(content)
        os.fchmod(file.fileno(), mode)


def _erase_original(
    workspace: Workspace, request: ErasureRequest, submission: Submission, sought: SoughtValues
) -> Submission:
    path = original_file(workspace, submission)
    content = _find_content(path, sought)
    digest = hashlib.sha256(content).hexdigest() if content is not None else None
    erased = ErasedOriginal(erasure=request.number, order=request.order, sha256=digest)
    submission = submission.model_copy(
        update={"erased": erased, "kept": content is not None, "filename": _clean_name(submission.filename, sought)}
    )
    write_atomically(path.with_name("submission.json"), submission.model_dump_json(indent=1))
    _place_content(path, content)
    return submission


def _clean_name(name: str, sought: SoughtValues) -> str:
    return sought.blank_text(f"-{name}")[1:]


def _record_redaction(workspace: Workspace, submission: Submission, erased: ErasedOriginal, now: datetime) -> None:
    """Record hash before and after; a removal that a kill left undone is done first."""
    if not submission.kept:
        original_file(workspace, submission).unlink(missing_ok=True)
    facts = {
        "erasure": erased.erasure,
        "order": erased.order,
        "number": submission.number,
        "original": submission.sha256,
        "sha256": erased.sha256,
    }
    workspace.ledger.append_once(
        "redaction",
        now=now,
        actor=workspace.actor,
        reason="erased from an original",
        facts=facts,
        key=("erasure", "number"),
    )


def _list_numbers(workspace: Workspace) -> list[str]:
    folder = workspace.layout.home / "submissions"
    return sorted(path.parent.name for path in folder.glob("RCPT-*/submission.json"))

"""Originals without the values: the kept file of a submission, its copies in quarantine and among the taken files.

The hash of the file as handed in stays in the submission, the receipt and the ledger; the hash of the copy without the values stands
beside it. Where a format cannot be rewritten faithfully the file is removed. Not here: what was read from it (`carry_out.py`).
"""

import hashlib
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from pipelines.erasure.found_places import count_in_file
from pipelines.erasure.raw_bytes import erase_bytes
from pipelines.erasure.requests import ErasureRequest
from pipelines.erasure.sought_values import MARK, SoughtValues
from pipelines.submissions.receipt_files import mark_receipt
from pipelines.submissions.submission import ErasedOriginal, Submission, original_file, read_submission
from pipelines.submissions.taken_files import FOLDERS
from pipelines.workspace import Workspace
from warehouse.atomic_files import file_sha256, fsync_path, open_aside, write_atomically


def erase_originals(workspace: Workspace, request: ErasureRequest, sought: SoughtValues, now: datetime) -> None:
    """Erase the values from every kept original and its copies; each original that held one gets an entry of the ledger.

    What the copy will be is noted in the submission first, so that a kill before the entry leaves something to go on from.
    """
    for number in _list_numbers(workspace):
        submission = read_submission(workspace, number)
        if submission.kept and count_in_file(original_file(workspace, submission), sought):
            submission = _erase_original(workspace, request, submission, sought)
        if submission.erased is not None and submission.erased.erasure == request.number:
            _record_redaction(workspace, request, submission, now)
    for path in _list_copies(workspace):
        if count_in_file(path, sought):
            erase_file(path, sought)


def mark_redacted(workspace: Workspace, request: ErasureRequest) -> None:
    """Write onto the receipts of this erasure's originals that something was erased from them."""
    for entry in workspace.ledger.read_entries("redaction"):
        number = entry.facts.get("number")
        if (
            entry.facts["erasure"] == request.number
            and number
            and workspace.layout.receipt_file(number, "json").is_file()
        ):
            mark_receipt(workspace, number)


def erase_file(path: Path, sought: SoughtValues) -> bytes | None:
    """Erase the values from a file in place and return its new bytes; None if it had to be removed."""
    content = erase_bytes(path.name, path.read_bytes(), sought).content
    if content is None or count_in_bytes(path, content, sought):
        path.unlink()
        fsync_path(path.parent)
        return None
    replace_content(path, content)
    return content


def rename_file(path: Path, sought: SoughtValues) -> Path:
    """Take the values out of the name of a file; returns its path."""
    if not sought.count_in(path.name):
        return path
    fresh = path.with_name(sought.blank_text(f"-{path.name}", MARK)[1:])
    path.rename(fresh)
    fsync_path(path.parent)
    return fresh


def replace_content(path: Path, content: bytes) -> None:
    """Write a file aside and rename it into place; its permissions stay."""
    mode = path.stat().st_mode & 0o777
    with open_aside(path) as file:
        file.write(content)
        os.fchmod(file.fileno(), mode)


def count_in_bytes(path: Path, content: bytes, sought: SoughtValues) -> int:
    """Return how often a value still stands in bytes that were rewritten."""
    return erase_bytes(path.name, content, sought).hits


def _erase_original(
    workspace: Workspace, request: ErasureRequest, submission: Submission, sought: SoughtValues
) -> Submission:
    path = original_file(workspace, submission)
    content = erase_bytes(path.name, path.read_bytes(), sought).content
    if content is not None and (count_in_bytes(path, content, sought) or content == path.read_bytes()):
        content = None
    digest = hashlib.sha256(content).hexdigest() if content is not None else None
    erased = ErasedOriginal(erasure=request.number, order=request.order, sha256=digest)
    submission = submission.model_copy(
        update={"erased": erased, "kept": content is not None, "filename": _clean_name(submission.filename, sought)}
    )
    write_atomically(path.with_name("submission.json"), submission.model_dump_json(indent=1))
    if content is None:
        path.unlink()
        fsync_path(path.parent)
    else:
        replace_content(path, content)
    return submission


def _clean_name(name: str, sought: SoughtValues) -> str:
    return sought.blank_text(f"-{name}", MARK)[1:]


def _record_redaction(workspace: Workspace, request: ErasureRequest, submission: Submission, now: datetime) -> None:
    """Record hash before and after; a removal that a kill left undone is done first."""
    path = original_file(workspace, submission)
    if not submission.kept:
        path.unlink(missing_ok=True)
    digest = file_sha256(path) if path.is_file() else None
    facts = {
        "erasure": request.number,
        "order": request.order,
        "number": submission.number,
        "original": submission.sha256,
        "sha256": digest,
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


def _list_copies(workspace: Workspace) -> Iterator[Path]:
    """Yield the copies of originals in quarantine and among the received files of the inbox."""
    yield from sorted((workspace.layout.home / "quarantine").glob("*/original.*"))
    for name in sorted(FOLDERS):
        yield from sorted(path for path in workspace.layout.inbox.glob(f"**/{name}/*") if path.is_file())

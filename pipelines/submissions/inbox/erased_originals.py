"""Originals from which something was erased: their bytes are not taken again, and a judgement in flight does not bring a value back.

Not here: erasing (`pipelines/erasure`). A corrected file has other bytes and is taken as ever.
"""

from collections.abc import Callable
from typing import TypeVar

from pipelines.submissions.inbox.submission import Submission, read_submission
from pipelines.workspace import Workspace
from schemas.text import Text

Judged = TypeVar("Judged")
Written = TypeVar("Written")


def describe_erased(workspace: Workspace, filename: str, sha256: str) -> Text | None:
    """Returns why a file with these bytes is not taken, with the order of the erasure; None if nothing was erased from them."""
    found = workspace.ledger.find_newest("redaction", "original", sha256, 1)
    if not found:
        return None
    order, day = found[0].facts["order"], found[0].at.date()
    return Text(
        zh=f"{filename} 含有 {day} 已按 {order} 删除的内容，不予接收；请从收件夹中移走，去掉该内容后重新报送",
        en=f"{filename} holds what was erased on {day} under {order} and is not taken; remove it from the inbox, and hand it in without that",
    )


def count_erasures(workspace: Workspace, number: str) -> int:
    """Returns how many erasures changed the original of a submission."""
    return len(workspace.ledger.find_entries("redaction", "number", number))


def write_judged(
    workspace: Workspace,
    number: str,
    judge: Callable[[Submission], Judged],
    write: Callable[[Submission, Judged], Written],
) -> Written:
    """Judges a submission, writes what was found and returns what `write` returns; judges again if something was erased from the original in between.

    An erasure holds the lock of receiving and that of every dataset's landing until its last step, on all hosts. So what is written under one of them
    was read either before an erasure, which finds it, or after it.
    """
    while True:
        submission, erasures = read_submission(workspace, number), count_erasures(workspace, number)
        judged = judge(submission)
        layout = workspace.layout
        lock = layout.landing_lock(submission.slice.dataset) if submission.slice else layout.receiving_lock
        with workspace.hold_lock(lock):
            if count_erasures(workspace, number) == erasures:
                return write(submission, judged)

"""Hand-ins: receiving a file out of the inbox, and the submissions that are not finished yet.

Here too: where the department's file lies after its verdict. Not here: storing the bytes and the number (`submission.py`),
moving files (`taken_files.py`), judging.
"""

from datetime import datetime
from pathlib import Path

from pipelines.submissions.inbox.inbox import Arrival, find_place_slice
from pipelines.submissions.inbox.submission import Submission, original_file, read_submission, receive_file
from pipelines.submissions.inbox.taken_files import file_by_outcome, move_taken, read_state
from pipelines.workspace import Workspace
from quality.findings import Finding
from schemas.errors import UnreadableFile
from warehouse.ledger.hand_in_index import SENT_BACK


def receive_arrival(workspace: Workspace, arrival: Arrival, now: datetime) -> Submission:
    """Receives a file and moves it out of the inbox; a submission that was received already is returned as it is.

    The file is moved only after its entry is in the ledger, and before another file of the inbox gets a number: after a kill
    between the two it lies there still, is known as what was handed in last, and is moved then. Raises UnreadableFile if it cannot
    be stored.
    """
    if not arrival.path.is_relative_to(workspace.layout.inbox):
        return read_submission(workspace, arrival.number)
    with workspace.hold_lock(workspace.layout.receiving_lock):
        try:
            state = read_state(arrival.path)
            submission = receive_file(workspace, arrival.path, arrival.slice, now, arrival.place)
        except (FileNotFoundError, UnreadableFile):
            if arrival.path.exists() or not workspace.ledger.find_entry("submission", {"number": arrival.number}):
                raise
            return read_submission(workspace, arrival.number)
        move_taken(arrival.path, submission.number, state)
    if verdicts := workspace.ledger.find_entries("verdict", "number", submission.number):
        sent_back = verdicts[-1].facts["outcome"] in SENT_BACK
        file_by_outcome(arrival.path, submission.number, sent_back=sent_back)
    return submission


def file_received(workspace: Workspace, submission: Submission, *, sent_back: bool) -> None:
    """Puts the department's own file where its outcome belongs: `已收`, or `退回` if it was sent back; repeating it is harmless.

    That is the file under the name of its first hand-in. The same bytes handed in again under another name stay where that hand-in
    put them: finding them would mean a look through all that was ever taken.
    """
    while submission.rejudges:
        submission = read_submission(workspace, submission.rejudges)
    inbox, slice_ = workspace.layout.inbox, submission.slice
    file = inbox / slice_.department / submission.filename if slice_ else inbox / submission.place
    file_by_outcome(file, submission.number, sent_back=sent_back)


def list_open_arrivals(workspace: Workspace) -> list[Arrival]:
    """Returns the submissions that were received and are not finished, as arrivals, in the order of hand-in."""
    return [_open_arrival(workspace, number) for number in workspace.unfinished.list_numbers()]


def _open_arrival(workspace: Workspace, number: str) -> Arrival:
    submission = read_submission(workspace, number)
    problem = None
    if submission.slice is None:
        found = find_place_slice(workspace, Path(submission.place))
        problem = found if isinstance(found, Finding) else None
    return Arrival(
        original_file(workspace, submission),
        submission.place if submission.slice is None else f"{submission.slice.department}/{submission.filename}",
        submission.sha256,
        submission.slice,
        problem,
        number,
    )

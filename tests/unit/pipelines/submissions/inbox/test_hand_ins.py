"""Hand-ins: what was handed in last stands, the same bytes again, two files in turn, and looks that cost nothing."""

import os
from pathlib import Path

import pytest

from pipelines.intake import find_unfinished, judge_submission, land_rows, take_arrival
from pipelines.submissions.decisions.acceptance import accept_submission
from pipelines.submissions.inbox import hand_ins
from pipelines.submissions.inbox import submission as submission_module
from pipelines.submissions.inbox.hand_ins import receive_arrival
from pipelines.submissions.inbox.inbox import list_arrivals
from pipelines.submissions.inbox.submission import find_submissions
from pipelines.submissions.inbox.taken_files import SENT_BACK_FOLDER, TAKEN_FOLDER
from pipelines.submissions.receipts import receipt_index
from schemas.errors import UnreadableFile
from schemas.slices import SliceKey
from support.contracts import contract_with
from support.workspaces import NOW, put, workspace_with
from warehouse.lake.lake import Lake
from warehouse.lake.standing import find_standing
from warehouse.ledger.ledger import Ledger

CONTRACT = contract_with(["id:integer", "name"])
SLICE = SliceKey(dataset="sample", department="210100", period="2026")
OLD = "id,name\n" + "".join(f"{at},甲\n" for at in range(5))
NEW = "id,name\n" + "".join(f"{at},乙\n" for at in range(4))
BAD = "id,name\nx,丙\n"


@pytest.fixture
def workspace(tmp_path):
    return workspace_with(tmp_path, CONTRACT)


def hand_in(workspace, content, name="sample_2026.csv"):
    """The receipt of one file that is put into the inbox and taken."""
    put(workspace, "210100", name, content)
    (arrival,) = find_unfinished(workspace, list_arrivals(workspace))
    return take_arrival(workspace, arrival, NOW)


def names(workspace):
    return workspace.lake.read_slice(CONTRACT, SLICE).column("name").to_pylist()


def inbox_files(workspace):
    return [path.name for path in (workspace.layout.inbox / "210100").iterdir() if path.is_file()]


def test_the_old_file_handed_in_again_after_another_is_what_stands(workspace):
    first, second, third = (hand_in(workspace, content) for content in (OLD, NEW, OLD))
    assert len({first.number, second.number, third.number}) == 3
    assert names(workspace) == ["甲"] * 5
    assert find_standing(workspace.ledger, str(SLICE)).number == third.number
    assert third.sha256 == first.sha256


def test_the_same_bytes_again_change_nothing_while_they_stand(workspace):
    first = hand_in(workspace, OLD)
    entries = workspace.ledger.read_entries()
    assert hand_in(workspace, OLD, "sample_2026_again.csv") == first
    assert workspace.ledger.read_entries() == entries


def test_files_back_and_forth_each_get_a_receipt_of_their_own(workspace):
    receipts = [hand_in(workspace, (OLD, NEW)[turn % 2]) for turn in range(6)]
    assert len({receipt.number for receipt in receipts}) == 6
    assert names(workspace) == ["乙"] * 4


def test_a_bad_file_between_them_does_not_shut_the_right_one_out(workspace):
    hand_in(workspace, OLD)
    assert hand_in(workspace, BAD).outcome == "quarantine"
    again = hand_in(workspace, OLD)
    assert (again.outcome, names(workspace)) == ("accept", ["甲"] * 5)
    assert find_standing(workspace.ledger, str(SLICE)).number == again.number


def test_looking_again_and_again_takes_no_lying_file_for_a_new_one(workspace):
    for at, content in enumerate((OLD, NEW), start=1):
        path = put(workspace, "210100", f"sample_2026_{at}.csv", content)
        os.utime(path, ns=(at * 10**9, at * 10**9))
    for arrival in find_unfinished(workspace, list_arrivals(workspace)):
        take_arrival(workspace, arrival, NOW)
    entries = workspace.ledger.read_entries()
    for _ in range(3):
        assert find_unfinished(workspace, list_arrivals(workspace)) == []
    assert workspace.ledger.read_entries() == entries
    assert names(workspace) == ["乙"] * 4
    assert inbox_files(workspace) == []


def test_a_taken_file_lies_where_the_department_sees_it_with_its_number(workspace):
    receipt = hand_in(workspace, OLD)
    kept = workspace.layout.inbox / "210100" / TAKEN_FOLDER / f"{receipt.number}_sample_2026.csv"
    assert kept.read_text(encoding="utf-8") == OLD


def lies_in(workspace, receipt):
    """The folder in which the department finds its file."""
    (found,) = (workspace.layout.inbox / "210100").glob(f"*/{receipt.number}_*")
    return found.parent.name


def test_a_file_that_was_sent_back_lies_apart_from_those_that_were_taken(workspace):
    taken, sent_back, refused = (hand_in(workspace, content) for content in (OLD, BAD, ""))
    assert [lies_in(workspace, one) for one in (taken, sent_back, refused)] == [
        TAKEN_FOLDER,
        SENT_BACK_FOLDER,
        SENT_BACK_FOLDER,
    ]
    assert list_arrivals(workspace) == []
    again = hand_in(workspace, "", "sample_2026_again.csv")
    assert (again.number, list_arrivals(workspace)) == (refused.number, [])
    assert not any((workspace.layout.inbox / "210100" / TAKEN_FOLDER).glob(f"{refused.number}_*"))


def test_a_misnamed_file_lies_with_what_was_sent_back(workspace):
    receipt = hand_in(workspace, OLD, "stadium_2026.csv")
    assert (receipt.outcome, lies_in(workspace, receipt)) == ("refused", SENT_BACK_FOLDER)


def test_killed_before_the_verdict_a_file_is_put_in_its_place_by_the_next_run(workspace, monkeypatch):
    put(workspace, "210100", "sample_2026.csv", BAD)
    (arrival,) = list_arrivals(workspace)
    with monkeypatch.context() as patch:
        patch.setattr("pipelines.intake.file_received", lambda *_, **__: pytest.fail("killed"))
        with pytest.raises(pytest.fail.Exception):
            take_arrival(workspace, arrival, NOW)
    (unfinished,) = find_unfinished(workspace, list_arrivals(workspace))
    assert lies_in(workspace, take_arrival(workspace, unfinished, NOW)) == SENT_BACK_FOLDER


def test_a_file_that_a_steward_accepts_moves_to_those_that_were_taken(workspace):
    hand_in(workspace, "id,name\n" + "".join(f"{at},甲\n" for at in range(30)))
    waits = hand_in(workspace, OLD)
    assert (waits.outcome, lies_in(workspace, waits)) == ("quarantine", SENT_BACK_FOLDER)
    accept_submission(workspace, waits.number, "核实过", NOW)
    assert lies_in(workspace, waits) == TAKEN_FOLDER


def test_a_file_that_was_sent_back_may_be_mended_and_put_into_the_inbox_under_its_long_name(workspace):
    receipt = hand_in(workspace, BAD)
    assert hand_in(workspace, OLD, f"{receipt.number}_sample_2026.csv").outcome == "accept"


def test_a_look_opens_nothing_of_what_was_taken_before(workspace, monkeypatch):
    for turn in range(6):
        hand_in(workspace, (OLD, NEW)[turn % 2])
    touched = []
    monkeypatch.setattr(
        Path, "stat", lambda self, original=Path.stat, **more: touched.append(self) or original(self, **more)
    )
    monkeypatch.setattr("pipelines.submissions.inbox.inbox.file_sha256", touched.append)
    assert list_arrivals(workspace) == []
    assert [path for path in touched if TAKEN_FOLDER in path.parts] == []


@pytest.mark.parametrize("stop", ["move_taken", "judge", "land"])
def test_killed_between_two_files_in_turn_the_later_one_stands(workspace, monkeypatch, stop):
    """Killed after the entry and before the move, before the verdict, before the landing of the first of two files."""
    for at, content in enumerate((OLD, NEW), start=1):
        path = put(workspace, "210100", f"sample_2026_{at}.csv", content)
        os.utime(path, ns=(at * 10**9, at * 10**9))
    first, _ = find_unfinished(workspace, list_arrivals(workspace))
    if stop == "move_taken":
        with monkeypatch.context() as patch:
            patch.setattr(hand_ins, "move_taken", lambda *_: pytest.fail("killed"))
            with pytest.raises(pytest.fail.Exception):
                receive_arrival(workspace, first, NOW)
        assert sorted(inbox_files(workspace)) == ["sample_2026_1.csv", "sample_2026_2.csv"]
    else:
        submission = receive_arrival(workspace, first, NOW)
        if stop == "land":
            judge_submission(workspace, submission)
    for arrival in find_unfinished(workspace, list_arrivals(workspace)):
        take_arrival(workspace, arrival, NOW)
    assert names(workspace) == ["乙"] * 4
    assert [len(workspace.ledger.read_entries(kind)) for kind in ("submission", "verdict", "landing")] == [2, 2, 2]
    assert find_unfinished(workspace, list_arrivals(workspace)) == []
    assert inbox_files(workspace) == []


def test_a_file_landed_late_does_not_replace_what_was_handed_in_after_it(workspace):
    put(workspace, "210100", "sample_2026.csv", OLD)
    early = receive_arrival(workspace, list_arrivals(workspace)[0], NOW)
    judge_submission(workspace, early)
    put(workspace, "210100", "sample_2026.csv", NEW)
    (late,) = (arrival for arrival in list_arrivals(workspace) if arrival.number != early.number)
    last = take_arrival(workspace, late, NOW)
    land_rows(workspace, early.number, NOW)
    assert names(workspace) == ["乙"] * 4
    assert find_standing(workspace.ledger, str(SLICE)).number == last.number
    assert find_unfinished(workspace, list_arrivals(workspace)) == []


def test_the_numbers_told_before_are_the_numbers_given(workspace):
    hand_in(workspace, OLD)
    for at, content in enumerate((NEW, OLD, NEW, NEW), start=1):
        path = put(workspace, "210100", f"sample_2026_{at}.csv", content)
        os.utime(path, ns=(at * 10**9, at * 10**9))
    waiting = list_arrivals(workspace)
    assert len({arrival.number for arrival in waiting}) == 3
    assert [receive_arrival(workspace, arrival, NOW).number for arrival in waiting] == [a.number for a in waiting]


def test_a_file_changed_while_it_was_read_stays_and_is_the_next_hand_in(workspace, monkeypatch):
    path = put(workspace, "210100", "sample_2026.csv", OLD)
    (arrival,) = list_arrivals(workspace)
    received = hand_ins.receive_file
    monkeypatch.setattr(
        hand_ins, "receive_file", lambda *words: (received(*words), path.write_text(NEW, encoding="utf-8"))[0]
    )
    take_arrival(workspace, arrival, NOW)
    monkeypatch.undo()
    assert inbox_files(workspace) == ["sample_2026.csv"]
    for waiting in find_unfinished(workspace, list_arrivals(workspace)):
        take_arrival(workspace, waiting, NOW)
    assert names(workspace) == ["乙"] * 4


def test_a_file_that_another_run_took_meanwhile_is_answered_from_there(workspace):
    put(workspace, "210100", "sample_2026.csv", OLD)
    (arrival,) = list_arrivals(workspace)
    first = receive_arrival(workspace, arrival, NOW)
    assert receive_arrival(workspace, arrival, NOW) == first


def test_a_file_that_is_gone_untaken_is_said_to_be_missing(workspace):
    path = put(workspace, "210100", "sample_2026.csv", OLD)
    (arrival,) = list_arrivals(workspace)
    path.unlink()
    with pytest.raises((UnreadableFile, FileNotFoundError)):
        receive_arrival(workspace, arrival, NOW)


def test_a_misnamed_file_that_was_received_before_a_kill_is_refused_after_it(workspace):
    put(workspace, "210100", "stadium_2026.csv", OLD)
    (arrival,) = list_arrivals(workspace)
    receive_arrival(workspace, arrival, NOW)
    (again,) = find_unfinished(workspace, list_arrivals(workspace))
    assert take_arrival(workspace, again, NOW).outcome == "refused"
    assert find_unfinished(workspace, list_arrivals(workspace)) == []


def test_a_very_long_name_is_shortened_in_the_folder_of_taken_files(workspace):
    name = f"sample_2026_{'长' * 70}.csv"
    receipt = hand_in(workspace, OLD, name)
    (kept,) = (workspace.layout.inbox / "210100" / TAKEN_FOLDER).iterdir()
    assert kept.name.startswith(f"{receipt.number}_sample_2026_长")
    assert kept.suffix == ".csv"
    assert receipt.filename == name


class Stopped(BaseException):
    """Nothing of ours catches this: the walk ends where it is raised."""


def stop_before(monkeypatch, at):
    """The lasting steps from now on are counted in the list; the one numbered `at` is not taken."""
    taken = []

    def watched(step):
        def wrapper(*args, **named):
            taken.append(step)
            if len(taken) == at:
                raise Stopped
            return step(*args, **named)

        return wrapper

    for owner, name in ((os, "rename"), (os, "replace"), (Ledger, "append_entry"), (Ledger, "append_once"), (Lake, "replace_slices")):  # fmt: skip
        monkeypatch.setattr(owner, name, watched(getattr(owner, name)))
    return taken


def walk_three(workspace):
    for arrival in find_unfinished(workspace, list_arrivals(workspace)):
        take_arrival(workspace, arrival, NOW)


def put_three(workspace):
    """The old file, the new one, and the old one once more: what was handed in last is the old one."""
    for at, content in enumerate((OLD, NEW, OLD), start=1):
        path = put(workspace, "210100", f"sample_2026_{at}.csv", content)
        os.utime(path, ns=(at * 10**9, at * 10**9))


def test_three_files_in_turn_end_alike_wherever_the_walk_is_stopped(tmp_path, monkeypatch):
    right = workspace_with(tmp_path / "right", CONTRACT)
    put_three(right)
    with monkeypatch.context() as patch:
        taken = stop_before(patch, None)
        walk_three(right)
        steps = len(taken)
    assert steps > 20
    for at in range(1, steps + 1):
        workspace = workspace_with(tmp_path / str(at), CONTRACT)
        put_three(workspace)
        with monkeypatch.context() as patch:
            stop_before(patch, at)
            with pytest.raises(Stopped):
                walk_three(workspace)
        walk_three(workspace_with(tmp_path / str(at), CONTRACT))
        assert told(workspace) == told(right), f"stopped before step {at}"
        assert names(workspace) == ["甲"] * 5, f"stopped before step {at}"
        assert inbox_files(workspace) == [], f"stopped before step {at}"


def told(workspace):
    """What the ledger says, and the receipts and taken files that there are."""
    files = [path.name for folder in (workspace.layout.receipts, workspace.layout.inbox) for path in folder.rglob("*")]
    return [(e.kind, e.facts["number"]) for e in workspace.ledger.read_entries()], sorted(files)


def entries_looked_at(workspace, monkeypatch, waiting):
    """How many entries of the ledger are handed out while the next file is numbered, found again and shown in the index."""
    looked = []

    def counting(name):
        plain = getattr(Ledger, name)

        def find(*args):
            found = plain(*args)
            looked.extend(found)
            return found

        return find

    put(workspace, "210100", "sample_2036.csv", waiting)
    with monkeypatch.context() as patch:
        for name in ("find_entries", "find_newest", "read_entries"):
            patch.setattr(Ledger, name, counting(name))
        patch.setattr(receipt_index, "MOST", 2)
        (arrival,) = list_arrivals(workspace, NOW.date())
        find_submissions(workspace, [SLICE.model_copy(update={"period": "2036"})])
        receipt_index.write_receipt_index(workspace, [], NOW, {"210100"})
    assert take_arrival(workspace, arrival, NOW).outcome == "refused"
    return len(looked)


def test_the_next_hand_in_costs_the_same_however_much_was_refused_before(workspace, monkeypatch):
    for at in range(3):
        hand_in(workspace, f"id,name\n{at},甲\n", "sample_2036.csv")
    few = entries_looked_at(workspace, monkeypatch, "id,name\n8,甲\n")
    for at in range(30):
        hand_in(workspace, f"id,name\n1{at},甲\n", "sample_2036.csv")
    assert entries_looked_at(workspace, monkeypatch, "id,name\n9,甲\n") == few


def test_a_file_that_is_too_large_is_refused_with_a_receipt_and_its_bytes_are_not_kept(workspace, monkeypatch):
    monkeypatch.setattr(submission_module, "LARGEST_FILE", 10)
    receipt = hand_in(workspace, OLD)
    assert (receipt.outcome, receipt.size, list(receipt.counts)) == ("refused", len(OLD.encode()), ["too-large"])
    assert inbox_files(workspace) == []
    assert find_unfinished(workspace, list_arrivals(workspace)) == []
    assert [path.name for path in workspace.layout.submission_folder(receipt.number).iterdir()] == ["submission.json"]
    assert hand_in(workspace, OLD) == receipt

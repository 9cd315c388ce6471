"""Pieces of one table: told one after the other and side by side; corrections, new keys and the department's word are no pieces."""

import random
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest

from pipelines.intake import judge_submission, land_rows, take_arrival
from pipelines.submissions.comparisons import fragments as compared_pieces
from pipelines.submissions.comparisons.compared_rows import TOLD_APART, ComparedRows, project_contract
from pipelines.submissions.decisions.acceptance import accept_submission
from pipelines.submissions.decisions.retraction import retract_submission
from pipelines.submissions.inbox.hand_ins import receive_arrival
from pipelines.submissions.inbox.inbox import list_arrivals
from schemas.slices import SliceKey
from support.contracts import contract_with
from support.workspaces import NOW, put, workspace_with
from warehouse.lake.row_fingerprints import collect_sets, count_common, fingerprint_rows
from warehouse.lake.standing import find_standing
from warehouse.types import arrow_schema

CONTRACT = contract_with(["id", "name", "place", "owner", "size:number", "seen:date"])
HEADER = "id,name,place,owner,size,seen\n"
PLACE = "sample/210100/2026"


def rows(count, first=0, key="A", seen="2026-01-02"):
    return "".join(f"{key}{at},名{at},地{at},主{at},{at + 1},{seen}\n" for at in range(first, first + count))


@pytest.fixture
def workspace(tmp_path):
    return workspace_with(tmp_path, CONTRACT)


def fragments(receipt):
    return [finding for finding in receipt.findings if finding.type == "fragment"]


def hand_in(workspace, content, note=""):
    put(workspace, "210100", f"sample_2026{note}.csv", HEADER + content)
    return take_arrival(workspace, list_arrivals(workspace)[0], NOW)


def walk(workspace, *contents):
    """As a run does it: all files of the slice are received, then judged one by one."""
    for at, content in enumerate(contents):
        put(workspace, "210100", f"sample_2026_{at}.csv", HEADER + content)
    received = [receive_arrival(workspace, arrival, NOW) for arrival in list_arrivals(workspace)]
    receipts = []
    for submission in received:
        receipts.append(judge_submission(workspace, submission))
        land_rows(workspace, submission.number, NOW)
    return receipts


def test_a_second_piece_waits_and_is_told_with_what_stands(workspace):
    first = hand_in(workspace, rows(30), "_上")
    second = hand_in(workspace, rows(40, first=30), "_下")
    assert (first.outcome, second.outcome) == ("accept", "quarantine")
    (finding,) = fragments(second)
    for said in ("40 行", "sample_2026_上.csv", "30 行", first.number):
        assert said in finding.message.zh
    assert "合并" in finding.mend.zh
    assert "sample_2026_完整" in finding.mend.zh
    assert find_standing(workspace.ledger, PLACE).number == first.number


def test_no_piece_of_an_inbox_is_taken_for_the_whole(workspace):
    receipts = walk(workspace, rows(30), rows(30, first=30), rows(5, first=60))
    assert [receipt.outcome for receipt in receipts] == ["quarantine"] * 3
    assert all(fragments(receipt) for receipt in receipts)
    (finding,) = fragments(receipts[0])
    assert all(other.number in finding.message.en for other in receipts[1:])
    assert find_standing(workspace.ledger, PLACE) is None


def test_the_joined_table_follows_its_pieces(workspace):
    walk(workspace, rows(30), rows(30, first=30))
    assert hand_in(workspace, rows(60)).outcome == "accept"


def test_a_piece_that_comes_again_is_still_a_piece(workspace):
    walk(workspace, rows(30), rows(30, first=30))
    assert fragments(hand_in(workspace, rows(30, first=30), "_again"))


def test_pieces_of_a_single_row_are_pieces(workspace):
    receipts = walk(workspace, rows(1), rows(1, first=1))
    assert [receipt.outcome for receipt in receipts] == ["quarantine"] * 2


def test_a_department_that_says_complete_is_believed_on_record(workspace):
    first = hand_in(workspace, rows(30))
    receipt = hand_in(workspace, rows(40, first=50), "_完整")
    assert (receipt.outcome, fragments(receipt)) == ("accept", [])
    assert any("完整" in said.zh and first.number in said.zh for said in receipt.decisions)


def test_a_steward_may_take_a_piece(workspace):
    hand_in(workspace, rows(30))
    waits = hand_in(workspace, rows(40, first=50))
    assert accept_submission(workspace, waits.number, "上次报错", NOW, ["fragment"]).accepted == 40


def test_a_piece_of_what_was_taken_back_is_none(workspace):
    first = hand_in(workspace, rows(30))
    retract_submission(workspace, first.number, "报错", NOW)
    assert hand_in(workspace, rows(40, first=50)).outcome == "accept"


def test_a_correction_and_two_versions_in_one_inbox_are_no_pieces(workspace):
    receipts = walk(workspace, rows(30), rows(29) + rows(2, first=90))
    assert [receipt.outcome for receipt in receipts] == ["accept", "accept"]


@pytest.mark.parametrize("count", [1, 30])
def test_new_keys_or_new_keys_and_days_make_no_pieces(workspace, count):
    hand_in(workspace, rows(count))
    assert hand_in(workspace, rows(count, key="B")).outcome == "accept"
    assert hand_in(workspace, rows(count, key="C", seen="2026-02-03")).outcome == "accept"


def test_the_whole_table_is_taken_whatever_lies_beside_it(workspace):
    hand_in(workspace, rows(30))
    receipts = walk(workspace, rows(31), rows(5, first=500))
    assert [receipt.outcome for receipt in receipts] == ["accept", "quarantine"]


def test_a_file_beside_that_cannot_be_read_says_nothing(workspace):
    put(workspace, "210100", "sample_2026_0.csv", HEADER + rows(30))
    put(workspace, "210100", "sample_2026_1.xlsx", b"not a workbook")
    received = [receive_arrival(workspace, arrival, NOW) for arrival in list_arrivals(workspace)]
    outcomes = {one.filename: judge_submission(workspace, one).outcome for one in received}
    assert outcomes == {"sample_2026_0.csv": "accept", "sample_2026_1.xlsx": "refused"}


def test_a_verdict_that_is_given_again_after_a_kill_is_the_same(workspace):
    receipts = walk(workspace, rows(30), rows(30, first=30))
    for receipt in receipts:
        workspace.layout.receipt_file(receipt.number, "json").unlink()
    for path in workspace.layout.submission_folder(receipts[0].number).glob("*.u64"):
        path.unlink()
    again = hand_in(workspace, rows(30), "_0")
    assert fragments(again)


SLICE = SliceKey(dataset="sample", department="210100", period="2026")


def random_table(draw, keys, contents):
    """Rows with keys that repeat and are empty at times; rows of one number have one content, but for a few days and sizes."""
    made = []
    for _ in range(draw.randint(1, 40)):
        content = draw.choice(contents)
        place = draw.choice([f"地{content}", f"地{content}", None])
        size = content + draw.choice([0, 0, 0, 0.5])
        made.append([draw.choice(keys), f"名{content}", place, "主", size, draw.randint(20_000, 20_002)])
    types = [field.type for field in arrow_schema(CONTRACT)]
    columns = zip(*made, strict=True)
    cells = [pa.array(column, pa.int32() if at == 5 else None).cast(types[at]) for at, column in enumerate(columns)]
    return pa.table(cells, schema=arrow_schema(CONTRACT))


def is_apart_by_all_fingerprints(mine, there):
    """The answer with all four fingerprints of all rows."""
    if not len(mine.keys) or not len(there.keys) or count_common(mine.keys, there.keys):
        return False
    for name, always in (("whole", True), ("exact", False), ("loose", False)):
        one, other = getattr(mine, name), getattr(there, name)
        telling = always or (len(one) >= TOLD_APART * mine.rows and len(other) >= TOLD_APART * there.rows)
        if (
            min(len(one), len(other))
            and telling
            and count_common(one, other) >= compared_pieces.RENUMBERED * min(len(one), len(other))
        ):
            return False
    return True


@pytest.mark.parametrize("few", [0, 5_000])
def test_keys_first_and_all_fingerprints_at_once_tell_the_same(workspace, monkeypatch, few):
    monkeypatch.setattr("warehouse.lake.slice_fingerprints._MOST_ROWS_KEPT", few)
    monkeypatch.setattr(compared_pieces, "_find_replaced", lambda _: SimpleNamespace(number="RCPT-1"))
    monkeypatch.setattr(compared_pieces, "read_submission", lambda *_: SimpleNamespace(filename="1.csv"))
    projection, told = project_contract(CONTRACT), []
    for seed in range(60):
        draw = random.Random(seed)  # noqa: S311 -- cases of a test
        keys = [[f"A{n}" for n in range(50)], ["a1", "A 1", "A99"], [f"B{n}" for n in range(50)], ["", None]]
        first, second = draw.sample(keys[:3], 2) if draw.random() < 0.7 else draw.choices(keys, k=2)
        empty = draw.choice([[], [], [None]])
        table = random_table(draw, first + empty, range(draw.choice([5, 60])))
        handed = random_table(draw, second + empty, range(draw.choice([0, 20, 100]), 160))
        workspace.lake.replace_slices(CONTRACT, {SLICE: table}, {"who": "tester"}, NOW)
        numbers = pa.array(range(2, handed.num_rows + 2))
        chosen = np.array([draw.random() < 0.9 for _ in range(handed.num_rows)])
        compared = ComparedRows(workspace, CONTRACT, SLICE, handed, numbers)
        found, _ = compared_pieces.check_fragment(compared, numbers.filter(pa.array(chosen)), complete=False)
        mine = collect_sets(fingerprint_rows(handed, projection).select_rows(chosen))
        assert bool(found) == is_apart_by_all_fingerprints(mine, collect_sets(fingerprint_rows(table, projection)))
        assert all(f"本次 {mine.rows} 行" in one.message.zh for one in found)
        told.append(bool(found))
    assert 10 < sum(told) < 50

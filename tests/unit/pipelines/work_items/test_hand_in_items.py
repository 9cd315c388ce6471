"""What departments owe: files sent back, rows held back of what stands, slices that are due; each of them once."""

import shlex
import subprocess
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pipelines.submissions.decisions.retraction import retract_submission
from pipelines.work_items.hand_in_items import (
    find_hand_in_items,
    find_held_back_items,
    find_mend_items,
    find_misnamed_items,
    write_mend_command,
)
from support.contracts import contract_with
from support.walked import take_all
from support.workspaces import NOW, put, workspace_with

BAD = "id,name\nx,馆\n"
HALF = "id,name\nx,馆\n2,场\n3,池\n"
GOOD = "id,name\n1,馆\n2,场\n3,池\n"


def make_workspace(home, **policy):
    return workspace_with(
        home,
        contract_with(
            ["id:integer", "name"],
            name="venue",
            policy={"submitters": ["city_bureau"], "quarantine": {"share": 0.5, "mend_within": 10}, **policy},
        ),
    )


@pytest.fixture
def workspace(tmp_path):
    return make_workspace(tmp_path)


def hand_in(workspace, content, period="2026", department="210100"):
    put(workspace, department, f"venue_{period}.csv", content)
    (receipt,) = take_all(workspace).values()
    return receipt


def test_a_quarantined_file_is_to_be_mended_by_its_department_until_the_day_on_the_receipt(workspace):
    receipt = hand_in(workspace, BAD)
    (item,) = find_mend_items(workspace, NOW)
    assert (item.kind, item.department, item.dataset, item.subject) == ("mend", "210100", "venue", receipt.number)
    assert (item.since, item.due) == (NOW.date(), receipt.deadline.day)
    assert item.page == f"receipts/{receipt.number}.html"
    assert item.command.endswith("venue_2026.csv --dataset venue --department 210100 --period 2026")
    assert receipt.reason.zh in item.text.zh


def test_what_is_free_in_the_name_of_a_file_is_one_word_of_the_command(workspace):
    name = "venue_2026_初稿 $(touch x);'y'.csv"
    put(workspace, "210100", name, BAD)
    take_all(workspace)
    (item,) = find_mend_items(workspace, NOW)
    assert shlex.split(item.command)[:4] == ["sportlake", "submit", name, "--dataset"]
    said = subprocess.run(
        ["sh", "-c", item.command.replace("sportlake", "printf '%s|'", 1)], capture_output=True, text=True, check=True
    )
    assert said.stdout.split("|")[1] == name


def test_a_department_mends_the_newest_period_that_stands_or_begins_with_the_template(workspace):
    assert write_mend_command(workspace, "venue", "210100") == "sportlake template venue --department 210100"
    for period in ("2025", "2026", "2024"):
        hand_in(workspace, GOOD, period)
    command = write_mend_command(workspace, "venue", "210100")
    assert command == "sportlake submit venue_2026.csv --dataset venue --department 210100 --period 2026"


def test_it_is_done_once_a_good_file_stands(workspace):
    hand_in(workspace, BAD)
    hand_in(workspace, GOOD)
    assert list(find_mend_items(workspace, NOW)) == []
    assert list(find_held_back_items(workspace, NOW)) == []


def test_rows_held_back_of_what_stands_are_an_item_with_their_number(workspace):
    receipt = hand_in(workspace, HALF)
    (item,) = find_held_back_items(workspace, NOW)
    assert (item.kind, item.department, item.subject, item.due) == (
        "held_back",
        "210100",
        receipt.number,
        receipt.deadline.day,
    )
    assert "有 1 行" in item.text.zh
    assert "1 row held back" in item.text.en
    assert list(find_mend_items(workspace, NOW)) == []


def test_a_later_file_that_was_sent_back_is_the_one_thing_to_do(workspace):
    hand_in(workspace, HALF)
    later = hand_in(workspace, BAD)
    assert list(find_held_back_items(workspace, NOW)) == []
    assert [item.subject for item in find_mend_items(workspace, NOW)] == [later.number]


def test_what_was_taken_back_holds_nothing_back(workspace):
    receipt = hand_in(workspace, HALF)
    retract_submission(workspace, receipt.number, "报错", NOW)
    assert list(find_held_back_items(workspace, NOW)) == []


@pytest.mark.parametrize(("mode", "periods"), [("snapshot", []), ("append", ["2025"])])
def test_an_older_inventory_is_replaced_by_the_newer_one(tmp_path, mode, periods):
    workspace = make_workspace(tmp_path, mode=mode)
    hand_in(workspace, HALF, "2025")
    hand_in(workspace, GOOD.replace("1,馆", "9,馆"), "2026")
    assert [item.text.zh.partition("”")[2][:4] for item in find_held_back_items(workspace, NOW)] == periods


def test_what_is_due_is_an_item_before_and_after_its_last_day(workspace):
    early = datetime(2025, 1, 10, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    items = {item.subject: item for item in find_hand_in_items(workspace, early)}
    item = items["venue/210100/2024"]
    assert (item.department, item.since, item.due) == ("210100", date(2024, 12, 31), date(2025, 2, 5))
    assert item.days_late(early.date()) == 0
    late = {item.subject: item for item in find_hand_in_items(workspace, early + timedelta(days=27))}
    assert set(late) == {"venue/210100/2024", "venue/210200/2024"}
    assert late["venue/210100/2024"].days_late(date(2025, 2, 6)) == 1


def test_what_was_handed_in_or_waits_to_be_mended_is_not_asked_for_again(workspace):
    hand_in(workspace, GOOD, "2025")
    hand_in(workspace, BAD, "2025", "210200")
    after = datetime(2026, 6, 1, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert list(find_hand_in_items(workspace, after)) == []
    assert [item.department for item in find_mend_items(workspace, after)] == ["210200"]


def test_a_misnamed_file_waits_until_it_is_handed_in_under_a_right_name(workspace):
    put(workspace, "210100", "stadium_2026.csv", GOOD)
    (receipt,) = take_all(workspace).values()
    (item,) = find_misnamed_items(workspace, NOW)
    assert (item.kind, item.department, item.dataset, item.subject) == ("mend", "210100", None, receipt.number)
    assert "stadium_2026.csv" in item.text.zh
    hand_in(workspace, GOOD)
    assert list(find_misnamed_items(workspace, NOW)) == []


def test_a_file_in_no_folder_of_a_department_is_for_the_steward(workspace):
    put(workspace, "219900", "venue_2026.csv", GOOD)
    take_all(workspace)
    (item,) = find_misnamed_items(workspace, NOW)
    assert (item.department, item.role) == (None, "steward")

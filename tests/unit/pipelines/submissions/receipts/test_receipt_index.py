"""The pages of receipts: each department's hand-ins, newest first, with state and what to do; kept current, cheaply."""

from datetime import timedelta

import html5lib
import pytest

from pipelines.intake import take_arrival
from pipelines.release import assemble_candidate, freeze_candidate
from pipelines.submissions.decisions.retraction import retract_submission
from pipelines.submissions.inbox.inbox import list_arrivals
from pipelines.submissions.receipts import hand_in_lines, receipt_index
from pipelines.submissions.receipts.receipt_index import update_receipt_index, write_receipt_index
from pipelines.work_items.work_list import list_work_items
from support.contracts import contract_with
from support.workspaces import NOW, put, workspace_with

COLUMNS = 5
"""Of the list of hand-ins; the table of work items has one less."""


def refresh(workspace, departments=None):
    write_receipt_index(workspace, list_work_items(workspace, NOW), NOW, departments)


@pytest.fixture
def workspace(tmp_path):
    return workspace_with(tmp_path, contract_with(["id:integer", "name"], title="样例"))


def hand_in(workspace, content, department="210100", name="sample_2026.csv"):
    put(workspace, department, name, content)
    receipt = take_arrival(workspace, list_arrivals(workspace)[0], NOW)
    refresh(workspace, {department})
    return receipt.number


def lines(name, count=5):
    return "id,name\n" + "".join(f"{at},{name}\n" for at in range(count))


def rows_of(workspace, page="210100"):
    """Number, state and what to do of every line of the Chinese page."""
    text = (workspace.layout.receipts / f"{page}.html").read_text(encoding="utf-8")
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    tables = [
        [["".join(cell.itertext()) for cell in row.iter("td")] for row in table.iter("tr")]
        for table in tree.iter("tbody")
    ]
    cells = next(table for table in tables if len(table[0]) == COLUMNS)
    return [(row[4], row[2], row[3]) for row in cells]


def test_the_newest_is_first_and_every_state_is_said(workspace):
    first, second = hand_in(workspace, lines("甲")), hand_in(workspace, lines("乙"))
    bad = hand_in(workspace, "id,name\nx,丙\n")
    (a, b, c) = rows_of(workspace)
    assert [a[0], b[0], c[0]] == [bad, second, first]
    assert "退回修改" in a[1]
    assert "前修改后重新报送" in a[2]
    assert ("有效" in b[1], b[2]) == (True, "无需操作")
    assert "已被其后的报送替换" in c[1]


def test_what_was_sent_back_and_handed_in_anew_asks_for_nothing_any_more(workspace):
    hand_in(workspace, "id,name\nx,丙\n")
    hand_in(workspace, lines("甲"))
    _, settled = rows_of(workspace)
    assert ("已另行报送" in settled[1], settled[2]) == (True, "无需操作")


def test_what_was_taken_back_is_said_to_be(workspace):
    first, second = hand_in(workspace, lines("甲")), hand_in(workspace, lines("乙"))
    retract_submission(workspace, second, "错的", NOW)
    refresh(workspace, {"210100"})
    assert [(number, "已撤回" in state) for number, state, _ in rows_of(workspace)] == [(second, True), (first, False)]
    assert "有效" in rows_of(workspace)[1][1]


def test_each_department_has_its_page_and_misplaced_files_have_one(workspace):
    hand_in(workspace, lines("甲"))
    hand_in(workspace, lines("乙"), department="210200")
    hand_in(workspace, lines("丙"), department="219900")
    refresh(workspace)
    index = (workspace.layout.receipts / "index.html").read_text(encoding="utf-8")
    for page in ("210100.html", "210200.html", "elsewhere.html"):
        assert f'href="{page}"' in index
    assert len(rows_of(workspace, "elsewhere")) == 1


def test_a_misnamed_file_is_on_the_page_of_the_folder_it_lay_in(workspace):
    number = hand_in(workspace, lines("甲"), name="stadium_2026.csv")
    ((told, state, _),) = rows_of(workspace)
    assert (told, "拒收" in state) == (number, True)


def test_a_page_that_is_right_is_not_written_and_nothing_is_read_of_old_receipts(workspace, monkeypatch):
    hand_in(workspace, lines("甲"))
    refresh(workspace)
    before = {path.name: path.stat().st_mtime_ns for path in workspace.layout.receipts.glob("*.html")}
    monkeypatch.setattr(hand_in_lines, "read_receipt", lambda *_: pytest.fail("a settled receipt was opened"))
    refresh(workspace)
    assert {path.name: path.stat().st_mtime_ns for path in workspace.layout.receipts.glob("*.html")} == before


def test_a_page_lists_the_newest_and_no_more(workspace, monkeypatch):
    monkeypatch.setattr(receipt_index, "MOST", 2)
    numbers = [hand_in(workspace, lines(name)) for name in "甲乙丙"]
    assert [number for number, _, _ in rows_of(workspace)] == [numbers[2], numbers[1]]


def page_text(workspace, name):
    return (workspace.layout.receipts / f"{name}.html").read_text(encoding="utf-8")


def test_a_page_tells_what_its_department_must_do_and_the_list_how_much(workspace):
    number = hand_in(workspace, "id,name\nx,丙\n")
    hand_in(workspace, lines("甲"), department="210200")
    assert "请修改后重新报送" in page_text(workspace, "210100")
    assert "没有待办事项" in page_text(workspace, "210200")
    assert f"../receipts/{number}.html" in page_text(workspace, "210100")
    assert "今天（2026年11月25日）收到 2 份报送" in page_text(workspace, "index")


def test_a_disputed_key_is_on_the_pages_of_both_with_the_other_named(tmp_path):
    policy = {"disputed": "hold_out", "quarantine": {"share": 0.5}}
    workspace = workspace_with(tmp_path, contract_with(["id:integer", "name"], policy=policy))
    hand_in(workspace, "id,name\n1,甲\n2,乙\n3,丙\n")
    hand_in(workspace, "id,name\n1,丁\n4,戊\n5,己\n", department="210200")
    freeze_candidate(workspace, assemble_candidate(workspace, "sample"), NOW)
    refresh(workspace)
    assert "编码 1 也在大连市体育局2026的数据中" in page_text(workspace, "210100")
    assert "编码 1 也在沈阳市体育局2026的数据中" in page_text(workspace, "210200")


def test_nothing_is_written_until_something_changes_or_another_day_begins(workspace, monkeypatch):
    hand_in(workspace, "id,name\nx,丙\n")
    items = list_work_items(workspace, NOW)
    update_receipt_index(workspace, items, NOW)
    written = []
    monkeypatch.setattr(receipt_index, "write_receipt_index", lambda *_: written.append(1))
    update_receipt_index(workspace, items, NOW)
    assert written == []
    update_receipt_index(workspace, items, NOW + timedelta(days=1))
    update_receipt_index(workspace, [], NOW)
    assert len(written) == 2

"""Every bad file of a department through the intake: one clear answer, the original kept, nothing in the lake.

The reader's own refusals, one file a case, stand in `tests/golden/test_bad_files.py`; here it is what becomes of such a file.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import html5lib
import pytest

from pipelines.intake import find_unfinished, take_arrival
from pipelines.submissions.inbox.inbox import list_arrivals
from pipelines.submissions.inbox.submission import receive_file
from pipelines.submissions.receipts.receipt import Receipt
from pipelines.workspace import Workspace
from schemas.errors import UnreadableFile
from schemas.slices import SliceKey
from support.files import HEADER, ROW, venues, workbook
from support.walked import walk
from support.workspaces import NOW, taken_file, workspace_with

CONTRACT = venues(name="venue")
TITLES, CELLS = HEADER.split(","), ROW.split(",")
PASSWORD = Path(__file__).parents[1] / "golden" / "files" / "password.xlsx"
MB = 2**20


@dataclass(frozen=True)
class Bad:
    """One bad file: how it comes to lie in the inbox, what becomes of it, and what its answer names in both languages."""

    write: Callable[[Path], object]
    name: str = "210100/venue_2026.csv"
    outcome: str = "refused"
    types: tuple[str, ...] = ()
    says: tuple[str | tuple[str, str], ...] = ()
    findings: int = 1


def raw(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


def csv(content: str, encoding: str = "utf-8") -> Callable[[Path], object]:
    return raw(content.encode(encoding))


def book(sheets: dict[str, list[list[str]]], **more: object) -> Callable[[Path], object]:
    return lambda path: workbook(path.parent, sheets, name=path.name, **more)


def long_line(path: Path) -> None:
    with path.open("wb") as file:
        file.write(f"{HEADER}\n".encode())
        for _ in range(100):
            file.write(b"x" * MB)


def torn(path: Path) -> None:
    workbook(path.parent, {"数据": [TITLES, CELLS]}, name=path.name)
    path.write_bytes(path.read_bytes()[:-400])


XLSX = "210100/venue_2026.xlsx"
CASES = {
    "empty": Bad(raw(b""), types=("empty",), says=("venue_2026.csv", "0")),
    "only blanks": Bad(csv("\n \n,,,\n"), types=("empty",), says=("venue_2026.csv",)),
    "header only": Bad(csv(f"{HEADER}\n"), types=("no-rows",), says=("venue_2026.csv", "1")),
    "unknown dataset": Bad(
        csv(f"{HEADER}\n{ROW}\n"), name="210100/stadium_2026.csv", types=("unknown-dataset",), says=("stadium", "venue")
    ),
    "unknown department": Bad(
        csv(f"{HEADER}\n{ROW}\n"), name="219900/venue_2026.csv", types=("unknown-department",), says=("219900", "210100")
    ),
    "unknown period": Bad(
        csv(f"{HEADER}\n{ROW}\n"), name="210100/venue_last.csv", types=("unknown-period",), says=("last", "venue_2026")
    ),
    "a folder too deep": Bad(
        csv(f"{HEADER}\n{ROW}\n"), name="210100/old/venue_2026.csv", types=("unknown-department",), says=("210100/old",)
    ),
    "no header": Bad(csv(f"{ROW}\n{ROW}\n"), types=("no-header",), says=("venue_2026.csv", "LN-1")),
    "wrong column": Bad(
        csv(f"{HEADER.replace('编号', '号码')}\n{ROW}\n"),
        outcome="quarantine",
        types=("extra-label", "missing-label"),
        says=("号码", ("编号", "id")),
        findings=2,
    ),
    "column twice": Bad(
        csv(f"{HEADER},编号\n{ROW},LN-2\n"), outcome="quarantine", types=("duplicate-label",), says=("编号", "5")
    ),
    "column missing": Bad(
        csv("名称,面积\n公园,1\n"), outcome="quarantine", types=("missing-label",), says=(("编号", "id"),)
    ),
    "Big5": Bad(csv("編號,名稱,面積,建成日期\nLN-1,國立體育場館,1,2024-05-01\n", "big5"), types=("encoding",), says=("venue_2026.csv", "Big5")),
    "UTF-16": Bad(csv(f"{HEADER}\n{ROW}\n", "utf-16"), types=("encoding",), says=("venue_2026.csv", "UTF-16")),
    "one line of 100 MB": Bad(long_line, types=("long-line",), says=("venue_2026.csv", "2", "1024")),
    "quotes not in pairs": Bad(csv(f'{HEADER}\nLN-1,"公园,1,2024-05-01\n'), types=("not-a-table",), says=("venue_2026.csv", "2")),
    "rows in a cell": Bad(
        csv(f'{HEADER}\nLN-1,"公园,1,2024-05-01\nLN-2,馆,2",2024-05-01\nLN-3,馆,3,2024-05-01\n'),
        outcome="quarantine",
        types=("fewer-rows", "swallowed-rows"),
        says=("2", "3", "1"),
        findings=2,
    ),
    "a page of several": Bad(
        csv('{"total": 3401, "data": [{"编号": "LN-1", "名称": "公园"}]}'),
        name="210100/venue_2026.json",
        outcome="quarantine",
        types=("fewer-rows",),
        says=("3401", "1"),
    ),
    "a second header in another order": Bad(
        csv(f"{HEADER}\n{ROW}\n名称,编号,面积,建成日期\n公园,LN-2,1,2024-05-01\n"),
        outcome="quarantine",
        types=("second-header", "constraint-error"),
        says=("3", "1"),
        findings=2,
    ),
    "ragged row": Bad(
        csv(f"{HEADER}\n{ROW},多\n"), outcome="quarantine", types=("extra-cell",), says=("2", "5", "4")
    ),
    "password": Bad(lambda path: shutil.copyfile(PASSWORD, path), name=XLSX, types=("password",), says=("venue_2026.xlsx",)),
    "corrupt workbook": Bad(torn, name=XLSX, types=("corrupt",), says=("venue_2026.xlsx",)),
    "no workbook": Bad(raw(b"\x89PNG\r\n\x1a\n" + b"0" * 500), name=XLSX, types=("format",), says=("venue_2026.xlsx",)),
    "two sheets of data": Bad(
        book({"一季度": [TITLES, CELLS], "二季度": [TITLES, CELLS]}), name=XLSX, types=("many-sheets",), says=("一季度", "二季度")
    ),
    "no sheet fits": Bad(
        book({"说明": [["请先阅读"]], "备注": [["甲", "乙"]]}), name=XLSX, types=("no-sheet",), says=("说明", "备注")
    ),
    "merged cells": Bad(
        book({"数据": [TITLES, CELLS, ["", "二号馆", "1", "2024-05-01"]]}, merged=["A2:A3"]),
        name=XLSX,
        outcome="quarantine",
        types=("merged-cell",),
        says=("A2:A3", "3"),
    ),
    "a script for a table": Bad(
        csv("<script>alert(1)</script>,<img src=x>\n1,2\n"), types=("no-header",), says=("<script>",)
    ),
}  # fmt: skip


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return workspace_with(tmp_path, CONTRACT)


def taken(workspace: Workspace, case: Bad) -> Receipt:
    path = workspace.layout.inbox / case.name
    path.parent.mkdir(parents=True, exist_ok=True)
    case.write(path)
    (arrival,) = list_arrivals(workspace)
    return take_arrival(workspace, arrival, NOW)


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_a_bad_file_gets_one_clear_answer_and_nothing_of_it_lands(workspace, case):
    receipt = taken(workspace, case)
    errors = [finding for finding in receipt.findings if finding.severity == "error"]
    assert receipt.outcome == case.outcome
    assert len(errors) == case.findings
    assert {finding.type for finding in errors} == set(case.types)
    for said in ("zh", "en"):
        told = " ".join(getattr(f.message, said) + (getattr(f.mend, said) if f.mend else "") for f in errors)
        words = [word if isinstance(word, str) else word[said == "en"] for word in case.says]
        assert [word for word in words if word not in told] == []
    assert receipt.accepted == 0
    assert workspace.lake.current_version(CONTRACT) is None
    assert not workspace.layout.lakes.exists() or not any(workspace.layout.lakes.rglob("*.parquet"))


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_the_original_of_a_bad_file_is_kept_and_the_walk_is_done_with_it(workspace, case):
    receipt = taken(workspace, case)
    sent = taken_file(workspace, case.name)
    kept = [p for p in workspace.layout.submission_folder(receipt.number).iterdir() if p.stem == "original"]
    boxed = [p for p in workspace.layout.quarantine_folder(receipt.number).iterdir() if p.stem == "original"]
    assert [path.read_bytes() == sent.read_bytes() for path in (*kept, *boxed)] == [True, True]
    assert find_unfinished(workspace, list_arrivals(workspace)) == []
    assert workspace.ledger.verify_chain() == []
    assert receipt.deadline is not None


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_the_page_about_a_bad_file_says_its_answer_in_both_languages(workspace, case):
    receipt = taken(workspace, case)
    page = workspace.layout.receipt_file(receipt.number, "html").read_text(encoding="utf-8")
    shown = "".join(html5lib.HTMLParser(strict=True).parse(page).itertext())
    for finding in receipt.findings:
        assert finding.message.zh in shown
        assert finding.message.en in shown


def test_every_bad_file_at_once_stops_nothing_and_makes_no_release(workspace):
    for at, case in enumerate(CASES.values()):
        place, _, name = case.name.rpartition("/")
        path = workspace.layout.inbox / place / name.replace(".", f"_{at}.", 1)
        path.parent.mkdir(parents=True, exist_ok=True)
        case.write(path)
    receipts = walk(workspace)
    assert len(receipts) == len(CASES)
    assert {receipt.outcome for receipt in receipts.values()} == {"refused", "quarantine"}
    assert not workspace.layout.releases.exists()


def test_a_good_sheet_beside_a_sheet_of_notes_is_read_and_the_receipt_says_so(workspace):
    notes = Bad(book({"说明": [["请先阅读"]], "数据": [TITLES, CELLS]}), name=XLSX)
    receipt = taken(workspace, notes)
    assert (receipt.outcome, receipt.sheet) == ("accept", "数据")
    assert any("说明" in said.zh and "说明" in said.en for said in receipt.decisions)


def test_one_ragged_row_among_many_is_held_back_alone(workspace):
    rows = "".join(f"LN-{at},馆,1,2024-05-01\n" for at in range(1, 31))
    receipt = taken(workspace, Bad(csv(f"{HEADER}\n{rows}LN-99,馆,1,2024-05-01,多\n")))
    assert (receipt.outcome, receipt.accepted, receipt.held_back) == ("hold_back", 30, 1)
    assert [(finding.type, finding.row) for finding in receipt.findings] == [("extra-cell", 32)]


def test_a_file_that_is_not_there_is_said_not_thrown_as_a_broken_machine(workspace, tmp_path):
    with pytest.raises(UnreadableFile) as refusal:
        receive_file(
            workspace, tmp_path / "gone.csv", SliceKey(dataset="venue", department="210100", period="2026"), NOW
        )
    assert refusal.value.kind == "missing"
    assert "gone.csv" in refusal.value.text.zh
    assert "gone.csv" in refusal.value.text.en

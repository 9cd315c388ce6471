"""A large hand-in whose cells are checked in ranges: the same validation as in one process, whatever the file is."""

import multiprocessing
import signal
from contextlib import nullcontext
from dataclasses import replace

import pyarrow as pa
import pytest

from pipelines.submissions.checks.ranged_checks import check_by_ranges, check_range
from pipelines.submissions.inbox.submission import receive_file
from pipelines.submissions.validation import validate_submission
from quality.conformance.row_ranges import RowRange, write_row_ranges
from schemas.errors import EngineError
from schemas.execution.engine import LargeWork, LocalEngine
from schemas.execution.worker_plan import WorkerPlan, pack_plan
from support.contracts import contract_with
from support.killed_ranges import die_in_ranges
from support.workspaces import NOW, workspace_with
from warehouse.layout import Layout

FIELDS = ["code", "area:number", "note", {"name": "opened", "type": "date"}]
ROWS = [
    "A1,1,好,2026-01-02",
    "A2,x,=SUM(A1),1900-01-01",
    "A1,2,13912345678,2026-02-30",
    ",,,",
    "A3,3,=A2,9999-12-31,多余",
    'A4,1e400,"两\n行",2026-01-02',
    "A5",
    "A6,5,,2026/1/2",
]
LARGE = LargeWork(0, 1 << 40, lambda: nullcontext(LocalEngine()))
SMALL = LargeWork(1 << 40, 1 << 40, lambda: nullcontext(LocalEngine()))


def validated(home, file, contract, large=None):
    workspace = replace(workspace_with(home, contract), large_work=large)
    return validate_submission(workspace, file, contract)


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_findings_their_order_and_accepted_rows_are_those_of_one_process(tmp_path, monkeypatch, delimiter):
    contract = contract_with(FIELDS)
    lines = ["code,area,note,opened", *ROWS, *(f"B{at},{at},好,2026-01-02" for at in range(200))]
    file = tmp_path / "rows.csv"
    file.write_text("\n".join(lines).replace(",", delimiter) + "\n", encoding="utf-8")
    for module in ("table", "row_ranges"):
        monkeypatch.setattr(f"quality.conformance.{module}.BATCH", 3)
    monkeypatch.setattr("quality.conformance.row_ranges.RANGE", 1)
    here = validated(tmp_path, file, contract)
    ranged = validated(tmp_path, file, contract, LARGE)
    assert (ranged.findings, ranged.verdict) == (here.findings, here.verdict)
    assert {"type-error", "primary-key", "formula-in-text", "nothing-date", "no-mobile-number"} <= {
        one.type for one in here.findings
    }
    assert ranged.accepted == here.accepted
    assert list_left(tmp_path) == []


def test_the_findings_that_are_made_are_those_of_one_process(tmp_path, monkeypatch):
    contract = contract_with(FIELDS)
    wrong = (f"C{at},x,=SUM(A{at})电话13912345678,1900-01-01" for at in range(20))
    file = tmp_path / "rows.csv"
    file.write_text("\n".join(["code,area,note,opened", *ROWS, *wrong]) + "\n", encoding="utf-8")
    monkeypatch.setattr("quality.conformance.row_ranges.RANGE", 1)
    monkeypatch.setattr("pipelines.submissions.validation.MOST_MADE", 3)
    here = validated(tmp_path, file, contract)
    ranged = validated(tmp_path, file, contract, LARGE)
    assert (ranged.findings, ranged.verdict) == (here.findings, here.verdict)
    assert {one.kind: one.rows for one in ranged.unlisted} == {one.kind: one.rows for one in here.unlisted}
    assert {one.kind.judge for one in here.unlisted} == {"cell", "row"}


def list_left(home):
    """The folders of work that are there."""
    return [path for path in Layout(home).working.iterdir() if path.is_dir()]


def test_cells_that_a_killed_command_left_are_gone_with_the_next_hand_in(tmp_path):
    file = tmp_path / "rows.csv"
    file.write_text("\n".join(["code,area,note,opened", *ROWS]) + "\n", encoding="utf-8")
    killed = multiprocessing.get_context("forkserver").Process(target=die_in_ranges, args=(tmp_path, file, FIELDS))
    killed.start()
    killed.join()
    assert killed.exitcode == -signal.SIGKILL
    (left,) = list_left(tmp_path)
    assert b"13912345678" in next(left.glob("*.rows")).read_bytes()
    workspace = workspace_with(tmp_path, contract_with(FIELDS))
    receive_file(workspace, file, None, NOW, "elsewhere")
    assert list_left(tmp_path) == []


def test_a_small_file_is_not_given_away(tmp_path):
    file = tmp_path / "rows.csv"
    file.write_text("code\nA\n", encoding="utf-8")
    assert check_by_ranges(SMALL, Layout(tmp_path), file, None, None, None, ()) is None


def test_a_worker_that_cannot_read_or_write_its_range_says_what_every_machine_needs(tmp_path):
    contract = contract_with(["code"])
    plan = pack_plan(contract)
    texts = pa.table({"code": ["A"]}, schema=pa.schema([("code", pa.string())]))
    (part,) = write_row_ranges(texts, pa.array([2], pa.int64()), contract, tmp_path)
    for absent in (part._replace(path=f"{part.path}.gone"), part._replace(typed=str(tmp_path / "gone" / "typed"))):
        with pytest.raises(EngineError, match="at the same path, as the same user"):
            check_range(plan, absent)


def test_a_worker_with_other_code_refuses_the_work():
    with pytest.raises(EngineError, match="install the same on all machines"):
        check_range(WorkerPlan(b"", "0.1.0+0000"), RowRange("", ""))

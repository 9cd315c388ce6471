"""The state of then: ledger and lake up to an entry, going forward, and only the corrections that were on record."""

from datetime import date

from pipelines.audit.past_state import PastState
from pipelines.submissions.corrections import mark_corrections, read_corrections
from schemas.slices import SliceKey
from support.contracts import contract_with
from support.walked import files_of, take_all
from support.workspaces import put, workspace_with

CONTRACT = contract_with(["code", "area:number"])
SLICE = SliceKey(dataset="sample", department="210100", period="2026")
HEAD = "department,period,code,field,old,new,reason,who,approved_by,until\n"
FIRST, SECOND = (
    "210100,,S1,area,10,11,误记,张三,李四,2026-12-31\n",
    "210100,,S2,area,20,21,误记,张三,李四,2026-12-31\n",
)


def test_it_follows_ledger_and_lake_and_leaves_the_present_alone(tmp_path):
    workspace = workspace_with(tmp_path / "home", CONTRACT)
    for rows in ("S1,10\nS2,20\n", "S1,10\nS2,20\nS3,30\n"):
        put(workspace, "210100", "sample_2026.csv", f"code,area\n{rows}")
        take_all(workspace)
    before = files_of(tmp_path / "home")
    landings = [entry.seq for entry in workspace.ledger.read_entries("landing")]
    past, seen = PastState(workspace, tmp_path / "past"), []
    for seq in (landings[0] - 1, landings[0], landings[1], 1):
        past.advance_to(seq)
        there = past.workspace
        rows = there.lake.read_current(CONTRACT).num_rows
        seen.append((there.ledger.read_head().seq, there.lake.current_version(CONTRACT) is not None, rows))
    assert seen == [
        (landings[0] - 1, False, 0),
        (landings[0], True, 2),
        (landings[1], True, 3),
        (landings[1], True, 3),
    ]
    assert past.workspace.ledger.verify_chain() == []
    assert files_of(tmp_path / "home") == before


def test_without_the_lake_only_the_ledger_follows(tmp_path):
    workspace = workspace_with(tmp_path / "home", CONTRACT)
    put(workspace, "210100", "sample_2026.csv", "code,area\nS1,10\nS2,20\n")
    take_all(workspace)
    past = PastState(workspace, tmp_path / "past", with_lake=False)
    past.advance_to(100)
    assert past.workspace.ledger.read_head() == workspace.ledger.read_head()
    assert past.workspace.lake.current_version(CONTRACT) is None


def test_only_the_corrections_of_then_are_in_force_and_those_gone_are_counted(tmp_path):
    workspace, day = workspace_with(tmp_path / "home", CONTRACT), date(2026, 11, 25)
    past = PastState(workspace, tmp_path / "past")
    assert past.keep_corrections(SLICE, day, ["x"]) == 1
    file = workspace.layout.corrections_file("sample")
    file.parent.mkdir(parents=True)
    file.write_text(HEAD + FIRST + SECOND, encoding="utf-8")
    first, second = read_corrections(file, CONTRACT)
    assert past.keep_corrections(SLICE, day, mark_corrections([first], SLICE, day)) == 0
    kept = past.workspace.layout.corrections_file("sample")
    assert read_corrections(kept, CONTRACT) == (first,)
    file.write_text(HEAD + FIRST, encoding="utf-8")
    assert past.keep_corrections(SLICE, day, mark_corrections([first, second], SLICE, day)) == 1
    assert past.keep_corrections(SLICE, day, []) == 0
    assert read_corrections(kept, CONTRACT) == ()

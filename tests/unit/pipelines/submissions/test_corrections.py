"""Reviewed corrections: applied on record, loud where they do not fit, silent never."""

import datetime as dt

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.intake import take_arrival
from pipelines.normalise import NormalisedTable
from pipelines.submissions.corrections import Correction, apply_corrections, read_corrections
from pipelines.submissions.inbox.inbox import list_arrivals
from schemas.errors import ContractError
from schemas.slices import SliceKey
from support.contracts import contract_with
from support.workspaces import NOW, put, workspace_with

CONTRACT = contract_with(["id", "year:integer", "name", "n:integer"], primary_key=["id", "year"])
SLICE = SliceKey(dataset="sample", department="210100", period="2026")
TODAY = dt.date(2026, 11, 25)
HEAD = "department,period,id,year,field,old,new,reason,who,approved_by,until"
LINE = "210100,,a,2026,n,5,6,台账误记,张三,李四,2026-12-31"


def asked(**parts):
    given = {"department": "210100", "period": "", "key": ("a", "2026"), "field": "n", "old": "5", "new": "6"}
    given |= {"reason": "台账误记", "who": "张三", "approved_by": "李四", "until": dt.date(2026, 12, 31)}
    return Correction(**given | parts)


def corrected(*corrections, on=TODAY):
    table = pa.table({"id": ["a", "b"], "year": ["2026", "2026"], "name": ["甲", None], "n": ["5", "7"]})
    return apply_corrections(NormalisedTable(table, []), pa.array([2, 4]), CONTRACT, corrections, SLICE, on, {})


def types(done):
    return [(finding.type, finding.severity, finding.row) for finding in done.findings]


def test_a_correction_is_applied_and_every_use_is_on_record():
    done = corrected(asked())
    assert done.normal.table.column("n").to_pylist() == ["6", "7"]
    assert [tuple(rewrite) for rewrite in done.normal.rewrites] == [(2, "n", "5", "6", "correction")]
    assert types(done) == []
    assert "张三 提出，李四 审核" in done.decisions[0].zh


def test_nothing_may_become_something_and_something_nothing():
    done = corrected(asked(key=("b", "2026"), field="name", old="", new="乙"), asked(field="name", old="甲", new=""))
    assert done.normal.table.column("name").to_pylist() == [None, "乙"]


def test_a_correction_that_matches_nothing_is_an_error_of_the_whole_file():
    assert types(corrected(asked(key=("z", "2026")))) == [("correction-unmatched", "error", None)]


def test_another_old_value_is_an_error_and_the_cell_stays():
    done = corrected(asked(old="4"))
    assert types(done) == [("correction-differs", "error", 2)]
    assert done.normal.table.column("n").to_pylist() == ["5", "7"]


def test_a_source_that_mended_itself_is_told_that_the_record_may_go():
    assert types(corrected(asked(old="4", new="5"))) == [("correction-unneeded", "warning", 2)]


def test_the_last_day_counts_and_the_day_after_it_nothing_is_applied():
    last = corrected(asked(), on=dt.date(2026, 12, 31))
    assert (last.normal.rewrites != [], types(last)) == (True, [])
    late = corrected(asked(), on=dt.date(2027, 1, 1))
    assert types(late) == [("correction-expired", "warning", None)]
    assert (late.normal.rewrites, late.decisions) == ([], ())


@pytest.mark.parametrize("elsewhere", [{"department": "210200"}, {"period": "2025"}])
def test_the_corrections_of_other_slices_are_not_looked_at(elsewhere):
    done = corrected(asked(key=("z", "2026"), **elsewhere))
    assert (types(done), done.normal.rewrites) == ([], [])


def test_two_corrections_of_one_cell_follow_each_other():
    done = corrected(asked(), asked(old="6", new="8"))
    assert done.normal.table.column("n").to_pylist() == ["8", "7"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (LINE.replace("李四", "张三"), "two people"),
        (LINE.replace(",n,", ",nothing,"), "no field nothing"),
        (LINE.replace("2026-12-31", "soon"), "until"),
        (LINE.replace(",5,6,", ",5,5,"), "the same"),
        (LINE.replace("台账误记", ""), "reason"),
        (LINE + ",more", "more cells"),
        (LINE.rsplit(",", 1)[0], "until"),
        (LINE.replace("210100,,", ",,"), "department"),
    ],
)
def test_a_line_that_is_wrong_is_named(tmp_path, line, why):
    path = tmp_path / "sample.csv"
    path.write_text(f"{HEAD}\n{LINE}\n{line}\n", encoding="utf-8")
    with pytest.raises(ContractError, match=rf"sample\.csv:3[\s\S]*{why}"):
        read_corrections(path, CONTRACT)


def test_other_columns_are_refused_and_no_file_is_no_correction(tmp_path):
    path = tmp_path / "sample.csv"
    assert read_corrections(path, CONTRACT) == ()
    for content in (
        b"id,field,old,new\n",
        f"{HEAD}\n{LINE}".encode("gb18030"),
        "编码,原值\n".encode("gb18030"),
    ):
        path.write_bytes(content)
        with pytest.raises(ContractError, match=f"columns.*{HEAD}"):
            read_corrections(path, CONTRACT)


def test_intake_applies_them_and_keeps_the_raw_cells_beside_the_original(tmp_path):
    workspace = workspace_with(tmp_path, CONTRACT)
    path = workspace.layout.corrections_file("sample")
    path.parent.mkdir(parents=True)
    path.write_text(f"\ufeff{HEAD}\n{LINE}\n210200,,z,2026,n,1,2,别的市,张三,李四,2026-12-31\n", encoding="utf-8")
    put(workspace, "210100", "sample_2026.csv", "id,year,name,n\n" + "".join(f"{c},2026,甲,５\n" for c in "abcd"))
    receipt = take_arrival(workspace, list_arrivals(workspace)[0], NOW)
    assert (receipt.outcome, receipt.rewrites) == ("accept", {"correction": 1, "width": 4})
    assert any("台账误记" in decision.zh for decision in receipt.decisions)
    kept = pq.read_table(workspace.layout.submission_folder(receipt.number) / "rewrites.parquet").to_pylist()
    assert {"row": 2, "field": "n", "raw": "５", "value": "5", "why": "width"} in kept
    assert {"row": 2, "field": "n", "raw": "5", "value": "6", "why": "correction"} in kept
    assert workspace.lake.read_slice(CONTRACT, SLICE).column("n").to_pylist() == [6, 5, 5, 5]

"""Personal data through the whole installation: held back at the door, stopped at the gate, repeated nowhere outside the originals."""

import csv
import io
import json
from dataclasses import replace

import pyarrow as pa
import pytest
from openpyxl import Workbook, load_workbook

from pipelines.intake import take_arrival
from pipelines.publication.due import warehouse_inputs
from pipelines.refusal import record_refusal
from pipelines.release import assemble_candidate, freeze_candidate
from pipelines.sample.associations import make_associations
from pipelines.submissions.inbox.inbox import list_arrivals
from schemas.negative_list import NegativeEntry
from schemas.slices import SliceKey
from schemas.text import Text
from support.contracts import contract_with
from support.walked import publish_all, release_all, released_rows, walk
from support.workspaces import NOW, open_part, put, workspace_with
from warehouse.analyst_file.database import rebuild_database

MOBILE, EMAIL, BANK, CARD = "13800138000", "example123@qq.com", "6222021234567890128", "210102199003071234"
KINDS = {"no-mobile-number", "no-private-email", "no-bank-card", "no-identity-card"}
KEPT = {"inbox", "submissions", "quarantine"}
"""Folders that hold a department's own file, untouched."""


def told_in(home, *secrets):
    """Files below `home`, outside of the originals, that hold one of the secrets."""
    return [
        path.relative_to(home).as_posix()
        for path in home.rglob("*")
        if path.is_file()
        and path.relative_to(home).parts[0] not in KEPT
        and any(secret.encode() in path.read_bytes() for secret in secrets)
    ]


def csv_of(rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def test_rows_with_personal_data_are_held_back_and_nothing_of_them_is_told(tmp_path):
    workspace = open_part(tmp_path, "tester")
    rows = make_associations(workspace.departments["210100"], 1)
    rows[0]["scope"] = f"联系人（示例）手机{MOBILE}，邮箱{EMAIL}，卡号{BANK}"
    rows[1]["scope"] = f"身份证{CARD}"
    put(workspace, "210100", "association_2026.csv", csv_of(rows))
    [receipt] = walk(workspace).values()
    assert receipt.outcome == "hold_back"
    assert {(f.row, f.field) for f in receipt.findings if f.severity == "error"} == {(2, "scope"), (3, "scope")}
    assert {f.type for f in receipt.findings} >= KINDS
    assert receipt.workbook
    assert told_in(tmp_path, MOBILE, EMAIL, BANK, CARD) == []
    number = workspace.layout.releases.joinpath("association").glob("20*")
    assert len(released_rows(workspace, "association", next(number).name)) == len(rows) - 2


def test_the_marked_workbook_tells_of_them_without_repeating_them(tmp_path):
    contract = contract_with(["id", "note", "n:integer"])
    workspace = workspace_with(tmp_path, contract)
    book = Workbook()
    book.active.append(["id", "note", "n"])
    book.active.append(["a", f"{EMAIL} {BANK}", 1])
    book.active.append(["b", int(MOBILE), f"手机{MOBILE}"])
    for number in range(20):
        book.active.append([f"c{number}", "好", number])
    file = io.BytesIO()
    book.save(file)
    put(workspace, "210100", "sample_2026.xlsx", file.getvalue())
    [receipt] = walk(workspace).values()
    found = {(f.type, f.row, f.field) for f in receipt.findings if f.type in KINDS}
    assert found == {
        ("no-private-email", 2, "note"),
        ("no-bank-card", 2, "note"),
        ("no-mobile-number", 3, "note"),
        ("no-mobile-number", 3, "n"),
    }
    marked = load_workbook(workspace.layout.receipt_file(receipt.number, "xlsx"))
    summary, *_ = marked.worksheets
    said = [str(cell.value) for row in summary.iter_rows() for cell in row]
    said += [cell.comment.text for sheet in marked for row in sheet.iter_rows() for cell in row if cell.comment]
    assert len([text for text in said if "手机号码" in text]) > 1
    assert not [text for text in said if any(secret in text for secret in (MOBILE, EMAIL, BANK))]


def test_a_row_is_told_of_personal_data_whatever_else_is_wrong_in_it(tmp_path):
    contract = contract_with(["id", "n:integer", "note"])
    workspace = workspace_with(tmp_path, contract)
    put(
        workspace,
        "210100",
        "sample_2026.csv",
        f"id,n,note\na,many,手机{MOBILE}\n" + "".join(f"b{n},1,x\n" for n in range(20)),
    )
    [receipt] = walk(workspace).values()
    assert {(f.type, f.row, f.field) for f in receipt.findings} == {
        ("type-error", 2, "n"),
        ("no-mobile-number", 2, "note"),
    }


def test_a_wrong_cell_of_any_type_does_not_repeat_the_number(tmp_path):
    contract = contract_with(["id", "n:integer", "day:date"])
    workspace = workspace_with(tmp_path, contract)
    put(
        workspace,
        "210100",
        "sample_2026.csv",
        f"id,n,day\na,手机{MOBILE},{EMAIL}\n" + "".join(f"b{n},1,2026-01-01\n" for n in range(20)),
    )
    [receipt] = walk(workspace).values()
    assert {f.type for f in receipt.findings} == {"type-error", "no-mobile-number", "no-private-email"}
    assert told_in(tmp_path, MOBILE, EMAIL) == []


@pytest.fixture
def landed_before(tmp_path):
    """An installation whose lake took a mobile number before the intake knew of it."""
    contract = contract_with(["id", "note"])
    workspace = workspace_with(tmp_path, contract)
    put(workspace, "210100", "sample_2026.csv", "id,note\na,x\nb,y\nc,z\n")
    [arrival] = list_arrivals(workspace)
    take_arrival(workspace, arrival, NOW)
    return workspace


def replace_rows(workspace, *notes):
    slice_ = SliceKey(dataset="sample", department="210100", period="2026")
    rows = pa.table({"id": ["a", "b", "c"], "note": list(notes)})
    workspace.lake.replace_slices(workspace.contracts["sample"], {slice_: rows}, {"submission": "x"}, NOW)


def test_a_candidate_with_personal_data_is_not_released(landed_before):
    replace_rows(landed_before, "x", f"电话 {MOBILE}", "z")
    candidate = assemble_candidate(landed_before, "sample")
    assert candidate.blocked
    assert [(f.type, f.row, f.field) for f in candidate.objections] == [("no-mobile-number", 3, "note")]
    assert MOBILE not in "".join(f.model_dump_json() for f in candidate.objections)
    assert freeze_candidate(landed_before, candidate, NOW) is None
    assert not list(landed_before.layout.releases.rglob("*.csv"))


def test_a_candidate_on_the_negative_list_is_refused_on_record_and_frozen_when_the_entry_has_ended(landed_before):
    replace_rows(landed_before, "x", "位于军事禁区", "z")
    about = Text(zh="军事设施内的场地", en="military sites")
    entry = NegativeEntry(id="x", name=about, circumstance=about, basis="条例", match="contains", words=("军事禁区",),
                          valid_from="2020-01-01", valid_to="2026-12-31")  # fmt: skip
    workspace = replace(landed_before, negative_list=(entry,))
    candidate = assemble_candidate(workspace, "sample", NOW.date())
    assert [(f.type, f.row) for f in candidate.objections] == [("negative-list", 3)]
    assert freeze_candidate(workspace, candidate, NOW) is None
    assert "military sites" in record_refusal(workspace, candidate, NOW).why
    later = NOW.replace(year=2027)
    assert freeze_candidate(workspace, assemble_candidate(workspace, "sample", later.date()), later) is not None


def test_the_changes_since_an_old_release_with_personal_data_are_not_written(landed_before, monkeypatch):
    replace_rows(landed_before, "x", f"电话 {MOBILE}", "z")
    with monkeypatch.context() as before_the_judge:
        before_the_judge.setattr("quality.row_scan.find_personal_data", lambda *_: [])
        release_all(landed_before)
    replace_rows(landed_before, "x", "y", "z")
    fresh = release_all(landed_before)["sample"]
    publish_all(landed_before)
    folder = landed_before.layout.release_folder("sample", fresh.number)
    assert (
        json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))["sportlake"]["release"]["changes"] is None
    )
    assert not any(MOBILE.encode() in path.read_bytes() for path in folder.iterdir())


def test_masked_texts_and_small_counts_are_in_the_lake_and_in_nothing_that_goes_out(tmp_path):
    rules = {"masked": [{"field": "who"}], "small_cells": [{"field": "n"}], "basis": "个人信息保护法 第二十八条"}
    before = contract_with(["id", "who", "n:integer"])
    workspace = workspace_with(tmp_path, before)
    put(workspace, "210100", "sample_2026.csv", "id,who,n\na,欧阳锋,2\nb,洪七公,12\n")
    walk(workspace)
    contract = contract_with(["id", "who", "n:integer"], version="2.0.0", policy={"disclosure": rules})
    workspace = workspace_with(tmp_path, contract)
    fresh = release_all(workspace)["sample"]
    assert [(row["who"], row["n"]) for row in released_rows(workspace, "sample", fresh.number)] == [
        ("欧**", ""),
        ("洪**", "12"),
    ]
    folder = workspace.layout.release_folder("sample", fresh.number)
    assert not any("欧阳锋".encode() in path.read_bytes() for path in folder.iterdir())
    withheld = json.loads((folder / "quality.json").read_text(encoding="utf-8"))["withheld"]
    assert withheld == {"masked_cells": {"who": 2}, "suppressed_cells": {"n": 1}}
    assert not list(folder.glob("*_changes.csv"))  # the file of changes would repeat the names of the release before
    assert workspace.lake.read_current(contract).column("who").to_pylist() == ["欧阳锋", "洪七公"]
    rebuild_database(workspace.layout, warehouse_inputs(workspace), NOW)
    assert "欧阳锋".encode() not in workspace.layout.warehouse.read_bytes()
    publish_all(workspace)
    page = (workspace.layout.catalogue / "dataset" / "sample" / "index.html").read_text(encoding="utf-8")
    assert "只公开前 1 个字" in page

"""The files of a release beside its data: provenance, quality, workbook, changes since the release before."""

import duckdb
import openpyxl
import pytest

from schemas.errors import ReleaseError
from support.contracts import contract_with
from support.frozen_facility import ROWS, alter, folder_of, frozen, paper, table_of
from warehouse.releases.releases import verify_release


def test_provenance_names_every_submission_and_tool(layout):
    told = paper(folder_of(layout, frozen(layout)), "provenance.json")
    assert [(s["submission"], s["sha256"]) for s in told["slices"]] == [("S-1", "a" * 64), ("S-2", "b" * 64)]
    assert (told["lake_version"], told["contract_version"]) == (7, "1.0.0")
    assert told["tools"]["duckdb"] == duckdb.__version__


def test_quality_counts_the_filled_cells_of_every_field(layout):
    told = paper(folder_of(layout, frozen(layout)), "quality.json")
    assert (told["filled"]["id"], told["filled"]["day"], told["rows_held_back"]) == (4, 1, 2)


def test_the_workbook_has_the_titles_above_the_rows_and_the_dictionary_behind_them(layout):
    book = openpyxl.load_workbook(folder_of(layout, frozen(layout, synthetic=True)) / "facility.xlsx")
    assert book.sheetnames == ["示例数据（虚构）", "说明"]
    data, words = book.worksheets
    assert [cell.value for cell in data[1]][:5] == ["id（标题）", "kind（标题）", "kind（标题）（名称）", "kind（标题）（名称）（英文）", "lon（标题）"]  # fmt: skip
    assert [cell.value for cell in data["C"]][1:] == [None, "甲", "乙", "甲"]
    assert [cell.value for cell in data["A"]][1:] == ["=1+1", "F1", "F2", '逗,号"引号\n换行 ']
    assert {cell.data_type for cell in data["A"]} == {"s"}
    assert [cell.value for cell in words["A"]][:3] == ["字段名", "id", "kind"]


def test_too_many_rows_for_a_workbook_make_a_release_without_one(layout, monkeypatch):
    monkeypatch.setattr("warehouse.releases.workbook.MOST_ROWS", 3)
    assert not list(folder_of(layout, frozen(layout)).glob("*.xlsx"))


def test_a_release_says_what_it_changed_in_facts_and_row_by_row(layout):
    first = frozen(layout, table_of([ROWS[0], ROWS[1]]))
    changed = (*ROWS[1][:1], "B", *ROWS[1][2:])
    folder = folder_of(layout, frozen(layout, table_of([changed, ROWS[2]]), previous=first.number))
    assert (folder / "facility_changes.csv").read_text(encoding="utf-8-sig") == (
        "change,id,field,before,after\nadded,=1+1,,,\nchanged,F1,kind,A,B\nremoved,F2,,,\n"
    )
    assert paper(folder)["sportlake"]["release"]["changes"] == {
        "added": 1, "removed": 1, "changed": 1, "columns_added": [], "columns_removed": [],
    }  # fmt: skip
    assert "facility_changes.csv" in [resource["path"] for resource in paper(folder)["resources"]]
    assert verify_release(folder) == []
    alter(folder, "facility_changes.csv", b"")
    alter(folder, "dictionary.csv", b"")
    alter(folder, "facility.xlsx", b"")
    assert [text.en.split()[0] for text in verify_release(folder)] == [
        "dictionary.csv",
        "facility.xlsx",
        "facility_changes.csv",
    ]


def test_a_release_with_other_columns_says_which_and_compares_the_others(layout):
    one, other = contract_with(["id", "old", "both"]), contract_with(["id", "both", "new"])
    first = frozen(layout, table_of([("a", "1", "2")], one), contract=one, codelists={})
    second = frozen(layout, table_of([("a", "2", "3")], other), contract=other, codelists={}, previous=first.number)
    folder = folder_of(layout, second)
    assert paper(folder)["sportlake"]["release"]["changes"] == {
        "added": 0, "removed": 0, "changed": 0, "columns_added": ["new"], "columns_removed": ["old"],
    }  # fmt: skip


def test_without_a_public_key_a_release_says_nothing_of_changes(layout):
    contract = contract_with(["id", "n:integer"], policy={"disclosure": {"protected": ["id"]}})
    first = frozen(layout, table_of([("b", 1)], contract), contract=contract, codelists={})
    second = frozen(layout, table_of([("b", 2)], contract), contract=contract, codelists={}, previous=first.number)
    folder = folder_of(layout, second)
    assert not list(folder.glob("*_changes.csv"))
    assert paper(folder)["sportlake"]["release"]["changes"] is None


@pytest.mark.parametrize("lost", ["datapackage.json", "facility.parquet"])
def test_a_release_before_that_cannot_be_read_stops_the_next_one(layout, lost):
    first = frozen(layout)
    (folder_of(layout, first) / lost).unlink()
    with pytest.raises(ReleaseError, match=r"facility/2026\.11\.1, cannot be read"):
        frozen(layout, previous=first.number)


def test_a_dataset_called_like_the_dictionary_is_refused(layout):
    contract = contract_with(["id"], name="dictionary")
    with pytest.raises(ReleaseError, match="name it otherwise"):
        frozen(layout, table_of([("a",)], contract), contract=contract, codelists={})

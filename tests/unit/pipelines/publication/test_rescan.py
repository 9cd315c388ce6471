"""What is public is read again: a leak withdraws the dataset at once, on record and without the value; what is clean stays."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pipelines.publication.rescan import REASON, rescan_datasets, restore_clean_dataset
from pipelines.publication.visible_release import visible_release
from pipelines.publication.withdrawal import list_withdrawals, restore_dataset
from schemas.errors import ReleaseError, UsageError
from schemas.negative_list import NegativeEntry
from schemas.text import Text
from support.contracts import contract_with
from support.frozen import freeze_release
from support.workspaces import NOW, copied_workspace, workspace_with
from warehouse.ledger.ledger import Ledger

MOBILE = "13800138000"
LATER = NOW + timedelta(days=1)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    home = tmp_path_factory.mktemp("built")
    contracts = [contract_with(["id", "note"], name=name) for name in ("a", "b", "c")]
    workspace = workspace_with(home, *contracts)
    freeze_release(workspace, "a", "1", f"手机{MOBILE}")
    freeze_release(workspace, "b", "1", "2")
    return workspace


@pytest.fixture
def workspace(built, tmp_path):
    return copied_workspace(built, tmp_path)


def kinds(workspace):
    return [entry.kind for entry in workspace.ledger.read_entries()]


def test_a_leak_withdraws_its_dataset_and_no_other(workspace):
    [incident] = rescan_datasets(workspace, NOW)
    assert (incident.dataset, [file.name for file in incident.files]) == ("a", ["a.csv", "a.parquet"])
    [withdrawn] = list_withdrawals(workspace)
    assert (withdrawn.dataset, withdrawn.reason) == ("a", REASON)
    assert kinds(workspace) == ["incident", "withdrawal"]


def test_the_record_names_file_rows_and_columns_and_never_the_value(workspace):
    [incident] = rescan_datasets(workspace, NOW)
    assert incident.entry.facts["release"] == "2026.11.1"
    for file in incident.entry.facts["files"]:
        assert (file["findings"], file["fields"], file["rows"]) == ({"no-mobile-number": 2}, ["id", "note"], [3])
    assert MOBILE not in workspace.layout.ledger.read_text(encoding="utf-8")


def test_what_is_withdrawn_already_or_clean_or_not_asked_for_leaves_no_entry(workspace):
    assert rescan_datasets(workspace, NOW, ["b", "c"]) == []
    assert kinds(workspace) == []
    rescan_datasets(workspace, NOW)
    assert rescan_datasets(workspace, LATER) == []
    assert kinds(workspace) == ["incident", "withdrawal"]


def test_a_person_restores_it_after_a_corrected_release_and_not_before(workspace):
    rescan_datasets(workspace, NOW)
    restore_dataset(workspace, "a", Text(zh="已核实", en="checked"), NOW)
    assert [one.dataset for one in rescan_datasets(workspace, LATER)] == ["a"]
    assert kinds(workspace) == ["incident", "withdrawal", "restoration", "incident", "withdrawal"]
    freeze_release(workspace, "a", "1", "2", with_changes=False)
    restore_dataset(workspace, "a", Text(zh="已更正", en="corrected"), LATER)
    assert rescan_datasets(workspace, LATER) == []
    assert list_withdrawals(workspace) == []
    assert visible_release(workspace, "a").taken_back == {"2026.11.1"}


def test_a_release_that_still_leaks_is_not_restored_by_decision(workspace):
    rescan_datasets(workspace, NOW)
    with pytest.raises(UsageError, match=r"release 2026.11.1 of a still holds"):
        restore_clean_dataset(workspace, "a", Text(zh="已核实", en="checked"), NOW)
    assert kinds(workspace) == ["incident", "withdrawal"]
    freeze_release(workspace, "a", "1", "2", with_changes=False)
    restore_clean_dataset(workspace, "a", Text(zh="已更正", en="corrected"), LATER)
    assert list_withdrawals(workspace) == []
    with pytest.raises(UsageError, match="b"):
        restore_clean_dataset(workspace, "b", Text(zh="未停止", en="never withdrawn"), LATER)


def test_an_earlier_release_that_is_still_offered_is_read_too_and_not_offered_again(workspace):
    freeze_release(workspace, "a", "1", "2", with_changes=False)
    [incident] = rescan_datasets(workspace, NOW)
    assert {file.release for file in incident.files} == {"2026.11.1"}
    restore_dataset(workspace, "a", Text(zh="已更正", en="corrected"), LATER)
    assert rescan_datasets(workspace, LATER) == []


def test_a_scan_killed_before_the_withdrawal_is_finished_by_the_next_with_one_entry(workspace, monkeypatch):
    with monkeypatch.context() as killed:
        killed.setattr(
            "pipelines.publication.rescan.withdraw_dataset", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt)
        )
        with pytest.raises(KeyboardInterrupt):
            rescan_datasets(workspace, NOW)
    assert kinds(workspace) == ["incident"]
    assert len(rescan_datasets(workspace, LATER)) == 1
    assert kinds(workspace) == ["incident", "withdrawal"]
    assert Ledger(workspace.layout).verify_chain() == []


def test_the_negative_list_of_today_holds_for_what_is_public(workspace):
    about = Text(zh="某类", en="a kind")
    entry = NegativeEntry(id="x", name=about, circumstance=about, basis="条例", dataset="b", valid_from="2026-11-26")
    later = replace(workspace, negative_list=(entry,))
    assert [one.dataset for one in rescan_datasets(later, NOW)] == ["a"]
    assert [one.dataset for one in rescan_datasets(later, LATER)] == ["b"]


@pytest.mark.parametrize(
    "disclosure", [{"protected": ["note"]}, {"masked": [{"field": "note"}]}],
)  # fmt: skip
def test_what_the_contract_withholds_by_now_is_a_leak_in_an_older_release(workspace, disclosure):
    stricter = contract_with(["id", "note"], name="b", version="2.0.0", policy={"disclosure": disclosure})
    later = replace(workspace, contracts={"b": stricter})
    [incident] = rescan_datasets(later, NOW)
    assert {finding.type for finding in incident.files[0].findings} <= {"protected-field", "unmasked-text"}


def test_a_column_that_the_contract_no_longer_knows_is_searched_too(workspace):
    later = replace(workspace, contracts={"a": contract_with(["id"], name="a", version="2.0.0")})
    [incident] = rescan_datasets(later, NOW)
    assert {finding.field for finding in incident.files[0].findings} == {"id", "note"}


def test_the_file_of_changes_is_read_cell_by_cell_as_its_field(workspace):
    freeze_release(workspace, "b", "1", MOBILE[:-1])
    assert rescan_datasets(workspace, NOW, ["b"]) == []
    folder = workspace.layout.release_folder("b", "2026.11.2")
    changes = folder / "b_changes.csv"
    changes.chmod(0o644)
    changes.write_text(
        f"\ufeffchange,id,field,before,after\nchanged,1,note,手机{MOBILE},x\nadded,2,,,\n", encoding="utf-8"
    )
    [incident] = rescan_datasets(workspace, NOW, ["b"])
    assert [(file.name, [(f.row, f.field) for f in file.findings]) for file in incident.files] == [
        ("b_changes.csv", [(2, "note")])
    ]


def test_a_public_file_that_cannot_be_read_stops_the_scan_and_is_named(workspace):
    file = workspace.layout.release_folder("b", "2026.11.1") / "b.parquet"
    file.chmod(0o644)
    file.write_bytes(b"no parquet")
    with pytest.raises(ReleaseError, match=r"b/2026\.11\.1/b\.parquet"):
        rescan_datasets(workspace, NOW, ["b"])

"""What is asked about is found among what is public: rows by keys of one or several columns, files by their bytes, releases, receipts."""

import shutil

import pytest

from pipelines.audit import trace_target
from pipelines.audit.trace_target import SliceOfRow, find_release, find_target, parse_key
from schemas.errors import UsageError
from support.contracts import contract_with
from support.walked import release_all, take_all
from support.workspaces import put, workspace_with

SITE = contract_with(["code", "area:number"], name="site")
VISIT = contract_with(["site", "year:integer", "count:integer"], name="visit", primary_key=["site", "year"])
HIDDEN = contract_with(["code", "area:number"], name="hidden", policy={"disclosure": {"protected": ["code"]}})


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    workspace = workspace_with(tmp_path_factory.mktemp("home"), SITE, VISIT, HIDDEN)
    put(workspace, "210100", "site_2026.csv", "code,area\nS1,10\nS2,20\n")
    put(workspace, "210200", "site_2026.csv", 'code,area\n"D,1",30\nX9,5\n')
    put(workspace, "210200", "visit_2026.csv", "site,year,count\nS1,2026,3\nS1,2025,4\n")
    put(workspace, "210100", "hidden_2026.csv", "code,area\nH1,10\nH2,20\n")
    take_all(workspace)
    release_all(workspace)
    return workspace


@pytest.mark.parametrize(
    ("asked", "dataset", "slices"),
    [
        ("S2", "site", "210100"),
        ("code=S2", "site", "210100"),
        ("D,1", "site", "210200"),
        ("S1,2025", "visit", "210200"),
        ("year=2026,site=S1", "visit", "210200"),
    ],
)
def test_a_row_is_found_by_its_key_and_its_slice_in_the_lake(workspace, asked, dataset, slices):
    found = find_target(workspace, asked, None, None)
    assert (found.kind, found.release.dataset, found.slices) == ("row", dataset, (SliceOfRow(slices, "2026"),))


@pytest.mark.parametrize("asked", ["S3", "S1,2024", "S1,2025,1", "H1", "site=S1,site=S1", ""])
def test_an_unknown_key_is_refused_with_the_releases_and_columns_there_are(workspace, asked):
    with pytest.raises(UsageError, match=r"visit: site,year") as refused:
        find_target(workspace, asked, None, None)
    assert "site 2026.11.1" in refused.value.text.zh


def test_an_unknown_key_among_many_datasets_asks_for_the_dataset(workspace, monkeypatch):
    monkeypatch.setattr(trace_target, "_FEW", 1)
    with pytest.raises(
        UsageError, match=r"no row of the 2 datasets that are public .* name the dataset with --dataset"
    ) as refused:
        find_target(workspace, "S3", None, None)
    assert "visit: site,year" not in refused.value.text.zh
    with pytest.raises(UsageError, match=r"visit: site,year"):
        find_target(workspace, "S3", "visit", None)


def test_a_key_of_two_datasets_is_asked_back(tmp_path):
    other = contract_with(["code", "area:number"], name="place")
    workspace = workspace_with(tmp_path, SITE, other)
    put(workspace, "210100", "site_2026.csv", "code,area\nS1,10\nS2,20\n")
    put(workspace, "210100", "place_2026.csv", "code,area\nS1,7\nP2,8\n")
    take_all(workspace)
    release_all(workspace)
    with pytest.raises(UsageError, match="say which with --dataset"):
        find_target(workspace, "S1", None, None)
    assert find_target(workspace, "S1", "place", None).release.dataset == "place"
    assert find_target(workspace, "S1", "place", "2026.11.1").release.number == "2026.11.1"


def test_a_file_is_known_by_its_bytes_under_any_name_and_a_changed_byte_is_not(workspace, tmp_path):
    copy = tmp_path / "下载.bin"
    shutil.copyfile(workspace.layout.release_folder("site", "2026.11.1") / "site.csv", copy)
    found = find_target(workspace, str(copy), None, None)
    assert (found.kind, found.release.dataset, found.file, found.slices) == ("file", "site", "site.csv", None)
    flipped = bytearray(copy.read_bytes())
    flipped[-2] ^= 1
    copy.write_bytes(flipped)
    with pytest.raises(UsageError, match="changed, if only by one byte"):
        find_target(workspace, str(copy), None, None)


def test_a_file_that_several_releases_have_names_the_others(tmp_path):
    workspace = workspace_with(tmp_path, SITE)
    put(workspace, "210100", "site_2026.csv", "code,area\nS1,10\nS2,20\n")
    take_all(workspace)
    release_all(workspace)
    first = workspace.layout.release_folder("site", "2026.11.1")
    put(workspace, "210100", "site_2026.csv", "code,area\nS1,11\nS2,20\n")
    take_all(workspace)
    release_all(workspace)
    found = find_target(workspace, str(first / "dictionary.csv"), None, None)
    assert (found.release.number, found.file, found.also) == ("2026.11.2", "dictionary.csv", ("site/2026.11.1",))


def test_an_original_leads_to_its_receipt(workspace, tmp_path):
    (tmp_path / "mine.csv").write_text("code,area\nS1,10\nS2,20\n", encoding="utf-8")
    found = find_target(workspace, str(tmp_path / "mine.csv"), None, None)
    entry = workspace.ledger.find_entries("submission", "number", found.receipt)[0]
    assert (found.kind, entry.facts["place"]) == ("receipt", "site/210100/2026")


def test_a_release_is_named_with_its_dataset_where_its_number_is_not_alone(workspace):
    assert find_target(workspace, "visit/2026.11.1", None, None).release.dataset == "visit"
    assert find_release(workspace, "2026.11.1", "site").dataset == "site"
    with pytest.raises(UsageError, match=r"name one: .*site/2026.11.1"):
        find_release(workspace, "2026.11.1", None)
    with pytest.raises(UsageError, match=r"there are: site/2026\.11\.1"):
        find_release(workspace, "site/2026.11.7", None)
    with pytest.raises(UsageError, match="no dataset nothing"):
        find_target(workspace, "nothing/2026.11.1", None, None)


def test_a_receipt_is_taken_by_its_number(workspace):
    assert find_target(workspace, "RCPT-AAAA", None, None).receipt == "RCPT-AAAA"


def test_nothing_released_is_said(tmp_path):
    with pytest.raises(UsageError, match="nothing of any dataset is released"):
        find_target(workspace_with(tmp_path, SITE), "S1", None, None)


def test_a_key_is_parsed_by_position_or_by_name():
    assert parse_key('"a,1",b', ["x", "y"]) == {"x": "a,1", "y": "b"}
    assert parse_key("y=b,x=a", ["x", "y"]) == {"x": "a", "y": "b"}
    assert parse_key("a=1", ["x"]) == {"x": "a=1"}
    assert parse_key("a", ["x", "y"]) is None

import hashlib
import json

from catalog.entry import build_entry
from catalog.release_index import release_index
from support.releases import DEPARTMENTS, PLACES, facility_contract, write_release


def test_the_index_has_every_release_newest_first_with_files_that_lie_where_it_says(tmp_path):
    contract = facility_contract()
    write_release(tmp_path, contract, PLACES[:2], number="2026.10.1", contract_version="0.9.0")
    entry = build_entry(contract, write_release(tmp_path, contract, PLACES, previous="2026.10.1"), DEPARTMENTS)
    told = json.loads(json.dumps(release_index(entry)))
    assert (told["dataset"], told["title"]["zh"], told["title"]["en"], told["current"]) == (
        "facility", "体育场地", "Sports facilities", "2026.11.1",
    )  # fmt: skip
    newest, oldest = told["releases"]
    assert (newest["number"], newest["rows"], newest["contract_version"], newest["changes"]["added"]) == (
        "2026.11.1",
        3,
        "1.0.0",
        1,
    )
    assert (oldest["number"], oldest["rows"], oldest["contract_version"], oldest["changes"]) == (
        "2026.10.1",
        2,
        "0.9.0",
        None,
    )
    for file in newest["files"] + oldest["files"]:
        content = (tmp_path / "facility" / file["path"]).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file["bytes"], file["sha256"])
    assert [(file["name"], file["kind"]) for file in newest["files"]][-2:] == [
        ("dictionary.csv", "dictionary"), ("facility_changes.csv", "changes"),
    ]  # fmt: skip


def test_the_index_names_the_releases_that_were_taken_back(tmp_path):
    """Who had pinned one found it gone from the list without a word."""
    contract = facility_contract()
    entry = build_entry(contract, write_release(tmp_path, contract, PLACES), DEPARTMENTS)
    assert "taken_back" not in release_index(entry)
    assert release_index(entry.model_copy(update={"taken_back": ("2026.11.2",)}))["taken_back"] == ["2026.11.2"]

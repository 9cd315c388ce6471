"""The folder that a portal serves: release folders put there whole, and nothing else."""

import json

import pytest

from catalog.ckan.files import PublicFiles
from catalog.entry import build_entry
from schemas.errors import CatalogueError
from support.releases import DEPARTMENTS, PLACES, facility_contract, write_release


@pytest.fixture
def contract():
    return facility_contract()


@pytest.fixture
def entries(tmp_path, contract):
    first = write_release(tmp_path / "releases", contract, PLACES)
    second = write_release(tmp_path / "releases", contract, PLACES[:2], number="2026.11.2", previous="2026.11.1")
    return [build_entry(contract, folder, DEPARTMENTS) for folder in (first, second)]


@pytest.fixture
def files(tmp_path):
    return PublicFiles(tmp_path / "public", tmp_path / "releases")


def test_a_release_made_anew_with_files_of_equal_size_is_placed_again(tmp_path, files, entries):
    facts, ours = entries[0].facts, tmp_path / "releases" / "facility" / "2026.11.1" / "SHA256SUMS"
    files.place_release(facts)
    text = ours.read_text(encoding="ascii")
    ours.chmod(0o644)
    ours.write_text(text[::-1], encoding="ascii")
    assert not files.is_complete(facts)
    files.place_release(facts)
    assert (tmp_path / "public/facility/2026.11.1/SHA256SUMS").read_bytes() == ours.read_bytes()
    assert (files.is_complete(facts), files.writes) == (True, 2)


def test_a_release_is_there_byte_for_byte_and_is_no_link(tmp_path, files, entries):
    facts = entries[0].facts
    files.place_release(facts)
    ours, theirs = (tmp_path / top / "facility" / "2026.11.1" for top in ("releases", "public"))
    assert {path.name: path.read_bytes() for path in ours.iterdir()} == {
        p.name: p.read_bytes() for p in theirs.iterdir()
    }
    assert not any(path.samefile(ours / path.name) for path in theirs.iterdir())
    assert files.is_complete(facts)
    assert files.find_damaged(facts) == []


def test_placing_twice_writes_once(files, entries):
    files.place_release(entries[0].facts)
    files.place_release(entries[0].facts)
    assert files.writes == 1


def test_a_changed_file_of_the_same_length_is_found_and_mended_by_a_thorough_run_only(tmp_path, files, entries):
    facts = entries[0].facts
    files.place_release(facts)
    csv = tmp_path / "public/facility/2026.11.1/facility.csv"
    csv.chmod(0o644)
    csv.write_bytes(csv.read_bytes().replace(b"LN-", b"XX-"))
    assert [what for what, _, _ in files.find_damaged(facts)] == ["file facility/2026.11.1/facility.csv"]
    files.place_release(facts)
    assert files.find_damaged(facts) != []
    files.place_release(facts, thorough=True)
    assert files.find_damaged(facts) == []


def test_a_release_of_ours_that_is_damaged_is_not_put_there(tmp_path, files, entries):
    csv = tmp_path / "releases/facility/2026.11.1/facility.csv"
    csv.write_bytes(csv.read_bytes() + b"x")
    with pytest.raises(CatalogueError, match="restore that release from a backup"):
        files.place_release(entries[0].facts)
    assert not files.is_complete(entries[0].facts)


def test_what_a_killed_run_left_is_no_release(tmp_path, files, entries):
    left = tmp_path / "public/facility/.2026.11.1.part"
    left.mkdir(parents=True)
    (left / "facility.csv").write_text("half")
    files.place_release(entries[0].facts)
    assert files.find_damaged(entries[0].facts) == []
    assert files.find_strays("facility", ["2026.11.1"]) == []


def test_the_index_lists_the_releases_that_are_shown(tmp_path, files, entries):
    for facts in (entries[0].facts, entries[1].facts):
        files.place_release(facts)
    files.write_index(entries[1])
    index = json.loads((tmp_path / "public/facility/index.json").read_text(encoding="utf-8"))
    assert [each["number"] for each in index["releases"]] == ["2026.11.2", "2026.11.1"]
    assert files.is_index_current(entries[1])
    assert not files.is_index_current(entries[0])


def test_only_what_is_shown_is_kept(tmp_path, files, entries):
    for facts in (entries[0].facts, entries[1].facts):
        files.place_release(facts)
    files.keep_only("facility", ["2026.11.1"])
    assert not (tmp_path / "public/facility/2026.11.2").exists()
    files.keep_only("facility", [])
    assert not (tmp_path / "public/facility").exists()


@pytest.mark.parametrize("numbers", [[], ["2026.11.1"]])
def test_what_a_run_killed_while_taking_away_has_left_goes_too(tmp_path, files, entries, numbers):
    files.place_release(entries[0].facts)
    (tmp_path / "public/.facility.gone/2026.11.1").mkdir(parents=True)
    files.keep_only("facility", numbers)
    assert not (tmp_path / "public/.facility.gone").exists()


def test_what_belongs_to_nothing_shown_is_an_orphan(tmp_path, files, entries):
    files.place_release(entries[0].facts)
    (tmp_path / "public/lost").mkdir()
    (tmp_path / "public/facility/2020.1.1").mkdir()
    assert [orphan.name for orphan in files.find_orphans({"facility": ["2026.11.1"]})] == ["lost", "facility/2020.1.1"]

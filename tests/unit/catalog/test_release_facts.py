import json

import pytest

from catalog.release_facts import read_facts, read_history
from schemas.errors import CatalogueError
from support.releases import PLACES, facility_contract, limits_with, write_release


@pytest.fixture
def folder(tmp_path):
    return write_release(tmp_path, facility_contract(), PLACES)


def change(folder, alter):
    descriptor = folder / "datapackage.json"
    package = json.loads(descriptor.read_text(encoding="utf-8"))
    alter(package)
    descriptor.write_text(json.dumps(package), encoding="utf-8")


def test_the_facts_are_those_of_the_descriptor(folder):
    facts = read_facts(folder)
    assert (facts.dataset, facts.number, facts.rows, facts.previous) == ("facility", "2026.11.1", 3, None)
    assert facts.fields == ("facility_id", "name", "area_m2", "lon", "lat")
    assert facts.distributions[0].bytes == (folder / "facility.csv").stat().st_size
    assert facts.created.isoformat() == "2026-11-24T09:30:00+08:00"


def test_the_head_of_the_ledger_is_told_if_the_release_notes_one(folder):
    assert "ledger_head" not in read_facts(folder).model_dump()
    head = f"12:{'ab' * 32}"
    change(folder, lambda package: package["sportlake"]["release"].update(ledger_head=head))
    assert read_facts(folder).ledger_head == head
    change(folder, lambda package: package["sportlake"]["release"].update(ledger_head="<b>"))
    with pytest.raises(CatalogueError, match="ledger_head"):
        read_facts(folder)


def test_code_lists_are_files_of_their_own_and_no_distributions(tmp_path):
    folder = write_release(
        tmp_path, facility_contract(), PLACES, codelists={"placement": [("indoor", "室内", "indoors")]}
    )
    facts = read_facts(folder)
    assert [(file.codelist, file.name) for file in facts.codelists] == [("placement", "codelist_placement.csv")]
    assert "codelist_placement.csv" not in {file.name for file in facts.distributions}


def test_the_dictionary_and_the_changes_are_files_but_no_distributions(tmp_path):
    write_release(tmp_path, facility_contract(), PLACES, number="2026.10.1")
    facts = read_facts(write_release(tmp_path, facility_contract(), PLACES, previous="2026.10.1"))
    assert [file.format for file in facts.distributions] == ["csv", "xlsx", "parquet", "geojson"]
    assert (facts.dictionary.name, facts.changes_file.name) == ("dictionary.csv", "facility_changes.csv")
    assert facts.files[-2:] == (facts.dictionary, facts.changes_file)
    assert (facts.changes.added, facts.changes.removed, facts.changes.changed) == (1, 0, 0)


def test_a_first_release_has_changed_nothing(folder):
    facts = read_facts(folder)
    assert (facts.changes, facts.changes_file) == (None, None)
    assert facts.files[-1] == facts.dictionary


def test_what_is_not_said_to_be_synthetic_is_not(folder):
    assert read_facts(folder).synthetic is False
    change(folder, lambda package: package["sportlake"]["release"].update(synthetic=True))
    assert read_facts(folder).synthetic is True


@pytest.mark.parametrize(
    "name", ["../facility.csv", "/etc/passwd", "a/b.csv", "a\\b.csv", ".hidden", "https://example.org/a.csv", "a..csv", "", "ä.csv", "a.csv\n"]
)  # fmt: skip
def test_a_file_given_by_anything_but_a_plain_name_is_refused(folder, name):
    change(folder, lambda package: package["resources"][0].update(path=name))
    with pytest.raises(CatalogueError, match="plain file name"):
        read_facts(folder)


@pytest.mark.parametrize(
    "alter",
    [
        lambda package: package["sportlake"].pop("release"),
        lambda package: package["sportlake"]["release"].pop("quality"),
        lambda package: package["sportlake"]["release"].update(created="2026-11-24T09:30:00"),
        lambda package: package["sportlake"]["release"].update(rows=-1),
        lambda package: package["resources"][0].pop("hash"),
        lambda package: package["resources"][0].update(hash="md5:d41d8cd98f00b204e9800998ecf8427e"),
        lambda package: package["resources"][0].pop("schema"),
        lambda package: package["resources"].clear(),
        lambda package: package["sportlake"]["release"].update(previous="../../other"),
        lambda package: package["sportlake"]["release"].update(number="2026.12.9"),
        lambda package: package.update(name="another"),
    ],
)
def test_a_descriptor_that_lacks_or_misstates_something_is_refused_with_its_name(folder, alter):
    change(folder, alter)
    with pytest.raises(CatalogueError, match=r"facility/2026\.11\.1/datapackage\.json"):
        read_facts(folder)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"name": "facility"}'])
def test_what_is_no_descriptor_at_all_is_refused(folder, content):
    (folder / "datapackage.json").write_bytes(content)
    with pytest.raises(CatalogueError):
        read_facts(folder)


def test_a_missing_descriptor_is_refused(tmp_path):
    with pytest.raises(CatalogueError):
        read_facts(tmp_path / "facility" / "2026.11.1")


def test_the_history_is_newest_first(tmp_path):
    contract = facility_contract()
    write_release(tmp_path, contract, PLACES, number="2026.9.1")
    write_release(tmp_path, contract, PLACES, number="2026.10.1", previous="2026.9.1")
    newest = write_release(tmp_path, contract, PLACES, previous="2026.10.1")
    assert [facts.number for facts in read_history(newest)] == ["2026.11.1", "2026.10.1", "2026.9.1"]


def test_releases_that_precede_each_other_are_refused(tmp_path):
    contract = facility_contract()
    write_release(tmp_path, contract, PLACES, number="2026.10.1", previous="2026.11.1")
    newest = write_release(tmp_path, contract, PLACES, previous="2026.10.1")
    with pytest.raises(CatalogueError, match="precedes itself"):
        read_history(newest)


def test_time_limits_are_told_with_their_day_and_left_out_of_a_release_that_does_not_say(folder):
    assert "time_limits" not in read_facts(folder).model_dump()
    change(folder, lambda package: package["sportlake"]["release"].update(time_limits=limits_with(met=1, missing=2)))
    facts = read_facts(folder).time_limits
    assert (facts.as_of.isoformat(), facts.limits[0].is_overdue, facts.limits[0].is_kept) == ("2026-11-24", True, False)
    assert facts.limits[0].kept.en == "3 due, 1 in time, 0 too late, 2 not done"
    change(folder, lambda package: package["sportlake"]["release"].update(time_limits=limits_with(met=-1)))
    with pytest.raises(CatalogueError, match="time_limits"):
        read_facts(folder)


def test_a_limit_under_which_nothing_was_due_is_not_kept(folder):
    change(folder, lambda package: package["sportlake"]["release"].update(time_limits=limits_with(due=5)))
    (limit,) = read_facts(folder).time_limits.limits
    assert (limit.is_overdue, limit.is_kept, limit.kept.en) == (False, False, "nothing due")

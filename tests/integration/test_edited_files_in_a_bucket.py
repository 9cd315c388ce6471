"""Files that people edit in a home with a bucket, the list of people and corrections: they reach the other hosts, and nobody's edit is lost."""

import pytest

from schemas.errors import StorageError
from support.stored_homes import append_some, stored_home
from warehouse.storage.checking import check_storage
from warehouse.storage.pushing import push_home


def write_corrections(home, text):
    path = home / "corrections" / "site.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_push_leaves_what_a_person_wrote_though_another_host_wrote_it_too(s3_server, tmp_path):
    bucket = s3_server.make_bucket()
    homes = [stored_home(tmp_path / name, bucket) for name in ("a", "b")]
    write_corrections(tmp_path / "a", "first\n")
    for home in homes:
        home.follow_storage()
    write_corrections(tmp_path / "a", "of the one host\n")
    homes[0].follow_storage()
    mine = write_corrections(tmp_path / "b", "of the other\n")
    push_home(homes[1].storage, homes[1].ledger)
    assert mine.read_text(encoding="utf-8") == "of the other\n"
    homes[0].follow_storage()
    assert (tmp_path / "a" / "corrections" / "site.csv").read_text(encoding="utf-8") == "of the other\n"


def test_a_home_with_other_corrections_than_the_bucket_is_told_and_keeps_them(s3_server, tmp_path):
    bucket = s3_server.make_bucket()
    write_corrections(tmp_path / "a", "first\n")
    stored_home(tmp_path / "a", bucket).follow_storage()
    fresh = stored_home(tmp_path / "b", bucket)
    mine = write_corrections(tmp_path / "b", "own\n")
    with pytest.raises(StorageError, match=r"corrections/site\.csv of this home is not what .* move it aside"):
        fresh.follow_storage()
    assert mine.read_text(encoding="utf-8") == "own\n"
    mine.rename(tmp_path / "aside.csv")
    fresh.follow_storage()
    assert mine.read_text(encoding="utf-8") == "first\n"


def test_what_a_person_writes_reaches_the_other_hosts_and_is_not_overwritten(s3_server, tmp_path):
    bucket = s3_server.make_bucket()
    one, two = (stored_home(tmp_path / name, bucket) for name in ("one", "two"))
    append_some(tmp_path / "one", bucket, 1)
    one.layout.people.write_text("people: [1]\n", encoding="utf-8")
    one.follow_storage()
    two.follow_storage()
    assert two.layout.people.read_text(encoding="utf-8") == "people: [1]\n"
    before = one.storage.store.requests
    one.follow_storage()
    assert one.storage.store.requests - before == 1
    two.layout.people.write_text("people: [2]\n", encoding="utf-8")
    one.layout.people.write_text("people: [one's own]\n", encoding="utf-8")
    for home in (two, one, two):
        home.follow_storage()
    assert {home.layout.people.read_text(encoding="utf-8") for home in (one, two)} == {"people: [one's own]\n"}


def test_corrections_that_a_person_deletes_are_gone_on_every_host_unless_somebody_wrote_them_meanwhile(
    s3_server, tmp_path
):
    bucket = s3_server.make_bucket()
    one, two = (stored_home(tmp_path / name, bucket) for name in ("one", "two"))
    mine, theirs = (home.layout.corrections_file("site") for home in (one, two))
    mine.parent.mkdir(parents=True)
    for text in ("department,period\n", "department,period\nagain\n"):
        mine.write_text(text, encoding="utf-8")
        for home in (one, two):
            home.follow_storage()
        assert theirs.read_text(encoding="utf-8") == text
        mine.unlink()
        for home in (one, two, one):
            home.follow_storage()
        assert not mine.exists()
        assert not theirs.exists()
    assert check_storage(two.storage).is_whole
    theirs.write_text("department,period\n", encoding="utf-8")
    for home in (two, one):
        home.follow_storage()
    mine.unlink()
    theirs.write_text("department,period\nmore\n", encoding="utf-8")
    for home in (one, two, one):
        home.follow_storage()
    assert mine.read_text(encoding="utf-8") == theirs.read_text(encoding="utf-8") == "department,period\nmore\n"
    before = one.storage.store.requests
    one.follow_storage()
    assert one.storage.store.requests - before == 1


def test_the_list_of_people_is_never_deleted_elsewhere(s3_server, tmp_path):
    bucket = s3_server.make_bucket()
    one, two = (stored_home(tmp_path / name, bucket) for name in ("one", "two"))
    one.layout.home.mkdir(exist_ok=True)
    one.layout.people.write_text("people: [1]\n", encoding="utf-8")
    for home in (one, two):
        home.follow_storage()
    one.layout.people.unlink()
    for home in (one, two):
        home.follow_storage()
    assert two.layout.people.is_file()

"""Somebody else's portal, of which only the API can be reached: the same plan, and the promises that it cannot make.

Held to what `test_publisher.py` holds the other way to, as far as `NOT_PROMISED` allows; each of those is seen here to be true.
"""

import csv
import hashlib
import io
import shutil

import pytest
import requests

from catalog.ckan import api
from catalog.ckan.api_only import NOT_PROMISED, ApiOnlyCatalogue
from catalog.entry import build_entry
from schemas.departments import read_departments
from schemas.errors import CatalogueError
from support.faulty_line import line_to
from support.live import CITIES, live_contract, rows_of, stand
from support.releases import write_release

pytestmark = pytest.mark.live
WRITING = r"^POST .*_(create|revise|delete|upsert)$"
FIRST, SECOND = "2026.11.1", "2026.11.2"


@pytest.fixture
def reached(connection):
    """All that is known of a portal of somebody else's."""
    return connection.model_copy(update={"public": None, "files_url": None, "database": None})


@pytest.fixture
def place(reached, admin_token, tmp_path):
    with stand(live_contract("live_api_only"), reached, admin_token, tmp_path) as held:
        yield held


def resources(place):
    found = place.asked("package_show", id=place.name).json()["result"]["resources"]
    return {each["kind"]: each for each in found}


def total(place, resource):
    return place.asked("datastore_search", resource_id=resource["id"], limit=1).json()["result"]["total"]


def test_a_publication_shows_files_and_table_and_a_second_one_writes_nothing(place):
    assert isinstance(place.catalogue, ApiOnlyCatalogue)
    entry = place.release(FIRST, None, 120)
    assert place.show(entry).created == 1
    assert place.catalogue.read_published() == {place.name: entry.fingerprint}
    assert place.catalogue.find_drift([entry]) == []
    for resource in resources(place).values():
        answer = requests.get(resource["url"], timeout=60)
        assert hashlib.sha256(answer.content).hexdigest() == resource["hash"]
    table = resources(place)["csv"]
    filed = list(csv.DictReader(io.StringIO(requests.get(table["url"], timeout=60).content.decode("utf-8-sig"))))
    assert total(place, table) == len(filed) == 120
    info = place.asked("datastore_info", id=table["id"]).json()["result"]
    told = {field["id"]: (field["type"], field["info"]["label"]) for field in info["fields"]}
    assert told["area_m2"] == ("numeric", "场地面积")
    assert place.show(entry).writes == 0


def test_an_update_a_rollback_and_forward_again_are_whole(place):
    first, second = place.release(FIRST, None, 20), place.release(SECOND, FIRST, 25)
    for entry, rows in ((first, 20), (second, 25), (first, 20), (second, 25)):
        place.show(entry)
        assert place.catalogue.find_drift([entry]) == []
        assert total(place, resources(place)["csv"]) == rows
        assert {each["release"] for each in resources(place).values()} == {entry.release}
    assert place.orphans() == []


def test_a_release_from_which_a_value_was_erased_replaces_files_and_table(place):
    place.show(place.release(FIRST, None, 20))
    before, erased = resources(place), "沈阳市第7体育馆"
    shutil.rmtree(place.releases / place.name / FIRST)
    rows = [row | ({"name": "〔已删除〕"} if erased in row["name"] else {}) for row in rows_of(FIRST, 20)]
    folder = write_release(place.releases, place.contract, rows, number=FIRST, previous=None, departments=list(CITIES))
    entry = build_entry(place.contract, folder, read_departments())
    assert place.show(entry).updated == 1
    assert place.catalogue.find_drift([entry]) == []
    after = resources(place)
    assert {each["id"] for each in after.values()} == {each["id"] for each in before.values()}
    told = place.asked("datastore_search", resource_id=after["csv"]["id"], limit=100).json()
    assert erased not in str(told)
    assert total(place, after["csv"]) == 20
    for resource in after.values():
        assert erased not in requests.get(resource["url"], timeout=60).content.decode("utf-8", "replace")


def test_ids_change_and_files_of_older_releases_go_with_them(place):
    assert len(NOT_PROMISED) == 4
    place.show(place.release(FIRST, None, 20))
    before = resources(place)["csv"]
    place.show(place.release(SECOND, FIRST, 25))
    assert resources(place)["csv"]["id"] != before["id"]
    assert requests.get(before["url"], timeout=60).status_code == 404
    assert place.asked("datastore_search", resource_id=before["id"]).status_code == 404


def test_while_a_release_is_uploaded_both_are_seen_and_each_resource_is_whole(place, monkeypatch):
    first, second = place.release(FIRST, None, 20), place.release(SECOND, FIRST, 25)
    place.show(first)

    def stop(*_):
        raise CatalogueError(NOT_PROMISED[1])

    monkeypatch.setattr(ApiOnlyCatalogue, "_turn", stop)
    with pytest.raises(CatalogueError):
        place.show(second)
    seen = place.asked("package_show", id=place.name).json()["result"]["resources"]
    assert {each["release"] for each in seen} == {FIRST, SECOND}
    assert [total(place, each) for each in seen if each["kind"] == "csv"] == [20, 25]
    assert place.catalogue.read_published() == {place.name: "damaged"}
    assert place.orphans() != []
    monkeypatch.undo()
    place.show(second)
    assert place.orphans() == []


def test_drift_is_found_and_mended(place, admin_token):
    entry = place.release(FIRST, None, 20)
    place.show(entry)
    headers, url = {"Authorization": admin_token}, place.connection.url
    requests.post(
        f"{url}/api/3/action/package_patch", json={"id": place.name, "notes": "x"}, headers=headers, timeout=60
    )
    delete = {
        "resource_id": resources(place)["csv"]["id"],
        "filters": {"facility_id": "LN-210102-00003"},
        "force": True,
    }
    requests.post(f"{url}/api/3/action/datastore_records_delete", json=delete, headers=headers, timeout=60)
    assert {difference.what for difference in place.catalogue.find_drift([entry])} == {"metadata notes", "rows"}
    place.show(entry)
    assert place.catalogue.find_drift([entry]) == []


def test_a_withdrawal_leaves_a_tombstone_without_files_or_table(place):
    entry = place.release(FIRST, None, 20)
    place.show(entry)
    were = resources(place)
    assert place.show(withdrawn=(place.withdrawal(FIRST),)).retired == 1
    for resource in were.values():
        assert requests.get(resource["url"], timeout=60).status_code == 404
        assert place.asked("datastore_search", resource_id=resource["id"]).status_code == 404
    assert place.asked("package_show", id=place.name).json()["result"]["withdrawn"]["release"] == FIRST
    assert place.show().writes == 0
    place.show(entry)
    assert place.catalogue.find_drift([entry]) == []


def test_any_writing_call_may_be_lost_and_a_plain_run_sets_it_right(
    reached, admin_token, tmp_path, monkeypatch, record_property
):
    monkeypatch.setattr(api, "PAUSES", (0.0, 0.0, 0.0))
    with line_to(reached.url) as line:
        told = reached.model_copy(update={"url": line.url})
        with stand(live_contract("live_api_line"), told, admin_token, tmp_path) as place:
            first = place.release(FIRST, None, 20)
            ends = [[place.release(SECOND, FIRST, 25)], [first]]
            place.show(first)
            points = sum(len(lose_writes(place, line, end)) for end in ends)
    record_property("figure", f"{points} writing calls lost")
    assert points > 30


def lose_writes(place, line, end):
    """Shows `end` while the answer of every writing call is lost; returns these calls. A plain run sets all right."""
    line.strike("lost", 1, every=1, among=WRITING)
    place.show(*end)
    lost = line.calls_among()
    line.mend()
    place.show(*end)
    assert place.catalogue.read_published() == {entry.dataset: entry.fingerprint for entry in end}
    assert place.catalogue.find_drift(end) == []
    return lost


def test_a_release_in_parts_follows_a_table_and_goes_before_one(place):
    whole, parts = place.release(FIRST, None, 20), place.release(SECOND, FIRST, 23, part_rows=12)
    for entry, kinds in ((whole, {"csv", "parquet"}), (parts, {"parquet-1", "parquet-2"}), (whole, {"csv", "parquet"})):
        gone = resources(place) if place.catalogue.read_published() else {}
        place.show(entry)
        found = resources(place)
        assert {kind for kind in found if kind.startswith(("csv", "parquet"))} == kinds
        assert place.catalogue.find_drift([entry]) == []
        assert all(place.asked("datastore_info", id=one["id"]).status_code == 404 for one in gone.values())

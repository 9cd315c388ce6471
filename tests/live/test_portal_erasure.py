"""A value that the portal showed, in rows and in the reason of a withdrawal, is in no byte of its storage once it was erased.

Searched are the file store, dumps of both databases, PostgreSQL's own files with its log, Solr's index, logs and caches, and what the
public is answered. Each of them is seen to hold the value before, where it may.
"""

import json
import os
import shutil
import subprocess

import pytest
import requests

from catalog.ckan.native.forgetting import forget_texts
from catalog.ckan.native.postgres import DATASTORE, MAIN, SUPERUSER
from catalog.ckan.native.state import HOST, read_or_make_keys, read_state
from catalog.entry import build_entry
from pipelines.erasure.raw_bytes import erase_json
from pipelines.erasure.sought_values import MARK, SoughtValues
from schemas.departments import read_departments
from schemas.text import Text
from support.live import CITIES, live_contract, rows_of, stand
from support.releases import write_release

pytestmark = pytest.mark.live
FIRST, SECOND = "2026.11.1", "2026.11.2"
NAME = "马小芳甲的第七游泳馆"
SPELLINGS = (NAME.encode(), NAME.encode("utf-16-le"), json.dumps(NAME)[1:-1].encode())


@pytest.fixture
def place(connection, admin_token, tmp_path):
    with stand(live_contract("live_erasure"), connection, admin_token, tmp_path) as held:
        yield held


def release(place, number, previous, name):
    """A release with that name in one row; one of the same number goes before."""
    shutil.rmtree(place.releases / place.name / number, ignore_errors=True)
    rows = rows_of(number, 20)
    rows[6]["name"] = name
    folder = write_release(
        place.releases, place.contract, rows, number=number, previous=previous, departments=list(CITIES)
    )
    return build_entry(place.contract, folder, read_departments())


DUMPS = 10


def dumped(portal_place, database):
    """Every byte of a database as text. A dump fails if a table that it has listed is dropped meanwhile, as other tests do: then it is made again."""
    state, keys = read_state(portal_place), read_or_make_keys(portal_place)
    words = ["pg_dump", "-h", HOST, "-p", str(state.postgres), "-U", SUPERUSER, database]
    secret = {**os.environ, "PGPASSWORD": keys.superuser.get_secret_value()}
    for _ in range(DUMPS):
        made = subprocess.run(words, env=secret, capture_output=True, check=False)
        if made.returncode == 0:
            return made.stdout
    raise AssertionError(made.stderr.decode())


def holders(portal_place):
    """Where a byte of the portal's storage tells the value: folders by name, and the tables of the dumps."""
    state = read_state(portal_place)
    roots = {
        "files": portal_place.public,
        "uploads": portal_place.storage,
        "index": portal_place.solr_home,
        "logs and redis": portal_place.run,
        "cluster": state.postgres_data or portal_place.postgres,
    }
    told = {name for name, root in roots.items() for file in root.rglob("*") if file.is_file() and has(file)}
    for database in (MAIN, DATASTORE):
        table = ""
        for line in dumped(portal_place, database).splitlines():
            table = line.split()[1].decode() if line.startswith(b"COPY ") else table
            if any(spelling in line for spelling in SPELLINGS):
                told.add(table if database == MAIN else "rows")
    return told


def has(file):
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return False
    return any(spelling in content for spelling in SPELLINGS)


def erase(portal_place):
    """Everything that `sportlake erase confirm --apply` does to a portal."""
    sought = SoughtValues([NAME])
    return forget_texts(portal_place.folder, lambda text: erase_json(text, sought)[1])


def answers(place):
    """What the public is told, each by an address of its own."""
    asked = {
        "activities": place.asked("package_activity_list", id=place.name),
        "search": place.asked("package_search", q=NAME, fq=f"name:{place.name}"),
        "dataset": place.asked("package_show", id=place.name),
        "table": place.asked("datastore_search", resource_id=place.table, limit=100),
        "page": requests.get(f"{place.connection.url}/dataset/{place.name}", timeout=60),
        "dump": requests.get(f"{place.connection.url}/datastore/dump/{place.table}", timeout=60),
    }
    return {
        name for name, answer in asked.items() if any(one in answer.content for one in SPELLINGS) and name != "search"
    } | ({"search"} if asked["search"].json()["result"]["count"] else set())


def test_no_byte_of_the_portal_keeps_what_was_erased(place, portal_place):
    first, second = release(place, FIRST, None, NAME), release(place, SECOND, FIRST, NAME)
    place.show(first)
    place.show(second)
    assert {"files", "rows", "cluster"} <= holders(portal_place)
    gone = place.withdrawal(SECOND).model_copy(update={"reason": Text(zh=f"{NAME}来电", en=f"{NAME} called")})
    place.show(withdrawn=(gone,))
    assert {"public.package", "public.activity", "index"} <= holders(portal_place)
    release(place, FIRST, None, MARK)
    clean = release(place, SECOND, FIRST, MARK)
    place.show(clean)
    left = holders(portal_place)
    assert {"public.activity", "cluster"} <= left
    assert left.isdisjoint({"files", "rows", "public.package"})
    assert erase(portal_place) == 1
    assert holders(portal_place) == set()
    assert answers(place) == set()
    assert place.catalogue.find_drift([clean]) == []
    assert place.show(clean).writes == 0
    assert erase(portal_place) == 0


def test_a_tombstone_loses_the_value_and_stays(place, portal_place):
    place.show(release(place, FIRST, None, "第七游泳馆"))
    gone = place.withdrawal(FIRST)
    place.show(withdrawn=(gone.model_copy(update={"reason": Text(zh=f"{NAME}来电", en=f"{NAME} called")}),))
    masked = gone.model_copy(update={"reason": Text(zh="***来电", en="*** called")})
    place.show(withdrawn=(masked,))
    assert "activities" in answers(place)
    erase(portal_place)
    assert holders(portal_place) == answers(place) == set()
    assert place.asked("package_show", id=place.name).json()["result"]["withdrawn"]["reason"]["zh"] == "***来电"
    activities = place.asked("package_activity_list", id=place.name).json()["result"]
    assert [each["activity_type"] for each in activities].count("changed package") >= 2


def test_a_folder_without_a_portal_is_left_alone(tmp_path):
    assert forget_texts(tmp_path / "ckan", str.upper) is None
    assert not (tmp_path / "ckan").exists()

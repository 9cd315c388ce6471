"""A release on the real CKAN and off it again: what the public sees at each station, and that doing it twice does nothing."""

import csv
import hashlib
import io
import json
import threading

import psycopg
import pytest
import requests
from psycopg import sql

from catalog.ckan.direct import open_catalogue
from catalog.plan import make_plan
from schemas.charts import Chart
from schemas.errors import CatalogueError
from schemas.text import Text
from support.live import live_contract, stand
from support.releases import limits_with

pytestmark = pytest.mark.live
FIRST, SECOND = "2026.11.1", "2026.11.2"


@pytest.fixture
def place(connection, admin_token, tmp_path):
    with stand(live_contract("live_publisher"), connection, admin_token, tmp_path) as held:
        yield held


def resources(place):
    found = place.asked("package_show", id=place.name).json()["result"]["resources"]
    return {each["kind"]: each for each in found}


def page_of(place, lang):
    return requests.get(f"{place.connection.url}/{lang}/dataset/{place.name}", timeout=60).text


def downloaded(resource):
    """By a plain client: no cookie, no key."""
    answer = requests.get(f"{resource['url']}", timeout=60)
    assert answer.status_code == 200
    return answer


def test_a_first_publication_shows_dataset_files_table_and_views(place):
    entry = place.release(FIRST, None, 120)
    outcome = place.show(entry)
    assert (outcome.created, outcome.updated) == (1, 0)
    assert place.catalogue.read_published() == {place.name: entry.fingerprint}
    assert place.catalogue.find_drift([entry]) == []
    shown = place.asked("package_show", id=place.name).json()["result"]
    assert (shown["id"], shown["organization"]["name"], shown["groups"][0]["name"]) == (
        entry.id,
        "ln-qunti",
        "facility",
    )
    assert shown["title_translated"]["en"] == "Test facilities"
    views = place.asked("resource_view_list", id=place.table).json()["result"]
    assert sorted(view["view_type"] for view in views) == ["datatables_view", "dot_map_view"]


def test_time_limits_are_served_as_they_were_sent_and_the_page_says_them(place):
    entry = place.release(FIRST, None, 12, time_limits=limits_with(met=3, missing=1, due=2))
    assert place.show(entry).created == 1
    shown = place.asked("package_show", id=place.name).json()["result"]
    assert shown["time_limit"]["zh_Hans_CN"] == "预决算公开：批复后20日内公开（标准目录第八行）"
    (limit,) = shown["time_limits_kept"]["limits"]
    assert (shown["time_limits_kept"]["as_of"], limit["met"], limit["missing"], limit["due"]) == (
        *("2026-11-24", 3),
        *(1, 2),
    )
    assert place.catalogue.find_drift([entry]) == []
    page = requests.get(f"{place.connection.url}/dataset/{place.name}", timeout=60).text
    assert "到期 4 项，按期 3 项，逾期办理 0 项，逾期未办 1 项" in page


def test_a_release_that_does_not_say_shows_no_time_limits(place):
    place.show(place.release(FIRST, None, 12))
    shown = place.asked("package_show", id=place.name).json()["result"]
    assert not shown.get("time_limits_kept")
    assert "时限执行情况" not in requests.get(f"{place.connection.url}/dataset/{place.name}", timeout=60).text


def test_every_file_can_be_had_whole_without_login_and_is_what_is_said(place):
    entry = place.release(FIRST, None, 120)
    place.show(entry)
    for resource in resources(place).values():
        answer = downloaded(resource)
        assert hashlib.sha256(answer.content).hexdigest() == resource["hash"]
        assert len(answer.content) == resource["size"]
        assert answer.headers["Content-Type"].partition(";")[0] == resource["mimetype"]
        assert "Set-Cookie" not in answer.headers
        assert not answer.content.lstrip().startswith(b"<")
    stable = f"{place.connection.url}/dataset/{place.name}/resource/{place.table}/download/{place.name}.csv"
    assert requests.get(stable, timeout=60).content == downloaded(resources(place)["csv"]).content


def test_the_pages_of_the_key_less_api_add_up_to_the_rows_of_the_file(place):
    place.show(place.release(FIRST, None, 120))
    text = downloaded(resources(place)["csv"]).content.decode("utf-8-sig")
    filed = list(csv.DictReader(io.StringIO(text)))
    paged = []
    for offset in range(0, 150, 50):
        answer = place.asked("datastore_search", resource_id=place.table, limit=50, offset=offset).json()["result"]
        assert answer["total"] == len(filed)
        paged += answer["records"]
    assert [row["facility_id"] for row in paged] == [row["facility_id"] for row in filed]
    listed = {field["id"] for field in answer["fields"]} - {"_id"}
    assert listed == set(filed[0])


def test_the_table_has_types_and_a_dictionary_in_both_languages(place):
    place.show(place.release(FIRST, None, 20))
    info = place.asked("datastore_info", id=place.table).json()["result"]
    fields = {field["id"]: field for field in info["fields"]}
    assert {name: field["type"] for name, field in fields.items()} == {
        "facility_id": "text", "name": "text", "release": "text", "area_m2": "numeric", "opened": "date", "lon": "numeric", "lat": "numeric",
    }  # fmt: skip
    told = fields["area_m2"]["info"]
    assert (told["label"], told["label_en"], told["unit"]) == ("场地面积", "Area", "㎡")


def test_a_piece_of_a_chinese_word_is_found_in_the_table(place):
    place.show(place.release(FIRST, None, 20))
    found = place.asked("datastore_search", resource_id=place.table, q="体育馆:*", plain="false").json()
    assert found["result"]["total"] == 20


def test_search_counts_it_by_publisher_and_by_family(place):
    place.show(place.release(FIRST, None, 5))
    said = {"fq": f"name:{place.name}", "facet.field": json.dumps(["organization", "groups", "res_format"])}
    facets = place.asked("package_search", **said).json()["result"]["facets"]
    assert (facets["organization"], facets["groups"]) == ({"ln-qunti": 1}, {"facility": 1})
    assert {"CSV", "GeoJSON"} <= set(facets["res_format"])
    by_family = place.asked("package_search", fq=f"groups:facility name:{place.name}").json()["result"]["count"]
    by_other = place.asked("package_search", fq=f"groups:funding name:{place.name}").json()["result"]["count"]
    assert (by_family, by_other) == (1, 0)


def test_a_second_publication_writes_nothing(place):
    entry = place.release(FIRST, None, 20)
    place.show(entry)
    before = place.asked("package_show", id=place.name).json()["result"]["metadata_modified"]
    outcome = place.show(entry)
    assert (outcome.kept, outcome.writes) == (1, 0)
    assert place.asked("package_show", id=place.name).json()["result"]["metadata_modified"] == before


def test_an_update_keeps_ids_views_and_the_files_of_before(place):
    first = place.release(FIRST, None, 20)
    place.show(first)
    was, views = resources(place), place.asked("resource_view_list", id=place.table).json()["result"]
    second = place.release(SECOND, FIRST, 25)
    assert place.show(second).updated == 1
    now = resources(place)
    assert {kind: now[kind]["id"] for kind in was} == {kind: was[kind]["id"] for kind in was}
    assert place.asked("resource_view_list", id=place.table).json()["result"] == views
    assert hashlib.sha256(downloaded(was["csv"]).content).hexdigest() == was["csv"]["hash"]
    assert place.asked("datastore_search", resource_id=place.table, limit=1).json()["result"]["total"] == 25
    history = place.asked("package_show", id=place.name).json()["result"]["history"]
    assert [each["number"] for each in history] == [SECOND, FIRST]
    index = requests.get(f"{place.connection.files_url}/{place.name}/index.json", timeout=60).json()
    assert [each["number"] for each in index["releases"]] == [SECOND, FIRST]
    assert place.orphans() == []


def charts_of(place):
    views = place.asked("resource_view_list", id=place.table).json()["result"]
    return next((json.loads(view["charts"]) for view in views if view["view_type"] == "chart_view"), None)


def test_charts_follow_the_release_and_are_gone_with_their_declaration(place):
    title = Text(zh="历年启用", en="By year of opening")
    declared = (Chart(id="by-year", kind="columns", by="opened", period="year", title=title),)
    first = place.release(FIRST, None, 20).model_copy(update={"charts": declared})
    place.show(first)
    told = charts_of(place)
    assert (told["release"], told["zh"][0]["lines"]) == (FIRST, [["2001", ["20"]]])
    assert place.catalogue.find_drift([first]) == []
    assert "历年启用" in requests.get(f"{place.connection.url}/dataset/{place.name}", timeout=60).text
    second = place.release(SECOND, FIRST, 25).model_copy(update={"charts": declared})
    place.show(second)
    assert (charts_of(place)["release"], charts_of(place)["en"][0]["lines"]) == (SECOND, [["2001", ["25"]]])
    third = place.release("2026.11.3", SECOND, 26)
    place.show(third)
    assert charts_of(place) is None
    assert place.catalogue.find_drift([third]) == []


def test_a_rollback_takes_the_same_road_and_offers_the_newer_release_no_more(place):
    first, second = place.release(FIRST, None, 20), place.release(SECOND, FIRST, 25)
    first = first.model_copy(update={"taken_back": (SECOND,)})
    place.show(second)
    newer = resources(place)["csv"]["url"]
    place.show(first)
    assert f"发布方已不再提供的版本：{SECOND}" in page_of(place, "zh_Hans_CN")
    assert f"Releases that the publisher took back and offers no more: {SECOND}" in page_of(place, "en")
    assert resources(place)["csv"]["release"] == FIRST
    assert place.asked("datastore_search", resource_id=place.table, limit=1).json()["result"]["total"] == 20
    assert requests.get(newer, timeout=60).status_code == 404
    assert place.catalogue.find_drift([first]) == []
    place.show(second)
    assert place.catalogue.find_drift([second]) == []
    assert "不再提供的版本" not in page_of(place, "zh_Hans_CN")


def test_drift_of_file_rows_metadata_and_views_is_found_and_mended(place, admin_token):
    entry = place.release(FIRST, None, 20)
    place.show(entry)
    file = place.connection.public / place.name / FIRST / f"{place.name}.csv"
    file.chmod(0o644)
    file.write_bytes(file.read_bytes().replace("体育馆".encode(), "体育宫".encode()))
    with psycopg.connect(place.connection.database.get_secret_value(), autocommit=True) as con:
        con.execute(sql.SQL("UPDATE {} SET name = 'x' WHERE _id = 3").format(sql.Identifier(place.table)))
    headers = {"Authorization": admin_token}
    patch = {"id": place.name, "notes": "改过的说明"}
    requests.post(f"{place.connection.url}/api/3/action/package_patch", json=patch, headers=headers, timeout=60)
    told = {difference.what.partition(" ")[0] for difference in place.catalogue.find_drift([entry])}
    assert told >= {"file", "download", "metadata", "rows"}
    assert place.catalogue.read_published() == {place.name: "damaged"}
    place.show(entry)
    assert place.catalogue.find_drift([entry]) == []


def test_a_withdrawn_dataset_leaves_a_tombstone_and_nothing_else(place):
    first = place.release(FIRST, None, 20)
    place.show(first)
    kinds = resources(place)
    assert place.show(withdrawn=(place.withdrawal(FIRST),)).retired == 1
    for resource in kinds.values():
        assert requests.get(resource["url"], timeout=60).status_code == 404
        assert place.asked("resource_show", id=resource["id"]).status_code == 404
    assert place.asked("datastore_search", resource_id=place.table).status_code == 404
    assert requests.get(f"{place.connection.url}/datastore/dump/{place.table}", timeout=60).status_code == 404
    assert (
        place.asked("package_search", q=place.contract.title.zh, fq=f"name:{place.name}").json()["result"]["count"] == 0
    )
    page = requests.get(f"{place.connection.url}/dataset/{place.name}", timeout=60)
    assert "数据有误，另行发布" in page.text
    english = requests.get(f"{place.connection.url}/en/dataset/{place.name}", timeout=60)
    assert "the data were wrong" in english.text
    assert place.catalogue.read_published() == {}
    assert place.orphans() == []
    assert place.show().writes == 0


def test_a_withdrawal_for_another_reason_changes_the_tombstone(place):
    place.show(place.release(FIRST, None, 20))
    gone = place.withdrawal(FIRST)
    place.show(withdrawn=(gone,))
    other = gone.model_copy(
        update={"reason": Text(zh="另有新的数据集", en="there is a newer one"), "successor": "event"}
    )
    place.show(withdrawn=(other,))
    page = requests.get(f"{place.connection.url}/dataset/{place.name}", timeout=60).text
    assert "另有新的数据集" in page
    assert "数据有误" not in page
    assert place.show(withdrawn=(other,)).writes == 0


def test_a_restored_dataset_is_what_it_was(place):
    first = place.release(FIRST, None, 20)
    place.show(first)
    ids = {kind: each["id"] for kind, each in resources(place).items()}
    place.show(withdrawn=(place.withdrawal(FIRST),))
    place.show(first)
    assert {kind: each["id"] for kind, each in resources(place).items()} == ids
    assert place.catalogue.find_drift([first]) == []


def test_the_public_sees_no_table_that_is_aside(place):
    place.show(place.release(FIRST, None, 20))
    for hidden in (f"_stage_{place.table}", f"_last_{place.table}"):
        assert place.asked("datastore_search", resource_id=hidden).status_code in (404, 409)
    assert place.asked("datastore_search_sql", sql="SELECT 1").status_code in (400, 403, 404)


def test_two_publishers_at_once_end_in_one_whole_release(place, tmp_path):
    first, second = place.release(FIRST, None, 20), place.release(SECOND, FIRST, 25)
    place.show(first)
    other = open_catalogue(place.connection, place.releases, tmp_path / "another journal")
    told = []

    def publish(catalogue):
        try:
            catalogue.apply(make_plan([second], catalogue.read_published()), [second])
        except CatalogueError as refused:
            told.append(refused)

    threads = [threading.Thread(target=publish, args=(each,)) for each in (place.catalogue, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) <= 1
    place.show(second)
    assert place.catalogue.find_drift([second]) == []


def test_changing_one_dataset_touches_that_one_alone(connection, admin_token, tmp_path):
    contracts = live_contract("live_one"), live_contract("live_other")
    with (
        stand(contracts[0], connection, admin_token, tmp_path) as one,
        stand(contracts[1], connection, admin_token, tmp_path) as other,
    ):
        entries = [one.release(FIRST, None, 10), other.release(FIRST, None, 10)]
        one.show(*entries)
        before = other.asked("package_show", id=other.name).json()["result"]
        second = one.release(SECOND, FIRST, 11)
        outcome = one.show(second, entries[1])
        assert (outcome.updated, outcome.kept) == (1, 1)
        assert other.asked("package_show", id=other.name).json()["result"] == before


def test_a_ckan_that_is_down_is_said_and_named(place):
    dead = place.connection.model_copy(update={"url": "http://127.0.0.1:9"})
    catalogue = open_catalogue(dead, place.releases, place.releases.parent / "dead")
    entry = place.release(FIRST, None, 5)
    with pytest.raises(CatalogueError, match="publishing again goes on"):
        catalogue.apply(make_plan([entry], {}), [entry])
    assert place.connection.token.get_secret_value() not in repr(catalogue.__dict__)

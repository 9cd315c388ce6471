"""A release in parts on the real CKAN, between releases of one table: what the public gets at each station, and that nothing of another is left."""

import hashlib
from html import unescape

import duckdb
import pytest
import requests

from schemas.charts import Chart
from schemas.text import Text
from support.live import live_contract, stand

WHOLE, MANY, FEW = "2026.11.1", "2026.11.2", "2026.11.3"
CHART = Chart(
    id="by-year", kind="columns", by="opened", period="year", title=Text(zh="历年启用", en="By year of opening")
)
PAPERS = ["dictionary", "descriptor"]


@pytest.fixture(scope="module")
def place(connection, admin_token, tmp_path_factory):
    with stand(live_contract("live_parts"), connection, admin_token, tmp_path_factory.mktemp("parts")) as held:
        yield held


@pytest.fixture(scope="module")
def releases(place):
    """A release of one table, one of five parts, one of two."""
    made = [
        place.release(WHOLE, None, 20),
        place.release(MANY, WHOLE, 23, part_rows=5),
        place.release(FEW, MANY, 23, part_rows=12),
    ]
    return {entry.release: entry.model_copy(update={"charts": (CHART,)}) for entry in made}


def resources(place):
    return {each["kind"]: each for each in place.asked("package_show", id=place.name).json()["result"]["resources"]}


def assert_shown(place, entry):
    """The portal says and serves this release, every file of it, and nothing else."""
    assert place.catalogue.read_published() == {place.name: entry.fingerprint}
    assert place.catalogue.find_drift([entry]) == []
    assert place.orphans() == []
    for resource in resources(place).values():
        assert hashlib.sha256(requests.get(resource["url"], timeout=60).content).hexdigest() == resource["hash"]


def figures_told(place):
    """The views that CKAN tells of with something of a release in them; there may be others, which are empty."""
    views = place.asked("resource_view_list", id=place.table).json().get("result") or []
    return {view["view_type"] for view in views if view["view_type"] in ("chart_view", "finder_view")}


def test_a_table_becomes_parts_and_parts_a_table_with_the_same_ids_and_nothing_left(place, releases):
    seen = {}
    for number, kinds, has_table in (
        (WHOLE, ["csv", "xlsx", "parquet", "geojson", *PAPERS], True),
        (MANY, [*(f"parquet-{part}" for part in range(1, 6)), *PAPERS, "changes"], False),
        (FEW, ["parquet-1", "parquet-2", *PAPERS, "changes"], False),
        (MANY, [*(f"parquet-{part}" for part in range(1, 6)), *PAPERS, "changes"], False),
        (WHOLE, ["csv", "xlsx", "parquet", "geojson", *PAPERS], True),
    ):
        place.show(releases[number])
        assert_shown(place, releases[number])
        found = resources(place)
        assert list(found) == kinds
        assert all(seen.setdefault(kind, each["id"]) == each["id"] for kind, each in found.items())
        assert place.asked("datastore_search", resource_id=place.table, limit=0).ok == has_table
        assert figures_told(place) == ({"chart_view"} if has_table else set())


def test_a_part_tells_which_it_is_and_not_the_rows_of_all(place, releases):
    place.show(releases[MANY])
    part = resources(place)["parquet-2"]
    assert part["name_translated"] == {
        "zh_Hans_CN": "Parquet 数据（第 2 卷，共 5 卷）",
        "en": "Parquet data (part 2 of 5)",
    }
    assert not part.get("rows")
    turtle = requests.get(f"{place.connection.url}/dataset/{place.name}.ttl", timeout=60).text
    assert all(f"<{each['url']}>" in turtle for each in resources(place).values())
    found = place.asked("package_search", q="测试场地", fq=f"name:{place.name} res_format:Parquet").json()["result"]
    assert found["count"] == 1


@pytest.mark.parametrize(
    ("language", "word"), [("", "数据分为 5 个 Parquet 文件"), ("/en", "they are in 5 Parquet files")]
)
def test_the_page_of_a_dataset_in_parts_has_the_lines_that_fetch_and_read_all(place, releases, language, word):
    place.show(releases[MANY])
    page = unescape(requests.get(f"{place.connection.url}{language}/dataset/{place.name}", timeout=60).text)
    folder = f"{place.connection.files_url}/{place.name}/{MANY}"
    assert word in page
    assert f'curl -f -O "{folder}/{place.name}-[00001-00005]-of-00005.parquet" -O "{folder}/SHA256SUMS"' in page
    line = next(line for line in page.split("<code>") if line.startswith("from read_parquet([")).partition("</code>")[0]
    served = place.connection.public / place.name / MANY
    assert duckdb.sql(line.replace(folder, str(served))).count("*").fetchall() == [(23,)]
    assert page.count("/download/") == 0
    assert all(f'href="{each["url"]}"' in page for each in resources(place).values())


def test_of_a_withdrawn_dataset_in_parts_nothing_can_be_had(place, releases):
    place.show(releases[MANY])
    gone = resources(place)
    assert place.show(withdrawn=(place.withdrawal(MANY),)).retired == 1
    for resource in gone.values():
        assert requests.get(resource["url"], timeout=60).status_code == 404
        assert place.asked("resource_show", id=resource["id"]).status_code == 404
    assert place.orphans() == []
    place.show(releases[MANY])
    assert {kind: each["id"] for kind, each in resources(place).items()} == {kind: each["id"] for kind, each in gone.items()}  # fmt: skip
    assert_shown(place, releases[MANY])

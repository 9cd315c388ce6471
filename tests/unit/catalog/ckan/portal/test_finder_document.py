"""The finder's data in the portal: the module runs inside CKAN, is pure, and so is loaded here from its file."""

import json
import runpy
from pathlib import Path

import pytest

import catalog.ckan
from catalog.ckan.finder_config import make_finder_config
from catalog.finder.portal_page import portal_finder_files
from schemas.province import read_bureau_province
from support.finders import CLOSED, NOWHERE, PITCH, POOL, finder_source, hours_of, read_script, unpack

PLUGIN = Path(catalog.ckan.__file__).parent / "portal" / "ckanext-zhportal" / "ckanext" / "zhportal"
plugin = runpy.run_path(str(PLUGIN / "finder_document.py"))
ROWS = [PITCH, POOL, NOWHERE, CLOSED]
HOURS = [
    *(hours_of(PITCH["facility_id"], day) for day in "12345"),
    hours_of(POOL["facility_id"], "6", audience="senior"),
    hours_of(POOL["facility_id"], "", "", "", opening_kind="closed", valid_to="2026-02-01"),
    hours_of("unknown", "1"),
]


@pytest.fixture
def source(tmp_path):
    return finder_source(tmp_path, ROWS, HOURS)


def portal_document(source, rows=ROWS, hours=HOURS):
    config = json.loads(make_finder_config(source.entries["facility"]))
    opening = config["finder"]["opening"]
    read = [{name: row.get(name, "") for name in plugin["needed_fields"](config)} for row in rows]
    told = [{name: row.get(name, "") for name in plugin["hours_fields"](opening)} for row in hours]
    titles = ("辽宁省体育场地", "Sports facilities")
    return plugin["finder_script"](config, titles, "2026.11.1", read, told, "2026-11-23")


def test_the_portal_gives_the_same_places_as_the_static_site(source):
    ours, theirs = source.describe_places(source.entries["facility"]), read_script(portal_document(source))
    for name in (
        "dataset",
        "release",
        "schema_type",
        "count",
        "offers",
        "roles",
        "facts",
        "fields",
        "lon",
        "lat",
        "holidays",
    ):
        assert theirs[name] == json.loads(json.dumps(ours[name])), name
    assert unpack(theirs["id"]) == unpack(ours["id"])
    assert [int(flag) for flag in ours["flags"]] == theirs["flags"]
    for name, column in ours["columns"].items():
        assert unpack(theirs["columns"][name]) == unpack(column), name


def test_the_portal_gives_the_same_hours_as_the_static_site(source):
    ours, theirs = (
        source.describe_places(source.entries["facility"])["hours"],
        read_script(portal_document(source))["hours"],
    )
    assert theirs["spans"] == json.loads(json.dumps(ours["spans"]))
    assert theirs["venues"] == json.loads(json.dumps(ours["venues"]))
    assert set(theirs["audiences"]) == set(ours["audiences"]) == {"senior"}
    assert theirs["updated"] == "2026-11-23"


def test_groups_of_people_have_the_names_that_stand_beside_their_codes_or_else_their_codes(source):
    named = [row | {"audience_name": "老年人", "audience_name_en": "Older people"} for row in HOURS]
    assert read_script(portal_document(source, hours=named))["hours"]["audiences"] == {
        "senior": ["老年人", "Older people"]
    }
    assert read_script(portal_document(source))["hours"]["audiences"] == {"senior": ["senior", "senior"]}


def test_columns_of_names_can_be_left_out_where_the_table_has_none(source):
    opening = json.loads(make_finder_config(source.entries["facility"]))["finder"]["opening"]
    left = set(plugin["hours_fields"](opening)) - set(plugin["hours_fields"](opening, labels=False))
    assert left == {"audience_name", "audience_name_en"}


def test_without_a_table_of_hours_there_are_none(source):
    assert "hours" not in read_script(portal_document(source, hours=[]))


def test_names_of_codes_come_from_the_columns_beside_them():
    config = {"labels": {"code": ["name", "name_en", "city", "city_en"]}, "cities": ["city", "city_en"], "yes_no": ["light"], "finder": {"division": "code"}}  # fmt: skip
    row = {"code": "210102", "name": "和平区", "name_en": "Heping District", "city": "沈阳市", "city_en": "Shenyang City", "light": "2"}  # fmt: skip
    found = plugin["column"](config, "code", [row])
    assert found["labels"] == [["和平区", "Heping District"]]
    assert (found["groups"], found["group_labels"]) == (["210100"], {"210100": ["沈阳市", "Shenyang City"]})
    assert plugin["column"](config, "light", [row])["labels"] == [["不详", "Not known"]]


def test_hostile_cells_end_no_script(source):
    script = portal_document(source, [{**PITCH, "facility_name": "</script><script>alert(1)</script>"}])
    assert "<" not in script


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_has_places_for_what_the_portal_knows_and_for_nothing_else(lang):
    page = portal_finder_files(read_bureau_province())[f"finder/{lang}.html"].decode()
    facts = {
        "title": "<b>\"A\" & 'B'</b>",
        "other": "/en/finder/1",
        "back": "/dataset/x",
        "data": "/finder/1.js",
        "say": "/dataset/x#about-title",
    }
    real, sample = (plugin["filled"](page, facts, synthetic=synthetic) for synthetic in (False, True))
    assert "<b>" not in real
    assert "$" not in real
    told = json.loads(real.partition('id="finder-words">')[2].partition("</script>")[0])
    assert (told["title"], told["other"]) == (facts["title"], facts["other"])
    assert '<aside class="synthetic" hidden' in real
    assert '<aside class="synthetic" hidden' not in sample

"""What a CKAN dataset says of an entry: only fields that the portal knows, and one digest for what is sent and what is served."""

import json
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.ckan.api_only import fold_into_extras, unfold_extras
from catalog.ckan.fields import RESOURCE, dataset_fields
from catalog.ckan.payload import (
    dataset_payload,
    descriptor_distribution,
    find_differences,
    is_visible,
    payload_digest,
    resource_id,
    tombstone_payload,
)
from catalog.entry import build_entry
from catalog.plan import Withdrawal
from schemas.text import Text
from support.releases import DEPARTMENTS, PLACES, facility_contract, in_parts, limits_with, write_release

URL = "https://data.example.org/releases"


@pytest.fixture
def folder(tmp_path):
    return write_release(tmp_path, facility_contract(), PLACES)


@pytest.fixture
def entry(folder):
    return build_entry(facility_contract(), folder, DEPARTMENTS)


@pytest.fixture
def dataset(entry, folder):
    return dataset_payload(entry, URL, descriptor_distribution(folder))


def as_served(dataset):
    """As CKAN answers: with fields of its own, names beside names, and empty texts where nothing was sent."""
    served = deepcopy(dataset)
    served |= {
        "state": "active",
        "metadata_modified": "2026-11-25T01:02:03",
        "creator_user_id": "x",
        "author": "",
        "num_tags": 2,
    }
    served["tags"] = [{**tag, "display_name": tag["name"], "id": "t"} for tag in reversed(served["tags"])]
    served["groups"] = [{**group, "title": "场地设施", "id": "g"} for group in served["groups"]]
    for resource in served["resources"]:
        resource |= {"package_id": served["id"], "position": 0, "cache_url": None, "url_type": ""}
    return served


@pytest.mark.parametrize("change", [{"state": "deleted"}, {"private": True}, {"withdrawn": "2026-11-25"}])
def test_a_dataset_is_visible_until_it_is_deleted_hidden_or_withdrawn(dataset, change):
    served = as_served(dataset)
    assert is_visible(served)
    assert not is_visible(served | change)


def test_a_dataset_of_somebody_else_is_none_of_ours(dataset):
    served = as_served(dataset)
    del served["fingerprint"]
    assert not is_visible(served)


def test_every_field_that_is_sent_is_declared(dataset):
    own = {"private", "resources"}
    assert set(dataset) - own <= {field.name for field in dataset_fields()}
    for resource in dataset["resources"]:
        assert set(resource) <= {field.name for field in RESOURCE}


def test_every_line_of_the_core_metadata_is_sent_in_both_languages(dataset):
    lines = {key: value for key, value in dataset.items() if key.startswith("core_")}
    assert len(lines) == sum(field.name.startswith("core_") for field in dataset_fields())
    assert all(set(line) == {"zh_Hans_CN", "en", "applies"} for line in lines.values())


def test_time_limits_are_sent_in_words_and_counts_and_not_by_a_release_without_them(tmp_path, dataset):
    assert not {"time_limit", "time_limits_kept"} & set(dataset)
    folder = write_release(tmp_path / "told", facility_contract(), PLACES, time_limits=limits_with(due=2))
    entry = build_entry(facility_contract(), folder, DEPARTMENTS)
    told = dataset_payload(entry, URL, descriptor_distribution(folder))
    assert told["time_limit"] == {
        "zh_Hans_CN": "预决算公开：批复后20日内公开（标准目录第八行）",
        "en": "Budgets published: publication within 20 days of the approval (标准目录 第八行)",
    }
    assert told["time_limits_kept"]["as_of"] == "2026-11-24"
    (limit,) = told["time_limits_kept"]["limits"]
    assert (limit["due"], limit["kept"]) == (2, {"zh": "没有到期事项", "en": "nothing due"})
    assert set(told) <= {field.name for field in dataset_fields()} | {"private", "resources"}
    served = as_served(told)
    assert payload_digest(served) == told["payload_digest"]
    served["time_limits_kept"]["limits"][0]["met"] = 2
    assert [name for name, _, _ in find_differences(told, served)] == ["metadata time_limits_kept"]


def test_the_same_entry_is_the_same_dataset(entry, folder, dataset):
    assert dataset_payload(entry, URL, descriptor_distribution(folder)) == dataset
    assert json.loads(json.dumps(dataset)) == dataset


def test_a_release_in_parts_has_a_resource_for_each_and_no_table(entry, folder):
    said = dataset_payload(in_parts(entry, 12), URL, descriptor_distribution(folder))["resources"]
    assert [one["kind"] for one in said] == [
        *(f"parquet-{number}" for number in range(1, 13)),
        "dictionary",
        "descriptor",
    ]
    assert len({one["id"] for one in said}) == 14
    assert said[1]["name"] == "Parquet 数据（第 2 卷，共 12 卷）"
    assert said[1]["url"] == f"{URL}/facility/2026.11.1/facility-00002-of-00012.parquet"
    assert not any(one.get("datastore_active") for one in said)


def test_an_earlier_release_in_parts_is_told_by_its_descriptor(entry, folder):
    earlier = in_parts(entry, 4, number="2026.10.1").facts
    said = dataset_payload(entry.model_copy(update={"history": (earlier,)}), URL, descriptor_distribution(folder))
    assert said["history"][1]["url"] == f"{URL}/facility/2026.10.1/datapackage.json"


def test_the_releases_that_were_taken_back_are_named_if_there_are_any(entry, folder, dataset):
    back = entry.model_copy(update={"taken_back": ("2026.11.2",)})
    assert dataset_payload(back, URL, descriptor_distribution(folder))["taken_back"] == ["2026.11.2"]
    assert "taken_back" not in dataset


def test_resources_keep_their_ids_and_tell_their_release(dataset):
    by_kind = {resource["kind"]: resource for resource in dataset["resources"]}
    assert next(iter(by_kind)) == "csv"
    assert by_kind["csv"]["id"] == resource_id("facility", "csv")
    assert by_kind["csv"]["url"] == f"{URL}/facility/2026.11.1/facility.csv"
    assert {resource["release"] for resource in dataset["resources"]} == {"2026.11.1"}
    assert {"csv", "parquet", "geojson", "descriptor"} <= set(by_kind)
    assert all(len(resource["hash"]) == 64 for resource in dataset["resources"])


def test_what_is_served_as_it_was_sent_has_the_same_digest(dataset):
    served = as_served(dataset)
    assert payload_digest(served) == dataset["payload_digest"]
    assert find_differences(dataset, served) == []


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (lambda served: served.update(title="别的"), "metadata title"),
        (lambda served: served["tags"].pop(), "metadata tags"),
        (lambda served: served.update(groups=[]), "metadata groups"),
        (lambda served: served.update(private=True), "metadata private"),
        (lambda served: served["resources"][0].update(hash="0" * 64), "resource csv hash"),
        (lambda served: served["resources"][0].update(release="2020.1.1"), "resource csv release"),
        (lambda served: served["core_provider"].update(en="somebody else"), "metadata core_provider"),
    ],
)
def test_what_somebody_changed_is_found(dataset, spoil, what):
    served = as_served(dataset)
    spoil(served)
    assert payload_digest(served) != dataset["payload_digest"]
    assert [name for name, _, _ in find_differences(dataset, served)] == [what]


def test_a_lost_or_added_resource_is_found(dataset):
    served = as_served(dataset)
    gone = served["resources"].pop()
    served["resources"].append({"id": "x", "kind": "other", "url": "https://elsewhere.example"})
    told = {name.split()[1] for name, _, _ in find_differences(dataset, served)}
    assert told == {gone["kind"], "other"}


def test_a_tombstone_says_why_and_offers_nothing():
    gone = Withdrawal(
        dataset="facility",
        title=Text(zh="体育场地", en="Sports facilities"),
        reason=Text(zh="数据有误", en="the data were wrong"),
        release="2026.11.1",
        successor="stadium",
    )
    stone = tombstone_payload(gone, "owner", "facility")
    assert stone["resources"] == []
    assert stone["withdrawn"]["successor"] == "stadium"
    assert "fingerprint" not in stone
    assert payload_digest(stone) == stone["payload_digest"]


values = st.recursive(
    st.text(max_size=20) | st.integers() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.from_regex(r"core_[a-z]{1,8}", fullmatch=True), values, max_size=6))
def test_what_is_folded_into_extras_comes_back(ours):
    filled = {key: value for key, value in ours.items() if value not in (None, "", [], {})}
    said = {"name": "facility", "title": "体育场地", **filled}
    plain = fold_into_extras(said)
    assert set(plain) == {"name", "title", "extras"}
    assert all(isinstance(extra["value"], str) for extra in plain["extras"])
    back = unfold_extras(plain)
    assert {key: back[key] for key in said} == said


def test_extras_of_somebody_else_stay_where_they_are():
    found = {"name": "x", "extras": [{"key": "colour", "value": "red and {broken"}]}
    assert unfold_extras(found) == found

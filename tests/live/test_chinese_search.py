"""Search on the real CKAN and Solr: every case of `support.search_cases`, put to datasets made for this test and removed again."""

import json
from itertools import count
from os import getpid

import pytest
import requests

from catalog.ckan.fields import core_fields
from support.search_cases import CASES, Corpus, corpus

pytestmark = pytest.mark.live
NOISE = "沈阳 体育馆 图书馆 三公经费 facility"
"""Stands in fields that tell about the entry and must not make it found."""
_runs = count()


class Portal:
    """The portal with one corpus under names of its own, so that other datasets neither help nor disturb."""

    def __init__(self, url, token):
        self.url, self.headers = url, {"Authorization": token, "Content-Type": "application/json"}
        self.prefix = f"search-{getpid()}-{next(_runs)}-"

    def call(self, action, **said):
        answer = requests.post(
            f"{self.url}/api/3/action/{action}", data=json.dumps(said), headers=self.headers, timeout=60
        )
        assert answer.status_code == 200, (action, said.get("name") or said.get("id"), answer.text[:500])
        return answer.json()["result"]

    def fill(self, held: Corpus):
        for action, titles in (("organization_create", held.organisations), ("group_create", held.groups)):
            kind = action.partition("_")[0][0]
            for name, (zh, en) in titles.items():
                extras = [{"key": "title_en", "value": en}] if en else []
                self.call(action, name=f"{self.prefix}{kind}-{name}", title=zh, extras=extras)
        for dataset in held.datasets:
            self.call("package_create", **self.described(dataset))

    def described(self, dataset):
        both = {"title": dataset.title, "notes": dataset.notes}
        said = {
            **both,
            "name": self.prefix + dataset.name,
            "owner_org": f"{self.prefix}o-{dataset.organisation}",
            "groups": [{"name": f"{self.prefix}g-{dataset.group}"}],
            "tags": [{"name": tag} for tag in dataset.tags],
            "resources": [
                {"name": "CSV 数据", "format": "CSV", "url": f"{self.url}/releases/{dataset.name}/1/{dataset.name}.csv"}
            ],
        }
        if dataset.en:
            told = dict(zip(both, dataset.en, strict=True))
            said |= {f"{key}_translated": {"zh_Hans_CN": said[key], "en": told[key]} for key in both}
            said |= {field.name: {"zh_Hans_CN": NOISE, "en": NOISE, "applies": True} for field in core_fields()}
            said |= {
                "provenance": NOISE,
                "quality": {"findings": {"馆": 1}},
                "contact": [{"name": "省图书馆", "phone": "024"}],
            }
        return said

    def found(self, query):
        """Names, best first, as an anonymous reader gets them."""
        asked = {"q": query, "rows": 100, "fl": "name", "fq": f"name:{self.prefix}*"}
        answer = requests.get(f"{self.url}/api/3/action/package_search", params=asked, timeout=60)
        assert answer.status_code == 200, answer.text[:500]
        return [one["name"].removeprefix(self.prefix) for one in answer.json()["result"]["results"]]

    def clear(self, held: Corpus):
        for dataset in held.datasets:
            self.call("dataset_purge", id=self.prefix + dataset.name)
        for action, names in (("organization_purge", held.organisations), ("group_purge", held.groups)):
            kind = action.partition("_")[0][0]
            for name in names:
                self.call(action, id=f"{self.prefix}{kind}-{name}")


@pytest.fixture(scope="module")
def portal(connection, admin_token):
    token = admin_token.get_secret_value() if hasattr(admin_token, "get_secret_value") else admin_token
    held = corpus()
    made = Portal(connection.url, token)
    made.fill(held)
    yield made
    made.clear(held)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.query)
def test_a_query_finds_what_it_must_and_no_more(portal, case):
    assert case.errors(portal.found(case.query)) == []


def test_a_word_of_few_does_not_drown_in_what_shares_a_part_of_it(portal):
    assert len(portal.found("体育馆")) <= 6
    assert len(portal.found("沈阳体育馆")) <= 12


def test_what_tells_about_an_entry_does_not_make_it_found(portal):
    assert not [name for name in portal.found("图书馆") if name.startswith("own-")]


@pytest.mark.parametrize("query", ['"体育馆', "体育馆 AND", "(体育馆", "体育馆 -", "*", "体育馆 *:*", "  ", "！？。"])
def test_a_query_that_is_no_clean_words_is_answered(portal, query):
    portal.found(query)

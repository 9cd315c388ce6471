"""What people type into the search of the static site, all datasets of the bureau published: the queries of `search_queries.yaml`.

Errors are counted: a dataset that must be found and is not, or more datasets than anybody wants to look through. Not here: the words
of a dataset (`tests/unit/catalog/test_search_words.py`), the portal's search (`tests/live/test_search_of_datasets.py`, which asks the same).
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from catalog.static_site.search_index import find_datasets
from pipelines.built_datasets.hand_in import build_datasets
from support.browser import opened
from support.walked import publish_all, release_all, take_all
from support.workspaces import NOW, copied_workspace

pytestmark = pytest.mark.browser
QUERIES = yaml.safe_load((Path(__file__).parents[1] / "support" / "search_queries.yaml").read_text(encoding="utf-8"))
LIGHT = 100_000
"""Bytes of the list in one language; over fifty datasets take about half of them."""

KNOWN_ERRORS = {
    "2024": "the sample has no budget of that year",
    "免费开放": "datasets that have the four characters in one go come before those that have both words",
    "审计": "budgets, funds and their keywords speak of audits too",
}
"""Queries that are not answered as people would like, and why; an entry that is answered by now is to be taken out."""


class Answer(NamedTuple):
    """What one query found, and what of it is an error."""

    found: list[str]
    missed: list[str]
    is_too_much: bool


@pytest.fixture(scope="module")
def index_page(judged_sample, tmp_path_factory) -> Path:
    """The index page of all datasets, of a hundredth of the sample."""
    for dataset in judged_sample.workspace.contracts:
        judged_sample.judge(dataset)
    workspace = copied_workspace(judged_sample.workspace, tmp_path_factory.mktemp("home"))
    take_all(workspace)
    for _ in range(2):
        build_datasets(workspace, NOW)
        take_all(workspace)
    release_all(workspace)
    publish_all(workspace)
    return workspace.layout.catalogue / "catalogue.html"


@pytest.fixture(scope="module")
def index(index_page) -> dict[str, Any]:
    """The index that the page loads."""
    script = index_page.with_name("search-index.js").read_text(encoding="utf-8")
    return json.loads(script.removeprefix("var sportlakeIndex = ").removesuffix(";\n"))


@pytest.fixture(scope="module")
def answers(browser, index_page) -> dict[str, Answer]:
    with opened(browser, index_page) as page:
        return {query["asked"]: _ask(page, query) for query in QUERIES["queries"]}


def _ask(page, query) -> Answer:
    page.locator("#search input[name=q]").fill(query["asked"])
    cards = page.locator(".card:visible").evaluate_all("cards => cards.map(card => card.id.replace('dataset-', ''))")
    return Answer(cards, sorted(set(query["must"]) - set(cards)), len(cards) > query["most"])


def test_the_list_of_all_datasets_is_light_whatever_their_rows_say(index_page):
    assert all(page.stat().st_size < LIGHT for page in (index_page, index_page.parent / "en/catalogue.html"))


def test_there_are_sixty_queries_and_none_is_asked_twice():
    asked = [query["asked"] for query in QUERIES["queries"]]
    assert len(asked) == len(set(asked)) >= 60


def test_people_find_what_they_ask_for_but_for_the_known_errors(answers):
    wrong = {asked: answer for asked, answer in answers.items() if answer.missed or answer.is_too_much}
    assert set(wrong) == set(KNOWN_ERRORS), wrong


def test_words_of_nobody_find_nothing(answers):
    assert answers["xyzzy"].found == []


def test_who_has_no_browser_finds_the_same(answers, index):
    assert {asked: find_datasets(index, asked) for asked in answers} == {
        asked: answer.found for asked, answer in answers.items()
    }
